/** A ledger that is recorded with a backup proves the restored copy to the row, while the database goes on. */
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
const engine = catalog.engines[0] as Engine;
const STAMP = stamp(Date.now() - 60_000);

let bench: Bench;
let folder: Awaited<ReturnType<typeof testFolder>>;
let host = "";
let store = "";
beforeAll(async () => {
  bench = await openBench(engine);
  folder = await testFolder();
  store = join(folder.path, "store");
  await mkdir(store);
  await bench.sh(
    "createdb shop && psql -Xqd shop -c \"CREATE TABLE orders (id int PRIMARY KEY, who text); INSERT INTO orders SELECT g, 'planted-' || g FROM generate_series(1, 5000) g; CREATE TABLE notes (words text); INSERT INTO notes VALUES ('one'), ('one')\"",
  );
  host = (await bench.sh('printf %s "$PGHOST"')).trim();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const record = (command: readonly string[], file = join(store, `shop-${STAMP}.ledger.json.gz`)) => {
  Object.assign(process.env, { PGHOST: host, PGUSER: "postgres" });
  return recordBeside({ catalog, engine: engine.name, database: "shop", file, command, signal, onOutput: () => {} });
};
const backUp = [
  "sh",
  "-c",
  `psql -Xqd shop -c "DELETE FROM orders WHERE id > 4990; INSERT INTO notes VALUES ('late')" && pg_dump --snapshot="$FOGBELL_SNAPSHOT" -Fc -d shop`,
];

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

describe("a ledger beside a backup", () => {
  test("is of the backup's own moment, whatever is written meanwhile, and holds no value", async () => {
    const chunks: Uint8Array[] = [];
    Object.assign(process.env, { PGHOST: host, PGUSER: "postgres" });
    const file = join(store, `shop-${STAMP}.ledger.json.gz`);
    const made = await recordBeside({
      catalog,
      engine: engine.name,
      database: "shop",
      file,
      command: backUp,
      signal,
      onOutput: (chunk) => void chunks.push(chunk),
    });
    await writeFile(join(store, `shop-${STAMP}.dump`), Buffer.concat(chunks));
    expect(made).toMatchObject({ tables: 2, rows: 5002 });
    expect(gunzipSync(await readFile(file)).toString()).not.toContain("planted");
    expect(await verdict()).toMatchObject({
      verdict: "recovered",
      ledger: { held: "yes", measured: { rows: 5002, rowsMissing: 0 } },
    });
  });
  test.each([
    ["a row less", "DELETE FROM orders WHERE id = 17", /orders: \d+ rows missing/],
    ["a value changed", "UPDATE orders SET who = 'x' WHERE id = 17", /orders/],
    ["one of two equal rows gone", "DELETE FROM notes WHERE ctid = (SELECT min(ctid) FROM notes)", /notes/],
  ])("%s is noticed", async (_what, sql, words) => {
    await bench.sh(
      `pg_restore --clean --if-exists -d shop "${join(store, `shop-${STAMP}.dump`)}" 2>/dev/null || true; psql -Xqd shop -c "${sql}" && pg_dump -Fc -d shop -f "$SCRATCH/spoiled"`,
    );
    const whole = await readFile(join(store, `shop-${STAMP}.dump`));
    await writeFile(join(store, `shop-${STAMP}.dump`), await bench.take("spoiled"));
    const found = await verdict();
    await writeFile(join(store, `shop-${STAMP}.dump`), whole);
    expect(found).toMatchObject({ verdict: "lost", ledger: { held: "no", because: expect.stringMatching(words) } });
  });
  test("that cannot be read proves nothing: void", async () => {
    const file = join(store, `shop-${STAMP}.ledger.json.gz`);
    const whole = await readFile(file);
    await writeFile(file, "nonsense");
    expect((await verdict()).verdict).toBe("void");
    await writeFile(file, whole);
  });
});

describe("recording refuses", () => {
  test("a backup that takes no snapshot, and one that fails", async () => {
    const file = join(folder.path, "x.ledger.json.gz");
    await expect(record(["pg_dump", "shop"], file)).rejects.toMatchObject({ code: "FB_NO_SNAPSHOT", exitCode: 2 });
    await expect(record(["sh", "-c", "exit 3 # {snapshot}"], file)).rejects.toMatchObject({
      code: "FB_BACKUP_FAILED",
      exitCode: 1,
    });
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });
  test("a server that is not there", async () => {
    Object.assign(process.env, { PGHOST: "/nonexistent", PGUSER: "postgres" });
    await expect(
      recordBeside({
        catalog,
        engine: engine.name,
        database: "x",
        file: "/dev/null",
        command: ["{snapshot}"],
        signal,
        onOutput: () => {},
      }),
    ).rejects.toMatchObject({ code: "FB_LEDGER", exitCode: 4 });
  });
});
