import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { libraryPage, type SampleResult } from "../../src/suite/library-page.ts";

test("the committed page is what the files yield now (npm run docs)", async () => {
  const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  const samples = JSON.parse(await readFile("reports/samples/library.json", "utf8")) as SampleResult[];
  const page = libraryPage(shipped, samples);
  expect(await readFile("docs/scenarios.md", "utf8")).toBe(page);
  for (const { id, engines } of shipped) {
    const engine = (one: string) => Object.keys(engines).some((name) => one.startsWith(name));
    expect(samples.filter(({ scenario, engine: one }) => scenario === id && engine(one))).toHaveLength(2);
  }
  for (const { id } of shipped) expect(page).toContain(`fogbell run ${id}`);
});
