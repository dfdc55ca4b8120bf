import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { type Plan, plan } from "../../src/plan/plan.ts";
import { parseShard, shardOf } from "../../src/run/shard.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { planAll } from "../../src/suite/plan-all.ts";
import { nameOf } from "../../src/suite/suite.ts";
import { SMALL } from "../support/play.ts";

const small = plan(await loadScenario(SMALL, catalog), catalog);
const named = (id: string): Plan => ({ ...small, scenario: { ...small.scenario, id } });
const names = (plans: readonly Plan[]) => plans.map(nameOf).sort();

describe("shards", () => {
  test("together are everything, once, whatever the order in which drills were named", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (ids, n) => {
          const of = (n % ids.length) + 1;
          const plans = ids.map(named);
          const shards = Array.from({ length: of }, (_, at) => shardOf(plans, { index: at + 1, of }, nameOf));
          expect(names(shards.flat())).toEqual(names(plans));
          const sizes = shards.map((shard) => shard.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          const again = Array.from({ length: of }, (_, at) =>
            shardOf([...plans].reverse(), { index: at + 1, of }, nameOf),
          );
          expect(again.map(names)).toEqual(shards.map(names));
        },
      ),
    );
  });
  test("never run nothing", () => {
    expect(() => shardOf([named("a"), named("b")], { index: 3, of: 3 }, nameOf)).toThrow(
      /2 drills cannot be cut into 3 shards/,
    );
  });
  test.each(["0/3", "4/3", "1", "1/0", "a/b", "-1/2", "1/2/3", ""])("are not written %s", (text) => {
    expect(() => parseShard(text)).toThrow(/is no shard/);
  });
  test("are written 2/3", () => {
    expect(parseShard("2/3")).toEqual({ index: 2, of: 3 });
  });
});

describe("--all", () => {
  const all = (engine?: string, shard?: string) =>
    planAll({ names: [], tags: [], all: true, catalog, choices: { engine }, shard });
  test("is every shipped scenario on each engine that it offers", async () => {
    const offered = (await planAll({ names: [], tags: [], all: true, catalog, choices: {} })).map(nameOf);
    expect(offered).toContain("drop-table on postgres 15");
    expect(offered).toContain("drop-table on mariadb 10.11");
    expect(new Set(offered).size).toBe(offered.length);
  });
  test("is not said beside names: one of the two is a mistake", async () => {
    await expect(planAll({ names: ["drop-table"], tags: [], all: true, catalog, choices: {} })).rejects.toMatchObject({
      code: "FB_USAGE",
      message: "drop-table is named, and --all as well: name scenarios, or say --all",
      next: ["fogbell run drop-table", "fogbell run --all"],
    });
  });
  test("--engine narrows it, and nothing left is an error", async () => {
    expect((await all("mariadb")).every(({ engine }) => engine.name === "mariadb")).toBe(true);
    await expect(all("postgres@9")).rejects.toThrow(/no shipped scenario runs on postgres@9/);
  });
  test("an engine is drilled once, on its first version; another version is asked for by name, and each scenario offers it", async () => {
    const versions = (plans: readonly Plan[]) => [...new Set(plans.map(({ version }) => version))];
    const [first, newer] = await Promise.all([all("postgres"), all("postgres@17")]);
    expect([versions(first), versions(newer)]).toEqual([["15"], ["17"]]);
    expect(newer.map(({ scenario }) => scenario.id)).toEqual(first.map(({ scenario }) => scenario.id));
  });
  test("its shards are everything, once", async () => {
    const parts = await Promise.all([all(undefined, "1/2"), all(undefined, "2/2")]);
    expect(names(parts.flat())).toEqual(names(await all()));
  });
});
