# shellcheck shell=bash disable=SC2034,SC2154
# What people's jobs leave of PostgreSQL: contents and forms.
field p01 control 'pg_dump | gzip from cron'
  expect 0 '\b800 rows'
  put shop-$N.sql.gz <"$D/shop.sql.gz"

field p02 control 'pg_dump -Fc'
  expect 0 '\b800 rows'
  put shop-$N.dump <"$D/shop.dump"

field p03 harmless-errors 'pg_dump --schema=public --blobs, plain (postgres-backup-local, README)'
  expect 0 '\b800 rows'
  pg_dump --schema=public --blobs shop | gzip | put shop-$N.sql.gz

field p04 harmless-errors 'pg_dump -n public -Fc (postgres-backup-local)'
  expect 0 '1,300 rows'
  pg_dump -n public -Fc stock | put stock-$N.dump

field p05 harmless-errors 'pg_dump --clean without --if-exists, plain (parity #180)'
  expect 0 '\b800 rows'
  pg_dump --clean shop | put shop-$N.sql

field p06 control 'pg_dump --clean --if-exists --create, plain'
  expect 0 '\b800 rows'
  pg_dump --clean --if-exists --create shop | put shop-$N.sql

field p07 text-in-values '--inserts of a wiki page whose text holds lines of SQL and of psql (databasus)'
  expect 0 '\b300 rows'
  pg_dump --inserts notes | put notes-$N.sql

field p08 text-in-values '--column-inserts of a table of migrations (Supabase CLI, spatie/db-dumper)'
  expect 0 '\b152 rows'
  pg_dump --column-inserts --rows-per-insert=1000 migr | put migr-$N.sql

field p09 routine-body 'PL/pgSQL body with CREATE TABLE and GRANT at the beginning of lines, plain'
  expect 0 '\b300 rows'
  pg_dump funcs | put funcs-$N.sql

field p10 routine-body 'the same as custom archive'
  expect 0 '\b300 rows'
  pg_dump -Fc funcs | put funcs-$N.dump

field p11 names-quoted 'table name with doubled quotes, a space and a semicolon; file name with spaces'
  expect 0 '\b151 rows'
  pg_dump "My Shop" | put "My Shop backup $(date -d @$T '+%Y-%m-%d %H-%M').sql"

field p12 roles 'postgres_fdw user mapping for a role that nothing else names (databasus #615)'
  expect 0 '\b150 rows'
  pg_dump fdw | put fdw-$N.sql

field p13 subscription 'a subscriber of logical replication, plain (connect = false stands in it)'
  expect 0 '\b150 rows'
  pg_dump subdb | put subdb-$N.sql

field p14 subscription 'the same as custom archive'
  expect 0 '\b150 rows'
  pg_dump -Fc subdb | put subdb-$N.dump

field p15 partitions 'daily partitions: the oldest dropped and a new one made in the second night (pg_partman)'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  steps init verify next verify backups
  at '-22 hours'; pg_dump part | put part-$N.sql
q part -c "DROP TABLE metrics_p$(date -d '-6 days' +%Y%m%d)" -c "CREATE TABLE metrics_p$(date -d '+2 days' +%Y%m%d) PARTITION OF metrics FOR VALUES FROM ('$(date -d '+2 days' +%F)') TO ('$(date -d '+3 days' +%F)')"
after; at '-2 hours'; pg_dump part | put part-$N.sql

field p16 large-objects 'large objects are gone in the second night (pg_dump -B)'
  expect 0,1 'large object'
  steps init verify next verify backups
  at '-22 hours'; pg_dump -Fc blobs | put blobs-$N.dump; after; at '-2 hours'; pg_dump -Fc -B blobs | put blobs-$N.dump

field p17 large-objects '120 large objects, healthy'
  expect 0 '\b120 rows'
  pg_dump blobs | gzip | put blobs-$N.sql.gz

field p18 machine-lacks 'a table in a tablespace, plain'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|tablespace'
  pg_dump tsp | put tsp-$N.sql

