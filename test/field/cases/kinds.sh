# shellcheck shell=bash disable=SC2034,SC2154
# Siblings of known kinds: names that look like dates, what is unfinished or thrown away, clocks inside of backups, accounts
# that are missing, and the order that tables need.
field ka01 accounts '--system=users beside the dumps of each night: accounts only, the database is judged'
  expect 0 '3,700 rows' '(REFUSED|(?m:^BAD\b))'
  for i in 2 1 0; do at "-$i days -2 hours"; put store-$N.sql.gz <"$D/store.sql.gz"; mydump --system=users | put users-$N.sql; done

field ka02 accounts '--system=users alone: accounts only, no rows'
  expect 2,4 'account' '(REFUSED|LOST|(?m:^BAD\b))'
  for i in 1 0; do at "-$i days -2 hours"; mydump --system=users | put mariadb-users-$N.sql; done

my -e 'CREATE DATABASE daily; USE daily; CREATE TABLE t (id int primary key); INSERT INTO t SELECT seq FROM seq_1_to_120; CREATE DATABASE latest; CREATE TABLE latest.t LIKE t; INSERT INTO latest.t SELECT * FROM t; CREATE DATABASE weekly; CREATE TABLE weekly.t LIKE t; INSERT INTO weekly.t SELECT * FROM t'
field ka05 words-of-time 'databases daily, latest and weekly in one folder; weekly stopped 5 days ago'
  expect 3 '(?s)(?=.*name: "?daily)(?=.*name: "?latest)(?=.*name: "?weekly)(?=.*LATE)' 
  for i in 7 6 5 4 3 2 1 0; do at "-$i days -2 hours"; for d in daily latest; do mydump $d | gzip | put $d-$N.sql.gz; done; [ $i -lt 5 ] || mydump weekly | gzip | put weekly-$N.sql.gz; done

field ka08 date-form 'the same, the job stopped 5 days ago; copied without times'
  expect 3 'RPA [456]d|\b[456]d \d+h'
  for i in 8 7 6 5; do at "-$i days -2 hours"; put erp_2024_$(in_zone UTC %d-%m-%Y).sql.gz <"$D/stock.sql.gz"; done; find "$S" -type f -exec touch -d '-1 hour' {} +

field ka10 tenants 'tenants whose numbers look like dates: t_20240115_TIME and t_20240220_TIME; one is cut'
  expect 1 '(?s)=== verify.*20240220'
  for i in 2 1 0; do at "-$i days -2 hours"; put t_20240115_$N.sql.gz <"$D/stock.sql.gz"; [ $i = 0 ] || put t_20240220_$N.sql.gz <"$D/stock.sql.gz"; done; cut_ 9000 <"$D/stock.sql.gz" | put t_20240220_$N.sql.gz

field ka11 being-written 'a folder of pg_dump -Fd that grows: NAME.inprogress/'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|not finished|inprogress' '(LOST|(?m:^BAD\b))'
  for i in 2 1; do at "-$i days"; pg_dump -Fd -f "$S/stock-$N" stock; stamp stock-$N; done; at '-1 minute'; pg_dump -Fd -f "$S/stock-$N.inprogress" stock; rm "$S/stock-$N.inprogress/toc.dat"; stamp stock-$N.inprogress

field ka12 being-written 'DAY.partial/stock.dump, tmp/stock-N.dump, and a folder of rsync .~tmp~'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|not finished|partial' '(LOST|(?m:^BAD\b))'
  for i in 2 1; do at "-$i days"; put $DAY/stock.dump <"$D/stock.dump"; done; at '-1 minute'; cut_ 9000 <"$D/stock.dump" | put $DAY.partial/stock.dump;  cut_ 9000 <"$D/stock.dump" | put .~tmp~/stock.dump

field ka15 rotation 'rsnapshot: daily.0 … weekly.1, hard links, _delete.4711 beside; healthy'
  expect 0 '1,300 rows'
  for i in 2 1 0; do at "-$i days -2 hours"; put daily.$i/db1/pg/stock.sql.gz <"$D/stock.sql.gz"; done; mkdir -p "$S"/_delete.4711/db1/pg; at '-4 days'; put _delete.4711/db1/pg/stock.sql.gz <"$D/stock.sql.gz"; for i in 1 2; do at "-$((7*i)) days"; put weekly.$((i-1))/db1/pg/stock.sql.gz <"$D/stock.sql.gz"; done

