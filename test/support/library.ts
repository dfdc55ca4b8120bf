/** The scenarios that ship, as their tests play them: small, on the local sandbox, on one engine of two in turns. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { LONG, shortened } from "./long.ts";
import { play } from "./play.ts";

export const ROWS = 3000;
export const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));

const cases = scenarios.flatMap((scenario) =>
  Object.entries(scenario.engines).map(([engine, versions]) => ({ scenario, engine: `${engine}@${versions[0]}` })),
);
export type Case = (typeof cases)[number];

export const on = ({ scenario, engine }: Case) => ({
  sandbox: "local",
  scenario: scenario.file,
  engine,
  rows: ROWS,
});

/** On one engine of two, in turns. */
const isTurn =
  (rest: number) =>
  ({ scenario, engine }: Case): boolean =>
    (scenarios.indexOf(scenario) + Object.keys(scenario.engines).indexOf(engine.split("@")[0] ?? "")) % 2 === rest;

/** On one engine of two; on both in the long run. */
export const inTurn = (rest: number): Case[] => cases.filter((one) => LONG || isTurn(rest)(one));

/** What every scenario owes, on the cases of one engine. Its world is wanted once: keeping it would cost more than it saves. */
export function endsAsDesigned(engine: string): void {
  const all = cases.filter((one) => one.engine.startsWith(engine));
  const own = shortened(`scenarios to their designed end on ${engine}`, all, isTurn(1));
  test.each(own)("$scenario.id ends as designed", async (one) => {
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
