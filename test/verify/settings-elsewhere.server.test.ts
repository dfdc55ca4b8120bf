/** Copies of files from servers whose settings are not among those files, or not the usual ones: no fault of the copy. */
import { execFileSync } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { PLAINLY } from "../support/verifying.ts";

const [postgres, mariadb] = catalog.engines as readonly [Engine, Engine];
const NAME = `shop-${stamp(Date.now() - 3_600_000)}`;

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** The folder `$SCRATCH/store` of the bench, here. */
async function stored(bench: Bench, engine: Engine): Promise<string> {
  await bench.sh('tar -c -f "$SCRATCH/store.tar" -C "$SCRATCH" store');
  const at = await mkdtemp(join(folder.path, `${engine.name}-`));
  await writeFile(join(at, "store.tar"), await bench.take("store.tar"));
  execFileSync("tar", ["-x", "-f", "store.tar", "--no-same-owner"], { cwd: at });
  return join(at, "store");
}

async function verify(store: string) {
  const request = { ...PLAINLY, config: null, storeUrl: `directory:${store}`, sandbox: "local", trustBackups: true };
  const [run] = await verifyAll({ ...request, outFolder: join(folder.path, "out") });
  return run?.result;
}

test("PostgreSQL with its settings in /etc, as Debian has them, and tablespaces on other disks", async () => {
  await using bench = await openBench(postgres);
  await bench.sh(`set -e
cd "$SCRATCH"; mkdir -p etc own store
initdb -N -D deb -U postgres -A trust >/dev/null
mv deb/postgresql.conf deb/pg_hba.conf deb/pg_ident.conf etc/
cat >>etc/postgresql.conf <<CONF
data_directory = '$SCRATCH/deb'
hba_file = '$SCRATCH/etc/pg_hba.conf'
ident_file = '$SCRATCH/etc/pg_ident.conf'
listen_addresses = ''
unix_socket_directories = '$SCRATCH/own'
dynamic_shared_memory_type = mmap
CONF
pg_ctl -s -w -D etc -l log start
createdb -h "$SCRATCH/own" shop
mkdir fast slow
psql -Xqh "$SCRATCH/own" -d shop -c "CREATE TABLESPACE fast LOCATION '$SCRATCH/fast'" \\
  -c "CREATE TABLESPACE slow LOCATION '$SCRATCH/slow'" -c 'CREATE TABLE old (id int) TABLESPACE slow' \\
  -c 'CREATE TABLE t TABLESPACE fast AS SELECT g AS id, now() AS at FROM generate_series(1, 1000) g'
pg_basebackup -c fast -h "$SCRATCH/own" -D "store/${NAME}" -Ft -X fetch --compress=gzip:1
pg_ctl -s -w -D etc stop
rm -r fast slow`);
  const result = await verify(await stored(bench, postgres));
  expect(result?.findings.filter(({ held }) => held !== "yes")).toEqual([]);
  expect(result?.verdict).toBe("recovered");
});

test("PostgreSQL whose settings fit its own machine only", async () => {
  await using bench = await openBench(postgres);
  await bench.sh(`set -e
cd "$SCRATCH"; mkdir -p own store logs
initdb -N -D deb -U postgres -A trust >/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=db -keyout key -out certificate 2>/dev/null; chmod 600 key
cat >>deb/postgresql.conf <<CONF
listen_addresses = ''
port = 6543
unix_socket_directories = '$SCRATCH/own'
dynamic_shared_memory_type = mmap
ssl = on
ssl_cert_file = '$SCRATCH/certificate'
ssl_key_file = '$SCRATCH/key'
logging_collector = on
log_directory = '$SCRATCH/logs'
hba_file = '$SCRATCH/hba'
synchronous_standby_names = 'standby'
CONF
mv deb/pg_hba.conf hba
pg_ctl -s -w -D deb -l log start
export PGHOST="$SCRATCH/own" PGPORT=6543 PGOPTIONS='-c synchronous_commit=local'
createdb shop
psql -Xqd shop -c 'CREATE TABLE t AS SELECT g AS id, now() AS at FROM generate_series(1, 1000) g'
pg_basebackup -c fast -D "store/${NAME}" -Ft -X fetch --compress=gzip:1
pg_ctl -s -w -D deb stop
rm -r logs certificate key hba`);
  const result = await verify(await stored(bench, postgres));
  expect(result?.findings.filter(({ held }) => held !== "yes")).toEqual([]);
  expect(result?.verdict).toBe("recovered");
});

test("MariaDB with other pages, files and undo logs than usual: what the copy notes of itself is heeded", async () => {
  if (mariadb.name !== "mariadb") throw new Error("the second engine is another one");
  await using bench = await openBench(mariadb);
  await bench.sh(`set -e
cd "$SCRATCH"; mkdir -p "store/${NAME}"
set -- --no-defaults --datadir="$SCRATCH/d" --innodb-page-size=8k --innodb-undo-tablespaces=2 \\
  "--innodb-data-file-path=ibdata1:12M;ibdata2:12M:autoextend"
mkdir d; mariadb-install-db "$@" --auth-root-authentication-method=normal >/dev/null 2>&1
{ setsid mariadbd "$@" --socket="$SCRATCH/s" --skip-networking --pid-file="$SCRATCH/pid" </dev/null >log 2>&1 & }
until mariadb-admin --no-defaults -u root --socket="$SCRATCH/s" --silent ping 2>/dev/null; do sleep 0.1; done
mariadb --no-defaults -u root --socket="$SCRATCH/s" -e 'CREATE DATABASE shop; USE shop;
  CREATE TABLE t (id int PRIMARY KEY, at datetime); INSERT INTO t SELECT seq, now() FROM seq_1_to_1000'
mariadb-backup --no-defaults --backup --user=root --socket="$SCRATCH/s" --datadir="$SCRATCH/d" --stream=xbstream \\
  --extra-lsndir="store/${NAME}" 2>backup.log | gzip -1 >"store/${NAME}/backup.mbs.gz"
kill "$(cat pid)"`);
  const result = await verify(await stored(bench, mariadb));
  expect(result?.findings.filter(({ held }) => held !== "yes")).toEqual([]);
  expect(result?.verdict).toBe("recovered");
});
