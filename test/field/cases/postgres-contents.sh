# shellcheck shell=bash disable=SC2034,SC2154
# What stands in people's dumps of PostgreSQL. Sourced by make.sh.
q postgres <<'SQL'
CREATE ROLE "My App" LOGIN; CREATE ROLE "o'brien"; CREATE ROLE "a""b;c"; CREATE ROLE "Größe";
SQL
for d in rich odd circ orphan fcheck fidx deep empty zeros exts heroku lob rls two bits vec; do createdb $d; done
q rich <<'SQL'
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION "uuid-ossp"; CREATE EXTENSION btree_gist; CREATE EXTENSION ltree;
CREATE TYPE state AS ENUM ('open','it''s done','a,b'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b text); CREATE TYPE span AS RANGE (subtype = float8);
CREATE FUNCTION double(i int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT i*2; END;
CREATE FUNCTION twofold(i int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT CASE WHEN i > 0 THEN double(i) ELSE 0 END; END;
CREATE PROCEDURE note() LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
CREATE TABLE things (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), n int GENERATED ALWAYS AS IDENTITY, st state DEFAULT 'open', p positive, c citext, h hstore, pr pair, prs pair[], sp span, x xml, j jsonb, b bytea, t text, path ltree,
  tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(t,''))) STORED, d int GENERATED ALWAYS AS (double(1)) STORED, mac macaddr, ip inet, iv interval, bits bit varying(9), pt point, created_at timestamptz DEFAULT now());
