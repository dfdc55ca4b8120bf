# shellcheck shell=bash
# Two throwaway servers on sockets below $OUT, and the words that cases are written in. Sourced by make.sh.
W=$OUT/.work C=$OUT/cases D=$W/d
rm -rf "$W" "$C" "$OUT/generated"; mkdir -p "$D" "$C" "$W/tmp"; chmod 755 "$OUT" "$W" "$C"
# The servers' own accounts write there, too.
chmod 1777 "$W/tmp"; export TMPDIR=$W/tmp
[ ${#W} -lt 85 ] || { echo "field: this path is too long for a socket; choose a shorter folder" >&2; exit 2; }
for u in postgres mysql; do
  runuser -u $u -- test -x "$W" || { echo "field: user $u cannot enter $OUT; choose another folder" >&2; exit 2; }
done

# ---- servers
pg_new() { # pg_new NAME PORT [setting...]: a cluster of its own
  local d=$W/$1; mkdir -p "$d"; chown postgres "$d"
  runuser -u postgres -- initdb -D "$d/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null
  { echo "listen_addresses=''"; echo "unix_socket_directories='$d'"; echo "port=$2"
    printf '%s\n' fsync=off shared_buffers=32MB max_connections=20 wal_level=logical "${@:3}"; } >>"$d/data/postgresql.conf"
  pg_up "$1"; }
pg_up() { (cd /; runuser -u postgres -- pg_ctl -s -w -D "$W/$1/data" -l "$W/$1/log" start </dev/null >/dev/null); }
pg_down() {
  [ ! -f "$W/$1/data/postmaster.pid" ] ||
    (cd /; runuser -u postgres -- pg_ctl -s -m fast -D "$W/$1/data" stop </dev/null >/dev/null) || true; }
pg_use() { export PGHOST=$W/$1 PGPORT=$2 PGUSER=postgres; }
q() { local db=$1; shift; psql -X -q -v ON_ERROR_STOP=1 -d "$db" "$@"; }
MYPID=
my_up() { # my_up LOGNAME
  local d=$W/my; mkdir -p "$d/log"; chown mysql "$d" "$d/log"
  mariadb-install-db --no-defaults --user=mysql --datadir="$d/data" --auth-root-authentication-method=normal \
    --skip-test-db >/dev/null 2>&1
  setsid mariadbd --no-defaults --user=mysql --datadir="$d/data" --socket="$d/s" --pid-file="$d/pid" --skip-networking \
    --log-error="$d/err" --innodb-buffer-pool-size=64M --innodb-log-file-size=8M --character-set-server=utf8mb4 \
    --log-bin="$d/log/$1" --server-id=7 </dev/null >/dev/null 2>&1 &
  MYPID=$!; MSOCK=$d/s
  for _ in $(seq 150); do my -e 'select 1' >/dev/null 2>&1 && return; sleep 0.2; done
  echo "field: MariaDB did not start: $d/err" >&2; exit 1; }
my() { mariadb --no-defaults -uroot -S "$W/my/s" "$@"; }
OPT="--single-transaction --routines --triggers --events --hex-blob"
mydump() { mariadb-dump --no-defaults -uroot -S "$W/my/s" "$@"; }
my_down() {
  [ -z "$MYPID" ] || mariadb-admin --no-defaults -uroot -S "$W/my/s" shutdown >/dev/null 2>&1 || true
  MYPID=; }
# Servers beside that one, each with a log of its own.
db_up() { # db_up NAME SERVER-ID LOGNAME
  local d=$W/$1; mkdir -p "$d/log"; chown mysql "$d" "$d/log"
  mariadb-install-db --no-defaults --user=mysql --datadir="$d/data" --auth-root-authentication-method=normal \
    --skip-test-db >/dev/null 2>&1
  setsid mariadbd --no-defaults --user=mysql --datadir="$d/data" --socket="$d/s" --pid-file="$d/db-pid" --skip-networking \
    --log-error="$d/err" --innodb-buffer-pool-size=32M --innodb-log-file-size=8M --character-set-server=utf8mb4 \
    --log-bin="$d/log/$3" --server-id="$2" </dev/null >/dev/null 2>&1 &
  for _ in $(seq 150); do db "$1" -e 'select 1' >/dev/null 2>&1 && return; sleep 0.2; done
  echo "field: MariaDB did not start: $d/err" >&2; exit 1; }
db() { local n=$1; shift; mariadb --no-defaults -uroot -S "$W/$n/s" "$@"; }
dbdump() { local n=$1; shift; mariadb-dump --no-defaults -uroot -S "$W/$n/s" "$@"; }
db_down() { mariadb-admin --no-defaults -uroot -S "$W/$1/s" shutdown >/dev/null 2>&1 || true; }
finish() {
  local rc=$?; my_down
  for p in "$W"/*/db-pid; do [ ! -f "$p" ] || db_down "$(basename "$(dirname "$p")")"; done
  for p in "$W"/*/data/postmaster.pid; do
    [ ! -f "$p" ] || pg_down "$(basename "$(dirname "$(dirname "$p")")")"
  done
  [ $rc != 0 ] || rm -rf "$W"
  exit $rc; }
trap finish EXIT

# ---- cases
field() { # field ID KIND WHAT: begins a case; what follows fills its store
  ID=$1 X=$C/$1 S=$C/$1/store; mkdir -p "$S"; at '-2 hours'
  printf '%s' "$2" >"$X/kind"; printf '%s' "$3" >"$X/what"; printf 'init verify backups' >"$X/steps"; }
expect() { # expect CODES [MUST [MUST_NOT]]: exit codes of the last verify; expressions over all that was said
  printf '%s' "$1" >"$X/codes"; printf '%s' "${2-}" >"$X/must"; printf '%s' "${3-}" >"$X/must-not"; }
steps() { printf '%s' "$*" >"$X/steps"; }
after() { S=$X/next${1:-}; mkdir -p "$S"; }                   # what appears later (step `next`)
at() { T=$(date -d "$1" +%s); N=$(date -d @$T +%Y%m%d-%H%M%S); DAY=$(date -d @$T +%F); }
in_zone() { TZ=$1 date -d @$T "+$2"; }
put() { local f=$S/$1; mkdir -p "$(dirname "$f")"; cat >"$f"; touch -d @$T "$f"; } # stdin into the store, as old as T
stamp() { find "$S/$1" -exec touch -d @$T {} +; }
cut_() { head -c "$1"; cat >/dev/null; }                      # the first bytes only
crlf() { sed 's/$/\r/'; }
zipof() { # zipof FILE NAME=PATH...
  local z=$1 d; d=$(mktemp -d "$W/zip.XXXXXX"); shift
  for pair in "$@"; do mkdir -p "$d/$(dirname "${pair%%=*}")"; cp "${pair#*=}" "$d/${pair%%=*}"; done
  rm -f "$z" "$z.zip"; (cd "$d" && zip -q -r "$z.zip" .); mv "$z.zip" "$z"; rm -r "$d"; }
