import { describe, expect, test } from "vitest";
import { reason, select } from "../../src/backups/select.ts";
import { catalog } from "../../src/catalog.ts";
import { ScenarioError, UsageError } from "../../src/errors.ts";
import type { BackupFacts, Capability, Catalog, Engine, RecoveryPoint } from "../../src/parts.ts";
import { MEANING, PROTOCOLS } from "../../src/plan/capabilities.ts";
import { describe as describePlan, describeText } from "../../src/plan/describe.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

const scenario = await loadScenario("scenarios/drop-table.drill.yaml", catalog);

describe("plan", () => {
  test("backups stand oldest first, choices override the file", () => {
    const made = plan(scenario, catalog, { rows: 5000, seed: 7 });
    expect(made.backups.map(({ name }) => name)).toEqual(["old-export", "nightly", "hourly"]);
    expect(made.dataset).toEqual({ preset: "shop", rows: 5000 });
    expect(made.seed).toBe(7);
    expect([made.engine.name, made.version, made.database]).toEqual(["postgres", "15", "shop"]);
  });
  test.each([
    ["postgres", "15"],
    ["postgres@15", "15"],
    ["postgres@17", "17"],
    ["mariadb@10", "10.11"],
    ["mariadb@10.11", "10.11"],
  ])("%s is version %s", (engine, version) => {
    const made = plan(scenario, catalog, { engine });
    expect([made.version, made.spec.version, made.spec.builtImage]).toEqual([
      version,
      version,
      `fogbell/${made.engine.name}:${version}`,
    ]);
  });
  test.each(["postgres@14", "postgres@1", "mariadb@10.1", "postgres@", "oracle"])(
    "an engine or a version that the scenario does not run on: %s",
    (engine) => {
      try {
        plan(scenario, catalog, { engine });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        expect((error as UsageError).next).toContain("fogbell run drop-table --engine postgres@17");
      }
    },
  );
  test("a part whose need nothing gives is refused before anything starts, at its line", () => {
    const methods = catalog.engines.flatMap((engine) => engine.methods.map((method) => ({ ...method, gives: [] })));
    const poor = { ...catalog, engines: catalog.engines.map((engine) => ({ ...engine, methods })) };
    try {
      plan(scenario, poor);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ScenarioError);
      const { issues, code, exitCode } = error as ScenarioError;
      expect([code, exitCode]).toEqual(["FB_SCENARIO_IMPOSSIBLE", 2]);
      expect(issues.map(({ path }) => path)).toContain("copy-table-back");
      expect(issues.every(({ line }) => line > 1)).toBe(true);
    }
  });
});