field p19 machine-lacks 'an ispell dictionary whose files this machine lacks'
  expect 4 'dictionary'
  sed '0,/^SET default_tablespace/s//CREATE TEXT SEARCH DICTIONARY public.german_hunspell (\n    TEMPLATE = pg_catalog.ispell,\n    dictfile = '"'de_de'"', afffile = '"'de_de'"', stopwords = '"'german'"' );\n\n\nSET default_tablespace/' "$D/shop.sql" | put shop-$N.sql

field p20 machine-lacks 'an extension that this machine lacks (pgvector)'
  expect 4 'vector'
  sed '0,/^SET default_tablespace/s//CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;\n\n\nSET default_tablespace/' "$D/shop.sql" | put shop-$N.sql

field p21 machine-lacks 'a collation of another machine'
  expect 4 'de_DE'
  sed 's/email text NOT NULL/email text COLLATE pg_catalog."de_DE.utf8" NOT NULL/' "$D/shop.sql" | put shop-$N.sql

field p22 encoding 'SQL_ASCII database with latin1 bytes, --inserts'
  expect 0 '\b152 rows'
  pg_dump --inserts oldascii | put oldascii-$N.sql

field p23 encoding 'the same with COPY'
  expect 0 '\b152 rows'
  pg_dump oldascii | put oldascii-$N.sql

field p24 encoding 'LATIN1 database'
  expect 0 '\b152 rows'
  pg_dump oldlatin | put oldlatin-$N.sql

field p25 event-trigger 'an event trigger that forbids DDL (PostgreSQL manual)'
  expect 0 '\b150 rows'
  pg_dump evt | put evt-$N.sql

field p26 search-path 'REFRESH fails under the empty search_path (pgcopydb #484); lost is defensible when the statement is named'
  expect 0,1 '(RECOVERED|(?m:^GOOD\b))|REFRESH'
  pg_dump -Fc mview | put mview-$N.dump

field p27 half-a-backup 'pg_dump -s alone'
  expect 1,4 'schema|no row'
  pg_dump -s shop | put shop-$N.sql

field p28 half-a-backup 'pg_dump -a alone'
  expect 2,4 'data.only|only (data|rows)|no table|rows? (but|and) no|without (its|the|a|any) (table|structure|definition|schema)' '(LOST|(?m:^BAD\b))'
  pg_dump -a stock | put stock-$N.sql

field p29 parts-of-one 'roles.sql, schema.sql and data.sql of each night in a folder (Supabase)'
  expect 0 '\b800 rows'
  for i in 1 0; do at "-$i days -2 hours"
  printf 'SET session_replication_role = replica;\n\nCREATE ROLE "app_anon";\nALTER ROLE "app_anon" WITH INHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOBYPASSRLS;\nRESET ALL;\n' | put $DAY/roles.sql
  { pg_dump -s --quote-all-identifiers --no-comments -n public shop | sed -E 's/^CREATE SCHEMA "/CREATE SCHEMA IF NOT EXISTS "/; s/^CREATE TABLE "/CREATE TABLE IF NOT EXISTS "/; /^--/d'; echo 'RESET ALL;'; } | put $DAY/schema.sql
  { echo 'SET session_replication_role = replica;'; echo; pg_dump -a --quote-all-identifiers -n public shop; echo 'RESET ALL;'; } | put $DAY/data.sql; done

field p30 companions 'DATE-daily/DB.sql.gz, DB.custom, globals.sql.gz and a schema on purpose (PostgreSQL wiki, rotated)'
  expect 0,4 '(?s)((RECOVERED|(?m:^GOOD\b)).*){2}' '(LOST|(?m:^BAD\b))'
  for i in 2 1 0; do at "-$i days -3 hours"; pg_dumpall -g | gzip | put $DAY-daily/globals.sql.gz
  for d in shop stock; do put $DAY-daily/$d.sql.gz <"$D/$d.sql.gz"; put $DAY-daily/$d.custom <"$D/$d.dump"; done
  pg_dump -s migr | gzip | put $DAY-daily/migr_SCHEMA.sql.gz; done
ex=(); for d in notes migr funcs mview subdb fdw part blobs '"My Shop"' evt tsp oldascii oldlatin; do ex+=(--exclude-database="$d"); done

