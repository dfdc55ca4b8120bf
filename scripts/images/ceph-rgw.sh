#!/bin/bash
# A single-container Ceph 18.2 (mon, osd, radosgw) in memory: a real S3 server, ready in about two seconds. Each start is
# a fresh store. env: S3_KEY, S3_SECRET, STORE=memstore|bluestore, SIZE in bytes. Prints "READY s3" when it answers.
set -eu
STORE=${STORE:-memstore}; SIZE=${SIZE:-4294967296}
S3_KEY=${S3_KEY:-drillkey}; S3_SECRET=${S3_SECRET:-drillsecret}
ms() { echo "[$(( ($(date +%s%N) - T0) / 1000000 )) ms] $*"; }
T0=$(date +%s%N)
D=/var/lib/ceph; FSID=$(cat /proc/sys/kernel/random/uuid); OSDID=$(cat /proc/sys/kernel/random/uuid)
rm -rf $D/mon $D/osd $D/radosgw /tmp/monmap /tmp/kr   # every start is a fresh store
mkdir -p $D/mon/ceph-a $D/osd/ceph-0 $D/radosgw /run/ceph /etc/ceph
cat > /etc/ceph/ceph.conf <<C
[global]
fsid = $FSID
mon_host = v2:127.0.0.1:3300/0
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 2
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
mon_pg_warn_min_per_osd = 0
ms_bind_ipv6 = false
ms_mon_client_mode = crc secure
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
mon_tick_interval = 1
osd_mon_report_interval = 1
log_to_file = false
log_to_stderr = false
err_to_stderr = true
mon_cluster_log_to_file = false
run_dir = /run/ceph
[mon]
mon_data_avail_crit = 1
mon_data_avail_warn = 2
mon_memory_target = 268435456
mon_osd_cache_size = 10
[osd]
osd_objectstore = $STORE
memstore_device_bytes = $SIZE
bluestore_block_size = $SIZE
bluestore_block_create = true
bluestore_block_wal_size = 0
osd_journal_size = 256
osd_memory_target = 939524096
osd_max_object_name_len = 256
osd_max_object_namespace_len = 64
bluestore_fsck_on_mount = false
[client]
ms_mon_client_mode = crc secure
[client.rgw.a]
rgw_frontends = beast port=7480 tcp_nodelay=1
rgw_data = $D/radosgw
rgw_thread_pool_size = 64
rgw_enable_usage_log = false
rgw_run_sync_thread = false
rgw_lc_debug_interval = ${LC_DEBUG:--1}
C
monmaptool --create --fsid $FSID --addv a v2:127.0.0.1:3300/0 /tmp/monmap >/dev/null
ceph-authtool --create-keyring /tmp/kr --gen-key -n mon. --cap mon 'allow *' >/dev/null
ceph-mon --mkfs -i a --monmap /tmp/monmap --keyring /tmp/kr --mon-data $D/mon/ceph-a
ceph-mon -i a --mon-data $D/mon/ceph-a
ms mon started
ceph --connect-timeout 20 osd new $OSDID 0 >/dev/null
ceph osd crush add osd.0 1.0 root=default host=h >/dev/null 2>&1 || true
ceph-osd -i 0 --mkfs --osd-uuid $OSDID --osd-data $D/osd/ceph-0
ceph-osd -i 0 --osd-data $D/osd/ceph-0
ms osd started
radosgw-admin user create --uid=drill --display-name=drill --access-key="$S3_KEY" --secret-key="$S3_SECRET" >/dev/null
ms user created
radosgw -n client.rgw.a -f --default-log-to-stderr=false &
RGW=$!
until (exec 3<>/dev/tcp/127.0.0.1/7480) 2>/dev/null; do sleep 0.05; kill -0 $RGW; done
ms READY s3 on :7480
wait $RGW
