# shellcheck shell=bash disable=SC2034,SC2154
# Names, patterns, series and ages.
field n01 two-jobs 'shop_prod stopped 9 days ago, its newest is cut; shop_staging is fresh, one folder'
  expect 1,3 '(?s)=== verify.*shop_prod'
  for i in 12 11 10; do at "-$i days -2 hours"; put shop_prod-$N.sql.gz <"$D/stock.sql.gz"; done; at '-9 days -2 hours'; cut_ 5000 <"$D/stock.sql.gz" | put shop_prod-$N.sql.gz
for i in 4 3 2 1 0; do at "-$i days -2 hours"; put shop_staging-$N.sql.gz <"$D/stock.sql.gz"; done

field n02 two-jobs 'my-blog-* and my-shop-* in one folder'
  expect 0 '(?s)=== fogbell\.yaml(?=.*name: \S*blog)(?=.*name: \S*shop)'
  for d in my-blog my-shop; do for i in 1 0; do at "-$i days -2 hours"; put $d-$N.sql.gz <"$D/stock.sql.gz"; done; done

field n03 two-jobs 'last, daily, weekly, monthly of two databases, hard links and -latest links (postgres-backup-local)'
  expect 0 '(?s)(?=.*=== verify.*\b800 rows)(?=.*=== verify.*1,300 rows)' 'name: "?last'
  mkdir -p "$S"/{last,daily,weekly,monthly}
for db in shop_prod shop_staging; do for i in 3 2 1 0; do at "-$i days -2 hours"; put last/$db-$N.sql.gz <"$D/$([ $db = shop_prod ] && echo shop || echo stock).sql.gz"
  ln -f "$S/last/$db-$N.sql.gz" "$S/daily/$db-$(date -d @$T +%Y%m%d).sql.gz"; ln -f "$S/last/$db-$N.sql.gz" "$S/weekly/$db-$(date -d @$T +%G%V).sql.gz"; ln -f "$S/last/$db-$N.sql.gz" "$S/monthly/$db-$(date -d @$T +%Y%m).sql.gz"
  ln -sf $db-$N.sql.gz "$S/last/$db-latest.sql.gz"; ln -sf $db-$(date -d @$T +%Y%m%d).sql.gz "$S/daily/$db-latest.sql.gz"; done; done

field n04 tenants 'tenants in folders, every database is called app; one'\''s newest is cut'
  expect 1 '(?s)=== verify.*globex'
  createdb app; q app -c 'CREATE TABLE seats (id int PRIMARY KEY, who text)' -c "INSERT INTO seats SELECT g, 'w'||md5(g::text) FROM generate_series(1,500) g"; pg_dump -Fc app >"$W/app.dump"
for i in 3 2 1 0; do at "-$i days -2 hours"; put acme/app-$N.dump <"$W/app.dump"; done; for i in 5 4; do at "-$i days -2 hours"; put globex/app-$N.dump <"$W/app.dump"; done; at '-2 hours'; cut_ 3000 <"$W/app.dump" | put globex/app-$N.dump

field n05 tenants 'the same, both healthy'
  expect 0 '(?s)=== fogbell\.yaml(.*- name: ){2}' '(?s)=== fogbell\.yaml(.*- name: ){3}'
  for t in acme globex; do for i in 1 0; do at "-$i days -2 hours"; put $t/app-$N.dump <"$W/app.dump"; done; done

field n06 pattern-hex 'UUID names with .metadata (databasus); after init a new object, cut off'
  expect 1 '(?s)=== verify.*436122e6'
  steps init verify next verify backups
  u() { printf '%s-%s-4%s-a%s-%s' $(printf 'seed%s' $1 | md5sum | sed -E 's/^(.{8})(.{4})(.{3})(.{3})(.{12}).*/\1 \2 \3 \4 \5/'); }
