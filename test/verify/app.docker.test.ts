/** An application of the user's, started on the restored copy and asked: in a container, and nowhere else. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { readConfig } from "../../src/config/config.ts";
import type { Engine } from "../../src/parts.ts";
import { verifyAll } from "../../src/suite/verify.ts";
import { openBench, testFolder } from "../support/dumps.ts";

const { signal } = new AbortController();
const stamp = new Date(Date.now() - 3_600_000).toISOString().replace(/[-:]|\.\d+/g, "");

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
  const store = join(folder.path, "store");
  await mkdir(store);
  await using bench = await openBench(catalog.engines[0] as Engine);
  await bench.sh(
    "createdb shop && psql -Xqd shop -c 'CREATE ROLE billing; CREATE TABLE invoices (id serial PRIMARY KEY, paid bool); INSERT INTO invoices (paid) SELECT true FROM generate_series(1, 700); GRANT SELECT, INSERT ON invoices TO billing; GRANT USAGE ON invoices_id_seq TO billing' && pg_dump -Fc -d shop -f \"$SCRATCH/x\"",
  );
  await writeFile(join(store, `shop-${stamp}.dump`), await bench.take("x"));
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Stands for somebody's application: writes when it starts, is not ready at once, and answers what it counts. */
const APPLICATION = `use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
my $asked = 0;
while (my $c = $s->accept) {
  while (my $line = <$c>) { last if $line =~ /^\\r?$/ }
  qx(psql -XAtqc "INSERT INTO invoices (paid) VALUES (false)" 2>/dev/null) unless $asked++;
  my $n = qx(psql -XAtqc "SELECT count(*) FROM invoices WHERE paid" 2>/dev/null); chomp $n;
  my $status = $asked > 1 && $n =~ /^\\d+$/ ? "200 OK" : "503 Service Unavailable";
  print $c "HTTP/1.0 $status\\r\\n\\r\\n{\\"invoices\\": \\"$n\\"}\\n"; close $c;
}`;

async function verify(sandbox: string) {
  const store = join(folder.path, "store");
  const app = {
    image: "fogbell/postgres:15",
    env: { PGUSER: "billing" },
    command: ["perl", "-e", APPLICATION],
    port: 8080,
  };
  const check = (name: string, more: object) =>
    `      - ${JSON.stringify({ name, role: "billing", app: { ...app, ...more } })}\n`;
  const content = `version: 1
databases:
  - name: Shop
    engine: postgres
    sources: [{ store: "directory:${store}" }]
    checks:
${check("answers", { path: "/invoices", contains: '"700"' })}${check("others", { contains: '"701"', within: "2s" })}${check("not here", { image: "fogbell/nobody:1" })}      - { name: rows, sql: "SELECT count(*) FROM invoices", equals: 700 }
`;
  const [run] = await verifyAll({
    catalog,
    config: { file: "fogbell.yaml", content, config: readConfig("fogbell.yaml", content), lineOf: () => 7 },
    storeUrl: null,
    names: [],
    at: "newest",
    sandbox,
    outFolder: join(folder.path, "out"),
    keep: false,
    trustBackups: sandbox === "local",
    acceptChanges: false,
    proveChecks: false,
    jobs: 1,
    version: "test",
    signal,
    onEvent: () => {},
    say: () => {},
    secrets: [],
    random: () => 0,
  });
  return run?.result;
}

test("starts on the copy, may log in and write there, and is asked until it is ready; last of all checks", async () => {
  const result = await verify("docker");
  const own = result?.findings.filter(({ line }) => line === 7);
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
});

test("needs Docker, and says so where there is none", async () => {
  expect(await verify("local")).toMatchObject({
    verdict: "void",
    problems: [{ code: "FB_NO_APPLICATION", next: ["fogbell verify --sandbox docker"] }],
  });
});
