# shellcheck shell=bash disable=SC2034,SC2154
# What people's jobs leave of MariaDB and MySQL.
older_my() { at '-26 hours'; put $1-$N.sql.gz <"$D/$1.sql.gz"; at '-2 hours'; }

field m01 control '10.11 with the sandbox line, gzip'
  expect 0 '3,700 rows'
  put store_$DAY.sql.gz <"$D/store.sql.gz"
header() { sed -E -e '0,/^-- MariaDB dump .*/s//'"$1"'/' ${2:+-e '0,/^-- Server version.*/s//-- Server version\t'"$2"'/'}; }

field m02 header-new 'header of MariaDB 11.4 (no word Distrib), server 11.4'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|11\.4' 'no backup that Fogbell recognises'
  header '-- MariaDB dump 10.19-11.4.3-MariaDB, for debian-linux-gnu (x86_64)' 11.4.3-MariaDB-ubu2404 <"$D/store.sql" | gzip | put store-$N.sql.gz

field m03 header-new 'two nights by 10.11, then by the 11.4 client of the same server'
  expect 0 '3,700 rows'
  for i in 2 1; do at "-$i days -2 hours"; put store-$N.sql.gz <"$D/store.sql.gz"; done; at '-2 hours'; header '-- MariaDB dump 10.19-11.4.3-MariaDB, for debian-linux-gnu (x86_64)' <"$D/store.sql" | gzip | put store-$N.sql.gz
mysql8() { cat <<'SQL'
-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: blog
-- ------------------------------------------------------
-- Server version	8.0.36-0ubuntu0.22.04.1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;

--
-- GTID state at the beginning of the backup 
--

SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '0a953d85-ffd6-11e9-b87d-84fdd111e365:1-27';

--
-- Table structure for table `posts`
--

DROP TABLE IF EXISTS `posts`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `posts` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `title` varchar(255) COLLATE utf8mb4_0900_ai_ci NOT NULL,
  `secret` int DEFAULT '7' /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

--
-- Dumping data for table `posts`
--

LOCK TABLES `posts` WRITE;
INSERT INTO `posts` (`id`, `title`, `secret`) VALUES (1,'Hello',7),(2,'World',8);
UNLOCK TABLES;
SET @@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;

-- Dump completed on 2026-11-27  3:00:01
SQL
}

field m04 header-foreign 'MySQL 8.0 with GTID and 0900 collation'
  expect 0,4 'MySQL' '(LOST|(?m:^BAD\b))|no backup that Fogbell recognises'
  mysql8 | gzip | put blog-$N.sql.gz

field m05 header-foreign 'MySQL'\''s mysqldump 8.0 of a MariaDB server (5.5.5-10.11)'
  expect 0 '3,700 rows'
  sed '1{/sandbox/d}' "$D/store.sql" | header '-- MySQL dump 10.13  Distrib 8.0.38, for Win64 (x86_64)' '5.5.5-10.11.6-MariaDB-1:10.11.6+maria~focal' | put store-$N.sql

field m06 header-foreign 'a MySQL 8.0 dump, and fogbell.yaml by hand says mariadb'
  expect 0,4 'MySQL 8|by MySQL|(RECOVERED|(?m:^GOOD\b))' '(LOST|(?m:^BAD\b))'
  steps yaml verify backups
  hand blog mariadb '*.sql.gz'; mysql8 | sed 's/utf8mb4_0900_ai_ci/utf8mb4_unicode_ci/g' | gzip | put blog-$N.sql.gz

field m07 header-foreign 'mariadb-dump of a MySQL 8.0 server'
  expect 0,4 '(RECOVERED|(?m:^GOOD\b))|MySQL 8|by MySQL|8\.0\.42' '(LOST|(?m:^BAD\b))'
  header '&' 8.0.42 <"$D/store.sql" | sed 's/utf8mb4_general_ci/utf8mb4_0900_ai_ci/g' | put store-$N.sql
my store <<'SQL'
CREATE DEFINER='app'@'%' SQL SECURITY DEFINER VIEW big_orders AS SELECT o.id, c.name, o.total FROM orders o JOIN customers c ON c.id=o.customer_id WHERE total>100;
DELIMITER //
CREATE DEFINER='app'@'%' TRIGGER orders_ai AFTER INSERT ON orders FOR EACH ROW INSERT INTO audit(what) VALUES (CONCAT('order ',NEW.id))//
CREATE DEFINER='app'@'%' PROCEDURE newest(IN n INT)
BEGIN
  SELECT * FROM orders ORDER BY id DESC LIMIT n;
