import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { libraryPage } from "../../src/suite/library-page.ts";

test("the committed page is what the files yield now (npm run docs)", async () => {
  const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  const page = libraryPage(shipped);
  expect(await readFile("docs/scenarios.md", "utf8")).toBe(page);
  for (const { id } of shipped) expect(page).toContain(`fogbell run ${id}`);
});
