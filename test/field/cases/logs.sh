# shellcheck shell=bash disable=SC2034,SC2154
# Logs beside backups: packed, torn, of other servers; parts of a night; increments.
BAD='(LOST|(?m:^BAD\b))' GOOD='(RECOVERED|(?m:^GOOD\b))'
db_up one 11 binlog; db_up two 12 binlog
for n in one two; do
  db $n -e "CREATE DATABASE shop; USE shop; CREATE TABLE orders (id INT PRIMARY KEY, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP); INSERT INTO orders (id) SELECT seq FROM seq_1_to_150"
done
more() { db "$1" shop -e "INSERT INTO orders (id) SELECT seq FROM seq_$2_to_$3; FLUSH BINARY LOGS"; } # a piece more, with rows
pieces() { (cd "$W/$1/log"; ls | grep -E '\.[0-9]{6}$' | sort); }
place() { grep -o 'binlog\.[0-9]*' | sed -n 1p; }
# dumps of both servers, each with 300 rows of log behind it in three pieces and a fourth that is open
plain() { grep -v gtid_slave_pos; } # without its transactions, as older programs write it
for n in one two; do
  db $n -e 'FLUSH BINARY LOGS'; dbdump $n $OPT --master-data=2 shop >"$W/$n.sql"; dbdump $n $OPT --master-data=2 --gtid shop >"$W/$n-gtid.sql"
  for k in 2 3 4; do more $n ${k}001 ${k}100; done
done
FROM=$(place <"$W/one.sql")
needed() { pieces "$1" | while read -r p; do [[ $p < $FROM ]] || echo "$p"; done; }
lay() { # lay SERVER FOLDER [PACKER ENDING]: the log from the dump on, packed or not
  needed "$1" | while read -r p; do ${3:-cat} <"$W/$1/log/$p" | put "$2$p${4:-}"; done; }
shop() { at '-90 minutes'; gzip <"$W/${1:-one}.sql" | put "${2:-}shop-$N.sql.gz"; at '-10 minutes'; }

field l01 binlog-packed 'binary logs packed with gzip beside the dump'
  expect 0 '\b450 rows'
  shop; lay one binlog/ 'gzip -1' .gz