field p31 cluster 'pg_dumpall -c with one database (docker one-liner)'
  expect 0 '\b800 rows'
  pg_dumpall -c "${ex[@]}" --exclude-database=stock | put dump_$(date -d @$T +%d-%m-%Y_%H_%M_%S).sql

field p32 cluster 'pg_dumpall of several, nothing told'
  expect 4 '(?s)=== verify.*stock' '(LOST|(?m:^BAD\b))'
  pg_dumpall "${ex[@]}" | gzip | put dump_$(date -d @$T +%F_%H_%M_%S).sql.gz

field p33 cluster 'the same, and fogbell.yaml names the one'
  expect 0 '1,300 rows'
  steps init edit verify backups
  pg_dumpall "${ex[@]}" | gzip | put dump_$(date -d @$T +%F_%H_%M_%S).sql.gz; echo 's/^\( *\)engine: postgres/&\n\1database: stock/' >"$X/edit.sed"

field p34 crlf 'plain dump with CRLF, alone (docker exec -t)'
  expect 0 '\b800 rows'
  crlf <"$D/shop.sql" | put shop-$N.sql

field p35 crlf 'pg_dumpall -c with CRLF (docker one-liner with -t)'
  expect 0 '\b800 rows'
  pg_dumpall -c "${ex[@]}" --exclude-database=stock | crlf | put dump_$(date -d @$T +%d-%m-%Y_%H_%M_%S).sql

field p36 crlf 'three LF nights, the newest with CRLF'
  expect 0 '1,300 rows'
  for i in 3 2 1; do at "-$i days -2 hours"; put stock-$N.sql <"$D/stock.sql"; done; at '-2 hours'; crlf <"$D/stock.sql" | put stock-$N.sql

field p37 crlf 'UTF-8 with a byte order mark'
  expect 0 '\b800 rows'
  { printf '\xef\xbb\xbf'; cat "$D/shop.sql"; } | put shop-$N.sql

field p38 utf-16 'PowerShell'\''s > makes UTF-16'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|UTF-?16' '(LOST|(?m:^BAD\b))'
  iconv -f UTF-8 -t UTF-16 "$D/shop.sql" | put shop-$N.sql

field p39 terminal 'three good custom archives, the newest damaged by a terminal (docker exec -t)'
  expect 1 '(?s)=== verify.*shop-{-26h}'
  for i in 3 2 1; do at "-$i days -2 hours"; put shop-$N.dump <"$D/shop.dump"; done; at '-2 hours'; crlf <"$D/shop.dump" | put shop-$N.dump

field p40 terminal 'the damaged archive alone'
  expect 1,2 'damag|corrupt|terminal|\bTTY\b|line end|CRLF' 'Too big|not a valid configuration'
  crlf <"$D/stock.dump" | put stock-$N.dump

field p41 packing 'pg_dump -Ft'
  expect 0 '\b800 rows'
  pg_dump -Ft shop | put shop-$N.tar

field p42 packing 'pg_dump | bzip2'
  expect 0 '\b800 rows'
  bzip2 <"$D/shop.sql" | put shop-$N.sql.bz2

field p43 packing 'pg_dump | xz'
  expect 0 '\b800 rows'
  xz <"$D/shop.sql" | put shop-$N.sql.xz

field p44 packing 'pg_dump | zstd'
  expect 0 '\b800 rows'
  zstd -q <"$D/shop.sql" | put shop-$N.sql.zst

field p45 packing 'pg_dump | lz4'
  expect 0 '\b800 rows'
  lz4 -q <"$D/shop.sql" | put shop-$N.sql.lz4

field p46 packing 'zip with one dump (spatie/laravel-backup)'
  expect 0 '\b800 rows'
  zipof "$W/z" db-dumps/postgresql-shop.sql="$D/shop.sql"; put $(date -d @$T +%Y-%m-%d-%H-%M-%S).zip <"$W/z"

field p47 packing 'pg_dump -Fd in a .tar.gz'
  expect 0 '\b800 rows'
  pg_dump -Fd -f "$W/fd" shop; mv "$W/fd" "$W/shop"; tar -C "$W" -cz shop | put shop-$N.tar.gz

