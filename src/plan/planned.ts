/** What a plan is made of: parts with what each was told, everything chosen and checked. */
import type { Action, Engine, LogArchive, Method, Probe, ServerSpec, StepPhase, Target } from "../parts.ts";
import type { Objectives } from "../record.ts";
import type { BackupFault, Scenario } from "../scenario/scenario.ts";
import type { Declined } from "./declined.ts";
import type { OwnDatabase, Standing } from "./own.ts";

/** A part with what it was told, and the line in the scenario that told it. */
export interface PlannedPart<P> {
  readonly part: P;
  readonly options: unknown;
  readonly line: number;
}

export interface PlannedStep extends PlannedPart<Action> {
  readonly phase: StepPhase;
}

/** The world archives the server's log, one piece at least so often. */
export interface PlannedLog {
  readonly archive: LogArchive;
  readonly everyMs: number;
}

export interface PlannedBackup {
  readonly name: string;
  readonly method: Method;
  readonly options: unknown;
  /** Negative when it was taken after the damage. */
  readonly ageMs: number;
  readonly decoy: boolean;
  readonly offsite: boolean;
  readonly fault: BackupFault | null;
}

/** A story in somebody's own database. Which table it is about is known when that was restored. */
export interface PlannedOwn {
  readonly database: OwnDatabase;
  /** What the scenario's params mean, as far as somebody told. */
  readonly told: Readonly<Record<string, string>>;
  /** The scenario's backups as copies that are there. */
  readonly standings: readonly Standing[];
  /** The same plan about these tables and columns. Throws ScenarioError when that makes no sense. */
  readonly about: (values: Readonly<Record<string, string>>) => Plan;
}

export interface Plan {
  readonly scenario: Scenario;
  readonly engine: Engine;
  readonly version: string;
  readonly spec: ServerSpec;
  readonly seed: number;
  readonly dataset:
    | { readonly preset: string; readonly rows: number }
    | { readonly sql: readonly string[] }
    /** Somebody's own: its newest copy, by id. */
    | { readonly backup: string };
  /** The database that it stands on, when it is somebody's own. */
  readonly own: PlannedOwn | null;
  /** The application's database. */
  readonly database: string;
  readonly log: PlannedLog | null;
  /** The way the backups are made, when it is not the scenario's own. */
  readonly variant: string | null;
  /** The scenario's mistake is made on purpose. */
  readonly isWrongMove: boolean;
  /** Oldest first. */
  readonly backups: readonly PlannedBackup[];
  readonly disaster: readonly PlannedPart<Action>[];
  readonly recovery: readonly PlannedStep[];
  /** Where the recovery's restore stops on a log. */
  readonly target: Target;
  readonly healthy: readonly PlannedPart<Probe>[];
  readonly proof: readonly PlannedPart<Probe>[];
  /** What holds in a restored copy that the damage did not reach; empty when no clean point is looked for. */
  readonly clean: readonly PlannedPart<Probe>[];
  readonly verify: readonly PlannedPart<Probe>[];
  readonly reopened: readonly PlannedPart<Probe>[];
  /** What the scenario asks for and there is nothing of here: left out of all of the above. */
  readonly declined: readonly Declined[];
  readonly objectives: Objectives;
}