field l02 binlog-packed 'older ones packed with zstd, xz and bzip2, the newest plain'
  expect 0 '\b450 rows'
  shop; set -- 'zstd -q .zst' 'xz -0 .xz' 'bzip2 .bz2'
  for p in $(needed one); do
    c=${1:-cat -}; [ $# = 0 ] || shift
    if [ "$c" = 'cat -' ]; then put "binlog/$p" <"$W/one/log/$p"; else ${c% *} <"$W/one/log/$p" | put "binlog/$p${c##* }"; fi
  done

field l03 binlog-packed 'packed with gzip under their own names'
  expect 0 '\b450 rows'
  shop; lay one '' 'gzip -1'

field l04 binlog-packed 'one packed piece is cut off'
  expect 1 '(?s)=== verify.*binlog\.0'
  shop; lay one binlog/ 'gzip -1' .gz; f=$S/binlog/$(needed one | sed -n 2p).gz; truncate -s -20 "$f"; touch -d @$T "$f"

field l05 binlog-unread 'packed with brotli, which is not read here'
  expect 4 '(?s)=== verify.*brotli' "$BAD"
  shop; lay one binlog/ cat .br

field l06 binlog-unread 'encrypted with gpg from the second piece on'
  expect 4 '(?s)=== verify.*(gpg|encrypt)' "$BAD"
  shop; i=0; for p in $(needed one); do i=$((i+1)); e=; [ $i = 1 ] || e=.gpg; put "binlog/$p$e" <"$W/one/log/$p"; done

field l07 binlog-hole 'the piece in which the newest dump begins is missing'
  expect 1 "(?s)=== verify.*$FROM"
  shop; lay one binlog/; rm "$S/binlog/$FROM"

field l08 binlog-hole 'the same, packed'
  expect 1 "(?s)=== verify.*$FROM"
  shop; lay one binlog/ 'gzip -1' .gz; rm "$S/binlog/$FROM.gz"

field l09 binlog-pruned 'an older dump whose log was pruned, the newest has its own: good'
  expect 0 '\b450 rows'
  at '-2 days'; sed "s/$FROM/binlog.000001/" "$W/one.sql" | gzip | put shop-$N.sql.gz; shop; lay one binlog/

field l10 two-servers 'two servers, logs of the same names in folders beside their dumps'
  expect 0 '(?s)=== verify.*\b450 rows.*\b450 rows' "$BAD"
  shop one db1/; shop two db2/; lay one db1/binlog/; lay two db2/binlog/

field l11 two-servers 'two servers, dumps in one folder, logs in folders of their names'
  expect 0 '(?s)=== verify.*\b450 rows.*\b450 rows' "$BAD"
  at '-90 minutes'; plain <"$W/one.sql" | gzip | put dumps/alpha-$N.sql.gz; plain <"$W/two.sql" | gzip | put dumps/beta-$N.sql.gz; at '-10 minutes'; lay one logs/alpha/; lay two logs/beta/

field l12 two-servers 'two logs of the same names, and nothing tells which'
  expect 4 '(?s)=== verify.*(several|more than one|which)' "$BAD"
  at '-90 minutes'; plain <"$W/one.sql" | gzip | put shop-$N.sql.gz; at '-10 minutes'; lay one a/; lay two b/

field l13 two-servers 'the same, and the dump was taken with --gtid: it tells'
  expect 0 '\b450 rows' "$BAD"
  at '-90 minutes'; gzip <"$W/two-gtid.sql" | put shop-$N.sql.gz; at '-10 minutes'; lay one a/; lay two b/

field l14 two-servers "the log beside the dump is another server's, by its transactions"
  expect 4 '(?s)=== verify.*(another|other) server' "$BAD"
  at '-90 minutes'; gzip <"$W/two-gtid.sql" | put shop-$N.sql.gz; at '-10 minutes'; lay one binlog/

long() { awk '/^INSERT/ && !n++ { for (i = 0; i < 4000; i++) print "-- as long as a dump of many rows, " i * i } { print }'; }
field l19 two-servers "the same, and the dump is packed: it tells behind its rows"
  expect 4 '(?s)=== verify.*(another|other) server' "$BAD"
  at '-90 minutes'; long <"$W/two-gtid.sql" | zstd -q | put shop-$N.sql.zst; at '-10 minutes'; lay one binlog/ 'gzip -1' .gz

field l20 two-servers 'the own log of such a dump'
  expect 0 '\b450 rows' "$BAD"
  at '-90 minutes'; long <"$W/two-gtid.sql" | gzip | put shop-$N.sql.gz; at '-10 minutes'; lay two binlog/

field l15 no-place 'a dump without its place, and binary logs beside it'
  expect 4 '(?s)=== verify.*binlog' "$BAD"
  at '-90 minutes'; grep -v 'CHANGE MASTER' "$W/one.sql" | gzip | put shop-$N.sql.gz; at '-10 minutes'; lay one binlog/

field l16 binlog-stale 'the log was copied before the dump: there is nothing to go through'
  expect 0 '\b150 rows' "$BAD"
  at '-90 minutes'; pos=$(grep -o 'MASTER_LOG_POS=[0-9]*' "$W/one.sql" | grep -o '[0-9]*$'); head -c $((pos - 1)) "$W/one/log/$FROM" | put binlog/$FROM; shop

field l17 binlog-folders 'a folder of binary logs for each day, the open one copied twice'
  expect 0 '\b450 rows' "$BAD"
  shop; i=0; for p in $(needed one); do i=$((i+1)); d=2026-11-2$(( (i + 1) / 2 )); put "binlog/$d/$p" <"$W/one/log/$p"; done
  second=$(needed one | sed -n 2p); third=$(needed one | sed -n 3p); at '-30 minutes'; head -c 300 "$W/one/log/$third" | put binlog/2026-11-21/$third

field l18 binlog-names 'pieces of the same number of another log: a relay log'
  expect 0 '\b450 rows' "$BAD"
  shop; lay one binlog/; needed two | while read -r p; do put "binlog/relay-bin.${p##*.}" <"$W/two/log/$p"; done
db one -e "CREATE DATABASE eng; USE eng; CREATE TABLE a (id INT) ENGINE=Aria; INSERT INTO a SELECT seq FROM seq_1_to_70; CREATE TABLE m (id INT) ENGINE=MyISAM; INSERT INTO m SELECT seq FROM seq_1_to_80; CREATE TABLE h (id INT) ENGINE=MEMORY; INSTALL SONAME 'ha_archive'; CREATE TABLE r (id INT) ENGINE=ARCHIVE; INSERT INTO r SELECT seq FROM seq_1_to_50"
dbdump one $OPT eng >"$W/eng.sql"; dbdump one $OPT shop >"$W/rocks.sql"; sed -i 's/ENGINE=InnoDB/ENGINE=ROCKSDB/' "$W/rocks.sql"

field l51 engine-lacks 'a table of RocksDB, which this server replaces by itself with a warning'
  expect 4 '(?s)=== verify.*ROCKSDB' "$BAD"
  put shop-$N.sql <"$W/rocks.sql"

field l52 engine-lacks 'partitions of an engine that is not here'
  expect 4 '(?s)=== verify.*SPIDER' "$BAD"
  sed 's/ENGINE=ROCKSDB\(.*\);/ENGINE=InnoDB\1\n PARTITION BY RANGE (`id`)\n(PARTITION `a` VALUES LESS THAN (100) ENGINE = SPIDER,\n PARTITION `b` VALUES LESS THAN MAXVALUE ENGINE = SPIDER);/' "$W/rocks.sql" | put shop-$N.sql

field l53 engine-lacks 'engines that are here, and one that only has to be loaded'
  expect 0 '\b200 rows'
  put eng-$N.sql <"$W/eng.sql"

field l54 engine-lacks 'a table of FEDERATED, whose rows lie elsewhere'
  expect 4 '(?s)=== verify.*FEDERATED' "$BAD"
  sed "s/ENGINE=ROCKSDB\(.*\);/ENGINE=FEDERATED\1  CONNECTION='mysql:\/\/u@h\/d\/t';/; /^INSERT INTO/,/;$/d" "$W/rocks.sql" | put shop-$N.sql

field l55 engine-lacks 'a column, a comment and a value that only speak of an engine'
  expect 0 '\b451 rows' "$BAD"
  { sed 's/ENGINE=ROCKSDB\(.*\);/ENGINE=InnoDB\1;\nCREATE TABLE `v` (`engine` varchar(30) DEFAULT NULL COMMENT "ENGINE=ROCKSDB", CHECK (`engine` = "ROCKSDB"));\nINSERT INTO `v` VALUES ("ROCKSDB");/' "$W/rocks.sql"; } | put shop-$N.sql
mb() { mariadb-backup --no-defaults --backup -uroot -S "$W/two/s" --datadir="$W/two/data" "$@" >/dev/null 2>&1; }
mb --target-dir="$W/full"; db two shop -e 'INSERT INTO orders (id) SELECT seq FROM seq_8001_to_8100'; mb --target-dir="$W/inc1" --incremental-basedir="$W/full"
db two shop -e 'INSERT INTO orders (id) SELECT seq FROM seq_8101_to_8200'; mb --target-dir="$W/inc2" --incremental-basedir="$W/inc1"
keep() { cp -r "$W/$1" "$S/$2"; stamp "$2"; }
days() { at '-50 hours'; keep full "${1}full$2"; at '-26 hours'; keep inc1 "${1}inc1$2"; at '-2 hours'; keep inc2 "${1}inc2$2"; }

field l61 increments 'a full mariadb-backup, and two incremental ones after it'
  expect 0 '\b650 rows' "$BAD"
  days '' ''

field l62 increments 'the same, the full one was prepared'
  expect 0 '\b650 rows' "$BAD"
  days backup- ''; mariadb-backup --no-defaults --prepare --target-dir="$S/backup-full" >/dev/null 2>&1; at '-49 hours'; stamp backup-full

field l66 increments 'the full one was prepared an hour ago, and nothing keeps its old times'
  expect 0 '(?s)=== verify.*\b650 rows' "$BAD"
  days backup- ''; mariadb-backup --no-defaults --prepare --target-dir="$S/backup-full" >/dev/null 2>&1; at '-1 hours'; stamp backup-full

field l67 increments 'the full one was prepared and everything copied without times: the increments are newer all the same'
  expect 0 '(?s)=== verify.*\b650 rows' "$BAD"
  at '-9 hours'; keep full full; at '-5 hours'; keep inc1 inc1; at '-2 hours'; keep inc2 inc2; mariadb-backup --no-defaults --prepare --target-dir="$S/full" >/dev/null 2>&1; at '-1 hours'; stamp full

field l63 increments 'the full one is gone'
  expect 4 '(?s)=== verify.*increment' "$BAD"
  days '' ''; rm -r "$S/full"

field l64 increments 'folders by day, full on one and incremental on the next'
  expect 0 '\b550 rows' "$BAD"
  at '-26 hours'; mkdir "$S/full" "$S/incr"; keep full full/$DAY; at '-2 hours'; keep inc1 incr/$DAY

field l65 increments 'an incremental stream beside a full one'
  expect 4 '(?s)=== verify.*increment' "$BAD"
  mb --stream=xbstream --incremental-basedir="$W/inc2" >"$W/i.xb" || true
  at '-26 hours'; (cd "$W/full" && true); mariadb-backup --no-defaults --backup -uroot -S "$W/two/s" --datadir="$W/two/data" --stream=xbstream 2>/dev/null | gzip -1 | put shop-full-$DAY.xb.gz
  at '-2 hours'; mariadb-backup --no-defaults --backup -uroot -S "$W/two/s" --datadir="$W/two/data" --incremental-basedir="$W/inc2" --stream=xbstream 2>/dev/null | gzip -1 | put shop-incr-$DAY.xb.gz

rolled() { cp -r "$W/full" "$W/rolled"; mb_prepare --target-dir="$W/rolled"; mb_prepare --target-dir="$W/rolled" --incremental-dir="$W/inc1"; }
mb_prepare() { mariadb-backup --no-defaults --prepare "$@" >/dev/null 2>&1; }
rolled
field l68 increments 'a full one into which an increment was applied, and nothing else'
  expect 0 '(?s)=== verify.*\b550 rows' "$BAD"
  keep rolled full

field l69 increments 'the same beside both increments: the second goes on from it'
  expect 0 '(?s)=== verify.*\b650 rows' "$BAD"
  days '' ''; rm -r "$S/full"; at '-25 hours'; keep rolled full

# parts of a night
dbdump two --single-transaction --no-data --skip-triggers shop >"$W/p-s.sql"; dbdump two --single-transaction --no-create-info --skip-triggers shop >"$W/p-d.sql"
field l71 parts-of-one 'structure once, rows each night: half'
  expect 4 '(?s)=== verify.*(data|rows|half|structure)' "$BAD"
  at '-9 days'; put shop-schema-$DAY.sql <"$W/p-s.sql"; for i in 2 1 0; do at "-$i days -2 hours"; put shop-data-$DAY.sql <"$W/p-d.sql"; done

field l72 parts-of-one 'structure every few hours, rows each night: good'
  expect 0 '\b650 rows' "$BAD"
  for i in 2 1; do at "-$i days"; put shop-data-$N.sql <"$W/p-d.sql"; for h in 0 6 12 18; do at "-$((i * 24 - h)) hours"; put shop-schema-$N.sql <"$W/p-s.sql"; done; done
db_down one; db_down two
# ---- WAL: two clusters, each with an archive; the first one lives on after somebody opened a copy of it
for c in arc brc; do
  mkdir -p "$W/$c-wal"; chown postgres "$W/$c-wal"
  pg_new $c 5440 wal_level=replica archive_mode=on "archive_command='cp %p $W/$c-wal/%f'" max_wal_size=64MB; pg_use $c 5440
  createdb app; q app -c "CREATE TABLE orders (id int PRIMARY KEY, at timestamptz DEFAULT now()); INSERT INTO orders SELECT g FROM generate_series(1,150) g"
  pg_basebackup -Ft -z -X stream -c fast -D "$W/$c-base"; pg_basebackup -Ft -z -X none -c fast -D "$W/$c-bare" 2>/dev/null
  for k in 2 3 4; do q app -c "INSERT INTO orders SELECT g FROM generate_series(${k}001,${k}100) g"; q app -c "SELECT pg_switch_wal()" >/dev/null; done
  for _ in $(seq 100); do [ "$(q app -Atc "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver")" != t ] || break; sleep 0.1; done
done
wals() { (cd "$W/$1-wal"; ls | grep -xE '[0-9A-F]{24}|[0-9A-F]{8}\.history' | sort); }
base() { at '-90 minutes'; mkdir -p "$S/${2:-base}"; cp "$W/$1"/* "$S/${2:-base}/"; stamp "${2:-base}"; at '-10 minutes'; }
waly() { wals "$1" | while read -r p; do ${3:-cat} <"$W/$1-wal/$p" | put "$2$p${4:-}"; done; }

field l31 wal-packed 'the archive beside a base, plain'
  expect 0 '\b450 rows'
  base arc-base; waly arc wal/

field l32 wal-packed "packed by archive_command = 'gzip …%f.gz'"
  expect 0 '\b450 rows'
  base arc-base; waly arc wal/ 'gzip -1' .gz

field l33 wal-packed 'packed with zstd and under their own names, in folders as barman lays them out'
  expect 0 '\b450 rows'
  base arc-base; waly arc wals/0000000100000000/ 'zstd -q'

field l34 wal-packed 'pg_receivewal --compress=gzip, with the piece that is still being received'
  expect 0 '\b[2-4]50 rows'
  base arc-base; pg_use arc 5440; mkdir "$W/recv"; pg_receivewal -S recv --create-slot >/dev/null 2>&1
  q app -c "INSERT INTO orders SELECT g FROM generate_series(5001,5100) g"; q app -c "SELECT pg_switch_wal()" >/dev/null; q app -c 'INSERT INTO orders VALUES (6000)'
  pg_receivewal -D "$W/recv" -S recv --compress=gzip:1 -n --endpos="$(q app -Atc 'SELECT pg_current_wal_lsn()')" >/dev/null 2>&1 || true
  waly arc wal/ 'gzip -1' .gz; for f in "$W"/recv/*; do put "wal/$(basename "$f")" <"$f"; done; expect 0 '\b550 rows'

field l35 wal-unread 'packed with brotli'
  expect 4 '(?s)=== verify.*brotli' "$BAD"
  base arc-base; waly arc wal/ cat .br

field l36 wal-hole 'the archive misses pieces right behind the newest base'
  expect 1 '(?s)=== verify.*0000000[0-9A-F]{16,17}'
  base arc-base; waly arc wal/; n=$(wals arc | tail -2 | head -1); for f in "$S"/wal/*; do [[ $(basename "$f") > $n || $(basename "$f") == $n ]] || rm "$f"; done

field l37 wal-other "the archive is another cluster's"
  expect 4 '(?s)=== verify.*(another|other) server' "$BAD"
  base arc-base; waly brc wal/

field l38 wal-two 'two clusters whose pieces have the same names, in folders that tell nothing'
  expect 0 '\b450 rows' "$BAD"
  base brc-base; waly arc w1/; waly brc w2/

field l39 wal-two 'the same, each base beside its archive'
  expect 0 '(?s)=== verify.*\b550 rows.*\b450 rows' "$BAD"
  base arc-base alpha/base; base brc-base beta/base; waly arc alpha/wal/; waly brc beta/wal/

field l40 wal-hole 'a base without any log, and the archive misses its first piece'
  expect 1 "$BAD"
  base arc-bare; waly arc wal/; f=$(tar -xzOf "$W/arc-bare/base.tar.gz" backup_label | grep -oE '[0-9A-F]{24}' | head -1); rm "$S/wal/$f"

field l41 wal-timelines 'a failover: the log goes on in a second timeline'
  expect 0 '\b5[0-9]{2} rows' "$BAD"
  (cd /; runuser -u postgres -- cp -a "$W/brc/data" "$W/brc/copy"); base brc-base
  q postgres -c 'SELECT 1' >/dev/null; pg_down brc; (cd /; runuser -u postgres -- touch "$W/brc/data/standby.signal"); pg_up brc
  (cd /; runuser -u postgres -- pg_ctl -s -w -D "$W/brc/data" promote); pg_use brc 5440
  q app -c "INSERT INTO orders SELECT g FROM generate_series(7001,7100) g"; q app -c "SELECT pg_switch_wal()" >/dev/null; sleep 1
  waly brc wal/

field l42 wal-timelines 'somebody opened a copy, which archived too, and the server lived on'
  expect 4 '(?s)=== verify.*00000002' "$BAD"
  base brc-base; waly brc wal/; at '-60 minutes'; for f in "$S"/wal/00000002*; do touch -d @$T "$f"; done
  at '-10 minutes'; l=$(wals brc | grep ^00000001 | tail -1); touch -d @$T "$S/wal/$l"
pg_down arc; pg_down brc; pg_use pg 5432

# sections of one night
pg_use pg 5432; createdb sect; q sect -c 'CREATE TABLE a (id int PRIMARY KEY, v int); INSERT INTO a SELECT g, g FROM generate_series(1,140) g; CREATE INDEX ON a (v)'
for s in pre-data data post-data; do pg_dump --section=$s sect >"$W/sect-$s.sql"; done
night() { for s in "$@"; do put $DAY/sect-$s.sql <"$W/sect-$s.sql"; done; }

field l73 parts-of-one 'pre-data, data and post-data of each night'
  expect 0 '\b140 rows' "$BAD"
  for i in 1 0; do at "-$i days -2 hours"; night pre-data data post-data; done

field l74 parts-of-one 'the newest night has no post-data'
  expect 1 '(?s)=== verify.*post-data'
  at '-26 hours'; night pre-data data post-data; at '-2 hours'; night pre-data data

field l75 parts-of-one 'no night has post-data'
  expect 4 '(?s)=== verify.*post-data' "$BAD"
  for i in 1 0; do at "-$i days -2 hours"; night pre-data data; done
