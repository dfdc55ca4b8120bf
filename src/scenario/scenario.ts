/** A scenario as the rest of the program meets it: durations in milliseconds, sizes in bytes, paths absolute. */
import type { StepPhase } from "../parts.ts";
import type { Objectives } from "../record.ts";
import type { GamedayStory } from "./gameday.ts";
import type { Binding, ToldParam } from "./param-rules.ts";

export type { GamedayStory, Trap } from "./gameday.ts";

/** A deed or a question as a scenario tells it, with the line it stands on. */
export interface ToldAction {
  readonly do: string;
  readonly options: unknown;
  readonly line: number;
}
export interface ToldStep extends ToldAction {
  readonly phase: StepPhase;
}
export interface ToldProbe {
  readonly probe: string;
  readonly options: unknown;
  readonly line: number;
}
export interface ToldBackup {
  readonly name: string;
  readonly method: string;
  /** How long before the damage; negative when it was taken after it. */
  readonly ageMs: number;
  readonly decoy: boolean;
  /** It lies in a second store, which shares nothing with the first. */
  readonly offsite: boolean;
  /** What is wrong with it as it lies in the store; null when nothing is. */
  readonly fault: BackupFault | null;
  readonly options: unknown;
}

export interface ToldApplication {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a scenario can be made to show. A void or refused drill shows nothing. */
export const DESIGNED_VERDICTS = ["recovered", "late", "lost"] as const;
export type DesignedVerdict = (typeof DESIGNED_VERDICTS)[number];

/**
 * Ways in which a backup is no good, though nobody was told: the transfer broke off, nothing was written, an error was, or
 * it was encrypted with a key that nobody has any more.
 */
export const BACKUP_FAULTS = ["truncated", "empty", "error-text", "key-lost"] as const;
export type BackupFault = (typeof BACKUP_FAULTS)[number];

/** What people do instead, and how that ends. */
export interface WrongMove {
  readonly why: string;
  readonly verdict: "late" | "lost";
  readonly source: string;
  readonly steps: readonly ToldStep[];
}

/** Sources that are no backup's name: the best that verifies, the newest in which a probe finds no damage, none at all. */
export const SOURCES = ["newest-verified", "newest-clean", "none"] as const;

export interface Recovery {
  readonly source: string;
  /** With `newest-clean`: what must hold in a restored copy that the damage did not reach. */
  readonly clean: readonly ToldProbe[];
  readonly steps: readonly ToldStep[];
}

/** A scenario as loaded: durations in milliseconds, sizes in bytes, paths absolute. */
export interface Scenario {
  readonly file: string;
  readonly sha256: string;
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly story:
    | {
        readonly origin?: string | undefined;
        readonly url?: string | undefined;
        readonly severity?: string | undefined;
        readonly difficulty?: number | undefined;
        readonly symptom?: string | undefined;
      }
    | undefined;
  readonly tags: readonly string[];
  readonly engines: Readonly<Record<string, readonly string[]>>;
  readonly objectives: Objectives;
  readonly designed: DesignedVerdict;
  /** The names that it leaves open, as they are here. */
  readonly params: readonly ToldParam[];
  /** The same scenario about other names. Throws ScenarioError when it makes no sense with them. */
  readonly bind: (binding: Binding) => Scenario;
  readonly world: {
    readonly seed: number;
    readonly dataset:
      | { readonly preset: string; readonly rows: number }
      | { readonly sql: readonly string[]; readonly database?: string | undefined };
    readonly writer: { readonly everyMs: number; readonly afterDamageMs: number };
    /** A piece of the server's log is archived at least so often; null when none is. */
    readonly logEveryMs: number | null;
    /** What a pruning job removes; null when none runs. */
    readonly retention: { readonly keepMs: number; readonly keepNewest: number; readonly nextMs: number } | null;
    readonly backups: readonly ToldBackup[];
    /** An application of the user's; null when none is started. */
    readonly application: ToldApplication | null;
  };
  readonly healthy: readonly ToldProbe[];
  readonly disaster: { readonly steps: readonly ToldAction[]; readonly proof: readonly ToldProbe[] };
  readonly recovery: Recovery;
  /** The mistake that the story is about; null when the scenario tells none. */
  readonly wrongMove: WrongMove | null;
  /** What is different on somebody's own database; null when nothing is. */
  readonly onOwn: Partial<Pick<Scenario, "healthy" | "disaster" | "recovery" | "verify">> | null;
  readonly verify: readonly ToldProbe[];
  /** Asked when the application was let in again. */
  readonly reopened: readonly ToldProbe[];
  /** What a game day tells people, and when; null when the scenario does not say. */
  readonly gameday: GamedayStory | null;
  readonly abort: { readonly elapsedMs?: number | undefined; readonly diskFreeBytes?: number | undefined };
}
