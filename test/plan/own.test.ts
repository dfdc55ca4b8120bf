/** A story in somebody's own database: what it needs, what stands for what, and why it cannot be lived. */
import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine, RecoveryPoint } from "../../src/parts.ts";
import { asOwn, copiesNeeded, type OwnDatabase, standings, whyNot } from "../../src/plan/own.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";

const engine = catalog.engines[0] as Engine;
const DAY = 86_400_000;
const NOW = Date.parse("2026-11-28T02:00:00Z");

/** Nightly dumps, the newest first; nothing of them is read. */
const nights = (count: number): RecoveryPoint[] =>
  Array.from({ length: count }, (_, night) => {
    const at = new Date(NOW - night * DAY).toISOString();
    const object = { key: `films-${night}.dump`, sizeBytes: 10, modifiedAt: at };
    return {
      id: object.key,
      name: object.key,
      store: "a folder",
      objects: [object],
      log: [],
      moment: { at, from: "name" },
      reach: { at, from: "name" },
      sizeBytes: 10,
      facts: { engine: engine.name, method: "logical", format: "custom", packing: [], complete: "yes", because: "" },
    } as RecoveryPoint;
  });

const films = (count: number): OwnDatabase => {
  const [production, ...older] = nights(count);
  return {
    name: "films",
    database: "films",
    engine,
    version: "15",
    objectives: { rtoMs: DAY, rpoMs: DAY },
    production: production as RecoveryPoint,
    older,
  };
};

const all = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
const named = (id: string) => all.find((one) => one.id === id) ?? (all[0] as (typeof all)[0]);

describe("what a story needs", () => {
  it.each([
    ["drop-table", 1],
    ["truncated-dump", 2],
    ["retention-eats-last-good", 3],
    ["silent-empty-backup", 4],
    // The one that is put over the database, the one that is written over, and the one to come back from.
    ["last-backup-overwritten", 3],
    ["stale-backup-over-prod", 2],
    ["failover-to-replica", 1],
    ["perfect-storm-no-backup", 1],
  ])("%s: %i older copies", (id, needed) => {
    expect(copiesNeeded(named(id), engine, catalog)).toBe(needed);
    expect(whyNot(named(id), films(needed + 1), { catalog, places: 1 })).toBeNull();
    if (needed > 1)
      expect(whyNot(named(id), films(needed), { catalog, places: 1 })).toBe(
        `it needs ${needed} copies older than the newest, and films has ${needed - 1} that can be used`,
      );
  });

  it("is said in one sentence where it is not there", () => {
    const reasons = all.flatMap((one) => whyNot(one, films(6), { catalog, places: 1 }) ?? []);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatch(/^it[s ][^.;]+$/);
    expect(whyNot(named("backups-share-the-blast"), films(6), { catalog, places: 1 })).toMatch(/copies in two places/);
    expect(whyNot(named("wrong-tab-delete"), films(6), { catalog, places: 1 })).toMatch(/no file of roles/);
    expect(whyNot(named("drop-table"), { ...films(6), version: "9.6" }, { catalog, places: 1 })).toMatch(
      /not told of postgres 9\.6/,
    );
  });
});

describe("what stands for what", () => {
  it("is the order of age; a decoy is the oldest of all", () => {
    const told = standings(named("last-backup-overwritten"), films(6));
    expect(told.map(({ name, point }) => [name, point.id])).toEqual([
      ["nightly", "films-1.dump"],
      ["colleague", "films-2.dump"],
      ["old-export", "films-5.dump"],
    ]);
  });

  it("carries what is wrong with a copy", () => {
    expect(standings(named("silent-empty-backup"), films(6)).map(({ fault }) => fault)).toEqual([
      "error-text",
      "empty",
      "error-text",
      null,
    ]);
  });
});

describe("the scenario as it is lived", () => {
  it("asks for no heartbeat and no number of rows that only a shop has, and takes the database's objectives", () => {
    const lived = asOwn(named("drop-table"), films(3), catalog);
    expect(JSON.stringify([lived.healthy, lived.verify])).not.toContain("heartbeat");
    expect(lived.healthy[0]?.options).toMatchObject({ min: 1 });
    expect(lived.objectives).toEqual({ rtoMs: DAY, rpoMs: DAY });
    expect(lived.world.backups).toEqual([]);
  });

  it("is made to end late where the copies that are left are older than the objective", () => {
    expect(asOwn(named("truncated-dump"), films(6), catalog).designed).toBe("late");
    const patient = { ...films(6), objectives: { rtoMs: DAY, rpoMs: 9 * DAY } };
    expect(asOwn(named("truncated-dump"), patient, catalog).designed).toBe("recovered");
    expect(asOwn(named("perfect-storm-no-backup"), films(2), catalog).designed).toBe("lost");
  });

  it("becomes a plan that is told apart from the shop's", () => {
    const made = plan(named("drop-table"), catalog, { own: films(3), set: { table: "rental" } });
    expect(made).toMatchObject({
      database: "films",
      variant: "on films, table rental",
      dataset: { backup: "films-0.dump" },
    });
    expect(made.own?.about({ table: "payment" }).disaster[0]?.options).toEqual({ table: "payment" });
  });
});

