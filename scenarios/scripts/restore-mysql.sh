#!/bin/sh
# restore-mysql.sh FILE DATABASE: makes DATABASE, which must not exist, of a nightly dump.
set -e
mysql -e "CREATE DATABASE \`$2\`"
gunzip -c "$1" | mysql "$2"
echo "restored into $2"
