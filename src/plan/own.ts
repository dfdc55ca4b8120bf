/**
 * A story told in somebody's own database: what the shop's world brought along is left out or stands for what is really
 * there, and a story that cannot be lived says why. Pure.
 */
import type { Action, Catalog, Engine, RecoveryPoint } from "../parts.ts";
import type { Objectives } from "../record.ts";
import type { Scenario, ToldBackup, ToldProbe } from "../scenario/scenario.ts";

/** The database that a drill stands on: restored from its newest copy, recovered from the older ones. */
export interface OwnDatabase {
  /** As `fogbell.yaml` or the store calls it. */
  readonly name: string;
  /** The name of the database itself. */
  readonly database: string;
  readonly engine: Engine;
  readonly version: string;
  readonly objectives: Objectives;
  /** The copy that production is made of. */
  readonly production: RecoveryPoint;
  /** What a recovery may use, newest first. */
  readonly older: readonly RecoveryPoint[];
}

const partOf = <P extends { readonly name: string }>(parts: readonly P[], name: string): P | undefined =>
  parts.find((one) => one.name === name);

/**
 * What is asked there: nothing ticks in a database that nobody watched, how many rows a shop has says nothing about it, and
 * how much a shop may lose is no rule for it: what was lost is measured, and held against its own objective.
 */
function ownProbes(probes: readonly ToldProbe[], catalog: Catalog, spanMs: number): ToldProbe[] {
  return probes.flatMap((told) => {
    const part = partOf(catalog.probes, told.probe);
    // How many copies somebody keeps is `fogbell verify`'s to say, and no reason not to drill.
    if (part?.ageAtMost !== undefined || part?.countsCopies === true) return [];
    const options = (part?.ofOwn?.(told.options) ?? told.options) as Record<string, unknown>;
    const allows = options["allow-loss"] !== undefined;
    return [{ ...told, options: allows ? { ...options, "allow-loss": spanMs } : options }];
  });
}

const isLive = (engine: Engine, { method }: ToldBackup) =>
  engine.methods.find(({ name }) => name === method)?.live !== undefined;

/** What a script that goes wrong leaves: a file with its error's text. */
const faultOf = ({ fault, options }: ToldBackup) =>
  fault ?? ((options as { trouble?: string }).trouble === undefined ? null : "error-text");

export interface Standing {
  /** What the scenario calls it. */
  readonly name: string;
  readonly point: RecoveryPoint;
  readonly fault: ToldBackup["fault"];
}

/** The scenario's backups as copies that are really there: by their order of age; a decoy is the oldest of all. */
export function standings(scenario: Scenario, own: OwnDatabase): Standing[] {
  const files = scenario.world.backups.filter((one) => !isLive(own.engine, one) && one.ageMs > 0);
  const ordered = [...files].sort((a, b) => a.ageMs - b.ageMs);
  const real = ordered.filter(({ decoy }) => !decoy);
  const oldest = own.older.at(-1);
  return ordered.flatMap((backup) => {
    const point = backup.decoy ? oldest : own.older[real.indexOf(backup)];
    return point === undefined ? [] : [{ name: backup.name, point, fault: faultOf(backup) }];
  });
}

/** Backups that the disaster takes, and those that it writes over, by name. */
function harmed({ disaster }: Scenario, { actions }: Catalog) {
  const steps = disaster.steps.map((step) => ({ part: partOf(actions, step.do), options: step.options }));
  const deeds = steps.map(({ part, options }) => part?.store?.(options));
  return {
    taken: steps.flatMap(({ part, options }) => part?.takes?.(options) ?? []),
    overwritten: deeds.flatMap((deed) => (deed?.kind === "overwrite" ? [deed.backup] : [])),
    losesMain: deeds.some((deed) => deed !== undefined && deed.kind !== "overwrite"),
  };
}

/** So many older copies a story needs: those that it means or spoils, and a good one to come back from. */
export function copiesNeeded(scenario: Scenario, engine: Engine, catalog: Catalog): number {
  const files = scenario.world.backups.filter((one) => !isLive(engine, one) && one.ageMs > 0);
  const real = files.filter(({ decoy }) => !decoy).sort((a, b) => a.ageMs - b.ageMs);
  const { taken, overwritten } = harmed(scenario, catalog);
  const names = [...taken, ...overwritten, scenario.recovery.source];
  const spoilt = (one: ToldBackup) => faultOf(one) !== null || overwritten.includes(one.name);
  const lastMeant = real.findLastIndex((one) => names.includes(one.name) || spoilt(one));
  const firstGood = real.findIndex((one) => !spoilt(one));
  const needed = Math.max(1, lastMeant + 1, firstGood + 1);
  return needed + (files.some(({ decoy, name }) => decoy && names.includes(name)) ? 1 : 0);
}