CREATE INDEX ON things USING gin (t gin_trgm_ops); CREATE INDEX ON things USING gin (tsv); CREATE INDEX ON things (lower(c::text)) WHERE st = 'open'; CREATE UNIQUE INDEX ON things (n) INCLUDE (st); CREATE STATISTICS st1 ON st, p FROM things;
INSERT INTO things (st,p,c,h,pr,prs,sp,x,j,b,t,path,mac,ip,iv,bits,pt) SELECT 'a,b',g,'C'||g,'a=>1,"b c"=>NULL',(g,'x"y,')::pair,ARRAY[(1,'a')::pair,(2,E'\\')::pair],span(0,g),'<a>&lt;</a>','{"k":"v\u00e9"}','\x00ff',E'Tab\there \\. new\nline','a.b','08:00:2b:01:02:03','::1','1 mon -2 days',B'101','(1,2)' FROM generate_series(1,150) g;
CREATE TABLE booking (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&)); INSERT INTO booking SELECT g, tstzrange(now(), now()+'1h') FROM generate_series(1,20) g;
CREATE TABLE base (id int PRIMARY KEY, v text); CREATE TABLE child (extra int) INHERITS (base); INSERT INTO base SELECT g FROM generate_series(1,5) g; INSERT INTO child SELECT g FROM generate_series(6,10) g;
CREATE TABLE m (r text, at date) PARTITION BY LIST (r); CREATE TABLE m_eu PARTITION OF m FOR VALUES IN ('eu') PARTITION BY RANGE (at); CREATE TABLE m_eu_def PARTITION OF m_eu DEFAULT; CREATE TABLE m_def PARTITION OF m DEFAULT; CREATE INDEX ON m (at);
INSERT INTO m SELECT CASE WHEN g%2=0 THEN 'eu' ELSE 'us' END, current_date FROM generate_series(1,20) g;
CREATE UNLOGGED TABLE cache (k text PRIMARY KEY, v text); INSERT INTO cache SELECT g, g FROM generate_series(1,5) g;
CREATE MATERIALIZED VIEW a2 AS SELECT st, count(*) n FROM things GROUP BY 1; CREATE MATERIALIZED VIEW a1 AS SELECT sum(n) FROM a2; CREATE MATERIALIZED VIEW a3 AS SELECT 1 one WITH NO DATA;
CREATE RECURSIVE VIEW nums (n) AS VALUES (1) UNION ALL SELECT n+1 FROM nums WHERE n < 5; CREATE VIEW upd AS SELECT * FROM base; CREATE RULE r AS ON INSERT TO upd DO INSTEAD INSERT INTO base VALUES (NEW.id, NEW.v);
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER no BEFORE INSERT OR UPDATE OR DELETE ON base FOR EACH ROW EXECUTE FUNCTION no(); CREATE TRIGGER off BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION no(); ALTER TABLE child DISABLE TRIGGER off; ALTER TABLE base ENABLE ALWAYS TRIGGER no;
CREATE AGGREGATE mysum (int) (sfunc = int4pl, stype = int); CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq); CREATE CAST (pair AS text) WITH INOUT; CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk'); CREATE TEXT SEARCH CONFIGURATION tc (COPY = simple);
CREATE SEQUENCE loose; ALTER SEQUENCE loose RESTART WITH 42; CREATE PUBLICATION everything FOR ALL TABLES; COMMENT ON TABLE base IS E'it''s; -- "x"\n\\connect postgres\n$$'; COMMENT ON COLUMN base.v IS '';
SQL
q odd <<'SQL'
CREATE TABLE "My ""T""" ("Id" int PRIMARY KEY, "select" text, "é" timestamptz DEFAULT now()); INSERT INTO "My ""T""" SELECT g, 's' FROM generate_series(1,150) g;
GRANT SELECT ON "My ""T""" TO "My App", "a""b;c"; GRANT INSERT ("Id") ON "My ""T""" TO "o'brien" WITH GRANT OPTION; ALTER TABLE "My ""T""" OWNER TO "Größe";
CREATE SCHEMA "Ünï cödé" AUTHORIZATION "My App"; CREATE TABLE "Ünï cödé"."tab	tab" (a int); ALTER DEFAULT PRIVILEGES FOR ROLE "My App" IN SCHEMA "Ünï cödé" GRANT SELECT ON TABLES TO "o'brien";
SQL
q circ <<'SQL'
CREATE TABLE dept (id int PRIMARY KEY, boss int); CREATE TABLE emp (id int PRIMARY KEY, dept int NOT NULL REFERENCES dept DEFERRABLE INITIALLY DEFERRED, mentor int REFERENCES emp, created_at timestamptz DEFAULT now());
ALTER TABLE dept ADD FOREIGN KEY (boss) REFERENCES emp DEFERRABLE; BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO dept SELECT g, g FROM generate_series(1,50) g; INSERT INTO emp SELECT g, g, g FROM generate_series(1,50) g; COMMIT;
CREATE VIEW v1 AS SELECT 1 AS a; CREATE VIEW v2 AS SELECT a FROM v1; CREATE OR REPLACE VIEW v1 AS SELECT 2 AS a, (SELECT count(*) FROM emp) n;
SQL
q orphan <<'SQL'
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int, created_at timestamptz DEFAULT now()); INSERT INTO p SELECT generate_series(1,50); INSERT INTO c SELECT g, g FROM generate_series(1,100) g;
ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p NOT VALID, ADD CONSTRAINT small CHECK (id < 90) NOT VALID;
SQL
q fcheck <<'SQL'
CREATE TABLE products (id int PRIMARY KEY, created_at timestamptz DEFAULT now()); CREATE FUNCTION known(i int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT 1 FROM public.products WHERE id = i); END';
CREATE TABLE items (id int PRIMARY KEY, product int CHECK (known(product))); INSERT INTO products SELECT generate_series(1,50); INSERT INTO items SELECT g, g FROM generate_series(1,50) g;
SQL
q fidx <<'SQL'
CREATE EXTENSION unaccent; CREATE FUNCTION plain(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT unaccent('unaccent', t) $$;
CREATE TABLE people (id int PRIMARY KEY, name text, created_at timestamptz DEFAULT now()); INSERT INTO people SELECT g, 'é'||g FROM generate_series(1,150) g; CREATE INDEX ON people (plain(name));
SQL
q deep <<'SQL'
CREATE TABLE odd (id int PRIMARY KEY, t text, created_at timestamptz DEFAULT now());
INSERT INTO odd VALUES (1, E'\\.'), (2, E'a\n\\.\nb'), (3, E'\x1a'), (4, E'\x01\x08\x1b[31m\x7f'), (5, E'\r\n'), (6, ''), (7, NULL), (8, E'\\N'), (9, repeat('long ', 1000000)), (10, E'\u2028\ufeff'), (11, E'-- PostgreSQL database dump complete\n'), (12, E'\r'), (13, E'\\\\.\r\n\\q');
INSERT INTO odd SELECT g, 'x' FROM generate_series(14,150) g; CREATE TABLE one (t text); INSERT INTO one VALUES (E'\\.'), (''), (E'\n\\.\n'), (NULL), (E'\\'); CREATE TABLE none (); INSERT INTO none DEFAULT VALUES; INSERT INTO none DEFAULT VALUES;
SQL
q zeros -c "CREATE TABLE orders (id int PRIMARY KEY, created_at timestamptz DEFAULT now()); CREATE TABLE lines (id int PRIMARY KEY, o int REFERENCES orders)"
q exts -c 'CREATE EXTENSION pg_stat_statements' -c 'CREATE EXTENSION pgcrypto'
q heroku <<'SQL'
CREATE SCHEMA heroku_ext; CREATE EXTENSION pg_stat_statements WITH SCHEMA heroku_ext; CREATE SCHEMA _heroku; CREATE FUNCTION _heroku.create_ext() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN PERFORM 1; END';
CREATE EVENT TRIGGER extension_before_drop ON ddl_command_start EXECUTE FUNCTION _heroku.create_ext(); CREATE TABLE users (id bigserial PRIMARY KEY, created_at timestamp DEFAULT now()); INSERT INTO users SELECT FROM generate_series(1,150);
SQL
q lob <<'SQL'
CREATE TABLE files (id int PRIMARY KEY, data oid, created_at timestamptz DEFAULT now()); INSERT INTO files SELECT g, lo_from_bytea(0, decode(md5(g::text),'hex')) FROM generate_series(1,60) g;
DO $$ DECLARE o oid; BEGIN FOR o IN SELECT data FROM files LOOP EXECUTE format('ALTER LARGE OBJECT %s OWNER TO "My App"', o); EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO readonly', o); EXECUTE format('COMMENT ON LARGE OBJECT %s IS ''a;b''', o); END LOOP; END $$;
SQL
q rls <<'SQL'
CREATE TABLE docs (id int PRIMARY KEY, owner text, created_at timestamptz DEFAULT now()); INSERT INTO docs SELECT g, 'u' FROM generate_series(1,150) g; ALTER TABLE docs ENABLE ROW LEVEL SECURITY; ALTER TABLE docs FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON docs TO app USING (owner = current_user) WITH CHECK (id > 0); ALTER TABLE docs OWNER TO app; CREATE POLICY deny ON docs AS RESTRICTIVE USING (false);
SQL
q two <<'SQL'
CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (id int PRIMARY KEY, created_at timestamptz DEFAULT now()); CREATE TABLE b.t (id int PRIMARY KEY, a int REFERENCES a.t); INSERT INTO a.t SELECT generate_series(1,100); INSERT INTO b.t SELECT g,g FROM generate_series(1,50) g; CREATE TABLE public.other (id int);
CREATE TABLE dup (v int); INSERT INTO dup VALUES (1),(1); 
SQL
q two -c 'CREATE UNIQUE INDEX CONCURRENTLY dup_v ON dup (v)' 2>/dev/null || true
# an extension that is on no machine, as its database would hold it
q vec <<'SQL'
SET allow_system_table_mods = on; CREATE TYPE vector AS (x float4);
INSERT INTO pg_extension SELECT 99999, 'vector', 10, 'public'::regnamespace, true, '0.7.0', NULL, NULL;
INSERT INTO pg_depend SELECT 'pg_type'::regclass, 'vector'::regtype, 0, 'pg_extension'::regclass, 99999, 0, 'e';
INSERT INTO pg_depend SELECT 'pg_class'::regclass, 'vector'::regclass, 0, 'pg_extension'::regclass, 99999, 0, 'e';
CREATE TABLE docs (id int PRIMARY KEY, e vector, created_at timestamptz DEFAULT now()); INSERT INTO docs (id) SELECT generate_series(1,150);
SQL


field p70 control 'every kind of object and contrib extensions, plain'
  expect 0 '\b220 rows|\b2\d\d rows'
  pg_dump rich | gzip | put rich-$N.sql.gz

field p71 control 'the same, custom'
  expect 0 '\b220 rows|\b2\d\d rows'
  pg_dump -Fc rich | put rich-$N.dump

field p72 names-quoted 'roles, schemas and columns with quotes, spaces and umlauts'
  expect 0 '\b150 rows'
  pg_dump odd | put odd-$N.sql

field p73 names-quoted 'the same, custom'
  expect 0 '\b150 rows'
  pg_dump -Fc odd | put odd-$N.dump

field p74 constraints 'circular and deferred foreign keys'
  expect 0 '\b100 rows'
  pg_dump circ 2>/dev/null | put circ-$N.sql

field p75 constraints 'orphans under a NOT VALID foreign key'
  expect 0 '\b150 rows'
  pg_dump orphan | put orphan-$N.sql

field p76 constraints 'a CHECK that reads another table: the dump cannot be loaded'
  expect 1 'items' 
  pg_dump fcheck | put fcheck-$N.sql

field p78 search-path 'an index by a function that misses the search_path'
  expect 1 'people'
  pg_dump fidx | put fidx-$N.sql

field p79 text-in-values 'a lone \., control characters, a line of 5 MB, a table without columns'
  expect 0 '\b157 rows'
  pg_dump deep | put deep-$N.sql

field p80 text-in-values 'the same by --inserts'
  expect 0 '\b157 rows'
  pg_dump --inserts --on-conflict-do-nothing deep | gzip | put deep-$N.sql.gz

field p81 empty 'a database without any table'
  expect 1,4 'no table|empty|nothing'
  pg_dump empty | put empty-$N.sql

field p82 empty 'the same, custom'
  expect 1,4 'no table|empty|nothing'
  pg_dump -Fc empty | put empty-$N.dump

field p83 empty 'tables without a row'
  expect 1,4 'no row|\b0 rows|empty'
  pg_dump zeros | put zeros-$N.sql

field p84 empty 'nothing but extensions'
  expect 1,4 'no table|empty|nothing'
  pg_dump -Fc exts | put exts-$N.dump

field p85 harmless-errors 'Heroku: --no-acl --no-owner, extension in heroku_ext'
  expect 0 '\b150 rows'
  pg_dump -Fc --no-acl --no-owner heroku | put 6f1c2ad4-81b4-4b2b-9d1e-3b8f8e0b1a55

field p86 large-objects 'large objects with owners, grants and comments'
  expect 0 '\b60 rows'
  pg_dump lob | put lob-$N.sql

field p87 roles 'forced row level security: all rows are counted'
  expect 0 '\b150 rows'
  pg_dump -Fc rls | put rls-$N.dump

field p88 half-a-backup 'two schemas by -n'
  expect 0 '\b150 rows'
  pg_dump -n a -n b -Fc two | put two-$N.dump

field p89 half-a-backup 'one schema, whose foreign key leads to the other'
  expect 1 'b\.t'
  pg_dump -n b two | put two-$N.sql

field p90 half-a-backup '-t of a table whose parent is not in the dump'
  expect 1 'orders'
  pg_dump -t orders shop | put shop-$N.sql

field p91 constraints 'an invalid index'
  expect 0 '\b152 rows'
  pg_dump two | put two-$N.sql

field p92 machine-lacks 'pgvector in a custom archive'
  expect 4 'vector' '(LOST|(?m:^BAD\b))'
  pg_dump -Fc vec | put vec-$N.dump

field p93 machine-lacks 'pg_cron, plain'
  expect 4 'pg_cron' '(LOST|(?m:^BAD\b))'
  sed '0,/^SET default_tablespace/s//CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;\n\n\nCOMMENT ON EXTENSION pg_cron IS '"'Job scheduler'"';\n\n\nSET default_tablespace/' "$D/shop.sql" | put shop-$N.sql

field p94 half-a-backup 'pg_dumpall --globals-only alone'
  expect 2,4 'role' '(LOST|(?m:^BAD\b))'
  pg_dumpall -g | put cluster-$N.sql

field p95 parts-of-one '--section=pre-data, data, post-data in three files of a night'
  expect 0 '\b800 rows' '(LOST|(?m:^BAD\b))'
  for s in pre-data data post-data; do pg_dump --section=$s shop | put shop-$N-$s.sql; done

field p96 half-a-backup '--section=pre-data and data: no post-data'
  expect 0,1,4 
  pg_dump --section=pre-data --section=data shop | put shop-$N.sql

field p97 encoding 'pg_dump -E LATIN1 of a UTF8 database'
  expect 0 '\b800 rows'
  pg_dump -E LATIN1 shop | put shop-$N.sql

field p98 stderr-in-dump 'output of psql behind the dump'
  expect 0,1
  { cat "$D/shop.sql"; printf ' count \n-------\n   600\n(1 row)\n\n'; } | put shop-$N.sql

field p99 stderr-in-dump 'kubectl exec with 2>&1: Defaulted container'
  expect 1 'Defaulted'
  { echo 'Defaulted container "postgres" out of: postgres, exporter'; cat "$D/shop.sql"; } | put shop-$N.sql

field p100 stderr-in-dump 'ssh with 2>&1: Permanently added'
  expect 1 'Warning|Permanently|line 1\b'
  { echo "Warning: Permanently added 'db1' (ED25519) to the list of known hosts."; cat "$D/shop.sql"; } | gzip | put shop-$N.sql.gz

field p101 twice 'the same file appended to each night, plain'
  expect 1
  cat "$D/shop.sql" "$D/shop.sql" | put shop-$N.sql

field p102 twice 'the same file appended to each night, gzip'
  expect 1
  cat "$D/shop.sql.gz" "$D/shop.sql.gz" | put shop-$N.sql.gz

field p103 twice 'custom archives appended: only the oldest is ever restored'
  expect 1,4 'archives'
  cat "$D/shop.dump" "$D/shop.dump" | put shop-$N.dump

field p104 packing 'gzip padded with zeros (tape)'
  expect 0 '\b800 rows'
  { cat "$D/shop.sql.gz"; head -c 5000 /dev/zero; } | put shop-$N.sql.gz

field p105 packing 'gzip of several members (pigz -i, split and cat)'
  expect 0 '1,300 rows'
  { head -c 9000 "$D/stock.sql" | gzip; tail -c +9001 "$D/stock.sql" | gzip; } | put stock-$N.sql.gz

field p106 cut 'gzip of several members, cut between two'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  older stock sql.gz "$D/stock.sql.gz"; head -c $half "$D/stock.sql" | gzip | put stock-$N.sql.gz
flip() { python3 -c 'import sys
b=bytearray(sys.stdin.buffer.read()); i=int(len(b)*float(sys.argv[1])); b[i]^=16; sys.stdout.buffer.write(b)' "$1"; }

field p107 cut 'one bit turned in the rows of a custom archive'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  older stock dump "$D/stock.dump"; flip 0.7 <"$D/stock.dump" | put stock-$N.dump

field p108 cut 'one bit turned in the table of contents'
  expect 0,1 '(?s)=== verify.*stock-{-26h}|(RECOVERED|(?m:^GOOD\b))'
  older stock dump "$D/stock.dump"; flip 0.02 <"$D/stock.dump" | put stock-$N.dump

field p109 half-a-backup 'data before structure, in one file'
  expect 1,4
  { pg_dump -a shop; pg_dump -s shop; } | put shop-$N.sql

field p110 packing '-Fd without compression, -j 2'
  expect 0 '\b800 rows'
  pg_dump -Fd -j 2 -Z 0 -f "$S/shop-$N" shop; stamp shop-$N

field p111 partitions '--load-via-partition-root --no-owner --no-privileges --no-comments'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  pg_dump --load-via-partition-root --no-owner --no-privileges --no-comments rich | put rich-$N.sql

field p112 half-a-backup '--exclude-table-data of the largest table'
  expect 0 '\b200 rows'
  pg_dump --exclude-table-data='ord*' shop | put shop-$N.sql

field p113 version 'written by 9.6 (default_with_oids, plpgsql)'
  expect 0 '\b800 rows'
  sed -e 's/^-- Dumped from database version.*/-- Dumped from database version 9.6.24/; s/^-- Dumped by pg_dump version.*/-- Dumped by pg_dump version 9.6.24/; /^SET xmloption/d; s/^SET default_table_access_method = heap;/SET default_with_oids = false;/; /^SET row_security/a\
CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;\
COMMENT ON EXTENSION plpgsql IS '"'PL/pgSQL procedural language'"';' -e '/^.\(un\)\?restrict /d' "$D/shop.sql" | put shop-$N.sql

field p114 version 'a server of a version that there is no sandbox for'
  expect 4 '99'
  sed -e 's/^-- Dumped from database version.*/-- Dumped from database version 99.1/; s/^-- Dumped by pg_dump version.*/-- Dumped by pg_dump version 99.1/' "$D/shop.sql" | put shop-$N.sql

field p115 stderr-in-dump 'warnings of pg_dump before the dump, by 2>&1'
  expect 1,2 'pg_dump: warning'
  { echo 'pg_dump: warning: there are circular foreign-key constraints on this table:'; echo 'pg_dump: detail: emp'; pg_dump circ; } | put circ-$N.sql

field p116 cluster 'pg_dumpall with settings of databases, template1 changed, custom roles'
  expect 4 '(?s)=== verify.*odd' '(LOST|(?m:^BAD\b))'
  { pg_dumpall -g; pg_dump -C odd; pg_dump -C stock; } | put all-$N.sql

field p117 cut 'the last table is missing its end marker, whole gzip'
  expect 1 '(?s)=== verify.*stock-{-26h}'
  older stock sql.gz "$D/stock.sql.gz"; sed '/^-- PostgreSQL database dump complete/,$d' "$D/stock.sql" | gzip | put stock-$N.sql.gz