END//
CREATE DEFINER='app'@'%' EVENT audit_purge ON SCHEDULE EVERY 1 DAY DO DELETE FROM audit WHERE at < NOW() - INTERVAL 30 DAY//
DELIMITER ;
SQL

field m08 roles 'view, trigger, routine and event of an account that the dump does not bring: said'
  expect 0 'app['\''"`]?@'
  mydump $OPT store | gzip | put store-$N.sql.gz
my store <<'SQL'
DELIMITER //
CREATE PROCEDURE report()
BEGIN
SELECT COUNT(*) FROM orders
USE INDEX (k)
WHERE created_at > NOW() - INTERVAL 1 DAY;
END//
DELIMITER ;
SQL

field m09 routine-body 'USE INDEX at the beginning of a line of a procedure'
  expect 0 '3,700 rows'
  mydump $OPT store | gzip | put store-$N.sql.gz
my store <<'SQL'
DROP PROCEDURE report;
DELIMITER //
CREATE PROCEDURE setup()
BEGIN
/*
source of the figures: the ERP
system is SAP, tables are copied nightly
*/
SET GLOBAL event_scheduler = ON;
END//
DELIMITER ;
SQL

field m10 routine-body 'a comment with lines source …, system …, and SET GLOBAL, inside a procedure'
  expect 0 '3,700 rows'
  mydump $OPT store | gzip | put store-$N.sql.gz; my store -e 'DROP PROCEDURE setup'

field m11 cut 'the dump stops at a view without its table (databack #276)'
  expect 1 '(?s)=== verify.*store-{-26h}'
  older_my store; my store -e 'CREATE TABLE old_prices (id INT); CREATE VIEW prices AS SELECT id FROM old_prices; DROP TABLE old_prices'; (mydump $OPT store 2>/dev/null || true) | gzip | put store-$N.sql.gz

field m12 broken 'the same with --force: the view cannot be made'
  expect 1 '1146|1356|doesn'\''t exist|invalid table'
  (mydump $OPT --force store 2>/dev/null || true) | gzip | put store-$N.sql.gz; my store -e 'DROP VIEW prices'

field m13 stderr-in-dump '"Deprecated program name" as first line (dbeaver #35642)'
  expect 1 'Deprecated'
  { echo "mysqldump: Deprecated program name. It will be removed in a future release, use '/usr/bin/mariadb-dump' instead"; cat "$D/store.sql"; } | gzip | put store-$N.sql.gz

field m14 cut 'the server went away, gzip is whole (nfrastack #295)'
  expect 1 '(?s)=== verify.*store-{-26h}'
  older_my store; { head -c 90000 "$D/store.sql"; echo; echo 'mariadb-dump: Error 2013: Lost connection to server during query when dumping table `orders` at row: 1206'; } | gzip | put store-$N.sql.gz

field m15 empty '20-byte gzip of nothing as newest'
  expect 1 'empty'
  older_my depot; gzip </dev/null | put depot-$N.sql.gz

field m16 cluster 'several databases in one dump, nothing told'
  expect 4 '(?s)=== verify.*depot' '(LOST|(?m:^BAD\b))'
  mydump $OPT --databases store depot fk | gzip | put all-$N.sql.gz

field m17 cluster '--all-databases, and fogbell.yaml names the one'
  expect 0 '1,300 rows'
  steps init edit verify backups
  mydump $OPT --all-databases | gzip | put all-$N.sql.gz; echo 's/^\( *\)engine: mariadb/&\n\1database: depot/' >"$X/edit.sed"

field m18 archive-of-dumps 'db_backup_TIME.tgz, a tar of one .sql for each database (databack #432)'
  expect 0 '(?s)(?=.*3,700 rows)(?=.*1,300 rows)'
  mkdir "$W/t"; i=$(date -d @$T +%Y-%m-%dT%H:%M:%SZ); cp "$D/store.sql" "$W/t/store_$i.sql"; cp "$D/depot.sql" "$W/t/depot_$i.sql"; tar -C "$W/t" -cz . | put db_backup_$i.tgz

field m46 archive-of-dumps 'the same, one of the two died in the middle'
  expect 1 '(?s)=== verify.*depot'
  head -c 30000 "$D/depot.sql" >"$W/t/depot_$i.sql"; tar -C "$W/t" -cz . | put db_backup_$i.tgz