field ka16 told 'database: shop is told, tonight'\''s dump under the same name is of stock'
  expect 1 '(?s)=== verify.*stock'
  steps yaml verify next verify backups
  hand shop postgres 'shop-*.dump'; sed -i 's/^    engine.*/&\n    database: shop/' "$X/fogbell.yaml"
  at '-22 hours'; put shop-$N.dump <"$D/shop.dump"; after; at '-2 hours'; put shop-$N.dump <"$D/stock.dump"

field ka17 told 'database: sakila is told, the dump says store: said, and not simply good'
  expect 0,1,4 '(?s)=== verify.*store'
  steps yaml verify backups
  hand sakila mariadb 'sakila-*.sql'; sed -i 's/^    engine.*/&\n    database: sakila/' "$X/fogbell.yaml"
  at '-2 hours'; put sakila-$N.sql <"$D/store.sql"

field ka18 age-copied 'names in Tokyo, tar.gz, copied without times an hour ago: the archive'\''s members know'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 3 2 1 0; do at "-$i days -20 hours"; d=$(mktemp -d "$W/t.XXX"); cp "$D/stock.sql" $d/stock.sql; touch -d @$T $d/stock.sql; tar -C $d -cz stock.sql | put stock_$(in_zone Asia/Tokyo %Y-%m-%d_%H-%M-%S).tar.gz; done;  find "$S" -type f -exec touch -d '-1 hour' {} +

field ka19 age-copied 'names in Tokyo, gzip FILE (its header knows), copied without times'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 3 2 1 0; do at "-$i days -20 hours"; f=$W/g.sql; cp "$D/stock.sql" $f; touch -d @$T $f; gzip -fN $f; put stock_$(in_zone Asia/Tokyo %Y-%m-%d_%H-%M-%S).sql.gz <$f.gz; done;  find "$S" -type f -exec touch -d '-1 hour' {} +

field ka20 age-copied 'names in UTC without a zone, pg_dump -v says Started on … UTC; copied; 20 hours old'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 3 2 1 0; do at "-$i days -20 hours"; pg_dump -v stock 2>/dev/null | sed -E "s/^-- (Started|Completed) on .*/-- \1 on $(date -d @$T '+%Y-%m-%d %H:%M:%S UTC')/" | put stock_$(in_zone UTC %Y-%m-%d_%H-%M-%S).sql; done;  find "$S" -type f -exec touch -d '-1 hour' {} +

field ka26 latest-copy 'latest.dump is a copy (not a link) of the newest; the job stopped 3 days ago but latest is touched daily'
  expect 3 'LATE'
  for i in 6 5 4 3; do at "-$i days -2 hours"; put stock-$N.dump <"$D/stock.dump"; done; cp "$S/stock-$N.dump" "$S/latest.dump"; touch -d '-1 hour' "$S/latest.dump"

field ka27 repos 'a restic repository'
  expect 2,4 'restic' '(LOST|(?m:^BAD\b))'
  mkdir -p "$S"/repo/{data/00,index,keys,locks,snapshots}; head -c 300 /dev/urandom >"$S/repo/config"; for f in data/00/00aa$(printf 1 | sha256sum | cut -c1-60) index/$(printf 2 | sha256sum | cut -c1-64) snapshots/$(printf 3 | sha256sum | cut -c1-64); do head -c 5000 /dev/urandom >"$S/repo/$f"; done; echo '{"created":"2026-11-27T03:00:00Z","username":"root","hostname":"db","kdf":"scrypt","N":32768,"r":8,"p":6,"salt":"x","data":"y"}' >"$S/repo/keys/$(printf 4 | sha256sum | cut -c1-64)"

