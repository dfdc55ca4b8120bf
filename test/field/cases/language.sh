# shellcheck shell=bash
# Dumps without their comments, and places where nothing is a backup of what is meant. Sourced by make.sh.

# what is left of a dump of pg_dump when a job takes the comments out, as many do to compare two of them
bare() { grep -v '^--'; }

field fl01 language '--skip-comments alone: it ends with the variables that it gives back'
  expect 0 '4,000 rows' '(LOST|VOID)'
  mydump --skip-comments $OPT store | put store-$N.sql

field fl02 language '--skip-comments, gzip, every night; the newest too'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 2 1 0; do at "-$i days -2 hours"; mydump --skip-comments $OPT store | gzip | put store-$N.sql.gz; done

field fl03 language '--skip-comments, the newest cut off between two tables'
  expect 1 '(?s)=== verify.*(closing|cut off)'
  for i in 1 0; do at "-$i days -2 hours"; mydump --skip-comments $OPT store | if [ $i = 1 ]; then cat; else sed '/DROP TABLE IF EXISTS `orders`/,$d'; fi | put store-$N.sql; done

field fl04 language '--compact: nothing marks its end'
  expect 4 '(?s)=== verify.*could not be told' '(LOST|RECOVERED)'
  mydump --compact $OPT store | put store-$N.sql

field fl05 language '--compact, cut off in the middle of rows'
  expect 1 '(?s)=== verify.*rows'
  mydump --compact $OPT store | cut_ 9000 | put store-$N.sql

field fl06 language '--skip-comments --databases, and a name that says nothing'
  expect 0 '4,000 rows'
  mydump --skip-comments --databases $OPT store | put $N.sql

field fl07 language 'a signed dump for nights, without comments since today'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  for i in 2 1 0; do at "-$i days -2 hours"; if [ $i = 0 ]; then mydump --skip-comments $OPT store; else mydump $OPT store; fi | put store-$N.sql; done

field fl11 language 'pg_dump without its comments: nothing marks its end'
  expect 4 '(?s)=== verify.*could not be told' '(LOST|RECOVERED)'
  pg_dump stock | bare | grep -v '^.\(un\)\?restrict' | put stock-$N.sql

field fl12 language 'pg_dump without its comments, cut off in the rows'
  expect 1 '(?s)=== verify.*rows'
  pg_dump stock | bare | cut_ 20000 | put stock-$N.sql

field fl13 language 'pg_dump --clean --inserts without its comments, gzip'
  expect 4 '(?s)=== verify.*could not be told' '(LOST|RECOVERED)'
  pg_dump --clean --inserts stock | bare | grep -v '^.\(un\)\?restrict' | gzip | put stock-$N.sql.gz

field fl14 language 'rows without a table, without comments: half of a backup'
  expect 4 '(?s)=== verify.*(half|data)' '(LOST|RECOVERED)'
  pg_dump -a stock | bare | put stock-$N.sql

field fl16 language 'statistics alone (pg_dump 18 --statistics-only): half of a backup'
  expect 4 '(?s)=== verify.*half' '(LOST|RECOVERED)'
  { printf -- '--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 18.1\n-- Dumped by pg_dump version 18.1\n\nSET statement_timeout = 0;\n\n--\n-- Statistics for Name: t; Type: STATISTICS DATA; Schema: public; Owner: -\n--\n\n'
    printf "SELECT * FROM pg_catalog.pg_restore_relation_stats(\n\t'schemaname', 'public',\n\t'relname', 't'\n);\n\n\n--\n-- PostgreSQL database dump complete\n--\n"; } | put stock-$N.sql

field fl15 language 'pg_dump without its comments, with the way out of its limits (\\unrestrict): an end of its own'
  expect 0,4 '1,300 rows|could not be told' 'LOST'
  pg_dump stock | bare | put stock-$N.sql

told() { printf 'version: 1\ndatabases:\n  - name: shop\n    engine: %s\n    objectives: { rto: 4h, rpo: 25h }\n    sources:\n      - store: "directory:@STORE@"\n%s' "$1" "${2-}" >"$X/fogbell.yaml"; steps yaml verify backups; }

field fl21 nothing-meant 'a pattern that the job left behind: every object has another name now'
  expect 4 'stock-' 'LOST'
  told postgres '        pattern: "shop-*.dump"
'
  put stock-$N.dump <"$D/stock.dump"

field fl22 nothing-meant 'engine: postgres, and what lies there is a dump of MariaDB'
  expect 4 'MariaDB' 'LOST'
  told postgres
  put store-$N.sql <"$D/store.sql"

field fl23 nothing-meant 'the only object is random, and no pattern'
  expect 4 'no backup that Fogbell recognises' 'LOST'
  told postgres
  head -c 200000 /dev/urandom | put shop-$N.dump

field fl24 nothing-meant 'an empty store proves that there is no backup'
  expect 1 'no recovery point'
  told postgres

field fl25 nothing-meant 'database: told at the source, and another in the dump'
  expect 4 'stock' 'LOST'
  told postgres '        database: shop
'
  put stock-$N.dump <"$D/stock.dump"

field fl26 nothing-meant 'the only object is empty, and no pattern'
  expect 1 'empty'
  told postgres
  : | put shop-$N.dump