for i in 4 3 2 1; do at "-$i days +4 hours"; f=$(u $i); put $f <"$D/stock.dump"; echo "{\"backup_id\":\"$f\",\"encryption\":\"NONE\"}" | put $f.metadata; done
after; at '-1 hour'; cut_ 9000 <"$D/stock.dump" | put "$(u 9)"

field n07 pattern-month 'YEAR/Month/PG_db.DD-Month-YEAR.dmp (kartoza/pg-backup); after init a new month, cut off'
  expect 1 '(?s)=== verify.*cut|(LOST|(?m:^BAD\b))'
  steps init next verify backups
  first=$(date +%Y-%m-01); for i in 4 3 2 1; do at "$first -$i days 20:00"; put $(date -d @$T +%Y/%B)/PG_stock.$(date -d @$T +%d-%B-%Y).dmp <"$D/stock.dump"; done
after; at '-1 hour'; cut_ 9000 <"$D/stock.dump" | put $(date -d @$T +%Y/%B)/PG_stock.$(date -d @$T +%d-%B-%Y).dmp

field n08 pattern-month 'the same layout, two databases, healthy'
  expect 0 '(?s)=== fogbell\.yaml(.*- name: ){2}' '(?s)=== fogbell\.yaml(.*- name: ){3}'
  pg_dumpall -g | put globals.sql; for i in 3 2 1 0; do at "-$i days -4 hours"; for d in shop stock; do put $(date -d @$T +%Y/%B)/PG_$d.$(date -d @$T +%d-%B-%Y).dmp <"$D/$d.dump"; done; done

field n09 pattern-weekday 'names end in weekdays; the job stopped 6 days ago (autopostgresqlbackup)'
  expect 3 'LATE'
  for i in $(seq 26 -1 6); do at "-$i days -5 hours"; put daily/stock/stock_$(date -d @$T +%Y-%m-%d_%Hh%Mm).$(date -d @$T +%A).sql.gz <"$D/stock.sql.gz"; done

field n10 pattern-weekday 'stock-Fri.sql.gz, files in rotation; the next day'\''s is empty'
  expect 1 '(LOST|(?m:^BAD\b))'
  steps init next verify backups
  for k in 4 3 2 1; do at "-$k days -10 minutes"; put stock-$(date -d @$T +%a).sql.gz <"$D/stock.sql.gz"; done; after; at '-10 minutes'; gzip </dev/null | put stock-$(date -d @$T +%a).sql.gz

field n13 pattern-month 'a monthly archive named by month alone; after init a new month, empty'
  expect 1 '(LOST|(?m:^BAD\b))'
  steps init next verify backups
  for i in 93 62 31; do at "-$i days"; put archive/stock-$(date -d @$T +%B-%Y).dump <"$D/stock.dump"; done; after; at '-1 hour'; gzip </dev/null | put archive/stock-$(date -d @$T +%B-%Y).dump

field n11 pattern-hex 'UUID names of two databases in one folder, healthy'
  expect 0 '(?s)=== fogbell\.yaml(.*- name: ){2}' '(?s)=== fogbell\.yaml(.*- name: ){3}'
  for i in 3 2 1 0; do at "-$i days -2 hours"; for d in shop stock; do f=$(u $d$i); put $f <"$D/$d.dump"; echo "{\"backup_id\":\"$f\"}" | put $f.metadata; done; done

field n12 control 'folders by day, two databases'
  expect 0 '(?s)=== fogbell\.yaml(.*- name: ){2}'
  for i in 2 1 0; do at "-$i days -2 hours"; put $DAY/shop.sql.gz <"$D/shop.sql.gz"; put $DAY/stock.sql.gz <"$D/stock.sql.gz"; done

