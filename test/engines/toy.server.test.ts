/** An engine of a page and a half: it lives the one story that it knows how to, and is told why it cannot live the others. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { type ScenarioError, UsageError } from "../../src/errors.ts";
import type { Catalog, Engine } from "../../src/parts.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario, readScenario } from "../../src/scenario/load.ts";
import { play } from "../support/play.ts";
import { toy } from "../support/toy-engine.ts";

const withToy: Catalog = { ...catalog, engines: [toy, ...catalog.engines] };
const STORY = `version: 1
id: toy-drop-table
title: "A table of a toy is dropped"
engines: { toy: ["1"] }
objectives: { rto: 10m, rpo: 1h }
world:
  seed: 7
  dataset: { preset: shop, rows: 1000 }
  writer: { every: 1m, after-damage: 10m }
  backups:
    - { name: nightly, method: files, age: 3h }
    - { name: hourly, method: files, age: 40m }
healthy:
  - { probe: row-count, table: orders, min: 100 }
disaster:
  steps:
    - { do: drop-table, table: orders }
  proof:
    - { probe: table-missing, table: orders }
recovery:
  steps:
    - { phase: restore, do: restore-beside }
    - { phase: restore, do: copy-table-back, table: orders }
    - { phase: normal, do: drop-side }
verify:
  - { probe: rows, tables: [orders], allow-loss: 4h }
  - { probe: heartbeat-gap, of: side, max: 4h }
`;
const story = readScenario("toy-drop-table.drill.yaml", STORY, withToy);

const live = (engine: Engine) =>
  play({
    sandbox: "local",
    worlds: null,
    change: () => plan(story, { ...catalog, engines: [engine] }),
  });

test("lives drop-table, from plan to verdict", async () => {
  const { result } = await live(toy);
  const said = result.findings.map(({ probe, held, because }) => [probe, held, because]);
  expect(said).toEqual([
    ["row-count", "yes", "orders holds 1,000 rows"],
    ["table-missing", "yes", "orders does not exist"],
    ["rows", "yes", "1,000 rows compared by key"],
    ["heartbeat-gap", "yes", "the newest heartbeat in the side database is 40m 00s older than the damage"],
    ["source-unchanged", "yes", expect.stringContaining("still hashes to")],
  ]);
  expect(result.verdict).toBe("recovered");
});

test("is lost when a row is missing afterwards", async () => {
  const forgetful = (table: string) => [
    {
      say: "Copy most of it.",
      script: `sed 3d "$SIDE/${table}.tsv" >"$DATA/${table}.tsv"`,
      uses: ["SIDE", "DATA"],
      destroys: true,
    },
  ];
  const { result } = await live({ ...toy, phrases: { ...toy.phrases, copyTableBack: forgetful } });
  const rows = result.findings.find(({ probe }) => probe === "rows");
  expect([result.verdict, rows?.held, rows?.because]).toEqual([
    "lost",
    "no",
    "1 missing, 0 altered, 0 extra in orders (1)",
  ]);
});

describe("of every shipped story the planner says why it cannot be lived", async () => {
  const all = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  test.each(all.map((one) => [one.id, one] as const))("%s", (_id, told) => {
    // Its backups are made as the toy makes them, so that what is left are the protocols.
    const backups = told.world.backups.map((backup) => ({ ...backup, method: "files", options: {} }));
    const world = { ...told.world, backups, logEveryMs: null };
    try {
      plan({ ...told, engines: { toy: ["1"] }, world }, withToy);
      expect.unreachable();
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const { code, issues } = error as ScenarioError;
      expect(code).toBe("FB_SCENARIO_IMPOSSIBLE");
      for (const { message } of issues)
        expect(message).toMatch(/ needs "[a-z-]+" \(.+\), which neither toy nor a chosen method gives$/);
    }
  });
  test("by name", () => {
    const told = all.find(({ id }) => id === "drop-table");
    if (told === undefined) throw new Error("no such story");
    expect(() => plan({ ...told, engines: { toy: ["1"] } }, withToy)).toThrow(
      'world.backups.nightly is made by "logical", which toy does not know; it knows files',
    );
  });
});
