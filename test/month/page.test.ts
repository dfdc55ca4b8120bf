/** The page and the exit code: what could not be done is never good, and nothing that people type becomes markup. */
import { expect, test } from "vitest";
import { exitCodeOfMonth } from "../../src/month/exit-code.ts";
import type { Month, MonthItem, NotDone } from "../../src/month/items.ts";
import { monthText, renderMonth } from "../../src/month/page.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult, Verdict } from "../../src/record.ts";

const result = (verdict: Verdict, scenario: object = { kind: "verify" }): DrillResult =>
  ({
    runId: "20261128-1",
    verdict,
    interrupted: false,
    problems: [],
    reasons: ["because of <b>this</b> | that"],
    next: ["fogbell verify shop"],
    scenario: { id: "verify-shop", title: "shop", engine: "postgres", version: "15", ...scenario },
    objectives: { rtoMs: 3_600_000, rpoMs: 86_400_000 },
    measured: { rtaMs: 5000, rpaMs: 7_200_000 },
    fetched: { sourceId: "shop-20261128.dump" },
  }) as unknown as DrillResult;
const notDone = (isIdle: boolean): NotDone => ({ because: "the store is away", next: ["ping it"], isIdle });
const item = (outcome: MonthItem["outcome"], kind: MonthItem["kind"] = "newest"): MonthItem => ({
  kind,
  database: "shop",
  scenario: kind === "drill" ? "drop-table" : null,
  outcome,
});
const gate = (passes: boolean) => ({ passes, file: "fogbell.yaml", askedAt: "", rows: [], lost: [] });
const month = (items: readonly MonthItem[], more: Partial<Month> = {}): Month => ({
  month: "2026-11",
  madeAt: "2026-11-28T09:00:00.000Z",
  items,
  gate: gate(true),
  carried: { month: null, open: [], faults: [] },
  closed: [],
  actions: [],
  day: null,
  ...more,
});

test.each<[string, readonly MonthItem[], boolean, number]>([
  ["all good", [item(result("recovered"))], true, 0],
  ["nothing older to look at", [item(result("recovered")), item(notDone(true), "older")], true, 0],
  ["one was not done", [item(result("recovered")), item(notDone(false), "drill")], true, 4],
  ["nothing was done at all", [item(notDone(false))], false, 4],
  ["one is bad and one was not done", [item(result("lost")), item(notDone(false))], false, 1],
  ["one is late", [item(result("late"))], true, 3],
  ["all good and the gate is closed", [item(result("recovered"))], false, 1],
  ["one can't be told", [item(result("void"))], false, 4],
])("%s", (_, items, passes, code) => {
  expect(exitCodeOfMonth({ items, gate: gate(passes) })).toBe(code);
});

test("the page tells what is not as it should be first, with its next command", async () => {
  const open = { id: "2026-10.1", text: "mend <script>alert(1)</script>", owner: "", due: "", done: false };
  const told = month([item(result("lost")), item(notDone(false), "drill"), item(result("recovered"), "older")], {
    carried: { month: "2026-10", open: [open], faults: ["There's no report of 2026-09"] },
    actions: [open],
    gate: gate(false),
    day: {
      atMs: Date.UTC(2026, 11, 8, 9),
      summary: "Game day: log",
      start: "fogbell gameday start --family log",
      roles: [],
    },
  });
  const page = await renderMonth(told, await readTemplates("reports", "/nowhere", "month.md.hbs"));
  expect(page).toContain("1 of 3 as they should be; the gate is closed");
  expect(page).toContain("**shop: newest backup BAD.**");
  expect(page).toContain("**shop: drill drop-table NOT DONE.** the store is away");
  expect(page).toContain("```sh\nping it\n```");
  expect(page).toContain("There's no report of 2026-09");
  expect(page).toContain("| 2026-10.1 | mend &lt;script>");
  expect(page).not.toContain("<script>");
  expect(page).toContain("2026-12-08 09:00:00 UTC: Game day: log");
  // What is carried stands once, not among the new ones.
  expect(page.split("2026-10.1")).toHaveLength(2);
  expect(monthText(told, ["a.md"])).toContain("next: ping it");
});