field m19 no-header '--skip-comments'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|comment|header' '(LOST|(?m:^BAD\b))'
  mydump $OPT --skip-comments store | gzip | put store-$N.sql.gz
am() { at "$1"; put $2/depot/$2_depot_$(date -d @$T +%Y-%m-%d_%Hh%Mm)_$(date -d @$T +$3).sql.gz; }
amsb() { for k in 3 2 1; do am "-$k days -10 minutes" daily %A <"$D/depot.sql.gz"; done; am '-5 days' weekly %V <"$D/depot.sql.gz"; am '-20 days' monthly %B <"$D/depot.sql.gz"; at "$1"; mydump $OPT --no-data --databases depot fk | gzip | put fullschema/fullschema_daily_$(date -d @$T +%Y-%m-%d_%Hh%Mm).sql.gz; echo 'backup ok' | put status/status.txt; }

field m20 pattern-weekday 'daily, weekly, monthly with names of days and months, a schema of all beside as newest (AutoMySQLBackup)'
  expect 0,4 '1,300 rows' '(LOST|(?m:^BAD\b))'
  amsb '-5 minutes'; am '-10 minutes' daily %A <"$D/depot.sql.gz"

field m21 pattern-weekday 'the same; after init the file of a new weekday, cut off'
  expect 1 '(LOST|(?m:^BAD\b))'
  steps init next verify backups
  amsb '-1 day -5 minutes'; after; am '-10 minutes' daily %A < <(cut_ 9000 <"$D/depot.sql.gz")

field m22 names-quoted 'zero dates, generated and invisible columns, a sequence, a backtick in a name'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  mydump $OPT odd | gzip | put odd-$N.sql.gz

field m23 versioned-tables 'a table WITH SYSTEM VERSIONING'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  mydump $OPT vers | gzip | put vers-$N.sql.gz

field m24 routines-gone 'routines, events and triggers are left out in the second night (hestiacp #625)'
  expect 0,1 '(?s)=== verify.*=== verify.*(audit_purge|orders_ai)'
  steps init verify next verify backups
  at '-22 hours'; mydump $OPT store | gzip | put store-$N.sql.gz; after; at '-2 hours'; mydump --single-transaction --skip-triggers store | gzip | put store-$N.sql.gz

field m25 age-rows '30 hours old, DATETIME in Tokyo'\''s time: not younger than the copy itself'
  expect 3 '1d [5-9]h|LATE'
  at '-30 hours'; mydump $OPT tokyo | gzip | put tokyo-$N.sql.gz

field m26 place 'mariadb-dump --master-data=1: CHANGE MASTER is a statement'
  expect 0 '3,700 rows'
  mydump $OPT --master-data=1 store | gzip | put store-$N.sql.gz

field m27 place '--master-data=2 --gtid'
  expect 0 '3,700 rows'
  mydump $OPT --master-data=2 --gtid store | gzip | put store-$N.sql.gz

field m28 crlf 'mysqldump > file on Windows'
  expect 0 '3,700 rows'
  crlf <"$D/store.sql" | put store-$N.sql

field m29 utf-16 'PowerShell'\''s >'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|UTF-?16' '(LOST|(?m:^BAD\b))'
  { printf '\xff\xfe'; crlf <"$D/store.sql" | iconv -f utf-8 -t utf-16le; } | put store-$N.sql

field m30 parts-of-one 'structure and data in two files of one night'
  expect 0 '1,300 rows'
  for i in 1 0; do at "-$i days -2 hours"; mydump $OPT --no-data depot | gzip | put depot-schema-$DAY.sql.gz; mydump --single-transaction --no-create-info --skip-triggers depot | gzip | put depot-data-$DAY.sql.gz; done
tables() { for i in 1 0; do at "-$i days -2 hours"; for t in audit customers orders; do mydump --single-transaction store $t | gzip | put $DAY/store/$t.sql.gz; done; done; }
my store -e 'DROP VIEW IF EXISTS big_orders'

field m31 per-table 'a folder for each night, one file for each table'
  expect 0 '3,700 rows'
  tables

field m32 per-table 'the same, one table'\''s file is cut'
  expect 1 '(?s)=== verify.*customers'
  tables; mydump --single-transaction store customers >"$W/c.sql"; head -c 8000 "$W/c.sql" | gzip | put $DAY/store/customers.sql.gz; touch -d '-119 minutes' "$S/$DAY/store/orders.sql.gz"

