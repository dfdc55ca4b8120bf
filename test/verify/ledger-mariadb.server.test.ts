/** A ledger beside a dump that opens a moment of its own: writers wait until it has, and go on while it reads. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { recordBeside } from "../../src/verify/record-beside.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { PLAINLY } from "../support/verifying.ts";

const { signal } = new AbortController();
const engine = catalog.engines.find(({ name }) => name === "mariadb") as Engine;
const STAMP = stamp(Date.now() - 60_000);

let bench: Bench;
let folder: Awaited<ReturnType<typeof testFolder>>;
let store = "";
const client = 'mariadb --socket="$DB_SOCKET" shop';
beforeAll(async () => {
  bench = await openBench(engine);
  folder = await testFolder();
  store = join(folder.path, "store");
  await mkdir(store);
  await bench.sh(`mariadb --socket="$DB_SOCKET" <<'SQL'
CREATE DATABASE shop; USE shop;
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, who varchar(400), at timestamp(3) NULL, paid float);
INSERT INTO orders (who, at, paid) SELECT CONCAT('planted-', REPEAT('x', 300)), NOW(3), seq / 7 FROM seq_1_to_6000;
CREATE TABLE notes (words text);
INSERT INTO notes VALUES ('one'), ('one');
CREATE TABLE counted (n int) ENGINE = MyISAM;
INSERT INTO counted VALUES (1);
SQL`);
  const socket = (await bench.sh('printf %s "$DB_SOCKET"')).trim();
  await writeFile(join(folder.path, "my.cnf"), `[client]\nuser = root\nsocket = ${socket}\n`);
  process.env.MYSQL_HOME = folder.path;
});
afterAll(async () => {
  delete process.env.MYSQL_HOME;
  await bench[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const record = (script: string, changes: { file?: string; database?: string } = {}) =>
  recordBeside({
    catalog,
    engine: engine.name,
    database: "shop",
    file: join(store, `shop-${STAMP}.ledger.json.gz`),
    command: ["sh", "-c", script],
    signal,
    onOutput: () => {},
    ...changes,
  });

async function verdict() {
  const runs = await verifyAll({
    ...PLAINLY,
    config: null,
    storeUrl: `directory:${store}`,
    outFolder: join(folder.path, "out"),
  });
  const { result } = runs[0] ?? {};
  return { verdict: result?.verdict, ledger: result?.findings.find(({ probe }) => probe === "ledger") };
}

/** Commits one row after another until the file goes away. */
const WRITER = `: >"$SCRATCH/writing"
while [ -e "$SCRATCH/writing" ]; do
  echo "INSERT INTO orders (who) VALUES ('late'); UPDATE orders SET paid = paid + 1 WHERE id = FLOOR(1 + RAND() * 6000);"
done | ${client}`;

describe("a ledger beside a dump of MariaDB", () => {
  test("is of the dump's own moment while writers go on, and says what keeps no moment", async () => {
    const writing = bench.sh(WRITER);
    const file = join(store, `shop-${STAMP}.sql`);
    const counted = `mariadb --skip-column-names --batch shop -e 'SELECT COUNT(*) FROM orders'`;
    // The dump is slow to be read, as one over a network is: whoever waits for its end waits for long.
    const made = await record(
      `mariadb-dump --single-transaction shop | { sleep 2; ${counted} >${folder.path}/before; sleep 2; ${counted} >${folder.path}/after; cat >${file}; }`,
    );
    await bench.sh('rm "$SCRATCH/writing"');
    await writing;
    const [before, after] = await Promise.all(
      ["before", "after"].map(async (name) => Number(await readFile(join(folder.path, name), "utf8"))),
    );
    // Counted while the dump was still reading: writers did not wait for its end.
    expect(after).toBeGreaterThan(before ?? 0);
    expect(made).toMatchObject({ tables: 2, unheld: ["counted"] });
    expect(made.rows).toBeGreaterThanOrEqual(6_002);
    expect(made.rows).toBeLessThan(after ?? 0);
    const ledger = gunzipSync(await readFile(join(store, `shop-${STAMP}.ledger.json.gz`))).toString();
    expect(ledger).not.toContain("planted");
    expect(await verdict()).toMatchObject({
      verdict: "recovered",
      ledger: { held: "yes", because: expect.stringMatching(/not compared.*counted/), measured: { rows: made.rows } },
    });
  });

  test("notices one value that differs", async () => {
    const file = join(store, `shop-${STAMP}.sql`);
    const whole = await readFile(file, "utf8");
    await writeFile(file, whole.replace("'planted-x", "'planted-y"));
    expect(await verdict()).toMatchObject({
      verdict: "lost",
      ledger: { held: "no", because: expect.stringMatching(/^orders: rows altered, in 1 of/) },
    });
  });

  test("is none when the dump was never seen to read: writers are let go, and the backup comes to its end", async () => {
    const file = join(folder.path, "none.ledger.json.gz");
    const beganMs = performance.now();
    await expect(record(`sleep 12; touch ${folder.path}/ended`, { file })).rejects.toMatchObject({
      code: "FB_LEDGER",
      exitCode: 4,
      message: expect.stringMatching(/didn't start reading rows within 10 s/),
    });
    expect(performance.now() - beganMs).toBeGreaterThan(11_000);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
    await readFile(join(folder.path, "ended"));
  });

  test("is none when the backup fails, or the database is not there", async () => {
    const file = join(folder.path, "none.ledger.json.gz");
    await expect(record("exit 3", { file })).rejects.toMatchObject({ code: "FB_BACKUP_FAILED", exitCode: 1 });
    await expect(record("exit 0", { file, database: "nowhere" })).rejects.toMatchObject({
      code: "FB_LEDGER",
      message: expect.stringMatching(/: mariadb: unknown database nowhere \(1049\)$/),
    });
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });
});
