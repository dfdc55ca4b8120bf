/** An application of the user's, started on the restored copy and asked: in a container, and nowhere else. */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const [postgres, mariadb] = catalog.engines as readonly [Engine, Engine];
const STAMP = stamp(Date.now() - 3_600_000);

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** A store with a copy of files in it: `script` makes the folder `$SCRATCH/store`. */
async function storedFiles(engine: Engine, script: string): Promise<string> {
  const at = join(folder.path, `${engine.name}-files`);
  await mkdir(at);
  await using bench = await openBench(engine);
  await bench.sh(`${script} && tar -c -f "$SCRATCH/store.tar" -C "$SCRATCH" store`);
  await writeFile(join(at, "store.tar"), await bench.take("store.tar"));
  execFileSync("tar", ["-x", "-f", "store.tar", "--no-same-owner"], { cwd: at });
  return join(at, "store");
}

/** A store with one dump in it. */
async function stored(engine: Engine, script: string, ending: string): Promise<string> {
  const store = join(folder.path, engine.name);
  await mkdir(store);
  await using bench = await openBench(engine);
  await bench.sh(script);
  await writeFile(join(store, `shop-${STAMP}${ending}`), await bench.take("x"));
  return store;
}

/** Stands for somebody's application: writes when it starts, is not ready at once, and answers what it counts. */
const application = (client: string) => `use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
my $asked = 0;
while (my $c = $s->accept) {
  while (my $line = <$c>) { last if $line =~ /^\\r?$/ }
  qx(${client} "INSERT INTO invoices (paid) VALUES (false)" 2>/dev/null) unless $asked++;
  my $n = qx(${client} "SELECT count(*) FROM invoices WHERE paid" 2>/dev/null); chomp $n;
  my $status = $asked > 1 && $n =~ /^\\d+$/ ? "200 OK" : "503 Service Unavailable";
  print $c "HTTP/1.0 $status\\r\\n\\r\\n{\\"invoices\\": \\"$n\\"}\\n"; close $c;
}`;

async function verify(
  sandbox: string,
  engine: Engine,
  { store, checks }: { store: string; checks: readonly object[] },
) {
  const content = `version: 1
databases:
  - name: Shop
    engine: ${engine.name}
    sources: [{ store: "directory:${store}" }]
    checks: ${JSON.stringify(checks)}
`;
  const [run] = await verifyAll({
    ...PLAINLY,
    config: configOf(content),
    storeUrl: null,
    sandbox,
    outFolder: join(folder.path, "out"),
    trustBackups: sandbox === "local",
  });
  return run?.result;
}

test("starts on the copy, may log in and write there, and is asked until it is ready; last of all checks", async () => {
  const store = await stored(
    postgres,
    "createdb shop && psql -Xqd shop -c 'CREATE ROLE billing; CREATE TABLE invoices (id serial PRIMARY KEY, paid bool); INSERT INTO invoices (paid) SELECT true FROM generate_series(1, 700); GRANT SELECT, INSERT ON invoices TO billing; GRANT USAGE ON invoices_id_seq TO billing' && pg_dump -Fc -d shop -f \"$SCRATCH/x\"",
    ".dump",
  );
  const app = {
    image: "fogbell/postgres:15",
    env: { PGUSER: "billing" },
    command: ["perl", "-e", application("psql -XAtqc")],
    port: 8080,
  };
  const check = (name: string, more: object) => ({ name, role: "billing", app: { ...app, ...more } });
  const checks = [
    check("answers", { path: "/invoices", contains: '"700"' }),
    check("others", { contains: '"701"', within: "2s" }),
    check("not here", { image: "fogbell/nobody:1" }),
    { name: "rows", sql: "SELECT count(*) FROM invoices", equals: 700 },
  ];
  const result = await verify("docker", postgres, { store, checks });
  const own = result?.findings.filter(({ line }) => line === 6);
  expect(own?.map(({ subject, probe, held }) => [subject, probe, held])).toEqual([
    ["rows", "sql", "yes"],
    ["answers", "app", "yes"],
    ["others", "app", "no"],
    ["not here", "app", "unknown"],
  ]);
  expect(own?.[1]?.because).toBe("/invoices answers 200");
  expect(own?.[3]?.because).toMatch(/image fogbell\/nobody:1 is not on this machine/);
  expect(result?.verdict).toBe("lost");
  expect(result?.cleanup?.failed).toEqual([]);
  expect(await verify("local", postgres, { store, checks })).toMatchObject({
    verdict: "void",
    problems: [{ code: "FB_NO_APPLICATION", next: ["fogbell verify --sandbox docker"] }],
  });
});