field p48 packing 'pg_dump -Fd as a folder of the store'
  expect 0 '\b800 rows'
  cp -r "$W/shop" "$S/shop-$N"; stamp shop-$N

field p49 split 'pg_dump | gzip | split (PostgreSQL manual)'
  expect 0 '1,300 rows'
  (cd "$S"; split -b 6000 - stock-$N.sql.gz.part <"$D/stock.sql.gz"); stamp .

field p50 split 'the same, the middle part is missing'
  expect 1 'partab|missing|\bhole\b|\bgap\b'
  (cd "$S"; split -b 6000 - stock-$N.sql.gz.part <"$D/stock.sql.gz"; rm stock-$N.sql.gz.partab); stamp .
older() { at '-26 hours'; put "$1-$N.$2" <"$3"; GOOD=$1-$N.$2; at '-2 hours'; }

field p51 packing-cut 'bzip2, the newest cut off'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  bzip2 <"$D/stock.sql" >"$W/b"; older stock sql.bz2 "$W/b"; cut_ 9000 <"$W/b" | put stock-$N.sql.bz2

field p52 packing-cut 'a dump that died, whole xz'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  xz <"$D/stock.sql" >"$W/b"; older stock sql.xz "$W/b"; cut_ $half <"$D/stock.sql" | xz | put stock-$N.sql.xz

field p53 packing-cut 'a dump that died, whole zip'
  expect 1 '(LOST|(?m:^BAD\b))'
  cut_ $half <"$D/stock.sql" >"$W/cut.sql"; zipof "$W/z" db-dumps/postgresql-stock.sql="$W/cut.sql"; put $(date -d @$T +%Y-%m-%d-%H-%M-%S).zip <"$W/z"
hand() { printf 'version: 1\ndatabases:\n  - name: %s\n    engine: %s\n    objectives: { rto: 4h, rpo: 25h }\n    sources:\n      - store: "directory:@STORE@"\n        pattern: "%s"\n        every: 1d\n' "$@" >"$X/fogbell.yaml"; }

field p54 packing 'fogbell.yaml by hand over *.sql.bz2'
  expect 0 '1,300 rows' '\bBAD\b'
  steps yaml verify backups
  hand stock postgres '*.sql.bz2'; for i in 1 0; do at "-$i days -2 hours"; bzip2 <"$D/stock.sql" | put stock-$N.sql.bz2; done

field p55 packing 'fogbell.yaml by hand over *.tar (pg_dump -Ft)'
  expect 0 '1,300 rows' '\bBAD\b'
  steps yaml verify backups
  hand stock postgres '*.tar'; for i in 1 0; do at "-$i days -2 hours"; pg_dump -Ft stock | put stock-$N.tar; done
enc() { openssl enc -aes-256-cbc -pbkdf2 -pass pass:x 2>/dev/null; }

field p56 encrypted 'openssl enc, alone'
  expect 2,4 'openssl' '(LOST|(?m:^BAD\b))'
  enc <"$D/shop.sql" | put shop-$N.sql.bin

field p57 newest-unread 'the newest is encrypted with openssl, the older is plain'
  expect 4 'openssl|encrypt' '(LOST|(?m:^BAD\b))'
  at '-20 hours'; put shop-$N.sql <"$D/shop.sql"; at '-2 hours'; enc <"$D/shop.sql" | put shop-$N.sql.bin

field p58 stderr-in-dump 'pg_dump -v 2>&1 > file'
  expect 1,2 '(?m)(^|[^\w])pg_dump:'
  pg_dump -v shop 2>&1 | put shop-$N.sql

field p59 empty '20-byte gzip of nothing as newest (autopostgresqlbackup #14)'
  expect 1 '(?s)(?=.*empty)(?=.*=== verify.*stock-{-26h})'
  for i in 3 2 1; do at "-$i days -2 hours"; put stock-$N.sql.gz <"$D/stock.sql.gz"; done; at '-2 hours'; gzip </dev/null | put stock-$N.sql.gz

field p60 cut 'gzip cut off'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  older stock sql.gz "$D/stock.sql.gz"; cut_ 9000 <"$D/stock.sql.gz" | put stock-$N.sql.gz

