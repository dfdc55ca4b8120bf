import { describe, expect, test } from "vitest";
import { dueOn, lastDrilled, monthBefore, monthOf } from "../../src/month/due.ts";
import type { DrillResult } from "../../src/record.ts";

const drilled = (id: string, endedAt: string, more: object = {}, verdict = "recovered") =>
  ({ scenario: { id, own: { name: "shop" }, ...more }, verdict, endedAt }) as unknown as DrillResult;

test("months", () => {
  expect([monthOf(Date.UTC(2026, 10, 30, 23, 59)), monthBefore("2027-01"), monthBefore("2026-12")]).toEqual([
    "2026-11",
    "2026-12",
    "2026-11",
  ]);
});

describe("the drill that is due on a database", () => {
  const programme = ["drop-table", "truncated-dump", "wrong-tab-delete"];
  test("is the first that was never drilled there", () => {
    expect(dueOn(programme, [drilled("drop-table", "2026-10-01T00:00:00Z")], "shop")).toBe("truncated-dump");
  });
  test("is the one drilled longest ago, when all were", () => {
    const runs = ["2026-10-03", "2026-10-01", "2026-10-02"].map((day, at) =>
      drilled(programme[at] ?? "", `${day}T00:00:00Z`),
    );
    expect(dueOn(programme, runs, "shop")).toBe("truncated-dump");
    expect(dueOn(programme, [...runs, drilled("truncated-dump", "2026-11-01T00:00:00Z")], "shop")).toBe(
      "wrong-tab-delete",
    );
  });
  test.each([
    ["on another database", { own: { name: "billing" } }, "recovered"],
    ["on the built-in shop", { own: undefined }, "recovered"],
    ["by people", { by: "people" }, "recovered"],
    ["without an answer", {}, "void"],
  ])("a drill %s does not count", (_, more, verdict) => {
    const run = drilled("drop-table", "2026-11-01T00:00:00Z", more, verdict);
    expect(lastDrilled([run], "shop", "drop-table")).toBe(null);
  });
  test("a lost one does: it was drilled", () => {
    expect(lastDrilled([drilled("drop-table", "2026-11-01T00:00:00Z", {}, "lost")], "shop", "drop-table")).toBe(
      "2026-11-01T00:00:00Z",
    );
  });
  test("is none where the database allows none", () => expect(dueOn([], [], "shop")).toBe(null));
});
