/** From a scenario to a plan: every part chosen, every pair checked, before anything starts. */
import type { z } from "zod";
import { ScenarioError, UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";
import type { Action, Catalog, Engine, Line, Method, Part, Probe, ServerSpec, Settings, Target } from "../parts.ts";
import { type Scenario, SOURCES } from "../scenario/scenario.ts";
import { bindParams } from "./bind-params.ts";
import { type Declined, withoutDeclined } from "./declined.ts";
import { impossible } from "./impossible.ts";
import { asOwn, type OwnDatabase, standings, toldOfOwn } from "./own.ts";
import type { Plan, PlannedBackup, PlannedLog, PlannedPart, PlannedStep } from "./planned.ts";
import { asVariant, LOG_EVERY_MS, variantNames } from "./variants.ts";

export type { Plan, PlannedBackup, PlannedLog, PlannedOwn, PlannedPart, PlannedStep } from "./planned.ts";

/** What a run may change about a scenario. */
export interface Choices {
  readonly engine?: string | undefined;
  readonly rows?: number | undefined;
  readonly seed?: number | undefined;
  /** Make the backups this way instead, as `variantNames` lists them. */
  readonly variant?: string | undefined;
  /** Recover as people do by mistake, as the scenario tells. */
  readonly wrongMove?: boolean | undefined;
  /** What the scenario's params mean instead, by name. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** The database to stand on instead of the scenario's own world. */
  readonly own?: OwnDatabase | undefined;
}

function chooseEngine(
  scenario: Scenario,
  catalog: Catalog,
  wanted: string | undefined,
): { engine: Engine; version: string } {
  const offered = Object.entries(scenario.engines).flatMap(([name, versions]) =>
    versions.map((version) => `${name}@${version}`),
  );
  const [name, version] = (wanted ?? offered[0] ?? "").split("@");
  // `mariadb@10` means 10.11, and `postgres@1` nothing at all.
  const match = offered.find((one) =>
    version === undefined ? one.startsWith(`${name}@`) : `${one}.`.startsWith(`${name}@${version}.`),
  );
  const engine = catalog.engines.find((one) => one.name === name);
  if (match === undefined || engine === undefined) {
    throw new UsageError(`scenario ${scenario.id} does not run on ${wanted}`, {
      code: "FB_ENGINE_UNKNOWN",
      next: offered.map((one) => `fogbell run ${scenario.id} --engine ${one}`),
    });
  }
  return { engine, version: match.slice(match.indexOf("@") + 1) };
}

/** What a backup was told for this engine: what stands beside its method, and what stands under the engine's name. */
function optionsOf(method: Method, told: unknown, engine: string): unknown {
  const { [engine]: own, ...beside } = told as Record<string, unknown>;
  const known = Object.keys((method.options as z.ZodObject).shape);
  const shared = Object.entries(beside).filter(([key, value]) => known.includes(key) && value !== undefined);
  return method.options.parse({ ...Object.fromEntries(shared), ...(own as object | undefined) });
}

function findPart<P extends Part>(parts: readonly P[], name: string): P {
  const part = parts.find((one) => one.name === name);
  // Loading has checked every name against the same catalogue.
  if (part === undefined) throw new UsageError(`there is no part "${name}"`, { code: "FB_PART_UNKNOWN" });
  return part;
}

/** The server with what the world's methods and its log ask of it. */
function specOf(
  engine: Engine,
  version: string,
  { backups, log, isReached }: Pick<Plan, "backups" | "log"> & { readonly isReached: boolean },
): ServerSpec {
  const asked = backups.flatMap(({ method }) => (method.settings === undefined ? [] : [method.settings]));
  const settings = Object.assign(
    {},
    ...asked,
    log?.archive.settings,
    isReached ? engine.loopback?.settings : {},
  ) as Settings;
  const spec = engine.server(version, engine.options.parse({}), settings);
  const programs = backups.flatMap(({ method }) => method.programs ?? []);
  return { ...spec, binaries: [...new Set([...spec.binaries, ...programs])] };
}

/** The backups as the scenario tells them, or as a variant makes them. Throws UsageError for a variant nobody knows. */
function chooseVariant(
  scenario: Scenario,
  engine: Engine,
  { backups, variant }: { readonly backups: readonly PlannedBackup[]; readonly variant: string | undefined },
): { backups: readonly PlannedBackup[]; logEveryMs: number | null } {
  const { logEveryMs } = scenario.world;
  if (variant === undefined) return { backups, logEveryMs };
  const made = asVariant(engine, variant, { backups, logEveryMs });
  if (made !== null) return made;
  const known = variantNames(engine);
  const near = nearest(variant, known);
  throw new UsageError(
    `${engine.name} knows no method "${variant}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    {
      code: "FB_METHOD_UNKNOWN",
      next: known.map((name) => `fogbell run ${scenario.id} --method ${quote(name)}`),
    },
  );
}

interface LogQuestion {
  readonly engine: Engine;
  readonly backups: readonly PlannedBackup[];
  readonly logEveryMs: number | null;
}

function targetOf(recovery: readonly PlannedStep[]): Target {
  const [first] = recovery.flatMap(({ part, options }) => part.target?.(options) ?? []);
  return first ?? { to: "before-damage", by: "time" };
}

/** The engine's archive when the scenario asks for one, or the repository of a method that keeps its own. */
function planLog(scenario: Scenario, { engine, backups, logEveryMs }: LogQuestion): PlannedLog | null {
  const own = backups.find(({ method }) => method.repository !== undefined)?.method.repository;
  if (own !== undefined) return { archive: own, everyMs: logEveryMs ?? LOG_EVERY_MS };
  if (logEveryMs === null) return null;
  if (engine.log !== undefined) return { archive: engine.log, everyMs: logEveryMs };
  throw new UsageError(`${engine.name} has no log to archive, and ${scenario.id} asks for one`, {
    code: "FB_NO_LOG",
    next: ["take out world.log", `fogbell run ${scenario.id} --engine another`],
  });
}

/** The one backup that the recovery asks for by name; null when the name means a search, or nothing at all. */
export function namedSource({ recovery }: Scenario): string | null {
  return SOURCES.some((one) => one === recovery.source) ? null : recovery.source;
}

/** How a person puts a backup over the database by mistake. */
export function overOf({ backups }: Plan, name: string): readonly Line[] {
  const backup = backups.find((one) => one.name === name);
  return backup?.method.over?.(backup.options) ?? [];
}

/** The same story with the mistake in place of the recovery. Throws UsageError for a scenario that tells of none. */
function withWrongMove(scenario: Scenario): Scenario {
  const { wrongMove } = scenario;
  if (wrongMove === null) {
    throw new UsageError(`${scenario.id} has no wrong move`, {
      code: "FB_NO_WRONG_MOVE",
      next: [`fogbell scenario show ${scenario.id}`, `fogbell run ${scenario.id}`],
    });
  }
  const { source, steps, verdict } = wrongMove;
  const clean = source === scenario.recovery.source ? scenario.recovery.clean : [];
  return { ...scenario, designed: verdict, recovery: { source, clean, steps } };
}

/** What tells it from other plans of its scenario. */
function variantOf({ wrongMove, variant, set = {}, own }: Choices): string | null {
  const told = Object.entries(set).map(([name, value]) => `${name} ${value}`);
  if (own !== undefined) told.unshift(`on ${own.name}`);
  const way = wrongMove === true ? "wrong move" : variant;
  return [...(way === undefined ? [] : [way]), ...told].join(", ") || null;
}

/** The backups as the scenario tells them, oldest first. Throws ScenarioError for methods that the engine does not know. */
function backupsOf(scenario: Scenario, engine: Engine): PlannedBackup[] {
  const known = engine.methods.map(({ name }) => name);
  const issues = scenario.world.backups
    .filter(({ method }) => !known.includes(method))
    .map(({ name, method }) => ({
      line: 1,
      column: 1,
      path: `world.backups.${name}`,
      message: `world.backups.${name} is made by "${method}", which ${engine.name} does not know; it knows ${known.join(", ")}`,
    }));
  if (issues.length > 0) throw new ScenarioError(scenario.file, issues, { code: "FB_SCENARIO_IMPOSSIBLE" });
  return scenario.world.backups
    .map(({ name, method, options, ageMs, decoy, offsite, fault }) => {
      const part = findPart(engine.methods, method);
      return { name, method: part, options: optionsOf(part, options, engine.name), ageMs, decoy, offsite, fault };
    })
    .sort((a, b) => b.ageMs - a.ageMs);
}

/** What the database holds, and what it is called. */
function datasetOf({ world: { dataset } }: Scenario, { own, rows }: Choices): Pick<Plan, "dataset" | "database"> {
  if (own !== undefined) return { dataset: { backup: own.production.id }, database: own.database };
  if ("sql" in dataset) return { dataset: { sql: dataset.sql }, database: dataset.database ?? "app" };
  return { dataset: { preset: dataset.preset, rows: rows ?? dataset.rows }, database: dataset.preset };
}

/**
 * Chooses parts and checks that they fit. Throws UsageError for a bad choice, ScenarioError with every impossible
 * combination.
 */
export function plan(told: Scenario, catalog: Catalog, choices: Choices = {}): Plan {
  const { engine, version } = chooseEngine(told, catalog, choices.engine);
  const set = choices.set ?? {};
  const meant = bindParams(told, engine, set);
  const { own } = choices;
  const story = own === undefined ? meant : toldOfOwn(meant);
  const right = choices.wrongMove === true ? withWrongMove(story) : story;
  const scenario = own === undefined ? right : asOwn(right, own, catalog);
  const { backups, logEveryMs } = chooseVariant(scenario, engine, {
    backups: backupsOf(scenario, engine),
    variant: choices.variant,
  });
  const log = planLog(scenario, { engine, backups, logEveryMs });
  const tell = (items: readonly { probe: string; options: unknown; line: number }[]): PlannedPart<Probe>[] =>
    items.map((item) => ({ part: findPart(catalog.probes, item.probe), options: item.options, line: item.line }));
  const act = (item: { do: string; options: unknown; line: number }): PlannedPart<Action> => ({
    part: findPart(catalog.actions, item.do),
    options: item.options,
    line: item.line,
  });
  const disaster = scenario.disaster.steps.map(act);
  const declined: Declined[] = [];
  const but = <P extends PlannedPart<Action | Probe>>(all: readonly P[]): readonly P[] => {
    const { kept, declined: more } = withoutDeclined(engine, all);
    declined.push(...more);
    return kept;
  };
  const recovery = but(scenario.recovery.steps.map((step) => ({ ...act(step), phase: step.phase })));
  const healthy = but(tell(scenario.healthy));
  const proof = but(tell(scenario.disaster.proof));
  const verify = but(tell(scenario.verify));
  const reopened = but(tell(scenario.reopened));

  const clean = tell(scenario.recovery.clean);
  const parts = [...disaster, ...recovery, ...healthy, ...proof, ...clean, ...verify, ...reopened];
  const issues = impossible({ scenario, engine, backups, log, own, told: parts });
  if (issues.length > 0) throw new ScenarioError(scenario.file, issues, { code: "FB_SCENARIO_IMPOSSIBLE" });

  return {
    scenario,
    engine,
    version,
    spec: specOf(engine, version, { backups, log, isReached: scenario.world.application !== null }),
    seed: choices.seed ?? scenario.world.seed,
    ...datasetOf(scenario, choices),
    own:
      own === undefined
        ? null
        : {
            database: own,
            told: set,
            standings: standings(right, own),
            about: (values) => plan(told, catalog, { ...choices, set: values }),
          },
    log,
    variant: variantOf(choices),
    isWrongMove: choices.wrongMove === true,
    backups,
    disaster,
    recovery,
    target: targetOf(recovery),
    healthy,
    proof,
    clean,
    verify,
    reopened,
    declined,
    objectives: scenario.objectives,
  };
}
