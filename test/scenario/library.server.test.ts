/**
 * Every scenario that ships, on every engine that it offers: it ends as it is designed to end, its wrong move is punished,
 * and it proves nothing when its recovery, or its disaster, is replaced by nothing.
 */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { LONG, some } from "../support/long.ts";
import { play } from "../support/play.ts";

const ROWS = 3000;
const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
const cases = scenarios.flatMap((scenario) =>
  Object.entries(scenario.engines).map(([engine, versions]) => ({ scenario, engine: `${engine}@${versions[0]}` })),
);

const on = ({ scenario, engine }: (typeof cases)[number]) => ({
  sandbox: "local",
  scenario: scenario.file,
  engine,
  rows: ROWS,
});

test("there are several, each on both engines, each with a story, a symptom and a summary", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(18);
  for (const { id, engines, story, summary } of scenarios) {
    expect([id, Object.keys(engines)]).toEqual([id, ["postgres", "mariadb"]]);
    expect(story?.symptom, id).toBeTruthy();
    expect(story?.origin, id).toBeTruthy();
    expect(summary.length, id).toBeGreaterThan(40);
  }
});

/** On one engine of two, in turns; on both in the long run. */
const inTurn = (rest: number) =>
  cases.filter(
    ({ scenario, engine }) =>
      LONG ||
      (scenarios.indexOf(scenario) + Object.keys(scenario.engines).indexOf(engine.split("@")[0] ?? "")) % 2 === rest,
  );

const asDesigned = inTurn(1);

describe.each(asDesigned)("$scenario.id on $engine", (one) => {
  const { scenario } = one;
  test("ends as designed", async () => {
    const { result } = await play(on(one));
    expect([result.verdict, result.reasons[0]]).toEqual([scenario.designed, result.reasons[0]]);
    expect(result.cleanup?.failed).toEqual([]);
    // Preserve first: what was copied before the repair is what is still there after it.
    const evidence = result.findings.filter(({ probe }) => probe === "evidence-unchanged");
    const preserves = scenario.recovery.steps.some(({ phase }) => phase === "preserve");
    expect(evidence.map(({ held }) => held)).toEqual(preserves && scenario.designed === "recovered" ? ["yes"] : []);
  });
});

const mistaken = some(inTurn(0), 4);

describe.each(mistaken)("the wrong move of $scenario.id on $engine", (one) => {
  const { scenario } = one;
  test("is punished, and what it costs is counted", async () => {
    const wrong = plan(scenario, catalog, { engine: one.engine, rows: ROWS, wrongMove: true });
    const { result } = await play({ ...on(one), change: () => wrong });
    expect([result.verdict, result.reasons[0]]).toEqual([scenario.wrongMove?.verdict, result.reasons[0]]);
    expect(result.notes.join()).toContain("the wrong move, on purpose");
    if (result.verdict === "late") expect(result.measured.rpaMs).toBeGreaterThan(result.objectives.rpoMs);
  });
});

/** All of them in the long run. */
const quick = some(inTurn(1), 6);
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
