# shellcheck shell=bash disable=SC2034,SC2154
# Layouts of programs and scripts that many people run, each as it leaves them.

field v01 job-layout 'autopostgresqlbackup: a folder for each rhythm and database, names that end in weekdays, weeks and months'
  expect 0 '(?s)(?=.*=== verify.*\b800 rows)(?=.*=== verify.*1,300 rows)' "$BAD"
  for db in shop stock; do for i in 3 2 1 0; do at "-$i days -3 hours"; put "daily/$db/${db}_$(date -d @$T +%Y-%m-%d_%Hh%Mm.%A).sql.gz" <"$D/$db.sql.gz"; done
    at '-8 days -3 hours'; put "weekly/$db/${db}_week.$(date -d @$T +%V.%Y-%m-%d_%Hh%Mm).sql.gz" <"$D/$db.sql.gz"; at '-40 days'; put "monthly/$db/${db}_$(date -d @$T +%Y-%m-%d_%Hh%Mm.%B).$db.sql.gz" <"$D/$db.sql.gz"; done

field v02 job-layout 'automysqlbackup 3: daily_store_DATE_Weekday, latest/ with copies, status/'
  expect 0 '3,700 rows' "$BAD"
  for i in 2 1 0; do at "-$i days -3 hours"; put "daily/store/daily_store_$(date -d @$T +%Y-%m-%d_%Hh%Mm_%A).sql.gz" <"$D/store.sql.gz"; done
  put "latest/daily_store_$(date -d @$T +%Y-%m-%d_%Hh%Mm_%A).sql.gz" <"$D/store.sql.gz"; at '-9 days'; put "weekly/store/weekly_store_$(date -d @$T +%Y-%m-%d_%Hh%Mm_%V).sql.gz" <"$D/store.sql.gz"
  at '-3 hours'; echo "Total disk space used: 1M" | put "status/$(date -d @$T +%Y-%m-%d).txt"

field v03 job-layout 'rsnapshot: hourly.0 is the newest, folders that are renamed each night'
  expect 0 '\b800 rows' "$BAD"
  for k in 0 1 2; do at "-$((k * 4 + 1)) hours"; put hourly.$k/localhost/var/backups/shop.sql.gz <"$D/shop.sql.gz"; done; for k in 0 1 2; do at "-$((k + 1)) days"; put daily.$k/localhost/var/backups/shop.sql.gz <"$D/shop.sql.gz"; done

field v04 job-layout 'the same, the newest is cut off'
  expect 1 '(?s)=== verify.*hourly\.0'
  for k in 1 2; do at "-$((k * 4 + 1)) hours"; put hourly.$k/localhost/var/backups/shop.sql.gz <"$D/shop.sql.gz"; done; at '-1 hours'; cut_ 4000 <"$D/shop.sql.gz" | put hourly.0/localhost/var/backups/shop.sql.gz

field v05 job-layout 'dated folders with a link to the latest'
  expect 0 '\b800 rows' "$BAD"
  for i in 2 1 0; do at "-$i days -3 hours"; put "$N/shop.dump" <"$D/shop.dump"; done; ln -s "$N" "$S/latest"

field v06 job-layout 'a link to the latest that leads nowhere: what it was is gone'
  expect 4 '(?s)=== verify.*latest.*22h' "$BAD"
  for i in 2 1; do at "-$i days +2 hours"; put "$N/shop.dump" <"$D/shop.dump"; done; ln -s 20990101-000000 "$S/latest"

field v07 names-quoted 'unzipped on Linux what Windows packed: backslashes in names'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; put "backup\\shop\\shop-$N.sql.gz" <"$D/shop.sql.gz"; done

field v08 repos 'a repository of Borg'
  expect 2,4 'borg' "$BAD"
  printf '[repository]\nversion = 1\nsegments_per_dir = 1000\nid = 0123456789abcdef\n' | put config; echo 'This is a Borg Backup repository.' | put README
  head -c 20000 /dev/urandom | { printf 'BORG_SEG'; cat; } | put data/0/1; printf 'BORG2IDX%s' "$(head -c 300 /dev/urandom | base64 -w0)" | put index.1; head -c 200 /dev/urandom | put hints.1

field v09 repos 'a repository of Kopia'
  expect 2,4 'kopia' "$BAD"
  echo '{"tool":"https://github.com/kopia/kopia","buildVersion":"0.18","uniqueID":"a","keyAlgo":"scrypt-65536-8-1","encryption":"AES256_GCM"}' | put kopia.repository.f
  for p in p7a/3c1 p0d/e91 q12/ab3; do head -c 30000 /dev/urandom | put $p/$(echo $p | md5sum | cut -c1-30).f; done