describe("why it cannot be lived", () => {
  const why = (id: string, own: OwnDatabase, places = 1) => whyNot(named(id), own, { catalog, places });
  const asFiles = (own: OwnDatabase): OwnDatabase => ({
    ...own,
    older: own.older.map((point) => ({ ...point, facts: { ...point.facts, method: "physical" } })),
  });

  /** The oldest copy lies in another place. */
  const elsewhere = (own: OwnDatabase): OwnDatabase => ({
    ...own,
    older: own.older.map((point, index) => (index === own.older.length - 1 ? { ...point, store: "a vault" } : point)),
  });

  it("a story that closes the main store is late where the copy elsewhere is older than the objective", () => {
    expect(plan(named("backups-share-the-blast"), catalog, { own: elsewhere(films(6)) }).scenario.designed).toBe(
      "late",
    );
    expect(plan(named("backups-share-the-blast"), catalog, { own: elsewhere(films(2)) }).scenario.designed).toBe(
      "recovered",
    );
  });

  it("is each its own sentence, and gone when what was missing is there", () => {
    expect(why("backups-share-the-blast", films(6), 1)).toBe(
      "it needs copies in two places, and all of films lie in one",
    );
    expect(why("backups-share-the-blast", films(6), 2)).toBe(
      "it needs an older copy in another place than the newest, and none that can be used lies there",
    );
    expect(why("backups-share-the-blast", elsewhere(films(6)), 2)).toBeNull();
    expect(why("fs-corruption", films(6))).toBe(
      "it preserves the files of a server that is shut down then, and a dump is restored into one that runs",
    );
    expect(why("fs-corruption", asFiles(films(6))) ?? "").not.toMatch(/preserves the files/);
    expect(why("dump-names-its-target", films(6))).toBe(
      "it is about dumps that drop and make their database by name, which the drill would have to make first",
    );
  });

  it("one copy of files among dumps is enough for a story about files", () => {
    const own = films(6);
    const [first, ...rest] = own.older;
    if (first === undefined) return expect.unreachable();
    const mixed = { ...own, older: [{ ...first, facts: { ...first.facts, method: "physical" } }, ...rest] };
    expect(why("fs-corruption", mixed) ?? "").not.toMatch(/preserves the files/);
  });

  it("roles need the file beside the newest copy and the next, not beside any", () => {
    const own = films(6);
    const globals = { key: "g.sql", sizeBytes: 1, modifiedAt: own.production.moment.at };
    const withRoles = (night: number): OwnDatabase => ({
      ...own,
      production: { ...own.production, globals },
      older: own.older.map((point, index) => (index === night ? { ...point, globals } : point)),
    });
    expect(why("wrong-tab-delete", withRoles(0)) ?? "").not.toMatch(/roles/);
    expect(why("wrong-tab-delete", withRoles(1))).toMatch(/no file of roles lies beside the copies/);
    const without = { ...withRoles(0), production: own.production };
    expect(why("wrong-tab-delete", without)).toMatch(/no file of roles lies beside the copies/);
  });
});

describe("the scenario as it is lived, at its edges", () => {
  it("prunes what a recovery needs with the next run of the job, and keeps none for its number", () => {
    const told = named("retention-eats-last-good").world.retention;
    const lived = asOwn(named("retention-eats-last-good"), films(6), catalog).world.retention;
    expect(lived).toEqual({ ...told, keepMs: DAY + (told?.nextMs ?? Number.NaN) / 2, keepNewest: 0 });
    expect(asOwn(named("drop-table"), films(3), catalog).world.retention).toBeNull();
  });

  it("allows the loss of all the time that its copies span, and only where a loss was allowed", () => {
    const lossOf = (own: OwnDatabase) =>
      asOwn(named("drop-table"), own, catalog).verify.flatMap(({ options }) => {
        const allowed = (options as Record<string, unknown>)["allow-loss"];
        return allowed === undefined ? [] : [allowed];
      });
    expect(lossOf(films(5))).toEqual([4 * DAY]);
    expect(lossOf({ ...films(5), older: [] })).toEqual([0]);
    const told = named("drop-table").verify.filter(
      ({ options }) => (options as Record<string, unknown>)["allow-loss"] !== undefined,
    );
    expect(told).toHaveLength(1);
  });

  it("has nothing of the shop's own world: no log, no application, no wait after the damage", () => {
    for (const scenario of all) {
      const { world } = asOwn(scenario, films(4), catalog);
      expect([world.logEveryMs, world.application, world.writer.afterDamageMs]).toEqual([null, null, 0]);
      // Of its backups a server that runs is left: it lies in no store.
      for (const { method } of world.backups)
        expect(engine.methods.find(({ name }) => name === method)?.live).toBeDefined();
      expect(world.backups).toHaveLength(
        scenario.world.backups.filter(
          ({ method }) => engine.methods.find(({ name }) => name === method)?.live !== undefined,
        ).length,
      );
    }
  });

  it("is late one moment beyond the objective, and not at it", () => {
    const end = (rpoMs: number) =>
      asOwn(named("truncated-dump"), { ...films(6), objectives: { rtoMs: DAY, rpoMs } }, catalog).designed;
    // The newest of the older copies is cut off: the one before it is two days behind production.
    expect(end(2 * DAY)).toBe("recovered");
    expect(end(2 * DAY - 1)).toBe("late");
  });
});
