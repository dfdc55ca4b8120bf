/**
 * Of the scenarios that ship: the wrong move is punished, and nothing is proven when the recovery, or the disaster, is
 * replaced by nothing.
 */
import { expect, test } from "vitest";
import { inTurn, provesNothingSabotaged, scenarios, wrongMovesArePunished } from "../support/library.ts";
import { some } from "../support/long.ts";

test("there are several, each on every SQL server, each with a story, a symptom and a summary", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(26);
  for (const { id, engines, story, summary } of scenarios) {
    expect([id, Object.keys(engines).slice(0, 3)]).toEqual([id, ["postgres", "mariadb", "mysql"]]);
    expect(story?.symptom, id).toBeTruthy();
    expect(story?.origin, id).toBeTruthy();
    expect(summary.length, id).toBeGreaterThan(40);
  }
});

/** All of them in the long run. */
wrongMovesArePunished(some("wrong moves", inTurn(0), 6));
provesNothingSabotaged(some("scenarios, sabotaged", inTurn(1), 6));
