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