/** The story as it is told of somebody's own database. */
export const toldOfOwn = (scenario: Scenario): Scenario => ({ ...scenario, ...scenario.onOwn });

/** Whether a step needs of somebody's own copies what not everybody has. */
const needs = ({ recovery }: Scenario, { actions }: Catalog, what: NonNullable<Action["ofOwn"]>) =>
  recovery.steps.some((step) => partOf(actions, step.do)?.ofOwn === what);

export interface Where {
  readonly catalog: Catalog;
  /** How many stores the copies lie in. */
  readonly places: number;
}

/** Whether a copy lies in another place than the newest one. */
export const isElsewhere =
  ({ production }: Pick<OwnDatabase, "production">) =>
  ({ store }: Pick<RecoveryPoint, "store">) =>
    store !== production.store;

/** Why this story cannot be lived in this database, as one sentence; null when it can. */
export function whyNot(told: Scenario, own: OwnDatabase, { catalog, places }: Where): string | null {
  const scenario = toldOfOwn(told);
  const { engine, version, name, older } = own;
  const offered = scenario.engines[engine.name] ?? [];
  if (!offered.includes(version)) return `it is not told of ${engine.name} ${version}`;
  if (scenario.params.length === 0) return "its SQL is about tables that only the shop has";
  if (harmed(scenario, catalog).losesMain) {
    if (places < 2) return `it needs copies in two places, and all of ${name} lie in one`;
    if (!older.some(isElsewhere(own)))
      return "it needs an older copy in another place than the newest, and none that can be used lies there";
  }
  const isText = own.older.every(
    ({ facts }) => engine.methods.find((one) => one.name === facts.method)?.side === "database",
  );
  if (needs(scenario, catalog, "copies-of-files") && isText)
    return "it preserves the files of a server that is shut down then, and a dump is restored into one that runs";
  const names = scenario.world.backups.some(({ options }) => (options as { "names-target"?: boolean })["names-target"]);
  if (names)
    return "it is about dumps that drop and make their database by name, which the drill would have to make first";
  if (needs(scenario, catalog, "roles") && [own.production, older[0]].some((one) => one?.globals === undefined))
    return "it drops roles, and no file of roles lies beside the copies to bring them back from";
  const needed = copiesNeeded(scenario, engine, catalog);
  if (older.length < needed)
    return `it needs ${needed} copies older than the newest, and ${name} has ${older.length} that can be used`;
  return null;
}

/** Where the story spoils the newest copies, what is left may be older than the objective allows: then late is the honest end. */
function designedFor(scenario: Scenario, own: OwnDatabase, catalog: Catalog): Scenario["designed"] {
  if (scenario.designed !== "recovered" || scenario.recovery.source === "none") return scenario.designed;
  const files = standings(scenario, own);
  const live = scenario.world.backups.some((one) => isLive(own.engine, one));
  const { overwritten, losesMain } = harmed(scenario, catalog);
  const bad = files.filter(({ name, fault }) => fault !== null || overwritten.includes(name)).map(({ point }) => point);
  const lost = losesMain ? own.older.filter((point) => !isElsewhere(own)(point)) : [];
  const first = own.older.find((point) => !bad.includes(point) && !lost.includes(point));
  if (first === undefined || (live && bad.length === 0)) return scenario.designed;
  const gapMs = Date.parse(own.production.reach.at) - Date.parse(first.reach.at);
  return gapMs > own.objectives.rpoMs ? "late" : "recovered";
}

/** The scenario as it is lived there. */
export function asOwn(scenario: Scenario, own: OwnDatabase, catalog: Catalog): Scenario {
  const newestMs = Date.parse(own.production.reach.at);
  const oldestMs = Date.parse(own.older.at(-1)?.moment.at ?? own.production.reach.at);
  const spanMs = Math.max(0, newestMs - oldestMs);
  const tell = (probes: readonly ToldProbe[]) => ownProbes(probes, catalog, spanMs);
  const ageMs = newestMs - Date.parse(own.older[0]?.moment.at ?? own.production.reach.at);
  const { retention, backups } = scenario.world;
  return {
    ...scenario,
    designed: designedFor(scenario, own, catalog),
    objectives: own.objectives,
    world: {
      ...scenario.world,
      writer: { ...scenario.world.writer, afterDamageMs: 0 },
      logEveryMs: null,
      application: null,
      // The next run of the job would take what a recovery needs, as in the story.
      retention: retention === null ? null : { ...retention, keepMs: ageMs + retention.nextMs / 2, keepNewest: 0 },
      backups: backups.filter((one) => isLive(own.engine, one)),
    },
    healthy: tell(scenario.healthy),
    disaster: { ...scenario.disaster, proof: tell(scenario.disaster.proof) },
    recovery: { ...scenario.recovery, clean: tell(scenario.recovery.clean) },
    verify: tell(scenario.verify),
    reopened: tell(scenario.reopened),
  };
}