field km01 definer 'structure with triggers of a missing account in one file, rows in another (1449 when rows fire them)'
  expect 0 '(?s)=== verify.*ghost'
  my -e "CREATE DATABASE trg; USE trg; CREATE TABLE orders (id int primary key, t int); CREATE TABLE log (id int auto_increment primary key, what text); CREATE USER ghost@localhost; GRANT ALL ON trg.* TO ghost@localhost; INSERT INTO orders SELECT seq, 1 FROM seq_1_to_150; CREATE DEFINER=ghost@localhost TRIGGER tr AFTER INSERT ON orders FOR EACH ROW INSERT INTO log (what) VALUES (NEW.id); DROP USER ghost@localhost"
  for i in 1 0; do at "-$i days -2 hours"; { mydump --no-data --triggers trg; mydump --no-create-info --skip-triggers trg; } | put trg-$N.sql; done

field km02 definer 'the same in two files of a night'
  expect 0 '(?s)=== verify.*ghost'
  for i in 1 0; do at "-$i days -2 hours"; mydump --no-data --triggers trg | put trg-schema-$N.sql;  mydump --no-create-info --skip-triggers trg | put trg-data-$N.sql; done

field km06 compact '--compact: no header, no footer'
  expect 0,2,4 'compact|comment|without' '(LOST|(?m:^BAD\b))'
  for i in 1 0; do at "-$i days -2 hours"; mydump --compact $OPT store | put store-$N.sql; done

field km11 strict 'a table that only innodb_strict_mode=OFF makes (row too large)'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|strict' '(LOST|(?m:^BAD\b))'
  my -e "CREATE DATABASE wide; SET SESSION innodb_strict_mode=OFF; USE wide; $(python3 -c "print('CREATE TABLE w (id int primary key,'+','.join('c%d varchar(255)'%i for i in range(190))+') ROW_FORMAT=COMPACT CHARSET latin1;')") CREATE TABLE ok (id int primary key); INSERT INTO ok SELECT seq FROM seq_1_to_130"
  at '-2 hours'; mydump wide | put wide-$N.sql

field km12 mariabackup-tar 'tar.gz of a mariadb-backup folder'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|mariadb-backup|mariabackup' '(LOST|(?m:^BAD\b))'
  at '-2 hours'; mariadb-backup --no-defaults --backup --user=root --socket="$MSOCK" --target-dir="$W/mb12" >/dev/null 2>&1; tar -C "$W" -cz mb12 | put mariadb-$N.tar.gz

field km14 kinds 'events, routines, packages?, sequences, invisible columns, versioned, periods, check, uuid, inet6, bit, geometry, json, compressed columns'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  my <<'SQL'
CREATE DATABASE zoo; USE zoo;
CREATE TABLE types (id int primary key, u uuid, i inet6, b bit(9), g geometry, j json, y year, t time(6), e enum('a','b;c'), s set('x','y'), d decimal(65,30), c text COMPRESSED, inv int INVISIBLE default 3, v int AS (id*2) PERSISTENT, UNIQUE(v));
INSERT INTO types (id,u,i,b,g,j,y,t,e,s,d,c,inv) SELECT seq, UUID(), '::1', b'101010101', POINT(seq,1), '{"a":1}', 2026, '12:00:00.123456','b;c','x,y', 1.5, REPEAT('z',500), seq FROM seq_1_to_140;
CREATE TABLE per (id int, s date, e date, PERIOD FOR p(s,e), PRIMARY KEY(id, p WITHOUT OVERLAPS)); INSERT INTO per SELECT seq,'2026-01-01','2027-01-01' FROM seq_1_to_110;
CREATE TABLE ver (id int primary key, x int, rs TIMESTAMP(6) GENERATED ALWAYS AS ROW START, re TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME(rs,re)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION h HISTORY, PARTITION c CURRENT); INSERT INTO ver(id,x) SELECT seq,1 FROM seq_1_to_110; UPDATE ver SET x=2 WHERE id<50;
CREATE SEQUENCE down START WITH -1 INCREMENT BY -1; DO NEXTVAL(down); CREATE SEQUENCE cyc MAXVALUE 5 CYCLE; DO NEXTVAL(cyc);
CREATE TABLE usesq (id int primary key default (NEXTVAL(zoo.cyc)), t int); INSERT INTO usesq (t) VALUES (1),(2);
CREATE VIEW v1 AS SELECT id FROM types; CREATE VIEW a_v2 AS SELECT * FROM v1; 
DELIMITER //
CREATE PROCEDURE p1() BEGIN DECLARE x INT; SET x = 1; -- it's; fine
 /* DELIMITER ; */ SELECT '//;' ; END //
