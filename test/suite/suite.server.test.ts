import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { catalog } from "../../src/catalog.ts";
import { defineReporter } from "../../src/define.ts";
import { plan } from "../../src/plan/plan.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { runSuite } from "../../src/suite/suite.ts";
import { SMALL } from "../support/play.ts";

const outFolder = await mkdtemp(join(tmpdir(), "suite-"));
afterAll(() => rm(outFolder, { recursive: true }));

test("a document that cannot be made costs neither the verdict nor the other documents, and is told", async () => {
  const broken = defineReporter({
    name: "broken",
    summary: "For a test.",
    options: z.strictObject({}),
    gives: [],
    needs: [],
    forFolder: () => Promise.reject(new Error("no ink")),
    render: async () => [],
  });
  const said: string[] = [];
  const runs = await runSuite({
    bandwidth: 2e6,
    plans: [plan(await loadScenario(SMALL, catalog), catalog)],
    catalog: { ...catalog, reporters: [broken, ...catalog.reporters] },
    sandbox: "local",
    storeUrl: null,
    outFolder,
    keep: false,
    trustBackups: false,
    freshWorld: true,
    signal: new AbortController().signal,
    onEvent: () => {},
    version: "test",
    say: (text) => said.push(text),
  });
  expect(runs.map(({ result }) => result.verdict)).toEqual(["recovered"]);
  const [folder = ""] = runs.map((run) => run.folder);
  expect((await readdir(folder)).sort()).toEqual(["journal.jsonl", "report.md", "result.json", "runbook.md"]);
  // Its link was held to a speed: said with what was fetched, and no history shared with drills without.
  expect(runs[0]?.result).toMatchObject({
    fetched: { limitBytesPerSecond: 2e6 },
    scenario: { variant: "over 2 MB/s" },
  });
  expect(said).toEqual([`what broken writes into ${folder} is missing: no ink`]);
});
