#!/usr/bin/env bash
# Puts promtool, with which the alert rules and the dashboard's queries are tested, where it can be found: from Debian's package,
# without the server and its service. Quick when it is there.
set -euo pipefail
command -v promtool >/dev/null && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "promtool is missing: apt-get install prometheus" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq prometheus >/dev/null 2>&1 || { apt-get update -qq && apt-get download -qq prometheus >/dev/null 2>&1; }
dpkg -x ./*.deb .
install -m 755 usr/bin/promtool /usr/local/bin/promtool