CREATE FUNCTION f1(a INT) RETURNS INT DETERMINISTIC RETURN a+1 //
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM per WHERE id<0; END //
CREATE TRIGGER tr BEFORE INSERT ON per FOR EACH ROW BEGIN SET NEW.id = NEW.id; END //
CREATE AGGREGATE FUNCTION agg(x INT) RETURNS INT READS SQL DATA BEGIN DECLARE s INT DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s; LOOP FETCH GROUP NEXT ROW; SET s=s+x; END LOOP; END //
DELIMITER ;
CREATE TABLE `line
break` (`a
b` int primary key) COMMENT 'c;\'o"m\\ment'; INSERT INTO `line
break` SELECT seq FROM seq_1_to_105;
CREATE TABLE `ünï/cödé%#` (id int primary key); INSERT INTO `ünï/cödé%#` SELECT seq FROM seq_1_to_105;
SQL
  at '-2 hours'; mydump --skip-add-locks $OPT zoo | gzip | put zoo-$N.sql.gz

field km17 stale '"Dump completed on" 6 days ago, fresh name and object'
  expect 3 "\b[567]d"
  at '-6 days'; st=$(date -d @$T '+%Y-%m-%d %H:%M:%S'); for i in 1 0; do at "-$i days -2 hours"; sed "s/^-- Dump completed on .*/-- Dump completed on $st/" "$D/depot.sql" | gzip | put depot-$N.sql.gz; done

field km18 wrong-db 'the second night under the same name is another database'
  expect 1 '(?s)=== verify.*(orders|customers|audit)'
  steps init verify next verify backups
  at '-22 hours'; put store-$N.sql.gz <"$D/store.sql.gz"; after; at '-2 hours'; put store-$N.sql.gz <"$D/depot.sql.gz"

field km19 mysqlsh 'a folder of MySQL Shell: util.dumpInstance'
  expect 2,4 'MySQL Shell|mysqlsh' '(LOST|(?m:^BAD\b))'
  mkdir -p "$S/dump-20261127"; echo '{"dumper":"mysqlsh Ver 8.0.36","version":"2.0.1","origin":"dumpInstance","schemas":["store"]}' >"$S/dump-20261127/@.json"; echo '{"end":"2026-11-27 03:00:05"}' >"$S/dump-20261127/@.done.json"; echo '-- MySQLShell dump 2.0.1  Distrib Ver 8.0.36' >"$S/dump-20261127/@.sql"; echo '{}' >"$S/dump-20261127/store.json"; echo x | zstd -q >"$S/dump-20261127/store@orders@@0.tsv.zst"; echo '{}' >"$S/dump-20261127/store@orders.json"; echo '-- MySQLShell dump 2.0.1' >"$S/dump-20261127/store@orders.sql"

field km24 views 'views on views of missing accounts with SQL SECURITY DEFINER; a view that calls a function'
  expect 0 '(?s)=== verify.*nobody_here'
  my -e "CREATE DATABASE vw; USE vw; CREATE TABLE t (id int primary key); INSERT INTO t SELECT seq FROM seq_1_to_120; CREATE FUNCTION f1(a int) RETURNS int DETERMINISTIC RETURN a+1; CREATE DEFINER=nobody_here@'10.%' VIEW b AS SELECT id FROM t; CREATE DEFINER=nobody_here@'10.%' VIEW a AS SELECT f1(id) x FROM t" 2>/dev/null; my vw -e "CREATE DEFINER=nobody_here@'10.%' SQL SECURITY INVOKER VIEW c AS SELECT * FROM t" 2>/dev/null
  at '-2 hours'; mydump --force $OPT vw 2>/dev/null | put vw-$N.sql

