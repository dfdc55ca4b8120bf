/** The story that SQLite lives, from beginning to end on this machine. */
import { expect, test } from "vitest";
import { ROWS } from "../../support/library.ts";
import { play } from "../../support/play.ts";

test("a dropped table comes back, and what a file has nothing of is said to be left out", async () => {
  const { result } = await play({
    sandbox: "local",
    engine: "sqlite@3",
    scenario: "scenarios/drop-table.drill.yaml",
    rows: ROWS,
  });
  expect([result.verdict, result.cleanup?.failed]).toEqual(["recovered", []]);
  expect(result.notes).toContainEqual(expect.stringMatching(/^grants is left out: a file has no accounts/));
  expect(result.findings.map(({ probe }) => probe)).not.toContain("grants");
});
