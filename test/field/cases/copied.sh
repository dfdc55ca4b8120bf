# shellcheck shell=bash disable=SC2034,SC2154
# Copied without their times, so that every object is of now: what is inside has to say how old it is.
mkdir -p "$W/crc-wal"; chown postgres "$W/crc-wal"
pg_new crc 5450 wal_level=replica archive_mode=on "archive_command='cp %p $W/crc-wal/%f'" max_wal_size=64MB; pg_use crc 5450
createdb app; q app -c "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1,150)"
pg_basebackup -Ft -X none -c fast --manifest-checksums=NONE -D "$W/crc-base" 2>/dev/null
wal_more() { q app -c "INSERT INTO orders SELECT generate_series(${1}001,${1}100)"; q app -c "SELECT pg_switch_wal()" >/dev/null; }
for k in 2 3 4; do wal_more $k; done
for _ in $(seq 100); do [ "$(q app -Atc "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver")" != t ] || break; sleep 0.1; done
pg_down crc; pg_use pg 5432
older_base() { # older_base HOURS: base and log of so long ago, under $W/old
  rm -rf "$W/old" "$W/old-wal"; cp -r "$W/crc-base" "$W/old"; mkdir "$W/old-wal"
  sed -i "s/^START TIME: .*/START TIME: $(date -d "-$1 hours" '+%F %T UTC')/" "$W/old/base.tar"
  find "$W/crc-wal" -regextype egrep -regex '.*/[0-9A-F]{24}' -exec cp {} "$W/old-wal" \;
  python3 "$here/older_wal.py" "$1" "$W"/old-wal/*; }
lay_old() { # lay_old [FIRST...]: all of now, or those pieces only
  mkdir -p "$S/base"; cp "$W"/old/* "$S/base"; stamp base
  (cd "$W/old-wal"; ls) | sort | ${1:-cat} | while read -r p; do put "wal/$p" <"$W/old-wal/$p"; done; }
WAL_FROM=$(grep -aoE 'START WAL LOCATION: .*' "$W/crc-base/base.tar" | grep -oE '[0-9A-F]{24}')
needed_first() { sed -n "/$WAL_FROM/,\$p" | head "-$1"; }
first_one() { needed_first 1; }
older_base 50

field w01 wal-times 'base and log of two days ago, everything copied without its times'
  expect 3 '(?s)=== verify.*LATE.*2d [12]h'
  at '-10 minutes'; lay_old

field w02 wal-times 'the same with one piece of log'
  expect 3 'LATE'
  at '-10 minutes'; lay_old first_one

field w03 wal-times 'the base kept its times, and the log is copied anew each night without them'
  expect 3 'LATE'
  at '-50 hours'; mkdir -p "$S/base"; cp "$W"/old/* "$S/base"; stamp base
  at '-10 minutes'; (cd "$W/old-wal"; ls) | sort | needed_first 2 | while read -r p; do gzip -1 <"$W/old-wal/$p" | put "wal/$p.gz"; done

field w04 wal-times 'the base alone, copied without its times: its label says when it was begun'
  expect 3 'LATE'
  at '-10 minutes'; mkdir "$S/base"; rm -rf "$W/fetch"; pg_use crc 5450; pg_up crc
  pg_basebackup -Ft -X fetch -c fast --manifest-checksums=NONE -D "$W/fetch"; pg_down crc; pg_use pg 5432
  sed -i "s/^START TIME: .*/START TIME: $(date -d '-50 hours' '+%F %T') -00/" "$W/fetch/base.tar"; cp "$W"/fetch/* "$S/base"; stamp base
older_base 4

field w05 wal-times 'the same of four hours ago, with times that were kept: good'
  expect 0 '\b450 rows' "$BAD"
  at '-4 hours'; lay_old
if [ -d "$W/full" ]; then # from logs.sh
field w11 machine-lacks 'a folder of mariadb-backup of a server that encrypts: its keys are not here'
  expect 4 '(?s)=== verify.*file_key_management' "$BAD"
  cp -r "$W/full" "$S/full"; printf 'plugin_dir="/usr/lib/mysql/plugin/"\nplugin_load=file_key_management=file_key_management\nfile_key_management_filename=/etc/mysql/keys\ninnodb_encrypt_log=1\n' >>"$S/full/backup-my.cnf"; stamp full
fi
