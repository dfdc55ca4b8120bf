/** A page that was drilled on somebody's own database carries its name and what is known; the shop's says that it is not. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { renderReport } from "../../src/paper/report.ts";
import { renderRunbook } from "../../src/paper/runbook.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult } from "../../src/record.ts";

const shop = JSON.parse(await readFile("reports/samples/drop-table/result.json", "utf8")) as DrillResult;
const own: DrillResult = {
  ...shop,
  scenario: {
    ...shop.scenario,
    own: { name: "films", database: "shop", production: "films-0.dump", productionAt: "2026-11-28T02:00:00.000Z" },
  },
};
const [reports, runbooks] = [
  await readTemplates("reports", "/nonexistent"),
  await readTemplates("runbooks", "/nonexistent"),
];

describe("a page", () => {
  it("names the database that it was drilled on, and is filled in as far as the drill tells", async () => {
    const page = await renderRunbook(own, runbooks, { facts: { system: "films" } });
    expect(page).toContain("| Drilled on | films, from its own backups; films-0.dump stood in for production |");
    expect(page).toMatch(/^export PGDATABASE=shop$/m);
    expect(page).toMatch(/^export POINT=\S+$/m);
    // Where a socket or a folder of the sandbox lay says nothing about production.
    expect(page).toMatch(/^export PGHOST=$/m);
    expect(page).toMatch(/^export SCRATCH=$/m);
  });

  it("is filled in by the drill where nobody wrote anything down, and by what was written where somebody did", async () => {
    const page = await renderRunbook(own, runbooks);
    expect(page).toMatch(/^\| System \| films \|$/m);
    expect(page).toMatch(/^\| Database name \| shop \|/m);
    expect(page).toMatch(/^\| Size \| about \S+ \w+ when just restored \|/m);
    expect(page).toMatch(/^\| Rows in all \d+ tables together \| about [\d,]+ \|/m);
    expect(page).toContain("restored in this drill");
    const told = await renderRunbook(own, runbooks, {
      facts: { system: "cinema", size: "1 TB", rows: { rental: "9" } },
    });
    expect(told).toMatch(/^\| System \| cinema \|$/m);
    expect(told).toMatch(/^\| Size \| 1 TB \|/m);
    expect(told).toMatch(/^\| Rows in rental \| 9 \|/m);
    expect(await renderRunbook(shop, runbooks)).toMatch(/^\| System \| _+ \|$/m);
  });

  it("of the shop says that it is not the database whose name it carries", async () => {
    const page = await renderRunbook(shop, runbooks, { facts: { system: "films" } });
    expect(page).toContain(
      "a database made by the drill, NOT films. To drill that one: fogbell run drop-table --on films",
    );
    expect(page).toMatch(/^export POINT=$/m);
  });
});

describe("a report", () => {
  it("says what production was, and what a restored one does not show", async () => {
    const text = await renderReport(own, reports);
    expect(text).toMatch(
      /A drill on films, from its own backups\. A stand-in for production was restored from films-0\.dump/,
    );
    expect(text).toMatch(/bloat, statistics and load are not production's/);
    expect(text).not.toMatch(/the timeline is simulated/i);
    expect(await renderReport(shop, reports)).toMatch(/A drill on a throwaway database/);
  });
});