field m33 control 'binary values without --hex-blob'
  expect 0 '\b150 rows'
  mydump --single-transaction bins | gzip | put bins-$N.sql.gz

field m34 fk-parent '--ignore-table of a foreign key'\''s parent'
  expect 1 'parent'
  (mydump --single-transaction --ignore-table=fk.parent fk) | gzip | put fk-$N.sql.gz

field m35 being-written 'the job still writes the newest while it is judged'
  expect 0,4 'writ|grow|chang|still' '(LOST|(?m:^BAD\b))'
  steps init grow verify backups
  for i in 2 1; do at "-$i days"; put depot-$N.sql <"$D/depot.sql"; done; at '-5 seconds'; cut_ 30000 <"$D/depot.sql" >"$S/depot-$N.sql"; tail -c +30001 "$D/depot.sql" >"$X/rest"; echo "depot-$N.sql" >"$X/grows"

field m36 unreadable 'lost+found and one old file of another user, judged by an ordinary user'
  expect 0 '1,300 rows'
  steps user init verify backups
  for i in 7 1 0; do at "-$i days -2 hours"; put depot_$DAY.sql.gz <"$D/depot.sql.gz"; done; at '-7 days -2 hours'; chmod 600 "$S/depot_$DAY.sql.gz"; mkdir -m 700 "$S/lost+found"

field m37 mariabackup 'mariadb-backup --target-dir, a folder for each day, not prepared'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  mkdir "$S/x"; mariadb-backup --no-defaults --backup -uroot -S "$MSOCK" --datadir="$W/my/data" --target-dir="$W/mb" >/dev/null 2>&1; rmdir "$S/x"; cp -r "$W/mb" "$S/$DAY"; stamp $DAY

field m38 mariabackup 'the same, prepared'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  cp -r "$W/mb" "$S/$DAY"; mariadb-backup --no-defaults --prepare --target-dir="$S/$DAY" >/dev/null 2>&1; stamp $DAY

field m39 mariabackup 'mariadb-backup --stream=xbstream | gzip, one file'
  expect 0 '(RECOVERED|(?m:^GOOD\b))'
  mariadb-backup --no-defaults --backup -uroot -S "$MSOCK" --datadir="$W/my/data" --stream=xbstream 2>/dev/null >"$W/xb"; gzip -1 <"$W/xb" | put full-$DAY.xb.gz

field m40 mariabackup 'a folder of mariadb-backup 11.8 (mariadb_backup_info)'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|11\.8' '(LOST|(?m:^BAD\b))'
  cp -r "$W/mb" "$S/$DAY"; sed 's/10\.11\.[0-9]*/11.8.2/g' "$S/$DAY/xtrabackup_info" >"$S/$DAY/mariadb_backup_info"; rm "$S/$DAY/xtrabackup_info"; stamp $DAY

field m41 other-tools 'a folder of mydumper'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|mydumper' '(LOST|(?m:^BAD\b))'
  { gz() { gzip | put depot-$DAY/$1; }; echo 'CREATE DATABASE `depot`;' | gz depot-schema-create.sql.gz; for t in parts bins; do mydump --no-data --skip-comments depot $t | gz depot.$t-schema.sql.gz; mydump --no-create-info --skip-comments depot $t | gz depot.$t.sql.gz; done
printf 'Started dump at: %s\nSHOW MASTER STATUS:\n\tLog: binlog.000001\n\tPos: 4711\n\nFinished dump at: %s\n' "$(date -d @$T '+%F %T')" "$(date -d @$T '+%F %T')" | put depot-$DAY/metadata; }

field m42 other-tools 'an export of phpMyAdmin'
  expect 0,2,4 '(RECOVERED|(?m:^GOOD\b))|phpMyAdmin' '(LOST|(?m:^BAD\b))'
  { printf -- '-- phpMyAdmin SQL Dump\n-- version 5.2.1\n-- https://www.phpmyadmin.net/\n--\n-- Host: localhost:3306\n-- Generation Time: %s\n-- Server version: 10.11.6-MariaDB-0+deb12u1\n-- PHP Version: 8.2.7\n\nSET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";\nSTART TRANSACTION;\nSET time_zone = "+00:00";\n\n--\n-- Database: `depot`\n--\n\n' "$(date -d @$T '+%b %d, %Y at %I:%M %p')"
  printf 'CREATE TABLE `parts` (\n  `id` int(11) NOT NULL,\n  `name` varchar(60) NOT NULL\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\n\nINSERT INTO `parts` (`id`, `name`) VALUES\n(1, '"'a'"'),\n(2, '"'b'"');\n\nALTER TABLE `parts`\n  ADD PRIMARY KEY (`id`);\nCOMMIT;\n'; } | put depot-$N.sql

