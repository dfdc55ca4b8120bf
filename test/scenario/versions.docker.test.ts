/**
 * Each engine's newer versions: every method once (in the long run every way), and the scenarios that ship. The first version of each engine is what
 * all other tests play; these are here so that no version is offered that nothing was drilled on.
 */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { variantNames } from "../../src/plan/variants.ts";
import { ROWS, scenarios } from "../support/library.ts";
import { oneOfEachMethod, shortened } from "../support/long.ts";
import { play } from "../support/play.ts";

const all = catalog.engines.flatMap((engine) =>
  engine.versions
    .slice(1)
    .filter((version) => scenarios.some(({ engines }) => engines[engine.name]?.includes(version)))
    .map((version) => ({ engine, version, name: `${engine.name}@${version}` })),
);

/** Versions between the first and the newest have their turn in the long run. */
const newer = shortened("versions", all, (one) => all.findLast(({ engine }) => engine === one.engine) === one);

test("there are some", () => {
  expect(all.map(({ name }) => name)).toEqual(["postgres@17", "postgres@18", "mariadb@11.8"]);
});

describe.each(newer)("$name", ({ engine, name: called }) => {
  const each = oneOfEachMethod(engine);
  const methods = shortened(`ways to back up ${called}`, variantNames(engine), (name) => each.includes(name));
  test.each(methods)("%s: proven", async (variant) => {
    const { result } = await play({ sandbox: "docker", engine: called, variant });
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(result.measured).toMatchObject({ rowsExtra: 0 });
    expect(result.cleanup?.failed).toEqual([]);
  });

  const own = shortened(`scenarios to their designed end on ${called}`, scenarios, ({ tags }) =>
    tags.includes("starter"),
  );
  test.each(own)("$id ends as designed", async (scenario) => {
    const played = await play({ sandbox: "docker", engine: called, scenario: scenario.file, rows: ROWS, worlds: null });
    expect([played.result.verdict, played.result.reasons[0]]).toEqual([scenario.designed, played.result.reasons[0]]);
    expect(played.result.cleanup?.failed).toEqual([]);
  });
});