field kp01 constraints 'CHECK functions that read a table with an earlier name: pg_restore alone loads it, by -j only by luck'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  createdb chk; q chk -c "create table a_countries (code text primary key, filler text)" -c "insert into a_countries select 'c'||g, repeat('x',1000) from generate_series(1,20000) g" -c "create function known(text) returns boolean language sql stable as 'select exists (select 1 from public.a_countries where code=\$1)'" -c "create table z_items (id int primary key, country text check (known(country)))" -c "insert into z_items select g, 'c'||g from generate_series(1,200) g"
  for i in 1 0; do at "-$i days -2 hours"; pg_dump -Fc chk | put chk-$N.dump; done

field kp03 constraints 'a domain whose CHECK reads a table, a generated column that does'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  createdb dom; q dom -c "create table a_rates (code text primary key, r numeric, filler text)" -c "insert into a_rates select 'c'||g, g, repeat('x',1000) from generate_series(1,20000) g" -c "create function rate(text) returns numeric language plpgsql immutable as 'declare v numeric; begin select r into strict v from public.a_rates where code=\$1; return v; end'" -c "create domain cc as text check (rate(value) > 0)" -c "create table z_sales (id int primary key, c cc, v numeric generated always as (rate(c::text)) stored)" -c "insert into z_sales select g, 'c'||g from generate_series(1,200) g"
  at '-2 hours'; pg_dump -Fc dom | put dom-$N.dump