field v10 repos 'volumes of duplicity'
  expect 2,4 'duplicity' "$BAD"
  head -c 30000 /dev/urandom | put "duplicity-full.$(date -u -d @$T +%Y%m%dT%H%M%SZ).vol1.difftar.gpg"; head -c 900 /dev/urandom | put "duplicity-full.$(date -u -d @$T +%Y%m%dT%H%M%SZ).manifest.gpg"

field v11 pattern-counter 'jobs of a Kubernetes CronJob: shop-backup-28734480-x7k2p'
  expect 1 '(?s)=== verify.*shop-backup'
  steps init verify next verify backups
  job() { echo "shop-backup-$((T / 60))-$(echo $T | md5sum | tr -dc bcdfghjklmnpqrstvwxz2456789 | cut -c1-5).sql.gz"; }
  for i in 4 3 2 1; do at "-$i days"; put "$(job)" <"$D/shop.sql.gz"; done; after; at '-1 hour'; cut_ 5000 <"$D/shop.sql.gz" | put "$(job)"

field v12 control 'pg_dump --inserts --rows-per-insert, gzip'
  expect 0 '\b800 rows'
  pg_dump --inserts --rows-per-insert=100 shop | gzip | put shop-$N.sql.gz

field v13 half-a-backup '--schema-only and --data-only of each night, side by side'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; pg_dump --schema-only shop | put shop-schema-$N.sql; pg_dump --data-only shop | put shop-data-$N.sql; done

field v14 other-tools 'mysqlpump'
  expect 0,2,4 'mysqlpump|mysql 8|8\.0' "$BAD"
  { echo "-- Dump created by MySQL pump utility, version: 8.0.36, linux-glibc2.28 (x86_64)"; echo "-- Dump start time: $(date -d @$T '+%a %b %e %T %Y')"; echo "-- Server version: 8.0.36"; echo
    printf '%s\n' 'SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;' 'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `blog` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;' 'CREATE TABLE `blog`.`posts` (`id` int NOT NULL, PRIMARY KEY (`id`));' 'INSERT INTO `blog`.`posts` VALUES (1),(2),(3);' 'SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS;' "-- Dump end time: $(date -d @$T '+%a %b %e %T %Y')" "-- Dump completed in 51"; } | put blog-$N.sql

field v15 other-tools 'mariadb-dump --tab, packed as a tar each night'
  expect 2,4 '--tab|text files|tables? apart' "$BAD"
  d=$(mktemp -d "$W/t.XXX"); chmod 777 "$d"; mydump --tab="$d" store >/dev/null 2>&1 || true; for i in 1 0; do at "-$i days -3 hours"; tar -C "$d" -cz . | put store-$N.tar.gz; done

field v16 newest-unread 'the newest is encrypted with age, older ones are plain'
  expect 4 '(?s)=== verify.*\bage\b' "$BAD"
  for i in 2 1; do at "-$i days -3 hours"; put shop-$N.sql.gz <"$D/shop.sql.gz"; done; at '-2 hours'; { printf 'age-encryption.org/v1\n-> X25519 %s\n--- %s\n' "$(head -c 32 /dev/urandom | base64 -w0)" "$(head -c 32 /dev/urandom | base64 -w0)"; head -c 20000 /dev/urandom; } | put shop-$N.sql.gz.age

field v17 packing-cut 'zstd, cut off at a whole frame in the middle'
  expect 1 '(?s)=== verify.*shop-'
  at '-26 hours'; zstd -q <"$D/shop.sql" | put shop-$N.sql.zst; at '-2 hours'; { head -c 20000 "$D/shop.sql" | zstd -q; } | put shop-$N.sql.zst

field v18 other-tools 'Percona XtraBackup of MySQL, a folder'
  expect 2,4 'xtrabackup' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; printf 'uuid = 5a\nname = \ntool_name = xtrabackup\ntool_version = 8.0.35-30\nserver_version = 8.0.36\nstart_time = %s\ninnodb_from_lsn = 0\ninnodb_to_lsn = 18270\npartial = N\nincremental = N\nformat = file\n' "$(date -d @$T '+%F %T')" | put $DAY/xtrabackup_info
    printf 'backup_type = full-backuped\nfrom_lsn = 0\nto_lsn = 18270\n' | put $DAY/xtrabackup_checkpoints; head -c 99000 "$W/my/data/ibdata1" | put $DAY/ibdata1; head -c 9000 /dev/urandom | put $DAY/xtrabackup_logfile; done

