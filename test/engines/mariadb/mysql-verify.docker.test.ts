/**
 * Backups of MySQL as people's jobs leave them, made by its own programs in a container, judged by the built program: all
 * else of the family is judged on MariaDB. One container makes them all.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stamp } from "../../../src/world/timeline.ts";
import { startFogbell } from "../../support/fogbell.ts";
import { shortened } from "../../support/long.ts";

const base = mkdtempSync(join(tmpdir(), "fogbell-mysql-verify-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const DATABASE = `CREATE DATABASE shop; USE shop;
CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50), email VARCHAR(60) UNIQUE);
CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, total DECIMAL(10,2),
  note JSON DEFAULT (JSON_OBJECT('a', 1)), FOREIGN KEY (customer_id) REFERENCES customers (id));
INSERT INTO customers (name, email) WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r WHERE n < 500)
  SELECT CONCAT('c', n), CONCAT(n, '@example.org') FROM r;
INSERT INTO orders (customer_id, total) SELECT id, id * 1.5 FROM customers;
CREATE VIEW busy AS SELECT COUNT(*) c FROM orders;
CREATE TRIGGER totals BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = COALESCE(NEW.total, 0);
CREATE PROCEDURE nothing() SELECT 1;
CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders WHERE id < 0;`;

const JOBS: Readonly<Record<string, string>> = {
  one: "mysqldump --single-transaction --routines --events --triggers shop",
  bare: "mysqldump --single-transaction --set-gtid-purged=OFF --skip-comments shop",
  all: "mysqldump --single-transaction --all-databases --routines --events --source-data=2",
  extended: "mysqldump --single-transaction --skip-extended-insert --hex-blob shop",
};

const script = `set -e
mkdir /tmp/d && mysqld --no-defaults --initialize-insecure --datadir=/tmp/d/data --user=root --auto-generate-certs=OFF 2>/dev/null
setsid mysqld --no-defaults --datadir=/tmp/d/data --socket=/tmp/d/s --user=root --mysqlx=OFF --skip-networking >/dev/null 2>&1 &
until mysqladmin --socket=/tmp/d/s -uroot --silent ping >/dev/null 2>&1; do sleep 0.2; done
mysql --socket=/tmp/d/s -uroot <<'SQL'
${DATABASE}
SQL
${Object.entries(JOBS)
  .map(
    ([name, job]) => `${job.replace("mysqldump", "mysqldump --socket=/tmp/d/s -uroot")} 2>/dev/null >/out/${name}.sql`,
  )
  .join("\n")}
chmod a+r /out/*`;

beforeAll(() => {
  mkdirSync(join(base, "out"), { mode: 0o777 });
  execFileSync(
    "docker",
    ["run", "--rm", "--network", "none", "-v", `${join(base, "out")}:/out`, "-i", "fogbell/mysql:9", "sh"],
    {
      input: script,
    },
  );
});

const made = (name: string) => readFileSync(join(base, "out", `${name}.sql`));

/** The built program on a folder that holds one copy, an hour old by its name. */
async function judged(bytes: Buffer, ending = ".sql.gz") {
  const store = mkdtempSync(join(base, "store-"));
  writeFileSync(join(store, `shop-${stamp(Date.now() - 3_600_000)}${ending}`), bytes);
  const { code, stdout, stderr } = await startFogbell(
    ["verify", "--store", store, "--json", "--out", mkdtempSync(join(base, "results-"))],
    {},
    base,
  ).ended;
  expect(stderr).not.toMatch(/FB_DEFECT/);
  const { reasons } = JSON.parse(stdout) as { reasons: string[] };
  return { code, reasons: reasons.join("; ") };
}

test.for(shortened("dumps of MySQL", Object.keys(JOBS), (name) => name === "all"))("%s: good", async (name) => {
  expect(await judged(gzipSync(made(name)))).toMatchObject({ code: 0 });
});

const HALF: readonly [string, () => Buffer, number, RegExp][] = [
  ["cut in its middle: bad", () => gzipSync(made("one").subarray(0, made("one").length / 2)), 1, /cut|ends/],
  ["with one row twice: bad, and no value of it is told", () => gzipSync(Buffer.from(twice())), 1, /1062/],
  ["of structure alone: bad or not to be told, never good", () => gzipSync(Buffer.from(noRows())), 1, /row/],
];
const twice = () =>
  made("extended")
    .toString()
    .replace(/^(INSERT INTO `customers` .*;\n)/m, "$1$1");
const noRows = () =>
  made("one")
    .toString()
    .replace(/^INSERT INTO .*\n/gm, "");

test.for(shortened("broken dumps of MySQL", HALF, () => false))("%s", async ([, make, code, because]) => {
  const bytes = make();
  expect(gunzipSync(bytes).length).toBeGreaterThan(1000);
  const said = await judged(bytes);
  expect(said.code).toBe(code);
  expect(said.reasons).toMatch(because);
  expect(said.reasons).not.toContain("@example.org");
});