field a01 age-zone '30 hours old, its name is in Tokyo'\''s time, no row tells a moment (databack #494)'
  expect 3 '1d 6h|\b30h'
  at '-30 hours'; put stock_$(in_zone Asia/Tokyo %Y-%m-%d_%H-%M-%S).sql <"$D/stock.sql"

field a02 age-zone '20 hours old, its name is in Los Angeles'\'' time: good, or late and the disagreement said'
  expect 0,3 '(RECOVERED|(?m:^GOOD\b))|time ?zone|local time|disagree|\b20h'
  at '-20 hours'; put stock_$(in_zone America/Los_Angeles %Y-%m-%d_%H-%M-%S).sql <"$D/stock.sql"

field a03 age-offset '30 hours old, +09:00 stands in the name'
  expect 3 '1d 6h|\b30h'
  at '-30 hours'; put stock_$(in_zone Asia/Tokyo %Y-%m-%dT%H:%M:%S%:z).sql <"$D/stock.sql"

field a04 age-zone 'an hour old, names in Tokyo'\''s time: no age is below zero'
  expect 0 '\b1h \d' 'would lose 0 ms'
  for i in 3 2 1 0; do at "-$i days -1 hour"; put stock_$(in_zone Asia/Tokyo %Y-%m-%d_%H-%M-%S).sql.gz <"$D/stock.sql.gz"; done

field a05 age-epoch 'milliseconds since 1970 in the name, some days old'
  expect 3 'RPA 1?\dd' '\d{5}d|\b1[67]\d\d-\d\d-\d\d'
  for h in $(seq 72 370); do at "-$h hours"; [[ $T =~ ^....(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8]) ]] && break; done; T=$((T - T % 100 + 10)); put backup-${T}345.sql.gz <"$D/stock.sql.gz"

