#!/usr/bin/env bash
# Makes a machine able to run every test: a Docker engine that answers, the sandbox image, the S3 server's image.
# Says what it does, does it only where it may (root on Debian), and is quick when everything is there.
# FOGBELL_PROVISION=never: only say what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'provision: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

answers() { timeout 5 docker info >/dev/null 2>&1; }
may_install() { [ "${FOGBELL_PROVISION:-auto}" != never ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

packages=""
command -v dockerd >/dev/null || answers || packages="$packages docker.io iptables"
command -v docker >/dev/null || packages="$packages docker.io"
[ -x /usr/lib/postgresql/15/bin/initdb ] || packages="$packages postgresql-15"
if ! docker image inspect postgres:15 >/dev/null 2>&1 || ! docker image inspect fogbell/ceph:18 >/dev/null 2>&1; then
  command -v mmdebstrap >/dev/null || packages="$packages mmdebstrap"
fi
if [ -n "$packages" ]; then
  may_install || fail "these packages are missing and may not be installed from here:$packages"
  say "installing$packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $packages >/tmp/fogbell-provision-apt.log 2>&1 ||
    fail "apt-get failed; see /tmp/fogbell-provision-apt.log"
fi

if ! answers; then
  [ "${FOGBELL_PROVISION:-auto}" != never ] && [ "$(id -u)" = 0 ] || fail "no Docker engine answers; start one, or run this as root"
  say "starting dockerd; its log is /tmp/fogbell-dockerd.log"
  # A pid file of an engine that died with the last boot keeps a new one from starting.
  pgrep -x dockerd >/dev/null || rm -f /var/run/docker.pid
  (setsid nohup dockerd >/tmp/fogbell-dockerd.log 2>&1 </dev/null &)
  for _ in $(seq 60); do answers && break; sleep 0.5; done
  answers || fail "dockerd did not come up; see /tmp/fogbell-dockerd.log"
fi

if ! docker image inspect postgres:15 >/dev/null 2>&1; then
  if ! docker image inspect fogbell/postgres:15 >/dev/null 2>&1 && timeout 300 docker pull -q postgres:15 >/dev/null 2>&1; then
    say "pulled postgres:15"
  else
    # Does nothing when the image is there and was made by the recipe of now.
    node bin/run.js images build postgres@15 >&2
  fi
fi
docker image inspect fogbell/ceph:18 >/dev/null 2>&1 || bash scripts/images/ceph.sh
say "ready: Docker $(docker version --format '{{.Server.Version}}'), sandbox image, S3 server image"