field v19 rotation 'logrotate: shop.sql.gz, shop.sql.1.gz, shop.sql.2.gz'
  expect 1 '(?s)=== verify.*shop\.sql\.gz'
  at '-1 hours'; cut_ 4000 <"$D/shop.sql.gz" | put shop.sql.gz; for k in 1 2 3; do at "-$k days -1 hours"; put shop.sql.$k.gz <"$D/shop.sql.gz"; done

field v20 rotation 'savelog: shop.sql.gz, shop.sql.gz.0, shop.sql.gz.1'
  expect 0 '\b800 rows' "$BAD"
  at '-1 hours'; put shop.sql.gz <"$D/shop.sql.gz"; for k in 0 1 2; do at "-$((k + 1)) days -1 hours"; put shop.sql.gz.$k <"$D/shop.sql.gz"; done

field v21 rotation 'the last one is kept as .old and .bak'
  expect 1,4 '(?s)=== verify.*shop\.sql is newer' "$GOOD"
  at '-1 hours'; : | put shop.sql; at '-25 hours'; put shop.sql.old <"$D/shop.sql"; at '-49 hours'; put shop.sql.bak <"$D/shop.sql"

field v22 names-quoted 'spaces, brackets, umlauts: Sicherung (Montag) – Lager.sql.gz'
  expect 0 '1,300 rows' "$BAD"
  for i in 2 1 0; do at "-$i days -3 hours"; put "Tägliche Sicherung ($(date -d @$T +%d.%m.%Y)) – [Lager] #$i & more.sql.gz" <"$D/stock.sql.gz"; done

field v23 archive-of-dumps 'offen/docker-volume-backup: a tar with one dump among other files'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; d=$(mktemp -d "$W/t.XXX"); mkdir -p "$d/backup/db" "$d/backup/etc"; cp "$D/shop.sql" "$d/backup/db/dump.sql"; echo x >"$d/backup/etc/app.conf"; tar -C "$d" -cz backup | put "backup-$(date -d @$T +%Y-%m-%dT%H-%M-%S).tar.gz"; done

field v24 archive-of-dumps 'GitLab: EPOCH_DATE_VERSION_gitlab_backup.tar with db/database.sql.gz and archives'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; d=$(mktemp -d "$W/t.XXX"); mkdir -p "$d/db"; cp "$D/shop.sql.gz" "$d/db/database.sql.gz"; for t in uploads builds lfs; do echo $t >"$d/x"; tar -C "$d" -czf "$d/$t.tar.gz" x; done; rm "$d/x"; printf -- '---\n:db_version: 20261101\n' >"$d/backup_information.yml"; tar -C "$d" -c backup_information.yml db uploads.tar.gz builds.tar.gz lfs.tar.gz | put "${T}_$(date -d @$T +%Y_%m_%d)_17.5.1_gitlab_backup.tar"; done

field v25 archive-of-dumps 'Discourse: dump.sql.gz and uploads in a tar.gz'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; d=$(mktemp -d "$W/t.XXX"); mkdir -p "$d/uploads/default/original"; cp "$D/shop.sql.gz" "$d/dump.sql.gz"; head -c 3000 /dev/urandom >"$d/uploads/default/original/a.png"; tar -C "$d" -cz dump.sql.gz uploads | put "discourse-$(date -d @$T +%Y-%m-%d-%H%M%S)-v20261101000000.tar.gz"; done

field v26 archive-of-dumps 'Odoo: a zip of dump.sql, manifest.json and a filestore'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; echo '{"odoo_dump":"1","db_name":"shop","version":"17.0"}' >"$W/manifest.json"; head -c 999 /dev/urandom >"$W/ab12"; zipof "$W/o.zip" dump.sql="$D/shop.sql" manifest.json="$W/manifest.json" filestore/ab/ab12="$W/ab12"; put "shop_$(date -d @$T +%Y-%m-%d_%H-%M-%S).zip" <"$W/o.zip"; done

field v27 archive-of-dumps 'spatie/laravel-backup: a zip with db-dumps/ and the application'
  expect 0 '3,700 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; echo '<?php' >"$W/i.php"; zipof "$W/o.zip" db-dumps/mysql-store.sql="$D/store.sql" var/www/public/index.php="$W/i.php"; put "Laravel/$(date -d @$T +%Y-%m-%d-%H-%M-%S).zip" <"$W/o.zip"; done