test("logs into a copy of MariaDB, too", async () => {
  const store = await stored(
    mariadb,
    `mariadb --socket="$DB_SOCKET" -e 'CREATE DATABASE shop; USE shop; CREATE TABLE invoices (id int AUTO_INCREMENT PRIMARY KEY, paid bool); INSERT INTO invoices (paid) SELECT true FROM seq_1_to_700' && mariadb-dump --socket="$DB_SOCKET" shop >"$SCRATCH/x"`,
    ".sql",
  );
  const client = "mariadb --no-defaults -h 127.0.0.1 -u billing -N $ENV{MYSQL_DATABASE} -e";
  const app = { image: "fogbell/mariadb:10.11", command: ["perl", "-e", application(client)], port: 8080 };
  const checks = [{ role: "billing", app: { ...app, contains: '"700"' } }];
  expect((await verify("docker", mariadb, { store, checks }))?.verdict).toBe("recovered");
});

test("reaches a copy of files, which is a server of its own, whatever it lets in by itself", async () => {
  const files = await storedFiles(
    postgres,
    `mkdir "$SCRATCH/store" && createdb shop && psql -Xqd shop -c 'CREATE ROLE billing; CREATE TABLE invoices (id serial PRIMARY KEY, paid bool); INSERT INTO invoices (paid) SELECT true FROM generate_series(1, 700); GRANT SELECT, INSERT ON invoices TO billing; GRANT USAGE ON invoices_id_seq TO billing' && printf 'local all all trust\\nhost all all all reject\\nlocal replication all trust\\n' >"$PGDATA/pg_hba.conf" && pg_basebackup -c fast -D "$SCRATCH/store/shop-${STAMP}" -Ft -X fetch --compress=gzip:1`,
  );
  const app = {
    image: "fogbell/postgres:15",
    env: { PGUSER: "billing" },
    command: ["perl", "-e", application("psql -XAtqc")],
    port: 8080,
  };
  const checks = [{ role: "billing", app: { ...app, contains: '"700"' } }];
  const result = await verify("docker", postgres, { store: files, checks });
  expect(result?.findings.filter(({ held }) => held !== "yes")).toEqual([]);
  expect(result?.verdict).toBe("recovered");
});

test("reaches a copy of MariaDB's files, too", async () => {
  const files = await storedFiles(
    mariadb,
    `mkdir -p "$SCRATCH/store/shop-${STAMP}" && mariadb --socket="$DB_SOCKET" -e 'CREATE DATABASE shop; USE shop; CREATE TABLE invoices (id int AUTO_INCREMENT PRIMARY KEY, paid bool); INSERT INTO invoices (paid) SELECT true FROM seq_1_to_700' && mariadb-backup --backup --socket="$DB_SOCKET" --stream=xbstream --extra-lsndir="$SCRATCH/store/shop-${STAMP}" 2>"$SCRATCH/log" | gzip -1 >"$SCRATCH/store/shop-${STAMP}/backup.mbs.gz"`,
  );
  const client = "mariadb --no-defaults -h 127.0.0.1 -u billing -N $ENV{MYSQL_DATABASE} -e";
  const app = { image: "fogbell/mariadb:10.11", command: ["perl", "-e", application(client)], port: 8080 };
  const checks = [{ role: "billing", app: { ...app, contains: '"700"' } }];
  const result = await verify("docker", mariadb, { store: files, checks });
  expect(result?.findings.filter(({ held }) => held !== "yes")).toEqual([]);
  expect(result?.verdict).toBe("recovered");
});
