#!/usr/bin/env bash
# Makes fogbell/ceph:18, a real S3 server for the tests (Ceph RGW), from Debian's packages.
set -euo pipefail
cd "$(dirname "$0")"
image=fogbell/ceph:18
docker image inspect "$image" >/dev/null 2>&1 && exit 0
echo "provision: making $image; this takes about a minute" >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
current=$(. /etc/os-release && echo "$VERSION_CODENAME")
sed "s/$current/trixie/g; /^#/d" /etc/apt/sources.list.d/debian.sources >"$folder/own.sources"
mmdebstrap --quiet --variant=minbase --include=ceph-mon,ceph-osd,radosgw \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Acquire::Languages "none"' --aptopt='Apt::Install-Recommends "false"' \
  --customize-hook='copy-in ceph-rgw.sh /' --customize-hook='chmod 755 "$1"/ceph-rgw.sh' \
  --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
  trixie - "$folder/own.sources" | docker import --change 'CMD ["/ceph-rgw.sh"]' - "$image" >/dev/null