field v28 job-layout 'Nextcloud: nextcloud-sqlbkp_DATE.bak'
  expect 0 '3,700 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; put "nextcloud-sqlbkp_$(date -d @$T +%Y%m%d).bak" <"$D/store.sql"; done

field v29 job-layout 'pg_back: a dump, globals, settings and pg_hba of each night, with their sums'
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; n=$(date -u -d @$T +%Y-%m-%dT%H:%M:%SZ); put "shop_$n.dump" <"$D/shop.dump"; pg_dumpall -g | put "pg_globals_$n.sql"; echo "port = 5432" | put "pg_settings_$n.out"; echo 'local all all peer' | put "hba_file_$n.out"; echo '# map' | put "ident_file_$n.out"; (cd "$S" && sha256sum "shop_$n.dump") | put "shop_$n.dump.sha256"; done

field v30 job-layout 'Holland: a folder each night with MANIFEST, configuration and links to the newest'
  expect 0 '3,700 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; n=$(date -d @$T +%Y%m%d_%H%M%S); put "default/$n/backup_data/store.sql.gz" <"$D/store.sql.gz"; echo 'store.sql.gz store' | put "default/$n/backup_data/MANIFEST.txt"; printf '[holland:backup]\nplugin = mysqldump\n' | put "default/$n/backup.conf"; ln -sfn "$n" "$S/default/newest"; done; ln -sfn "$n" "$S/default/oldest"

field v31 date-form 'the day of the year: shop.2026332.sql.gz; after init another day, cut off'
  expect 1 '(?s)=== verify.*shop\.2'
  steps init verify next verify backups
  for i in 4 3 2 1; do at "-$i days +2 hours"; put "shop.$(date -d @$T +%Y%j).sql.gz" <"$D/shop.sql.gz"; done; after; at '-1 hour'; cut_ 5000 <"$D/shop.sql.gz" | put "shop.$(date -d @$T +%Y%j).sql.gz"

field v32 age-epoch 'nanoseconds since 1970'
  expect 0 '(?s)=== verify.*\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; put "shop-${T}123456789.dump" <"$D/shop.dump"; done

field v33 date-form "the year of Thailand's calendar: 25691128"
  expect 0 '\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; put "shop-$(($(date -d @$T +%Y) + 543))$(date -d @$T +%m%d).dump" <"$D/shop.dump"; done

field v34 cluster 'a loop over pg_database: one file for each, also of the empty one called postgres'
  expect 4 '(?s)=== verify.*\b800 rows' "$BAD"
  for i in 1 0; do at "-$i days -3 hours"; for db in shop postgres; do pg_dump $db | gzip | put "pg/$N/$db.sql.gz"; done; done

field v35 rotation 'wget: latest.dump, latest.dump.1, latest.dump.2, the highest is the newest'
  expect 1,4 '(?s)=== verify.*latest\.dump\.2'
  at '-3 days'; put latest.dump <"$D/shop.dump"; at '-2 days'; put latest.dump.1 <"$D/shop.dump"; at '-2 hours'; cut_ 3000 <"$D/shop.dump" | put latest.dump.2

field v36 other-tools 'a container of Proxmox: vzdump, a tar of a whole system'
  expect 2,4 'tar|volume|archive' "$BAD"
  d=$(mktemp -d "$W/t.XXX"); mkdir -p "$d/etc/vzdump" "$d/var/lib/postgresql/15/main/base/1" "$d/var/lib/postgresql/15/main/global"; echo 'arch: amd64' >"$d/etc/vzdump/pct.conf"; echo 15 >"$d/var/lib/postgresql/15/main/PG_VERSION"; head -c 8192 /dev/zero >"$d/var/lib/postgresql/15/main/global/pg_control"; tar -C "$d" -c . | zstd -q | put "dump/vzdump-lxc-101-$(date -d @$T +%Y_%m_%d-%H_%M_%S).tar.zst"

field v37 other-tools 'pg_basebackup -Fp, a folder each night'
  expect 2,4 'pg_basebackup in a folder' "$BAD"
  # A cluster of its own: files of tablespaces would be written where the other server has them.
  pg_new plain 5434; pg_use plain 5434; q postgres -c 'CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 900)'
  for i in 1 0; do at "-$i days -3 hours"; pg_basebackup -Fp -X fetch -c fast -D "$S/$DAY"; chmod -R a+rX "$S/$DAY"; stamp $DAY; done
  pg_down plain; pg_use pg 5432