field p61 version 'pg_dump 17 of a server 15: loads into 17 only as it is (databasement #590, borgmatic #413)'
  expect 0 '(?s)=== verify.*(pg_dump|dumped|written|made|client)[^\n]{0,60}17'
  sed -e 's/^-- Dumped by pg_dump version.*/-- Dumped by pg_dump version 17.2/' -e 's/^SET idle_in_transaction_session_timeout = 0;/&\nSET transaction_timeout = 0;/' "$D/shop.sql" | put shop-$N.sql

field p62 control 'schema public dropped and made again'
  expect 0 '\b150 rows'
  q postgres -c 'DROP SCHEMA IF EXISTS none' 2>/dev/null; createdb recreated; q recreated -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' -c 'CREATE TABLE t (id int PRIMARY KEY, created_at timestamptz DEFAULT now())' -c 'INSERT INTO t SELECT g FROM generate_series(1,150) g' 2>/dev/null; pg_dump recreated | put recreated-$N.sql

field p63 packing 'packed with gzip twice'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|twice|packed|double' '(LOST|(?m:^BAD\b))'
  gzip -c "$D/shop.sql.gz" | put shop-$N.sql.gz

field p64 cut 'custom archive cut off'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  older stock dump "$D/stock.dump"; cut_ 9000 <"$D/stock.dump" | put stock-$N.dump

field p65 cut 'half a dump, then zeros (full disk, lost cache)'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  older stock sql "$D/stock.sql"; { head -c $half "$D/stock.sql"; head -c 40000 /dev/zero; } | put stock-$N.sql

field p66 newest-unread 'the newest is packed with 7-Zip, the older with gzip'
  expect 4 '(?s)=== verify.*stock-{-2h}-\d+\.7z' '(LOST|(?m:^BAD\b))'
  at '-20 hours'; put stock-$N.sql.gz <"$D/stock.sql.gz"; at '-2 hours'; { printf '7z\xbc\xaf\x27\x1c\x00\x04'; head -c 20000 "$D/stock.dump" | tail -c 9000; } | put stock-$N.7z
# copies of files: a small cluster of its own
pg_new mini 5433 wal_level=replica max_wal_size=64MB; pg_use mini 5433; createdb app
q app -c "CREATE TABLE orders (id int PRIMARY KEY, created_at timestamptz DEFAULT now(), note text); INSERT INTO orders SELECT g, now()-g*interval '1 minute', 'n'||g FROM generate_series(1,500) g; CHECKPOINT"

field p67 files 'pg_basebackup -Ft -z into a folder for each day'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 1 0; do at "-$i days -1 hour"; pg_basebackup -Ft -z -X stream -c fast -D "$S/$DAY"; stamp $DAY; done

field p68 other-tools 'barman-cloud layout (CloudNativePG)'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|barman' '(LOST|(?m:^BAD\b))'
  pg_basebackup -Ft -X none -c fast -D "$W/bb" 2>/dev/null; id=$(date -d @$T +%Y%m%dT%H%M%S); gzip -1 -c "$W/bb/base.tar" | put pg-main/base/$id/data.tar.gz
printf 'backup_id=%s\nbackup_name=daily\nbegin_wal=000000010000000000000002\nstatus=DONE\nversion=150000\n' $id | put pg-main/base/$id/backup.info
q postgres -Atc 'SELECT pg_switch_wal()' >/dev/null; for w in $(cd "$W/mini/data/pg_wal"; ls | grep -x '[0-9A-F]\{24\}' | head -2); do gzip -1 -c "$W/mini/data/pg_wal/$w" | put pg-main/wals/0000000100000000/$w.gz; done

field p69 other-tools 'tar.gz of the volume of a server (offen/docker-volume-backup)'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|data (directory|folder)|volume|PG_VERSION' '(LOST|(?m:^BAD\b))'
  (cd "$W"; tar -cz --warning=no-file-changed --exclude='pg_wal/*0*' --transform 's,^mini/data,backup/pgdata,' mini/data 2>/dev/null || true) | put backup-$(date -d @$T +%Y-%m-%dT%H-%M-%S).tar.gz
pg_down mini; pg_use pg 5432
