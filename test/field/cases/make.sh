#!/bin/bash
# make.sh FOLDER: makes the inputs of every case below FOLDER/cases, with the real programs, as people's backup jobs
# leave them. Moments are relative to now. Needs root on Debian 12, PostgreSQL 15, MariaDB 10.11, and the usual packers.
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC PATH=/usr/lib/postgresql/15/bin:/usr/sbin:$PATH
[ $# = 1 ] || { echo "usage: make.sh FOLDER" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "field: be root; the servers themselves run as postgres and mysql" >&2; exit 2; }
mkdir -p "$1"; OUT=$(cd "$1" && pwd); here=$(dirname "$(readlink -f "$0")")
for part in lib postgres-databases postgres postgres-contents names mariadb-databases mariadb logs kinds language hunt copied wild; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done
my_down; pg_down pg
date +%s >"$OUT/generated"
echo "field: $(find "$C" -mindepth 1 -maxdepth 1 | wc -l) cases in $C"
