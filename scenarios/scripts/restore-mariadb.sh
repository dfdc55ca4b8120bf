#!/bin/sh
# restore-mariadb.sh FILE DATABASE: makes DATABASE, which must not exist, of a nightly dump.
set -e
mariadb -e "CREATE DATABASE \`$2\`"
gunzip -c "$1" | mariadb "$2"
echo "restored into $2"
