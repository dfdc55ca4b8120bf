#!/usr/bin/env bash
# Makes a machine able to run every test: a Docker engine that answers, the sandbox images, the S3 server's image, the
# servers' own programs, and a browser that opens the pages.
# Says what it does, does it only where it may (root on Debian), and is quick when everything is there.
# FOGBELL_PROVISION=never: changes nothing, says what is missing and that tests will fail for it, and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'provision: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

answers() { timeout 5 docker info >/dev/null 2>&1; }
has_image() { docker image inspect "$1" >/dev/null 2>&1; }
engines="postgres:15 postgres:17 postgres:18 mariadb:10.11 mariadb:11.8 mysql:9"
missing_images() {
  for engine in $engines; do has_image "$engine" || has_image "fogbell/$engine" || printf ', the image %s' "$engine"; done
  has_image fogbell/ceph:18 || printf ', the image fogbell/ceph:18'
}
has_every_image() { [ -z "$(missing_images)" ]; }
has_mariadb() { command -v mariadbd >/dev/null && command -v mariadb-backup >/dev/null && command -v zstd >/dev/null; }
# What the jobs of other people pack their backups with.
has_packers() { for one in bzip2 lz4 openssl unzip xz zip zstd; do command -v "$one" >/dev/null || return 1; done; }
has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
has_postgres() { [ -x /usr/lib/postgresql/15/bin/initdb ] && command -v pgbackrest >/dev/null; }

if [ "${FOGBELL_PROVISION:-auto}" = never ]; then
  missing=""
  if answers; then
    missing=$(missing_images)
  else
    missing=", a Docker engine that answers"
  fi
  [ -z "$missing" ] || say "tests that need Docker will fail: missing ${missing#, }"
  has_postgres || say "tests that need a server will fail: missing PostgreSQL 15 or pgBackRest"
  has_browser || say "tests of the pages will fail: missing Chromium"
  command -v promtool >/dev/null || say "tests of the alert rules will fail: missing promtool (scripts/promtool.sh)"
  has_mariadb || say "tests that need a server will fail: missing MariaDB or mariadb-backup"
  exit 0
fi

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

packages=""
command -v dockerd >/dev/null || answers || packages="$packages docker.io iptables"
command -v docker >/dev/null || packages="$packages docker.io"
has_postgres || packages="$packages postgresql-15 pgbackrest"
has_mariadb || packages="$packages mariadb-server mariadb-client mariadb-backup zstd"
has_browser || packages="$packages chromium"
command -v crontab >/dev/null || packages="$packages cron"
command -v tmux >/dev/null || packages="$packages tmux"
has_packers || packages="$packages bzip2 lz4 openssl unzip xz-utils zip zstd"
has_every_image || command -v mmdebstrap >/dev/null || packages="$packages mmdebstrap"
if [ -n "$packages" ]; then
  may_install || fail "these packages are missing and may not be installed from here:$packages"
  say "installing$packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $packages >/tmp/fogbell-provision-apt.log 2>&1 ||
    fail "apt-get failed; see /tmp/fogbell-provision-apt.log"
fi

command -v promtool >/dev/null || say "installing promtool"
bash scripts/promtool.sh
if ! answers; then
  [ "$(id -u)" = 0 ] || fail "no Docker engine answers; start one, or run this as root"
  say "starting dockerd; its log is /tmp/fogbell-dockerd.log"
  # A pid file of an engine that died with the last boot keeps a new one from starting.
  pgrep -x dockerd >/dev/null || rm -f /var/run/docker.pid
  (setsid nohup dockerd >/tmp/fogbell-dockerd.log 2>&1 </dev/null &)
  for _ in $(seq 60); do answers && break; sleep 0.5; done
  answers || fail "dockerd did not come up; see /tmp/fogbell-dockerd.log"
fi

# Does nothing when the image is there and was made by the recipe of now. What a registry has is not made.
for engine in $engines; do
  has_image "$engine" && continue
  if ! has_image "fogbell/$engine" && timeout 300 docker pull -q "$engine" >/dev/null 2>&1; then
    say "pulled $engine"
  else
    node bin/run.js images build "$(echo "$engine" | tr : @)" >&2
  fi
done
has_image fogbell/ceph:18 || bash scripts/images/ceph.sh
say "ready: Docker $(docker version --format '{{.Server.Version}}'), sandbox images, S3 server image"
