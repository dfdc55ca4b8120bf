/**
 * A story told in somebody's own database: what the shop's world brought along is left out or stands for what is really
 * there, and a story that cannot be lived says why. Pure.
 */
import type { Engine, RecoveryPoint } from "../parts.ts";
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

/** What is not there in a database that nobody watched: nothing ticks in it. */
const isHeartbeat = ({ probe }: ToldProbe) => probe === "heartbeat-gap";

/** How many rows a shop has says nothing about another database; that there are some, does. */
function ownProbe(told: ToldProbe): ToldProbe {
  if (told.probe !== "row-count") return told;
  return { ...told, options: { ...(told.options as object), min: 1 } };
}

/** What was lost is measured, and held against the objective: how much a shop's story allows is no rule here. */
function ownLoss(told: ToldProbe, spanMs: number): ToldProbe {
  const options = told.options as Record<string, unknown>;
  return options["allow-loss"] === undefined ? told : { ...told, options: { ...options, "allow-loss": spanMs } };
}

const isLive = (engine: Engine, { method }: ToldBackup) =>
  engine.methods.find(({ name }) => name === method)?.live !== undefined;

/** What a script that goes wrong leaves: a file with its error's text. */
export const faultOf = ({ fault, options }: ToldBackup) =>
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

/** Names of backups that steps and sources mean. */
function meant({ disaster, recovery }: Scenario): string[] {
  const told = disaster.steps.flatMap(({ options }) => {
    const { from, backup } = options as { from?: string; backup?: string };
    return [from, backup].filter((one) => one !== undefined);
  });
  return [...told, recovery.source];
}

/** So many older copies a story needs: those that it means or spoils, and a good one to come back from. */
export function copiesNeeded(scenario: Scenario, engine: Engine): number {
  const files = scenario.world.backups.filter((one) => !isLive(engine, one) && one.ageMs > 0);
  const real = files.filter(({ decoy }) => !decoy).sort((a, b) => a.ageMs - b.ageMs);
  const names = meant(scenario);
  const overwritten = scenario.disaster.steps.flatMap(({ options }) => (options as { backup?: string }).backup ?? []);
  const spoilt = (one: ToldBackup) => faultOf(one) !== null || overwritten.includes(one.name);
  const lastMeant = real.findLastIndex((one) => names.includes(one.name) || spoilt(one));
  const firstGood = real.findIndex((one) => !spoilt(one));
  const needed = Math.max(1, lastMeant + 1, firstGood + 1);
  return needed + (files.some(({ decoy, name }) => decoy && names.includes(name)) ? 1 : 0);
}

const does = ({ disaster, recovery }: Scenario, action: string) =>
  [...disaster.steps, ...recovery.steps].some((step) => step.do === action);

/** Why this story cannot be lived in this database, as one sentence; null when it can. */
export function whyNot(scenario: Scenario, own: OwnDatabase, places: number): string | null {
  const { engine, version, name, older } = own;
  const offered = scenario.engines[engine.name] ?? [];
  if (!offered.includes(version)) return `it is not told of ${engine.name} ${version}`;
  if (scenario.params.length === 0) return "its SQL is about tables that only the shop has";
  if (does(scenario, "lose-main-store") && places < 2)
    return `it needs copies in two places, and all of ${name} lie in one`;
  const isText = own.older.every(
    ({ facts }) => engine.methods.find((one) => one.name === facts.method)?.side === "database",
  );
  if (does(scenario, "copy-files") && isText)
    return "it preserves the files of a server that is shut down then, and a dump is restored into one that runs";
  const names = scenario.world.backups.some(({ options }) => (options as { "names-target"?: boolean })["names-target"]);
  if (names)
    return "it is about dumps that drop and make their database by name, which the drill would have to make first";
  if (does(scenario, "restore-roles") && older[0]?.globals === undefined)
    return "it drops roles, and no file of roles lies beside the copies to bring them back from";
  const needed = copiesNeeded(scenario, engine);
  if (older.length < needed)
    return `it needs ${needed} copies older than the newest, and ${name} has ${older.length} that can be used`;
  return null;
}

/** Where the story spoils the newest copies, what is left may be older than the objective allows: then late is the honest end. */
function designedFor(scenario: Scenario, own: OwnDatabase): Scenario["designed"] {
  if (scenario.designed !== "recovered" || scenario.recovery.source === "none") return scenario.designed;
  const files = standings(scenario, own);
  const live = scenario.world.backups.some((one) => isLive(own.engine, one));
  const overwritten = scenario.disaster.steps.flatMap(({ options }) => (options as { backup?: string }).backup ?? []);
  const bad = files.filter(({ name, fault }) => fault !== null || overwritten.includes(name)).map(({ point }) => point);
  const first = own.older.find((point) => !bad.includes(point));
  if (first === undefined || (live && bad.length === 0)) return scenario.designed;
  const gapMs = Date.parse(own.production.reach.at) - Date.parse(first.reach.at);
  return gapMs > own.objectives.rpoMs ? "late" : "recovered";
}

/** The scenario as it is lived there. */
export function asOwn(scenario: Scenario, own: OwnDatabase): Scenario {
  const newestMs = Date.parse(own.production.reach.at);
  const oldestMs = Date.parse(own.older.at(-1)?.moment.at ?? own.production.reach.at);
  const spanMs = Math.max(0, newestMs - oldestMs);
  const tell = (probes: readonly ToldProbe[]) =>
    probes.filter((one) => !isHeartbeat(one)).map((one) => ownLoss(ownProbe(one), spanMs));
  const ageMs = newestMs - Date.parse(own.older[0]?.moment.at ?? own.production.reach.at);
  const { retention, backups } = scenario.world;
  return {
    ...scenario,
    designed: designedFor(scenario, own),
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
