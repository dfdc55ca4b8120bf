/** An upgrade rehearsed: `verify --on` restores a real server's dump on the next major version, in a container of that one. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mariadb } from "../../src/engines/mariadb/engine.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { startFogbell } from "../support/fogbell.ts";
import { shortened } from "../support/long.ts";

/** `float4` sums and sequences are what majors have treated differently; a rule of its own is what neither does. */
const TABLES = `CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40) UNIQUE);
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers (id), weight REAL);
CREATE VIEW busy AS SELECT COUNT(*) AS n FROM orders;`;
const ROWS = Array.from(
  { length: 200 },
  (_, i) => `INSERT INTO customers VALUES (${i}, 'c${i}'); INSERT INTO orders VALUES (${i}, ${i}, ${i}.25);`,
).join("\n");

const CASES = [
  {
    engine: postgres,
    make: `createdb shop && psql -Xqd shop -v ON_ERROR_STOP=1 <<'SQL'
${TABLES}
${ROWS}
SQL
pg_dump -d shop >"$SCRATCH/dump.sql"`,
    on: "postgres@18",
  },
  {
    engine: mariadb,
    make: `mariadb --socket="$DB_SOCKET" -e 'CREATE DATABASE shop' && mariadb --socket="$DB_SOCKET" shop <<'SQL'
${TABLES}
${ROWS}
SQL
mariadb-dump --socket="$DB_SOCKET" --single-transaction shop >"$SCRATCH/dump.sql"`,
    on: "mariadb@11.8",
  },
];

test.for(shortened("upgrades rehearsed", CASES, (_one, index) => index === 0))(
  "on $on",
  async ({ engine, make, on }) => {
    await using bench = await openBench(engine);
    await using folder = await testFolder();
    await bench.sh(make);
    await mkdir(join(folder.path, "store"));
    await writeFile(
      join(folder.path, "store", `shop-${stamp(Date.now() - 3_600_000)}.sql`),
      await bench.take("dump.sql"),
    );
    const typed = ["verify", "--store", join(folder.path, "store"), "--out", join(folder.path, "out"), "--on", on];
    const { code, stdout, stderr } = await startFogbell(typed, {}, folder.path).ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^GOOD/m)]);
    expect(stderr).toMatch(
      new RegExp(`an upgrade rehearsed: made on ${engine.versions[0]}[\\d.]*, restored on ${on.split("@")[1]}`),
    );
    expect(stderr).toMatch(/400 rows in 2 tables/);
  },
);
