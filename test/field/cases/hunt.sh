# shellcheck shell=bash disable=SC2034,SC2154
# Siblings of known kinds: times of archives, names with two dates, logs under names of their own, sets that thin out. Sourced by make.sh.

tarred() { local d; d=$(mktemp -d "$W/t.XXX"); cat >"$d/$1"; tar -C "$d" "${@:2}" -cz "$1"; } # tarred NAME [flags of tar]: stdin in a tar.gz

field h01 set-time 'a reproducible tar: --mtime=2020-01-01, every night'
  expect 0 '(?s)=== verify.*1,300 rows'
  for i in 2 1 0; do at "-$i days -2 hours"; tarred stock.sql --mtime=2020-01-01 <"$D/stock.sql" | put stock-$N.tar.gz; done

field h02 set-time 'a reproducible tar of two files, of a release: one second for all'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  at '-2 hours'; d=$(mktemp -d "$W/t.XXX"); cp "$D/stock.sql" "$d/stock.sql"; echo hello >"$d/README"; tar -C "$d" --mtime=@1700000000 -cz . | put stock-$N.tar.gz

field h03 set-time 'an old dump packed anew each night: its own time counts'
  expect 3 'LATE'
  for i in 1 0; do at "-40 days -3 hours -7 minutes -11 seconds"; d=$(mktemp -d "$W/t.XXX"); cp "$D/stock.sql" "$d/stock.sql"; touch -d @$T "$d/stock.sql"; at "-$i days -2 hours"; tar -C "$d" -cz stock.sql | put stock-$N.tar.gz; done

field h04 two-dates 'a year in the name of the database, and a day first: erp_2024_05_11_2026'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 2 1 0; do at "-$i days -2 hours"; put "erp_2024_$(date -d @$T +%d_%m_%Y).sql.gz" <<<"$(cat "$D/stock.sql")"; done

field h05 two-dates 'copied today, of last year'
  expect 3 'LATE'
  at '-2 hours'; put "snapshot_$(date -d '-1 year' +%Y%m%d)_copied_$(date -d @$T +%Y%m%d).sql" <"$D/stock.sql"

field h06 two-dates 'tenants by the day they joined, everything copied without times'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  steps init verify backups
  # With the hour: of a day alone the earliest moment counts in the zones that are furthest ahead, and after 11:00 UTC that is late.
  for i in 2 1 0; do at "-$i days -2 hours"; put "tenant_20240115_$(date -d @$T +%Y%m%d_%H%M).sql" <"$D/stock.sql"; done; find "$S" -type f -exec touch -d '-1 hour' {} +

field h11 binlog-name 'a log called master.000001, which the dump names'
  expect 4 '(?s)=== verify.*master\.0' '(LOST|(?m:^BAD\b))'
  at '-2 hours'; sed "s/MASTER_LOG_FILE='binlog/MASTER_LOG_FILE='master/" "$W/one.sql" | put shop-$N.sql; at '-10 minutes'
  needed one | while read -r p; do put "logs/master${p#binlog}" <"$W/one/log/$p"; done

field h12 binlog-times 'the log copied without its times: its last event counts'
  expect 3 'LATE'
  at '-60 hours'; put "shop-$N.sql" <"$W/one.sql"
  needed one | head -n -1 | while read -r p; do python3 "$here/older.py" 57 <"$W/one/log/$p" | { at '-10 minutes'; put "binlog/$p"; }; done

field h13 binlog-times 'the same in good time'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  at '-26 hours'; put "shop-$N.sql" <"$W/one.sql"
  needed one | head -n -1 | while read -r p; do python3 "$here/older.py" 3 <"$W/one/log/$p" | { at '-10 minutes'; put "binlog/$p"; }; done

night_of() { for t in "$@"; do mydump $OPT store "$t" | put "$DAY/$t.sql.gz.tmp"; gzip -c "$S/$DAY/$t.sql.gz.tmp" | put "$DAY/$t.sql.gz"; rm "$S/$DAY/$t.sql.gz.tmp"; done; }
field h21 tables-apart 'one file for each table; one of them is missing for two nights'
  expect 1,4 '(?s)=== verify.*audit' 'RECOVERED'
  for i in 4 3 2; do at "-$i days -2 hours"; night_of audit customers orders; done; for i in 1 0; do at "-$i days -2 hours"; night_of customers orders; done

field h22 tables-apart 'the same, told to be ignored'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  steps init edit verify backups
  for i in 4 3 2; do at "-$i days -2 hours"; night_of audit customers orders; done; for i in 1 0; do at "-$i days -2 hours"; night_of customers orders; done
  printf '%s\n' 's#^\( *\)pattern: .*#&\n\1ignore: ["*/audit.sql.gz"]#' >"$X/edit.sed"
