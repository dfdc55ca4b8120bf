/** Which worlds are the same. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { type Choices, plan } from "../../src/plan/plan.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { worldKey } from "../../src/world/prepared.ts";
import { SMALL } from "../support/play.ts";

const scenario = await loadScenario(SMALL, catalog);
const key = (asked: Choices = {}, build = "one build") => worldKey(plan(scenario, catalog, asked), build);

test("the same plan asks for the same world", () => expect(key()).toBe(key()));
test("what only the recovery is about makes no other world", () => {
  const { recovery } = scenario;
  const other = { ...scenario, recovery: { ...recovery, steps: recovery.steps.slice(1) } };
  expect(worldKey(plan(other, catalog, {}), "one build")).toBe(key());
});
test("other rows, seed, method, engine or build make another one", () => {
  const keys = [
    key(),
    key({ rows: 4000 }),
    key({ seed: 2 }),
    key({ variant: "snapshot" }),
    key({ engine: "mariadb@10.11" }),
    key({}, "another build"),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
