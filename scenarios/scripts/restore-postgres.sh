#!/bin/sh
# restore-postgres.sh FILE DATABASE: makes DATABASE, which must not exist, of a nightly dump.
set -e
createdb -T template0 "$2"
gunzip -c "$1" | psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d "$2"
echo "restored into $2"
