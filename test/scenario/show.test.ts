import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { showText } from "../../src/scenario/show.ts";
import { whole as good } from "../support/issues.ts";

const shown = showText(await loadScenario("scenarios/drop-table.drill.yaml", catalog), good);

test("options are shown as they were written, defaults included", () => {
  expect(shown).toContain("rows (tables orders; allow-loss 12h)");
  expect(shown).toContain("heartbeat-gap (of production; max 5m)");
  expect(shown).not.toMatch(/\d{7,}/);
});

test("every part of the scenario has its place", () => {
  for (const title of ["World", "Healthy when", "Disaster", "Proof", "Recovery from newest-verified", "Verified when"])
    expect(shown).toMatch(new RegExp(`^${title}$`, "m"));
  expect(shown).toContain("backup old-export: logical (postgres format plain), 61d 0h old, decoy");
  expect(shown).toContain("restore: copy-table-back (table orders)");
});
