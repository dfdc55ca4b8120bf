/** A whole month on somebody's own nightly dumps: newest and older verified, the due drill lived, gate open, page written. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { doItems } from "../../src/month/do-items.ts";
import { exitCodeOfMonth } from "../../src/month/exit-code.ts";
import { isDone } from "../../src/month/items.ts";
import { makeMonth } from "../../src/month/make-month.ts";
import type { Engine } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { configOf } from "../support/verifying.ts";

const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;

const MAKE = `createdb films && psql -Xq -v ON_ERROR_STOP=1 -d films <<'SQL'
CREATE TABLE people (id serial PRIMARY KEY, name varchar(40));
CREATE TABLE rental (id serial PRIMARY KEY, person int NOT NULL REFERENCES people, taken timestamptz);
INSERT INTO people (name) SELECT 'p' || g FROM generate_series(1, 60) g;
INSERT INTO rental (person, taken) SELECT g % 59 + 1, now() FROM generate_series(1, 300) g;
SQL`;

test("everything that is due is done", async () => {
  await using folder = await testFolder();
  const [store, out] = [join(folder.path, "store"), join(folder.path, "out")];
  await mkdir(store);
  const engine = catalog.engines.find(({ name }) => name === "postgres") as Engine;
  {
    await using bench = await openBench(engine);
    await bench.sh(MAKE);
    for (const ageMs of [50 * HOUR, 26 * HOUR, 2 * HOUR]) {
      await bench.sh('pg_dump -Fc -d films -f "$SCRATCH/x"');
      await writeFile(join(store, `films-${stamp(NOW - ageMs)}.dump`), await bench.take("x"));
    }
  }
  const config = configOf(
    `version: 1\nmonth:\n  drills: [drop-table]\ndatabases:\n  - name: films\n    engine: postgres\n    objectives: { rto: 10m, rpo: 25h }\n    sources: [{ store: "directory:${store}" }]\n`,
  );
  const { month, files } = await makeMonth({
    catalog,
    config,
    out,
    done: [],
    paper: "a4",
    nowMs: NOW,
    doItems: (runs) =>
      doItems({
        catalog,
        config,
        out,
        sandbox: "local",
        trustBackups: true,
        version: "0",
        secrets: [],
        random: () => 0.99,
        runs,
        signal: new AbortController().signal,
        onEvent: () => {},
        say: () => {},
      }),
  });
  const told = month.items.map(({ kind, scenario, outcome }) => [
    kind,
    scenario,
    isDone(outcome) ? [outcome.verdict, outcome.reasons[0], outcome.fetched?.sourceId] : outcome.because,
  ]);
  const reason = (at: number) => month.items.map(({ outcome }) => outcome as DrillResult)[at]?.reasons[0];
  expect(told).toEqual([
    ["newest", null, ["recovered", reason(0), `films-${stamp(NOW - 2 * HOUR)}.dump`]],
    ["older", null, ["recovered", reason(1), `films-${stamp(NOW - 50 * HOUR)}.dump`]],
    ["drill", "drop-table", ["recovered", reason(2), `films-${stamp(NOW - 26 * HOUR)}.dump`]],
  ]);
  expect(month.gate.rows.map(({ database, fault }) => [database, fault])).toEqual([["films", null]]);
  expect([exitCodeOfMonth(month), month.actions]).toEqual([0, []]);
  const page = await readFile(files.find((file) => file.endsWith("month.md")) ?? "", "utf8");
  expect(page).toContain("3 of 3 as they should be; the gate is open");
});
