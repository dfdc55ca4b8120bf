/**
 * The scenarios that ship, as their tests play them: small, on the local sandbox, on one engine of two in turns. MySQL is
 * played in Docker: its server can't be installed beside MariaDB's.
 */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { LONG, shortened } from "./long.ts";
import { play } from "./play.ts";

export const ROWS = 3000;
export const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));

const IN_DOCKER = "mysql";

const everywhere = scenarios.flatMap((scenario) =>
  Object.entries(scenario.engines).map(([engine, versions]) => ({ scenario, engine: `${engine}@${versions[0]}` })),
);
export type Case = (typeof everywhere)[number];

const cases = everywhere.filter(({ engine }) => !engine.startsWith(IN_DOCKER));
export const inDocker = everywhere.filter(({ engine }) => engine.startsWith(IN_DOCKER));

const on = ({ scenario, engine }: Case) => ({
  sandbox: engine.startsWith(IN_DOCKER) ? "docker" : "local",
  scenario: scenario.file,
  engine,
  rows: ROWS,
});

/** Of the famous nights one stands for all in the short run: each is a world with a log, or servers that die. */
const STANDS_FOR_NIGHTS = "update-without-where";
const isShort = ({ scenario: { id, tags } }: Case) => !tags.includes("night") || id === STANDS_FOR_NIGHTS;

/** On one engine of two, in turns. */
const isTurn =
  (rest: number) =>
  (one: Case): boolean => {
    const engines = Object.keys(one.scenario.engines);
    const place = scenarios.indexOf(one.scenario) + engines.indexOf(one.engine.split("@")[0] ?? "");
    return isShort(one) && place % 2 === rest;
  };

/** On one engine of two; on both in the long run. */
export const inTurn = (rest: number): Case[] => cases.filter((one) => LONG || isTurn(rest)(one));

/** What every scenario owes, on the cases of one engine of the local sandbox. */
export function endsAsDesigned(engine: string): void {
  const all = cases.filter((one) => one.engine.startsWith(engine));
  endAsDesigned(shortened(`scenarios to their designed end on ${engine}`, all, isTurn(1)));
}

/** Their worlds are wanted once: keeping them would cost more than it saves. */
export function endAsDesigned(these: readonly Case[]): void {
  test.each(these)("$scenario.id on $engine ends as designed", async (one) => {
    const { scenario } = one;
    const { result } = await play({ ...on(one), worlds: null });
    expect([result.verdict, result.reasons[0]]).toEqual([scenario.designed, result.reasons[0]]);
    expect(result.cleanup?.failed).toEqual([]);
    // Preserve first: what was copied before the repair is what is still there after it.
    const evidence = result.findings.filter(({ probe }) => probe === "evidence-unchanged");
    const preserves = scenario.recovery.steps.some(({ phase }) => phase === "preserve");
    expect(evidence.map(({ held }) => held)).toEqual(preserves && scenario.designed === "recovered" ? ["yes"] : []);
  });
}

export function wrongMovesArePunished(these: readonly Case[]): void {
  describe.each(these)("the wrong move of $scenario.id on $engine", (one) => {
    const { scenario } = one;
    test("is punished, and what it costs is counted", async () => {
      const wrong = plan(scenario, catalog, { engine: one.engine, rows: ROWS, wrongMove: true });
      const { result } = await play({ ...on(one), change: () => wrong, worlds: null });
      expect([result.verdict, result.reasons[0]]).toEqual([scenario.wrongMove?.verdict, result.reasons[0]]);
      expect(result.notes.join()).toContain("the wrong move, on purpose");
      if (result.verdict === "late") expect(result.measured.rpaMs).toBeGreaterThan(result.objectives.rpoMs);
    });
  });
}

const RECOVERS = ["restore-beside", "copy-table-back", "take-over", "repair-rows", "point-back", "merge-rows"];

/** Nothing is proven when the recovery, or the disaster, is replaced by nothing. */
export function provesNothingSabotaged(these: readonly Case[]): void {
  describe.each(these)("$scenario.id on $engine, sabotaged", (one) => {
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
}