field m43 packing 'the newest is a zip with one dump, the older is gzip'
  expect 0 '(?s)=== verify.*\.zip.*1,300 rows'
  at '-20 hours'; put depot-$N.sql.gz <"$D/depot.sql.gz"; at '-2 hours'; zipof "$W/z" "db-dumps/mysql-depot.sql=$D/depot.sql"; put depot-$N.zip <"$W/z"
# the dump's place and the binary log behind it

field m44 binlog 'a dump with its place, the binary log beside it'
  expect 0 '4,000 rows'
  at '-90 minutes'; my -e 'FLUSH BINARY LOGS'; mydump $OPT --master-data=2 store | gzip | put store-$N.sql.gz; from=$(zcat "$S/store-$N.sql.gz" | grep -o 'binlog\.[0-9]*' | sed -n 1p)
for k in 1 2 3; do my store -e "INSERT INTO customers (name,created_at) SELECT CONCAT('late ',seq), UTC_TIMESTAMP() FROM seq_1_to_100"; my -e 'FLUSH BINARY LOGS'; done
mkdir "$S/binlog"; for f in "$W"/my/log/binlog.0*; do [[ $(basename $f) < $from ]] || cp "$f" "$S/binlog/"; done; cp -a "$S" "$W/with-log"

field m45 binlog 'the same, one log file is missing'
  expect 1 '(?s)=== verify.*binlog'
  rmdir "$S"; cp -a "$W/with-log" "$S"; rm "$S/binlog/$(ls "$S/binlog" | sed -n 2p)"

# flags, layouts and machines that people have, too
one_my() { mydump $OPT "$@" | gzip | put "$1-$N.sql.gz"; }

field m47 per-table 'one archive of one .sql for each table'
  expect 0 '4,000 rows' 'have no parent'
  mkdir "$W/tt"; for t in orders audit customers; do mydump --single-transaction store $t >"$W/tt/$t.sql"; done; tar -C "$W/tt" -cz . | put store-$N.tar.gz

field m48 per-table 'the same, one table'\''s file died in the middle'
  expect 1 '(?s)=== verify.*customers'
  head -c 8000 "$W/tt/customers.sql" >"$W/c.sql"; mv "$W/c.sql" "$W/tt/customers.sql"; tar -C "$W/tt" -cz . | put store-$N.tar.gz

field m49 archive-of-dumps 'cPanel: dumps, accounts and home folders in one archive'
  expect 0 '3,700 rows'
  mkdir -p "$W/cp/cpmove-shop/mysql" "$W/cp/cpmove-shop/homedir"; cp "$D/store.sql" "$W/cp/cpmove-shop/mysql/shop_store.sql"; echo x >"$W/cp/cpmove-shop/homedir/a"
  printf -- "-- cPanel mysql backup\nGRANT USAGE ON *.* TO 'shop'@'localhost' IDENTIFIED BY PASSWORD '*A';\n" >"$W/cp/cpmove-shop/mysql.sql"; tar -C "$W/cp" -cz cpmove-shop | put backup-${N}_shop.tar.gz

field m50 machine-lacks 'tables with ENCRYPTED=YES: this machine has no key'
  expect 4 'encrypt' '(LOST|(?m:^BAD\b))'
  sed 's/) ENGINE=InnoDB/) ENGINE=InnoDB `ENCRYPTED`=YES/' "$D/store.sql" | gzip | put store-$N.sql.gz

field m51 machine-lacks 'a collation of MySQL 8 in a dump of MariaDB'
  expect 4 '0900' '(LOST|(?m:^BAD\b))'
  sed 's/utf8mb4_general_ci/utf8mb4_0900_ai_ci/g' "$D/store.sql" | gzip | put store-$N.sql.gz

field m52 broken 'rows that break a CHECK of their table'
  expect 1 '4025|constraint'
  sed 's/`total` decimal(10,2) NOT NULL/`total` decimal(10,2) NOT NULL CHECK (`total`>100)/' "$D/store.sql" | gzip | put store-$N.sql.gz

field m53 stderr-in-dump 'the warning about a password as first line'
  expect 1 'mysqldump'
  { echo 'mysqldump: [Warning] Using a password on the command line interface can be insecure.'; cat "$D/store.sql"; } | gzip | put store-$N.sql.gz