describe("a capability that nothing gives makes a scenario impossible, and each need of it is told with its line", async () => {
  const all = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  /** Engines that know none of a protocol's phrases, or engines and methods that do not give it. */
  const phrasesOf = (capability: Capability) => PROTOCOLS.find(({ name }) => name === capability)?.phrases ?? [];
  const poorer = (capability: Capability): Catalog => ({
    ...catalog,
    engines: catalog.engines.map((engine) => ({
      ...engine,
      phrases: { ...engine.phrases, ...Object.fromEntries(phrasesOf(capability).map((phrase) => [phrase, undefined])) },
      gives: engine.gives.filter((one) => one !== capability),
      methods: engine.methods.map((method) => ({
        ...method,
        gives: method.gives.filter((one) => one !== capability),
      })),
    })),
  });
  /** Of the world that a scenario tells of. */
  const WORLDS: Readonly<Record<string, (world: Scenario["world"]) => Scenario["world"]>> = {
    retention: (world) => ({ ...world, retention: null }),
    offsite: (world) => ({ ...world, backups: world.backups.map((backup) => ({ ...backup, offsite: false })) }),
  };
  // What is needed by a backup and by no part stands below.
  const PROTOCOLS_OF_PARTS = PROTOCOLS.map(({ name }) => name).filter((name) => name !== "side-databases");
  test.each<Capability>([...PROTOCOLS_OF_PARTS, "side-restore", "one-table", "retention", "offsite"])(
    "%s",
    (capability) => {
      let refused = 0;
      for (const told of all) {
        const made = plan(told, catalog);
        const parts = [...made.disaster, ...made.recovery, ...made.healthy, ...made.proof, ...made.verify];
        const needing = parts.filter(({ part }) => part.needs.includes(capability));
        const poor = { ...told, world: WORLDS[capability]?.(told.world) ?? told.world };
        const asked = () => plan(poor, WORLDS[capability] === undefined ? poorer(capability) : catalog);
        if (needing.length === 0) {
          asked();
          continue;
        }
        refused += 1;
        try {
          asked();
          expect.unreachable(told.id);
        } catch (error) {
          const { code, issues } = error as ScenarioError;
          expect(code, told.id).toBe("FB_SCENARIO_IMPOSSIBLE");
          const said = issues.map(({ line, message }) => `${line}: ${message}`);
          const wanted = needing.map(
            ({ part, line }) =>
              `${line}: ${part.name} needs "${capability}" (${MEANING[capability]}), which neither ${made.engine.name} nor a chosen method gives`,
          );
          expect(said, told.id).toEqual(expect.arrayContaining(wanted));
          expect(
            issues.every(({ message }) => message.includes(`"${capability}"`)),
            told.id,
          ).toBe(true);
        }
      }
      expect(refused).toBeGreaterThan(0);
    },
  );
  test("side-databases, for a backup that comes back as one", () =>
    expect(() => plan(scenario, poorer("side-databases"))).toThrow(
      'world.backups.nightly needs "side-databases" (a database can lie beside another on one server)',
    ));
  test("loopback, for an application of somebody's own", () => {
    const application = { image: "app:1", command: [], env: {} } as unknown as Scenario["world"]["application"];
    const told = { ...scenario, world: { ...scenario.world, application } };
    const { loopback: _none, ...rest } = catalog.engines[0] as Engine;
    expect(() => plan(told, { ...catalog, engines: [rest] })).toThrow('world.application needs "loopback"');
  });
  test("a way to back up that an engine does not know is one of the reasons, not a defect", () => {
    const [engine] = catalog.engines as [Engine];
    const poor = { ...engine, methods: engine.methods.filter(({ name }) => name !== "logical") };
    expect(() => plan(scenario, { ...catalog, engines: [poor] })).toThrow(
      /nightly is made by "logical", which postgres does not know; it knows physical, /,
    );
  });
  test("a point by name needs a log that knows names, whatever else is there", () => {
    const beside = all.find(({ id }) => id === "drop-table") as Scenario;
    const steps = beside.recovery.steps.map((step) =>
      step.do === "restore-beside"
        ? {
            ...step,
            options: catalog.actions
              .find(({ name }) => name === step.do)
              ?.options.parse({ to: "named-point", point: "p" }),
          }
        : step,
    );
    const told = { ...beside, recovery: { ...beside.recovery, steps } };
    const needs = (() => {
      try {
        plan(told, catalog);
        return [];
      } catch (error) {
        return (error as ScenarioError).issues.map(({ message }) => /"(.*)"/.exec(message)?.[1]);
      }
    })();
    expect(needs.sort()).toEqual(["log", "named-point", "point-in-time"]);
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
  test("says what is left out on an engine that has nothing of the kind, and why", () => {
    expect(described.leftOut).toEqual([]);
    const text = describeText(describePlan(plan(scenario, catalog, { engine: "sqlite" })));
    expect(text).toMatch(/^Left out {2}grants is left out: a file has no accounts/m);
  });
});

const facts: BackupFacts = {
  engine: "postgres",
  method: "logical",
  format: "custom",
  packing: [],
  complete: "unknown",
  because: "",
};
type More = Partial<RecoveryPoint>;
const point = (name: string, at: string, more: More = {}): RecoveryPoint => ({
  id: `${name}/x`,
  name,
  store: "s",
  objects: [],
  log: [],
  moment: { at, from: "name" },
  reach: { at, from: "name" },
  sizeBytes: 10,
  facts,
  ...more,
});

describe("select", () => {
  const rule = { damagedAtMs: Date.parse("2026-11-20T12:00:00Z"), engine: "postgres", version: "15", only: null };
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
      point("newer", "2026-11-20T11:57:00Z", { facts: { ...facts, serverVersion: "17.2" } }),
      point("other", "2026-11-20T11:56:00Z", { facts: { ...facts, engine: "redis" } }),
    ];
    const considered = select([...bad, hourly], rule);
    expect(considered[0]?.point.name).toBe("hourly");
    expect(Object.fromEntries(considered.map((one) => [one.point.name, one.rejected]))).toEqual({
      hourly: null,
      later: { kind: "younger-than-damage", because: "younger than the damage" },
      empty: { kind: "empty", because: "empty" },
      cut: { kind: "incomplete", because: "cut off" },
      newer: {
        kind: "newer-server",
        because: "taken by a newer server (17.2) than the one that is to restore it (15)",
      },
      other: { kind: "other-engine", because: "made by redis" },
    });
  });
  test("a server of the same major version, or an older one, is no reason against it", () => {
    for (const serverVersion of ["15", "15.18", "9.6.24", "14.2"])
      expect(select([point("one", hourly.moment.at, { facts: { ...facts, serverVersion } })], rule)[0]?.rejected).toBe(
        null,
      );
  });
  test("an old base whose log reaches the damage comes before a young dump, and says why", () => {
    const piece = { key: "log/000000010000000000000005", sizeBytes: 1, modifiedAt: "2026-11-20T12:05:00Z" };
    const reaching = (at: string) =>
      point("weekly", "2026-11-13T12:00:00Z", { log: [piece], reach: { at, from: "object-time" } });
    const whole = reaching("2026-11-20T12:05:00Z");
    expect(select([hourly, whole], rule)[0]?.point.name).toBe("weekly");
    expect(reason(whole, rule.damagedAtMs)).toBe("its log reaches up to the damage");
    const torn = reaching("2026-11-20T10:00:00Z");
    expect(select([hourly, torn], rule)[0]?.point.name).toBe("hourly");
    expect(reason(torn, rule.damagedAtMs)).toBe("its log ends 2h 00m before the damage");
    expect(reason(hourly, rule.damagedAtMs)).toBe("taken 40m 00s before the damage, the closest there is");
  });
  test("a named source shuts out the others", () =>
    expect(
      select([old, hourly], { ...rule, only: "old" })
        .filter(({ rejected }) => rejected === null)
        .map((one) => one.point.name),
    ).toEqual(["old"]));
});
