/** Dumps with a statement that never ends: the verify ends in time, void, and takes all of it along. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { labelledFolders } from "../../src/host/scratch.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { readKnown } from "../../src/verify/known.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

interface Kind {
  readonly engine: string;
  readonly dump: string;
  /** Where the statement is put before. */
  readonly closing: string;
  readonly endless: string;
}

const KINDS: readonly Kind[] = [
  {
    engine: "postgres",
    dump: 'createdb shop && psql -Xqd shop -c "CREATE TABLE t (i int PRIMARY KEY); INSERT INTO t VALUES (1)" && pg_dump shop',
    closing: "--\n-- PostgreSQL database dump complete",
    endless: "SELECT pg_sleep(100000);",
  },
  {
    engine: "mariadb",
    dump: 'mariadb --socket="$DB_SOCKET" -e "CREATE DATABASE shop; CREATE TABLE shop.t (i int PRIMARY KEY); INSERT INTO shop.t VALUES (1)" && mariadb-dump --socket="$DB_SOCKET" shop',
    closing: "-- Dump completed",
    endless: "SELECT BENCHMARK(100000000000, SHA2('x', 512));",
  },
];

test.each(KINDS)("$engine: $endless", async ({ engine: name, dump, closing, endless }) => {
  const engine = catalog.engines.find((one) => one.name === name);
  if (engine === undefined) throw new Error(name);
  await using folder = await testFolder();
  const store = join(folder.path, "store");
  const outFolder = join(folder.path, "out");
  await mkdir(store);
  let text = "";
  {
    await using bench = await openBench(engine);
    text = await bench.sh(dump);
  }
  expect(text).toContain(closing);
  await writeFile(
    join(store, `shop-${stamp(Date.now() - 3_600_000)}.sql`),
    text.replace(closing, `${endless}\n${closing}`),
  );
  const content = (timeout: string) =>
    `version: 1\ndatabases:\n  - name: Shop\n    engine: ${name}\n    timeout: ${timeout}\n    sources: [{ store: "directory:${store}" }]\n`;
  const request = { ...PLAINLY, storeUrl: null, outFolder };
  const beganMs = performance.now();
  const [run] = await verifyAll({ ...request, config: configOf(content("2h")), timeoutMs: 12_000 });
  expect(performance.now() - beganMs).toBeLessThan(60_000);
  expect(run?.result.verdict).toBe("void");
  expect(run?.result.reasons[0]).toMatch(
    /reading and restoring the copy did not end within its time limit \(12 s, as it was told\)/,
  );
  expect(run?.result.next[0]).toBe("fogbell verify --timeout 24s …");
  expect(run?.result.cleanup?.failed).toEqual([]);
  const { runId } = run?.result ?? { runId: "" };
  expect(await processesOf(runId)).toEqual([]);
  expect((await labelledFolders()).filter(({ label }) => label.runId === runId)).toEqual([]);
  // What could not be judged is not remembered; what holds is, with the time it took.
  await writeFile(join(store, `shop-${stamp(Date.now() - 3_500_000)}.sql`), text);
  const [again] = await verifyAll({ ...request, config: configOf(content("10m")) });
  expect(again?.result.reasons).toEqual([
    expect.stringMatching(/^restored, (\d+) of \1 checks passed, within RTO and RPO$/),
  ]);
  const known = await readKnown(outFolder, `${name} Shop`);
  expect(known.map(({ holds, tookMs }) => [holds, Object.keys(tookMs ?? {}).sort()])).toEqual([
    [true, ["fetch", "restore", "verify", "world"]],
  ]);
});

test("a try of --prove-checks that never ends ends the verify, void: the copy is not said to hold", async () => {
  const engine = catalog.engines.find(({ name }) => name === "postgres");
  if (engine === undefined) throw new Error("postgres");
  await using folder = await testFolder();
  const store = join(folder.path, "store");
  await mkdir(store);
  {
    await using bench = await openBench(engine);
    await writeFile(join(store, `shop-${stamp(Date.now() - 3_600_000)}.sql`), await bench.sh(KINDS[0]?.dump ?? ""));
  }
  // Slow only where rows are missing: on the whole copy it answers at once.
  const check = `{ name: rows, sql: "SELECT 1 FROM (SELECT CASE WHEN (SELECT count(*) FROM t) = 0 THEN pg_sleep(100000) END) x", equals: 1 }`;
  const content = `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    sources: [{ store: "directory:${store}" }]\n    checks:\n      - ${check}\n`;
  const request = { ...PLAINLY, storeUrl: null, outFolder: join(folder.path, "out"), proveChecks: true };
  const [run] = await verifyAll({ ...request, config: configOf(content), timeoutMs: 15_000 });
  expect([run?.result.verdict, run?.result.problems[0]?.code]).toEqual(["void", "FB_TIME_LIMIT"]);
  expect(run?.result.reasons[0]).toMatch(
    /^spoiling the copy and asking again did not end within its time limit \(15 s, as it was told\)/,
  );
  expect(run?.result.cleanup?.failed).toEqual([]);
  expect(await processesOf(run?.result.runId ?? "")).toEqual([]);
});