field m54 control 'a banner of ssh in hashes: comments'
  expect 0 '3,700 rows'
  { printf '########\n# db1 #\n########\n'; cat "$D/store.sql"; } | gzip | put store-$N.sql.gz

field m55 cut 'only the closing line is missing'
  expect 1 '(?s)=== verify.*depot-{-26h}'
  older_my depot; head -n -1 "$D/depot.sql" | gzip | put depot-$N.sql.gz

field m56 roles 'structure with a trigger of another account, then rows without one table, in one file'
  expect 0,4 '3,800 rows|account' '(LOST|(?m:^BAD\b))'
  { mydump --single-transaction --no-data --routines store; mydump --single-transaction --no-create-info --skip-triggers --ignore-table=store.audit store; } | gzip | put store-$N.sql.gz

field m57 mariabackup 'a folder that lost its ibdata1'
  expect 1 'ibdata1'
  cp -r "$W/mb" "$S/$DAY"; rm "$S/$DAY/ibdata1"; stamp $DAY

field m58 mariabackup 'a stream, cut off'
  expect 1 '(LOST|(?m:^BAD\b))'
  head -c $(($(stat -c %s "$W/xb") * 2 / 3)) "$W/xb" | gzip -1 | put full-$N.xb.gz

field m59 other-tools 'an export of Navicat'
  expect 2,4 'Navicat' '(LOST|(?m:^BAD\b))'
  printf '/*\n Navicat Premium Data Transfer\n\n Source Server Type    : MariaDB\n Source Schema         : wp\n*/\n\nSET NAMES utf8mb4;\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (id int);\n' | put wp-$N.sql

field m60 other-tools 'a database by UpdraftPlus'
  expect 2,4 'WordPress|Updraft' '(LOST|(?m:^BAD\b))'
  printf '# WordPress MySQL database backup\n# Created by UpdraftPlus version 1.23.10 (https://updraftplus.com)\n# Backup of: https://example.org\n# Database: `wp`\n\nCREATE TABLE `wp_posts` (id int);\nINSERT INTO `wp_posts` VALUES (1);\n' | gzip | put backup_$DAY-0300_Shop_0123456789ab-db.gz
my <<'SQL'
CREATE DATABASE shrink; USE shrink; CREATE TABLE t1 (id INT PRIMARY KEY); CREATE TABLE t2 (id INT PRIMARY KEY); INSERT INTO t1 SELECT seq FROM seq_1_to_600; INSERT INTO t2 SELECT seq FROM seq_1_to_50;
CREATE DATABASE cyc; USE cyc; CREATE TABLE a (id INT PRIMARY KEY, b INT); CREATE TABLE b (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a(id)); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b(id); INSERT INTO a SELECT seq, NULL FROM seq_1_to_150; INSERT INTO b SELECT seq, seq FROM seq_1_to_150; UPDATE a SET b=id;
SQL

field m61 control 'tables whose keys point at each other'
  expect 0 '\b300 rows'
  one_my cyc

field m62 fewer-rows 'two thirds of a table are gone in the second night'
  expect 1 '(?s)=== verify.*=== verify.*t1'
  steps init verify next verify backups
  at '-22 hours'; one_my shrink; my shrink -e 'DELETE FROM t1 WHERE id>200'; after; at '-2 hours'; one_my shrink

field m63 fewer-rows 'a small table is empty in the second night'
  expect 1 '(?s)=== verify.*=== verify.*t2'
  steps init verify next verify backups
  at '-22 hours'; one_my shrink; my shrink -e 'DELETE FROM t2'; after; at '-2 hours'; one_my shrink

field m64 binlog 'the log is called after its host, beside the dump'
  expect 0 '1,400 rows'
  at '-90 minutes'; my -e 'FLUSH BINARY LOGS'; mydump $OPT --master-data=2 depot >"$W/bl.sql"; from=$(grep -o 'binlog\.[0-9]*' "$W/bl.sql" | sed -n 1p); sed "s/'binlog\./'db1-bin./" "$W/bl.sql" | gzip | put depot-$N.sql.gz
  my depot -e 'INSERT INTO bins SELECT seq, 1, 1 FROM seq_1001_to_1100'; my -e 'FLUSH BINARY LOGS'; for f in "$W"/my/log/binlog.0*; do [[ $(basename $f) < $from ]] || cp "$f" "$S/db1-bin.${f##*.}"; done