field kp04 kinds 'identity, domains, inheritance, multi-level partitions, RLS, unlogged, empty matview, rules, statistics, publication; custom'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  createdb zoo; q zoo >/dev/null <<'SQL'
CREATE SCHEMA "Sales Dept"; CREATE SCHEMA parts;
CREATE DOMAIN pos AS int CHECK (VALUE > 0); CREATE TYPE mood AS ENUM ('sad','ok'); CREATE TYPE addr AS (street text, no int);
CREATE TABLE "Sales Dept"."Kunde'n" (id int GENERATED ALWAYS AS IDENTITY (START 1000 INCREMENT -3 MINVALUE -100000 MAXVALUE 1000) PRIMARY KEY, p pos, m mood, a addr, "new
line" text, "tab	col" text);
INSERT INTO "Sales Dept"."Kunde'n" (p,m,a,"new
line") SELECT g,'ok',ROW('s',g)::addr,'x' FROM generate_series(1,150) g;
CREATE TABLE base (id int, at timestamptz default now()); CREATE TABLE child (extra text) INHERITS (base); INSERT INTO child SELECT g, now(), 'e' FROM generate_series(1,140) g;
CREATE TABLE m (tenant int, at date, v int) PARTITION BY LIST (tenant); CREATE TABLE parts.m1 PARTITION OF m FOR VALUES IN (1) PARTITION BY RANGE (at); CREATE TABLE parts.m1a PARTITION OF parts.m1 FOR VALUES FROM ('2020-01-01') TO ('2030-01-01'); CREATE TABLE parts.mdef PARTITION OF m DEFAULT;
INSERT INTO m SELECT 1+g%3, '2026-01-01', g FROM generate_series(1,160) g;
ALTER TABLE base ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON base TO app USING (id > 5); 
CREATE UNLOGGED TABLE cache (k text primary key, v text); INSERT INTO cache SELECT g,'v' FROM generate_series(1,130) g;
CREATE MATERIALIZED VIEW never AS SELECT count(*) FROM m WITH NO DATA; CREATE MATERIALIZED VIEW mv1 AS SELECT tenant, count(*) c FROM m GROUP BY 1; CREATE MATERIALIZED VIEW mv2 AS SELECT sum(c) FROM mv1;
CREATE VIEW v1 AS SELECT * FROM m; CREATE VIEW v2 AS SELECT * FROM v1 WHERE v>5; CREATE VIEW a_v3 AS SELECT * FROM v2; CREATE RULE noins AS ON INSERT TO v2 DO INSTEAD NOTHING;
CREATE STATISTICS st ON tenant, at FROM m; CREATE PUBLICATION everything FOR ALL TABLES;
CREATE SEQUENCE loose CYCLE MAXVALUE 100; SELECT nextval('loose') FROM generate_series(1,150); CREATE TABLE uses_loose (id int default nextval('loose'), t text); INSERT INTO uses_loose (t) SELECT 'x' FROM generate_series(1,120);
CREATE FUNCTION atomic(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a+1; SELECT a+2; END;
CREATE PROCEDURE "do;it"() LANGUAGE plpgsql AS $_$ BEGIN EXECUTE 'select $$;$$'; END $_$;
COMMENT ON TABLE base IS E'semi; \\connect nothing\n\\! ls';
SQL
  at '-2 hours'; pg_dump -Fc zoo | put zoo-$N.dump

field kp07 packing '-Fd -j 4 in a tar.zst by zstd --long=31 -19'
  expect 0 '1,300 rows'
  at '-2 hours'; pg_dump -Fd -j 4 -f "$W/fd7" stock; tar -C "$W" -c fd7 | zstd -q --long=31 --ultra -20 | put stock-$N.tar.zst

field kp13 folder-broken 'a folder of -Fd that lacks one table'\''s file'
  expect 1 '(?s)=== verify.*\.dat'
  for i in 1 0; do at "-$i days -2 hours"; pg_dump -Fd -f "$S/stock-$N" stock; [ $i = 1 ] || rm "$(ls -S "$S/stock-$N"/*.dat.gz | head -1)"; stamp stock-$N; done

field kp15 folder-broken 'a folder of -Fd without its toc.dat as newest'
  expect 1,4 '(?s)=== verify.*toc\.dat'
  for i in 1 0; do at "-$i days -2 hours"; pg_dump -Fd -f "$S/stock-$N" stock; [ $i = 1 ] || rm "$S/stock-$N/toc.dat"; stamp stock-$N; done

old_archive() { python3 -c "
import sys,time,struct
b=bytearray(sys.stdin.buffer.read()); t=time.gmtime(int(sys.argv[1]))
# magic5 vmaj vmin vrev intsize offsize format, compression int, then sec min hour mday mon year isdst
isz=b[8]; p=11+ (1+isz if (b[5],b[6])<(1,15) else 1)
for v in (t.tm_sec,t.tm_min,t.tm_hour,t.tm_mday,t.tm_mon-1,t.tm_year-1900,0):
    b[p]=0; b[p+1:p+1+isz]=v.to_bytes(isz,'little'); p+=1+isz
sys.stdout.buffer.write(b)" "$1"; }
field kp16 stale 'fresh names and objects, each night the archive of 6 days ago'
  expect 3 '\b[567]d'
  at '-6 days'; old_archive $T <"$D/stock.dump" >"$W/old.dump"; for i in 2 1 0; do at "-$i days -2 hours"; put stock-$N.dump <"$W/old.dump"; done

field kp18 stale 'pg_dump -v: Started on 6 days ago, names fresh'
  expect 3 '\b[567]d'
  for i in 1 0; do at "-6 days"; st=$(date -d @$T '+%Y-%m-%d %H:%M:%S CET'); at "-$i days -2 hours"; pg_dump -v stock 2>/dev/null | sed -E "s/^-- (Started|Completed) on .*/-- \1 on $st/" | gzip | put stock-$N.sql.gz; done

field kp29 text 'plain dump: a function whose body has COPY … FROM stdin; at a line, and a view with a string of \.'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  createdb txt; q txt <<'SQL'
CREATE TABLE t (id int primary key, b text); INSERT INTO t SELECT g, E'\\.\n\\connect x\nCOPY t FROM stdin;\n' FROM generate_series(1,130) g;
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $f$
SELECT 'x
COPY public.t (id, b) FROM stdin;
\.
\q
';
$f$;
CREATE VIEW v AS SELECT E'\n\\.\n\\q\n'::text AS a;
ALTER TABLE t ADD CONSTRAINT c CHECK (b <> E'\\\n\\q');
SQL
  at '-2 hours'; pg_dump txt | put txt-$N.sql
