/** A pruning job that is not frozen eats the last good backup while people recover (stories 000 and 001). */
import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { play } from "../support/play.ts";

const on = { sandbox: "local", scenario: "test/fixtures/scenarios/retention.drill.yaml" };

const without =
  (action: string) =>
  (plan: Plan): Plan => ({ ...plan, recovery: plan.recovery.filter(({ part }) => part.name !== action) });

const keeping =
  (keepNewest: number) =>
  (plan: Plan): Plan => ({
    ...without("freeze-retention")(without("resume-retention")(plan)),
    scenario: {
      ...plan.scenario,
      world: { ...plan.scenario.world, retention: { keepMs: 43_200_000, keepNewest, nextMs: 600_000 } },
    },
  });

describe("a job that prunes backups", () => {
  test("frozen first: what was there when the damage was found is still there", async () => {
    const { result } = await play(on);
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(result.sources.map(({ name }) => name)).toEqual(["nightly"]);
    const told = result.notes.filter((note) => note.includes("pruning job"));
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/ran at .* removed too-old/);
    expect(told[1]).toContain("is frozen");
  });
  test("not frozen: it takes the last backup, and nothing can be restored", async () => {
    const { result } = await play({ ...on, change: keeping(0) });
    expect(result.verdict).toBe("lost");
    expect(result.reasons[0]).toContain("the store is empty");
  });
  test("one that always keeps the newest does no harm", async () => {
    const { result } = await play({ ...on, change: keeping(1) });
    expect(result.verdict).toBe("recovered");
    expect(result.sources.map(({ name }) => name)).toEqual(["nightly"]);
  });
});