field a06 age-offset 'minutes old, New York'\''s offset stands in the name (databack #494)'
  expect 0 '(RECOVERED|(?m:^GOOD\b))' '\b[3-6]h \d+m'
  for i in 1 0; do at "-$i days -20 minutes"; put db_backup_$(in_zone America/New_York %Y-%m-%dT%H:%M:%S%:z).sql.gz <"$D/stock.sql.gz"; done

field a07 order-copied 'dates only in the names, copied without times in another order; today'\''s is cut'
  expect 1 '(?s)=== verify.*{F-2h}'
  at '-26 hours'; put stock-$DAY.sql.gz <"$D/stock.sql.gz"; touch -d '-10 minutes' "$S/stock-$DAY.sql.gz"; at '-2 hours'; d2=$DAY; cut_ 9000 <"$D/stock.sql.gz" | put stock-$d2.sql.gz; touch -d '-20 minutes' "$S/stock-$d2.sql.gz"


field a08 age-disagree 'the name says 3 hours (UTC), the object was last written 4 days ago'
  expect 3 '\b[34]d'
  at '-3 hours'; put stock_$(date -d @$T +%Y-%m-%d_%H-%M-%S)_UTC.sql.gz <"$D/stock.sql.gz"; touch -d '-4 days' "$S"/*

field n20 rotation 'one name, overwritten each night; .1 .2 .3 by logrotate; the newest is cut'
  expect 1 '(?s)=== verify.*stock\.sql\.gz'
  at '-2 hours'; cut_ 9000 <"$D/stock.sql.gz" | put stock.sql.gz; for i in 1 2 3; do at "-$i days -2 hours"; put stock.sql.gz.$i <"$D/stock.sql.gz"; done

field n22 rotation 'shop-montag.dump to shop-sonntag.dump; after init the next day is a dump that died'
  expect 1 '(LOST|(?m:^BAD\b))' 
  steps init next verify backups
  de() { local d=(sonntag montag dienstag mittwoch donnerstag freitag samstag); echo ${d[$(date -d @$1 +%w)]}; }
for k in 5 4 3 2 1; do at "-$k days -10 minutes"; put stock-$(de $T).dump <"$D/stock.dump"; done; after; at '-10 minutes'; cut_ 9000 <"$D/stock.dump" | put stock-$(de $T).dump

field n24 counter 'dump-000123.sql.gz of one, the newest is empty'
  expect 1 '(?s)=== verify.*dump-000127'
  for i in 4 3 2 1; do at "-$i days -2 hours"; put dump-00012$((7-i)).sql.gz <"$D/stock.sql.gz"; done; at '-2 hours'; put dump-000127.sql.gz </dev/null

field n25 two-hosts 'db1/shop and db2/shop in one bucket; db2 stopped 5 days ago'
  expect 3 '(?s)=== verify.*db2' 
  for i in 6 5 4 3 2 1 0; do at "-$i days -2 hours"; put db1/stock/stock-$DAY.sql.gz <"$D/stock.sql.gz"; [ $i -lt 5 ] || put db2/stock/stock-$DAY.sql.gz <"$D/stock.sql.gz"; done

field n26 two-jobs 'stg_shop, shop-backup and shop_dev_copy beside each other; production stopped 6 days ago'
  expect 3 'LATE'
  for i in 9 8 7 6; do at "-$i days -2 hours"; put stock-backup-$DAY.sql.gz <"$D/stock.sql.gz"; done; for i in 2 1 0; do at "-$i days -2 hours"; put stg-stock-backup-$DAY.sql.gz <"$D/stock.sql.gz"; put stock-dev-backup-$DAY.sql.gz <"$D/stock.sql.gz"; done

field n27 two-jobs 'databases erp_2024 and erp_2025; the one of last year has its backup cut'
  expect 1 '(?s)=== verify.*erp_2024'
  for i in 3 2 1 0; do at "-$i days -2 hours"; put erp_2025_$(date -d @$T +%Y%m%d_%H%M%S).sql.gz <"$D/shop.sql.gz"; [ $i = 0 ] || put erp_2024_$(date -d @$T +%Y%m%d_%H%M%S).sql.gz <"$D/stock.sql.gz"; done
cut_ 9000 <"$D/stock.sql.gz" | put erp_2024_$(date -d @$T +%Y%m%d_%H%M%S).sql.gz

field n29 words-of-time 'databases daily, march and may_sales'
  expect 0 '(?s)=== fogbell\.yaml(?=.*daily-)(?=.*name: "?march)(?=.*name: "?may_sales)(.*- name: ){3}' '(?s)=== fogbell\.yaml(.*- name: ){4}'
  for i in 2 1 0; do at "-$i days -2 hours"; for d in daily march may_sales; do put $d-$N.sql.gz <"$D/stock.sql.gz"; done; done

field n46 words-of-time 'a database march, march-2026-11-27.sql.gz, beside july; the newest of march is cut'
  expect 1 '(?s)=== verify.*march-{F-2h}'
  for i in 3 2 1 0; do at "-$i days -2 hours"; for d in march july; do put $d-$DAY.sql.gz <"$D/stock.sql.gz"; done; done; cut_ 9000 <"$D/stock.sql.gz" | put march-$DAY.sql.gz

field n48 two-jobs 'databases erp_2025 and erp_2026; the one of last year stopped 5 days ago'
  expect 3 '(?s)LATE.*erp_2025|erp_2025.*LATE'
  for i in 8 7 6 5 4 3 2 1 0; do at "-$i days -2 hours"; put erp_$(date +%Y)_$DAY.sql.gz <"$D/shop.sql.gz"; [ $i -lt 5 ] || put erp_$(date -d '-1 year' +%Y)_$DAY.sql.gz <"$D/stock.sql.gz"; done

field n30 tenants 'tenants with UUID folders, healthy; one stopped 4 days ago'
  expect 3 'LATE'
  t1=6f1e9c3a-2b4d-4f60-8a7b-1c2d3e4f5a6b t2=0a9b8c7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d
for i in 6 5 4 3 2 1 0; do at "-$i days -2 hours"; put $t1/app-$N.dump <"$D/stock.dump"; [ $i -lt 4 ] || put $t2/app-$N.dump <"$D/stock.dump"; done

field n33 date-form '27.11.2026 in the name, 2 databases; one stopped 4 days ago'
  expect 3 '(?s)LATE'
  for i in 7 6 5 4 3 2 1 0; do at "-$i days -2 hours"; put "stock $(date -d @$T +%d.%m.%Y).sql.gz" <"$D/stock.sql.gz"; [ $i -lt 4 ] || put "shop $(date -d @$T +%d.%m.%Y).sql.gz" <"$D/shop.sql.gz"; done

field n36 date-form 'YYYY/MM/DD/HH/db.dump each 6 hours, the newest is cut'
  expect 1 '(?s)=== verify.*stock\.dump'
  for i in 30 24 18 12 6; do at "-$i hours -20 minutes"; put $(date -d @$T +%Y/%m/%d/%H)/stock.dump <"$D/stock.dump"; done; at '-20 minutes'; cut_ 9000 <"$D/stock.dump" | put $(date -d @$T +%Y/%m/%d/%H)/stock.dump

field n38 tool-names 'docker-db-backup: pgsql_shop_host_TIME.sql.gz, .sha1, latest-…; two databases'
  expect 0 '(?s)(?=.*=== verify.*\b800 rows)(?=.*=== verify.*1,300 rows)' '(?s)=== fogbell\.yaml(.*- name: ){3}'
  for i in 3 2 1 0; do at "-$i days -2 hours"; for d in shop stock; do f=pgsql_${d}_db_$N.sql.gz; put $f <"$D/$d.sql.gz"; (cd "$S"; sha1sum $f) | put $f.sha1; ln -sf $f "$S/latest-pgsql_${d}_db"; done; done

field n39 tool-names 'spatie/laravel-backup: a folder for each app, 2026-11-27-03-00-00.zip; one app stopped 5 days ago'
  expect 3 'LATE'
  for i in 8 7 6 5 4 3 2 1 0; do at "-$i days -2 hours"; f=$(date -d @$T +%Y-%m-%d-%H-%M-%S).zip; mkdir -p "$S/Web Shop" "$S/Intranet"; zipof "$S/Web Shop/$f" db-dumps/postgresql-shop.sql="$D/shop.sql"; touch -d @$T "$S/Web Shop/$f"; [ $i -lt 5 ] || { zipof "$S/Intranet/$f" db-dumps/postgresql-stock.sql="$D/stock.sql"; touch -d @$T "$S/Intranet/$f"; }; done

field n40 tool-names 'Kubernetes CronJob: a folder for each pod, pg-backup-29400120-x7k2p/shop.dump'
  expect 0 '(?s)=== verify.*1,300 rows' '(?s)=== fogbell\.yaml(.*- name: ){2}'
  k=(x7k2p m4zql 9dk2w bcdfg); for i in 3 2 1 0; do at "-$i days -2 hours"; put pg-backup-$((T/60))-${k[$i]}/stock.dump <"$D/stock.dump"; done

field n41 tool-names 'hourly.0 … hourly.3, daily.0 … (rsnapshot), hard links; hourly.0 is cut'
  expect 1 '(?s)=== verify.*hourly\.0'
  for i in 0 1 2 3; do at "-$((4*i)) hours -30 minutes"; if [ $i = 0 ]; then cut_ 9000 <"$D/stock.sql.gz"; else cat "$D/stock.sql.gz"; fi | put hourly.$i/localhost/stock.sql.gz; done; for i in 0 1 2; do at "-$((i+1)) days"; put daily.$i/localhost/stock.sql.gz <"$D/stock.sql.gz"; done

field n43 being-written 'yesterday'\''s dump, and tonight'\''s as .inprogress (a running upload)'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|inprogress' '(LOST|(?m:^BAD\b))'
  for i in 2 1; do at "-$i days"; put stock-$N.dump <"$D/stock.dump"; done; at '-1 minute'; cut_ 9000 <"$D/stock.dump" | put stock-$N.dump.inprogress

field n47 being-written 'the same, as .part, .tmp, and as rsync calls its own'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|not finished' '(LOST|(?m:^BAD\b))'
  for i in 2 1; do at "-$i days"; put stock-$N.dump <"$D/stock.dump"; done; at '-1 minute'; for f in stock-$N.dump.part stock-$N.dump.tmp .stock-$N.dump.Xq3bZk; do cut_ 9000 <"$D/stock.dump" | put $f; done

field n44 empty 'today'\''s file has 0 bytes; two databases in folders by day, the other is well'
  expect 1 '(?s)=== verify.*{F-2h}'
  for i in 3 2 1 0; do at "-$i days -2 hours"; put $DAY/shop.sql.gz <"$D/shop.sql.gz"; [ $i = 0 ] || put $DAY/stock.sql.gz <"$D/stock.sql.gz"; done; put $DAY/stock.sql.gz </dev/null

field a20 age-offset '30 hours old, +0545 stands in the name'
  expect 3 '1d 6h|\b30h'
  at '-30 hours'; put stock_$(in_zone Asia/Kathmandu %Y%m%dT%H%M%S%z).sql.gz <"$D/stock.sql.gz"; touch "$S"/*

field a22 age-zone '30 hours old, CEST stands in the name, copied without times'
  expect 3 '1d 6h|\b30h'
  at '-30 hours'; put "stock_$(TZ=UTC-2 date -d @$T +%Y-%m-%d_%H-%M-%S)_CEST.sql.gz" <"$D/stock.sql.gz"; touch "$S"/*

field a23 age-epoch 'a folder named by seconds since 1970, copied without times, 3 days old'
  expect 3 'RPA [23]d'
  for i in 5 4 3; do at "-$i days"; put $T/stock.dump <"$D/stock.dump"; done; find "$S" -type f -exec touch {} +

field a24 age-copied 'rsync without -t: objects of today, names of 12 to 9 days ago'
  expect 3 '\b[89]d'
  for i in 12 11 10 9; do at "-$i days -2 hours"; put stock-$N.sql.gz <"$D/stock.sql.gz"; done; find "$S" -type f -exec touch {} +

field a25 clock-ahead 'the clock of the backup'\''s host is a year ahead: name and object'
  expect 3,4 'ahead|future|clock' 'would lose 0 ms'
  at '+1 year -2 hours'; put stock-$N.sql.gz <"$D/stock.sql.gz"; at '-1 day -2 hours'; put stock-$N.sql.gz <"$D/stock.sql.gz"

field a27 age-disagree 'the newest is cut, but a name a year ahead (a typo) stays the newest by name for ever'
  expect 1,4 '(?s)=== verify.*{-2h}'
  at '-40 days'; put stock-$(date -d '+1 year -40 days' +%Y%m%d-%H%M%S).sql.gz <"$D/stock.sql.gz"; for i in 3 2 1; do at "-$i days -2 hours"; put stock-$N.sql.gz <"$D/stock.sql.gz"; done; at '-2 hours'; cut_ 9000 <"$D/stock.sql.gz" | put stock-$DAY-cut.sql.gz; mv "$S/stock-$DAY-cut.sql.gz" "$S/stock-$(date -d @$T +%Y%m%d-%H%M%S).sql.gz"

field a28 day-or-month 'day first (03-11-2026), copied without times; the job stopped on the third of the month, its newest is cut'
  expect 1,3 "(?s)=== verify.*$(date -d "$(date -d '-3 days' +%Y-%m-03)" +%d-%m-%Y)"
  m=$(date -d '-3 days' +%Y-%m-03); for i in $(seq 14 -1 1); do at "$m -$i days"; put stock_$(date -d @$T +%d-%m-%Y).sql.gz <"$D/stock.sql.gz"; done; at "$m"; cut_ 9000 <"$D/stock.sql.gz" | put stock_$(date -d @$T +%d-%m-%Y).sql.gz; find "$S" -type f -exec touch {} +
