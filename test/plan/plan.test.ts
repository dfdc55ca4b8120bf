import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { ScenarioError, UsageError } from "../../src/errors.ts";
import type { BackupFacts, RecoveryPoint } from "../../src/parts.ts";
import { describe as describePlan, describeText } from "../../src/plan/describe.ts";
import { plan } from "../../src/plan/plan.ts";
import { select } from "../../src/plan/select.ts";
import { loadScenario } from "../../src/scenario/load.ts";

const scenario = await loadScenario("scenarios/drop-table.drill.yaml", catalog);

describe("plan", () => {
  test("backups stand oldest first, choices override the file", () => {
    const made = plan(scenario, catalog, { rows: 5000, seed: 7 });
    expect(made.backups.map(({ name }) => name)).toEqual(["old-export", "nightly", "hourly"]);
    expect(made.dataset).toEqual({ preset: "shop", rows: 5000 });
    expect(made.seed).toBe(7);
    expect([made.engine.name, made.version, made.database, made.sideDatabase]).toEqual([
      "postgres",
      "15",
      "shop",
      "shop_side",
    ]);
  });
  test("an engine the scenario does not run on", () =>
    expect(() => plan(scenario, catalog, { engine: "postgres@17" })).toThrow(UsageError));
  test("a part whose need nothing gives is refused before anything starts, at its line", () => {
    const methods = catalog.engines.flatMap((engine) => engine.methods.map((method) => ({ ...method, gives: [] })));
    const poor = { ...catalog, engines: catalog.engines.map((engine) => ({ ...engine, methods })) };
    try {
      plan(scenario, poor);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ScenarioError);
      const { issues } = error as ScenarioError;
      expect(issues.map(({ path }) => path)).toContain("copy-table-back");
      expect(issues.every(({ line }) => line > 1)).toBe(true);
    }
  });
});

describe("dry run", () => {
  const described = describePlan(plan(scenario, catalog));
  test("names the images, the sources and every command, with nothing but places in it", () => {
    const text = describeText(described);
    for (const word of ["postgres:15", "nightly", "hourly", "decoy", "DROP TABLE", "pg_restore", "CONNECTION LIMIT -1"])
      expect(text).toContain(word);
    for (const { script, uses } of described.commands) {
      const named = [...script.matchAll(/"?\$([A-Z_]{3,})/g)].map(([, name]) => name);
      for (const name of named) expect(uses, `${name} in ${script}`).toContain(name);
    }
  });
});

const facts: BackupFacts = {
  engine: "postgres",
  method: "logical",
  format: "custom",
  compression: "none",
  complete: "unknown",
  because: "",
};
const point = (name: string, at: string, more: Partial<RecoveryPoint> = {}): RecoveryPoint => ({
  id: `${name}/x`,
  name,
  store: "s",
  objects: [],
  moment: { at, from: "name" },
  sizeBytes: 10,
  facts,
  ...more,
});

describe("select", () => {
  const rule = { damagedAtMs: Date.parse("2026-11-20T12:00:00Z"), engine: "postgres", only: null };
  const old = point("old", "2026-09-20T12:00:00Z");
  const hourly = point("hourly", "2026-11-20T11:20:00Z");
  const nightly = point("nightly", "2026-11-20T03:00:00Z");
  test("the newest first, whatever the order of listing", () => {
    for (const order of [
      [old, hourly, nightly],
      [nightly, old, hourly],
      [hourly, nightly, old],
    ]) {
      expect(select(order, rule).map((one) => one.point.name)).toEqual(["hourly", "nightly", "old"]);
    }
  });
  test("every reason against a point is said, and no such point is a candidate", () => {
    const bad = [
      point("later", "2026-11-20T12:30:00Z"),
      point("empty", "2026-11-20T11:50:00Z", { sizeBytes: 0 }),
      point("cut", "2026-11-20T11:55:00Z", { facts: { ...facts, complete: "no", because: "cut off" } }),
      point("other", "2026-11-20T11:56:00Z", { facts: { ...facts, engine: "redis" } }),
    ];
    const considered = select([...bad, hourly], rule);
    expect(considered[0]?.point.name).toBe("hourly");
    expect(Object.fromEntries(considered.map((one) => [one.point.name, one.rejected]))).toEqual({
      hourly: null,
      later: "younger than the damage",
      empty: "empty",
      cut: "cut off",
      other: "made by redis",
    });
  });
  test("a named source shuts out the others", () =>
    expect(
      select([old, hourly], { ...rule, only: "old" })
        .filter(({ rejected }) => rejected === null)
        .map((one) => one.point.name),
    ).toEqual(["old"]));
});
