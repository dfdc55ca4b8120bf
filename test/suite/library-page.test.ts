import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { grid, libraryPage, type SampleResult } from "../../src/suite/library-page.ts";

test("the committed page is what the files yield now (npm run docs)", async () => {
  const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  const samples = JSON.parse(await readFile("reports/samples/library.json", "utf8")) as SampleResult[];
  const page = libraryPage(shipped, samples);
  expect(await readFile("docs/scenarios.md", "utf8")).toBe(page);
  for (const { id, engines, designed } of shipped) {
    const own = samples.filter(({ scenario, variant }) => scenario === id && variant === undefined);
    const drilled = Object.keys(engines).filter((name) => own.some(({ engine }) => engine.startsWith(`${name} `)));
    expect([id, drilled]).toEqual([id, expect.arrayContaining(["postgres", "mariadb"])]);
    // A shipped page that shows a scenario failing is a defect of ours.
    expect([id, own.filter(({ verdict }) => verdict !== designed)]).toEqual([id, []]);
  }
  for (const { id } of shipped) expect(page).toContain(`fogbell run ${id}`);
});

test("the grid tells what was drilled from what was refused, not drilled, and ended otherwise than expected", () => {
  const scenario = (id: string, versions: string[], designed: string) =>
    ({ id, designed, engines: { postgres: versions } }) as unknown as Scenario;
  const sample = (id: string, engine: string, verdict: string, variant?: string): SampleResult => ({
    ...{ scenario: id, engine, verdict, rtaMs: 1, rpaMs: 1, endedAt: "2026-11-28T00:00:00Z", contended: false },
    ...(variant === undefined ? {} : { variant }),
  });
  const page = grid(
    [scenario("a", ["15", "18"], "recovered"), scenario("b", ["18"], "lost")],
    [
      sample("a", "postgres 15", "recovered"),
      sample("b", "postgres 18", "recovered"),
      sample("a", "postgres 18", "recovered", "physical"),
    ],
  );
  expect(page).toContain("| a | recovered | not drilled yet |");
  expect(page).toContain("| b | refused | **recovered, expected lost** |");
  expect(page).toContain("| a: physical |  | recovered |");
});
