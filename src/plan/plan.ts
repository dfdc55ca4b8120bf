/** From a scenario to a plan: every part chosen, every pair checked, before anything starts. */
import { type Issue, ScenarioError, UsageError } from "../errors.ts";
import type { Action, Capability, Catalog, Engine, Method, Part, Probe, ServerSpec, StepPhase } from "../parts.ts";
import type { Objectives } from "../record.ts";
import type { Scenario } from "../scenario/schema.ts";

/** A part with what it was told, and the line in the scenario that told it. */
export interface Told<P> {
  readonly part: P;
  readonly options: unknown;
  readonly line: number;
}

export interface PlannedStep extends Told<Action> {
  readonly phase: StepPhase;
}

export interface PlannedBackup {
  readonly name: string;
  readonly method: Method;
  readonly options: unknown;
  readonly ageMs: number;
  readonly decoy: boolean;
}

/** What a run may change about a scenario. */
export interface Choices {
  readonly engine?: string | undefined;
  readonly rows?: number | undefined;
  readonly seed?: number | undefined;
}

export interface Plan {
  readonly scenario: Scenario;
  readonly engine: Engine;
  readonly version: string;
  readonly spec: ServerSpec;
  readonly seed: number;
  readonly dataset: { readonly preset: string; readonly rows: number } | { readonly sql: readonly string[] };
  /** The application's database, and the one a backup is restored into beside it. */
  readonly database: string;
  readonly sideDatabase: string;
  /** Oldest first. */
  readonly backups: readonly PlannedBackup[];
  readonly disaster: readonly Told<Action>[];
  readonly recovery: readonly PlannedStep[];
  readonly healthy: readonly Told<Probe>[];
  readonly proof: readonly Told<Probe>[];
  readonly verify: readonly Told<Probe>[];
  readonly objectives: Objectives;
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
  const match = offered.find((one) => one === wanted || one.startsWith(`${name}@${version ?? ""}`));
  const engine = catalog.engines.find((one) => one.name === name);
  if (match === undefined || engine === undefined) {
    throw new UsageError(`scenario ${scenario.id} does not run on ${wanted}`, {
      code: "FB_ENGINE_UNKNOWN",
      next: [`fogbell run ${scenario.id} --engine ${offered[0]}`],
    });
  }
  return { engine, version: match.slice(match.indexOf("@") + 1) };
}

function findPart<P extends Part>(parts: readonly P[], name: string): P {
  const part = parts.find((one) => one.name === name);
  // Loading has checked every name against the same catalogue.
  if (part === undefined) throw new UsageError(`there is no part "${name}"`, { code: "FB_PART_UNKNOWN" });
  return part;
}

/** Capabilities that a part needs and nothing chosen gives, as issues at the part's line. */
function lacking(told: readonly Told<Part>[], given: ReadonlySet<Capability>): Issue[] {
  return told.flatMap(({ part, line }) =>
    part.needs
      .filter((need) => !given.has(need))
      .map((need) => ({
        line,
        column: 1,
        path: part.name,
        message: `${part.name} needs "${need}", which no chosen engine or method gives`,
      })),
  );
}

/**
 * Chooses parts and checks that they fit. Throws UsageError for a bad choice, ScenarioError with every impossible
 * combination.
 */
export function plan(scenario: Scenario, catalog: Catalog, choices: Choices = {}): Plan {
  const { engine, version } = chooseEngine(scenario, catalog, choices.engine);
  const backups = scenario.world.backups
    .map((backup) => ({
      name: backup.name,
      method: findPart(engine.methods, backup.method),
      options: backup.options,
      ageMs: backup.ageMs,
      decoy: backup.decoy,
    }))
    .sort((a, b) => b.ageMs - a.ageMs);
  const tell = (items: readonly { probe: string; options: unknown; line: number }[]): Told<Probe>[] =>
    items.map((item) => ({ part: findPart(catalog.probes, item.probe), options: item.options, line: item.line }));
  const act = (item: { do: string; options: unknown; line: number }): Told<Action> => ({
    part: findPart(catalog.actions, item.do),
    options: item.options,
    line: item.line,
  });
  const disaster = scenario.disaster.steps.map(act);
  const recovery = scenario.recovery.steps.map((step) => ({ ...act(step), phase: step.phase }));
  const healthy = tell(scenario.healthy);
  const proof = tell(scenario.disaster.proof);
  const verify = tell(scenario.verify);

  const given = new Set([...engine.gives, ...backups.flatMap(({ method }) => method.gives)]);
  const issues = lacking([...disaster, ...recovery, ...healthy, ...proof, ...verify], given);
  if (issues.length > 0) throw new ScenarioError(scenario.file, issues, { code: "FB_SCENARIO_IMPOSSIBLE" });

  const { dataset } = scenario.world;
  const database = "sql" in dataset ? (dataset.database ?? "app") : dataset.preset;
  return {
    scenario,
    engine,
    version,
    spec: engine.server(version, engine.options.parse({})),
    seed: choices.seed ?? scenario.world.seed,
    dataset: "sql" in dataset ? { sql: dataset.sql } : { preset: dataset.preset, rows: choices.rows ?? dataset.rows },
    database,
    sideDatabase: `${database}_side`,
    backups,
    disaster,
    recovery,
    healthy,
    proof,
    verify,
    objectives: scenario.objectives,
  };
}
