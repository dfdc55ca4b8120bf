/** Checks that are worth something notice what was done; what none notices is said, and changes no verdict. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { testFor } from "../support/long.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const STAMP = stamp(Date.now() - 60_000);

interface Shop {
  readonly engine: string;
  readonly make: string;
  readonly dump: string;
}
const TABLES = (serial: string, moment: string) =>
  `CREATE TABLE people (id ${serial} PRIMARY KEY, name varchar(40)); CREATE TABLE orders (id ${serial} PRIMARY KEY, person int NOT NULL, amount int, created_at ${moment}, FOREIGN KEY (person) REFERENCES people (id));`;
const SHOPS: readonly Shop[] = [
  {
    engine: "postgres",
    make: `createdb shop && psql -Xqd shop -c "${TABLES("serial", "timestamptz")} INSERT INTO people (name) SELECT 'p' || g FROM generate_series(1, 50) g; INSERT INTO orders (person, amount, created_at) SELECT g % 50 + 1, g, now() - g * interval '1 minute' FROM generate_series(1, 2000) g"`,
    // One that names its database: each spoiled copy is restored as the first one was.
    dump: 'pg_dump -C -d shop -f "$SCRATCH/x"',
  },
  {
    engine: "mariadb",
    make: `echo "CREATE DATABASE shop; USE shop; ${TABLES("int auto_increment", "timestamp NULL")} INSERT INTO people (name) SELECT seq FROM seq_1_to_50; INSERT INTO orders (person, amount, created_at) SELECT seq % 50 + 1, seq, NOW() - INTERVAL seq MINUTE FROM seq_1_to_2000; ANALYZE TABLE orders, people;" | mariadb --socket="$DB_SOCKET" >/dev/null`,
    dump: 'mariadb-dump --socket="$DB_SOCKET" --single-transaction shop >"$SCRATCH/x"',
  },
];

async function prove({ engine: name, make, dump }: Shop, checks: string) {
  const engine = catalog.engines.find((one) => one.name === name);
  if (engine === undefined) throw new Error("no engine");
  await using folder = await testFolder();
  await using bench = await openBench(engine);
  await bench.sh(make);
  await bench.sh(dump);
  await mkdir(join(folder.path, "store"));
  await writeFile(join(folder.path, "store", `shop-${STAMP}.dump`), await bench.take("x"));
  const content = `version: 1\ndatabases:\n  - name: shop\n    engine: ${name}\n    sources: [{ store: "directory:${folder.path}/store" }]\n    fresh: { table: orders, column: created_at }\n${checks}`;
  const config = configOf(content);
  const [run] = await verifyAll({
    ...PLAINLY,
    config,
    storeUrl: null,
    outFolder: join(folder.path, "out"),
    proveChecks: true,
  });
  const result = run?.result;
  const noticed = Object.fromEntries(
    (result?.mutations ?? []).map((one) => [one.mutation, one.because === "" ? one.noticedBy : one.because]),
  );
  return { verdict: result?.verdict, reasons: result?.reasons, noticed };
}

const CHECKS = `    checks:
      - { name: all of them, sql: "SELECT count(*) FROM orders", equals: 2000 }
      - { name: sum, sql: "SELECT sum(amount) FROM orders", equals: 2001000 }
`;

describe.each(SHOPS)("$engine", (shop) => {
  testFor(shop.engine === "postgres")("without checks of one's own, what nobody would see is named", async () => {
    const { verdict, reasons, noticed } = await prove(shop, "");
    expect({ verdict, reasons }).toEqual({
      verdict: "recovered",
      reasons: [expect.stringMatching(/^restored, (\d+) of \1 checks passed, within RTO and RPO$/)],
    });
    expect(noticed["table-emptied"]).toContain("rows");
    expect(noticed["constraint-gone"]).toContain("catalogue");
    expect(noticed["stale-by-a-week"]).toContain("RPO");
    // As docs/verify.md has it in a table, and as is said under a good verdict.
    expect(noticed["rows-missing"]).toEqual([]);
    expect(noticed["column-nulled"]).toEqual([]);
    expect(noticed["value-changed"]).toEqual([]);
    if (shop.engine === "postgres") expect(noticed["sequence-behind"]).toContain("sequences");
  });
  test("with them, it is seen", async () => {
    const { verdict, noticed } = await prove(shop, CHECKS);
    expect(verdict).toBe("recovered");
    expect(noticed["rows-missing"]).toContain("sql of all of them");
    expect(noticed["value-changed"]).toContain("sql of sum");
    expect(Object.values(noticed).filter((by) => by.length === 0)).toEqual([]);
  });
});
