/**
 * Of the scenarios that ship: the wrong move is punished, and nothing is proven when the recovery, or the disaster, is
 * replaced by nothing.
 */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { plan } from "../../src/plan/plan.ts";
import { inTurn, on, ROWS, scenarios } from "../support/library.ts";
import { some } from "../support/long.ts";
import { play } from "../support/play.ts";

test("there are several, each on both of the servers, each with a story, a symptom and a summary", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(18);
  for (const { id, engines, story, summary } of scenarios) {
    expect([id, Object.keys(engines).slice(0, 2)]).toEqual([id, ["postgres", "mariadb"]]);
    expect(story?.symptom, id).toBeTruthy();
    expect(story?.origin, id).toBeTruthy();
    expect(summary.length, id).toBeGreaterThan(40);
  }
});

const mistaken = some("wrong moves", inTurn(0), 6);

describe.each(mistaken)("the wrong move of $scenario.id on $engine", (one) => {
  const { scenario } = one;
  test("is punished, and what it costs is counted", async () => {
    const wrong = plan(scenario, catalog, { engine: one.engine, rows: ROWS, wrongMove: true });
    const { result } = await play({ ...on(one), change: () => wrong, worlds: null });
    expect([result.verdict, result.reasons[0]]).toEqual([scenario.wrongMove?.verdict, result.reasons[0]]);
    expect(result.notes.join()).toContain("the wrong move, on purpose");
    if (result.verdict === "late") expect(result.measured.rpaMs).toBeGreaterThan(result.objectives.rpoMs);
  });
});

/** All of them in the long run. */
const quick = some("scenarios, sabotaged", inTurn(1), 6);
const RECOVERS = ["restore-beside", "copy-table-back", "take-over", "repair-rows", "point-back", "merge-rows"];

describe.each(quick)("$scenario.id on $engine, sabotaged", (one) => {
  test("a recovery that does nothing is never a pass", async () => {
    const nothing = (made: Plan): Plan => ({
      ...made,
      recovery: made.recovery.filter(({ part }) => !RECOVERS.includes(part.name)),
    });
    // Where a server stays shut down nobody can be asked, which is no pass either.
    expect(["lost", "void"]).toContain((await play({ ...on(one), change: nothing })).result.verdict);
  });
  test("a disaster that does nothing is void", async () => {
    const harmless = (made: Plan): Plan => ({
      ...made,
      disaster: made.disaster.map((step) => {
        const { store: _store, ...part } = step.part;
        return { ...step, part: { ...part, lines: () => [] } };
      }),
    });
    expect((await play({ ...on(one), change: harmless })).result.verdict).toBe("void");
  });
});
