/**
 * What a drill writes down: the events of its journal, and the result derived from them.
 * Events flow one way (drill → journal → result → paper); nothing here is ever edited after it was written.
 */
import type { Shown } from "./host/redact.ts";
import type { BackupFacts, Command, Moment, Phase } from "./parts.ts";

export type Verdict = "recovered" | "late" | "lost" | "void" | "refused";

/** The named timestamps of product.md. T0 damage … T9 normal. */
export const MARKS = ["T0", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"] as const;
export type Mark = (typeof MARKS)[number];

/** What each mark means, for legends. */
export const MARK_MEANING: Readonly<Record<Mark, string>> = {
  T0: "damage",
  T1: "detected",
  T2: "declared",
  T3: "source chosen",
  T4: "fetched",
  T5: "restore began",
  T6: "restore ended",
  T7: "verified",
  T8: "reopened",
  T9: "normal",
};

/** What people reach on a game day, in the order in which it should be; most are a mark of the clock as well. */
export const MILESTONES = [
  "detected",
  "declared",
  "contained",
  "preserved",
  "listed",
  "chosen",
  "fetched",
  "restore-began",
  "restore-ended",
  "verified",
  "reopened",
  "normal",
] as const;
export type Milestone = (typeof MILESTONES)[number];

/** On every journal line. `prev` chains the lines: the SHA-256 of the line before, so that a missing one shows. */
export interface EventStamp {
  readonly seq: number;
  /** Wall clock, UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  /** Monotonic milliseconds since the drill began; all durations come from these. */
  readonly monotonicMs: number;
  readonly prev: string;
}

export interface Objectives {
  readonly rtoMs: number;
  readonly rpoMs: number;
  readonly mtdMs?: number;
  /** Availability that was promised: so many per cent of that time. */
  readonly slo?: { readonly percent: number; readonly perMs: number };
}

/** A recovery point as considered while locating. */
export interface SourceFacts {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly keys: readonly string[];
  readonly moment: Moment;
  /** Age at the damage, on the simulated timeline. */
  readonly ageMs: number;
  readonly sizeBytes: number;
  readonly facts: BackupFacts;
}

/** Why a recovery point was not taken. The sentence for people stands beside it. */
export type RejectionKind =
  | "other-engine"
  | "younger-than-damage"
  | "newer-server"
  | "empty"
  | "incomplete"
  | "not-asked-for"
  /** It is the copy that production is made of, or as new. */
  | "is-production"
  /** It was tried, and does not hold. */
  | "does-not-hold";

export interface Rejected {
  /** Absent when it was not rejected, and in journals of before 0.2. */
  readonly rejectedAs?: RejectionKind;
}

/** What a sandbox leaves open to what runs in it. */
export type Opening = "network" | "sockets" | "files";

/** What was found in a copy that verified: numbers and names, never a row's value. */
export interface VerifiedCopy {
  readonly sourceId: string;
  readonly momentAt: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Whether it is the one that was asked for, or what is left when that one did not verify. */
  readonly asked: boolean;
  readonly tables: number;
  readonly rows: number;
}

/** A verify's checks, tried on a copy that was spoiled in a known way. */
export interface MutationTried {
  readonly mutation: string;
  /** What it was done to: a table, a column, a constraint. Empty when it was not done. */
  readonly subject: string;
  /** Checks that noticed; none: nobody would have seen it. */
  readonly noticedBy: readonly string[];
  /** Why it was not done. */
  readonly because: string;
}

export type EventBody =
  | {
      readonly kind: "drill-began";
      readonly schemaVersion: 1;
      readonly runId: string;
      readonly fogbellVersion: string;
      readonly scenario: ScenarioFacts;
      readonly objectives: Objectives;
      readonly host: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "sandbox-opened";
      readonly sandbox: string;
      readonly why: string;
      readonly isolation: readonly string[];
      /** Absent in journals of before 0.2: then it is not known. */
      readonly leavesOpen?: readonly Opening[];
      readonly hardware: Readonly<Record<string, string>>;
    }
  | { readonly kind: "server-started"; readonly server: string; readonly made: string; readonly version: string }
  | { readonly kind: "phase-began"; readonly phase: Phase }
  | { readonly kind: "phase-ended"; readonly phase: Phase; readonly durationMs: number }
  | {
      readonly kind: "dataset-built";
      readonly dataset: string;
      readonly seed: number;
      readonly tables: number;
      readonly rows: number;
      readonly databaseBytes: number;
    }
  | {
      readonly kind: "backup-taken";
      readonly name: string;
      readonly method: string;
      readonly simulatedAt: string;
      readonly ageMs: number;
      readonly keys: readonly string[];
      readonly sizeBytes: number;
      readonly sha256: string;
      readonly decoy: boolean;
    }
  | {
      readonly kind: "log-archived";
      readonly pieces: readonly string[];
      readonly bytes: number;
      readonly simulatedAt: string;
    }
  | {
      readonly kind: "ledger-recorded";
      readonly state: string;
      readonly simulatedAt: string;
      readonly tables: number;
      readonly rows: number;
    }
  | {
      readonly kind: "writer-ran";
      readonly simulatedFrom: string;
      readonly simulatedTo: string;
      readonly ticks: number;
    }
  | { readonly kind: "command-began"; readonly command: Command; readonly hash: string }
  | {
      readonly kind: "command-ended";
      readonly commandId: string;
      readonly exitCode: number;
      readonly durationMs: number;
      /** At most 2 kB; probes' answers are not written down, only their findings are. */
      readonly stdoutTail: Shown;
      readonly stderrTail: Shown;
    }
  | {
      readonly kind: "finding";
      readonly probe: string;
      readonly group: "healthy" | "proof" | "verify";
      readonly subject: string;
      /** Somebody's own check of a copy asked it. */
      readonly own?: boolean;
      /** It was asked of everything but what the subject names. */
      readonly except?: boolean;
      readonly held: "yes" | "no" | "unknown";
      readonly because: string;
      readonly measured?: Readonly<Record<string, number>>;
      /** Worth knowing although it held. */
      readonly remarks?: readonly string[];
      /** The YAML line of the probe, for annotations; 0 when the drill asked of itself. */
      readonly line: number;
    }
  | {
      readonly kind: "mark";
      readonly mark: Mark;
      /** When people reached it, where that is not now: on the same clock as `monotonicMs`. */
      readonly atMs?: number;
    }
  | ({ readonly kind: "source-considered"; readonly source: SourceFacts; readonly rejected: string | null } & Rejected)
  | { readonly kind: "source-chosen"; readonly sourceId: string; readonly because: string }
  | { readonly kind: "source-rejected"; readonly sourceId: string; readonly because: string }
  | {
      readonly kind: "source-fetched";
      readonly sourceId: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly retries: number;
      /** What the link was held to, when somebody wanted that. */
      readonly limitBytesPerSecond?: number;
    }
  | ({ readonly kind: "copy-verified" } & VerifiedCopy)
  | ({ readonly kind: "mutation-tried" } & MutationTried)
  | { readonly kind: "damage-timed"; readonly simulatedAt: string }
  | {
      readonly kind: "places";
      readonly places: Readonly<Record<string, { readonly meaning: string; readonly value: string }>>;
    }
  | { readonly kind: "note"; readonly text: string }
  | {
      readonly kind: "problem";
      readonly code: string;
      readonly message: string;
      readonly next: readonly string[];
      /** What it makes of the drill: nothing more can be judged, safety refused, or the data is lost. */
      readonly makes: "void" | "refused" | "lost";
      readonly interrupted: boolean;
    }
  | {
      readonly kind: "cleaned-up";
      readonly removed: readonly string[];
      readonly failed: readonly string[];
      readonly kept: readonly string[];
    }
  | { readonly kind: "drill-ended" };

export type DrillEvent = EventStamp & EventBody;

/** Not journaled: how far a long command is. Reporters see it; the record does not. */
export interface Progress {
  readonly kind: "progress";
  readonly label: string;
  readonly doneBytes: number;
  /** 0 when unknown. */
  readonly totalBytes: number;
  readonly elapsedMs: number;
}

export interface ScenarioFacts {
  /** A verify has no world and no disaster: somebody's own backup, restored and looked at. Absent: a drill. */
  readonly kind?: "verify";
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly sha256: string;
  readonly origin?: string;
  /** What a person sees first. */
  readonly symptom?: string;
  readonly engine: string;
  readonly version: string;
  /** The way the backups were made, when methods are compared. */
  readonly variant?: string;
  /** The verdict it is made to end with. Absent: recovered. */
  readonly designed?: Verdict;
  readonly contended: boolean;
  /** Somebody's own database, restored from its newest copy and recovered from older ones. Absent: a world of its own. */
  readonly own?: OwnFacts;
  /** Who recovered. Absent: the drill itself. */
  readonly by?: "people";
}

/** What a drill on somebody's own database stood on. */
export interface OwnFacts {
  /** As `fogbell.yaml` or the store calls it. */
  readonly name: string;
  /** The name of the database itself. */
  readonly database: string;
  /** The copy that production was made of, and its moment. */
  readonly production: string;
  readonly productionAt: string;
}

export interface PhaseTiming {
  readonly phase: Phase;
  readonly beganMs: number;
  readonly durationMs: number;
}

export interface CommandRecord {
  readonly command: Command;
  readonly hash: string;
  readonly exitCode: number | null;
  readonly durationMs: number | null;
  readonly stdoutTail: string;
  readonly stderrTail: string;
}

export type FindingRecord = Omit<Extract<EventBody, { kind: "finding" }>, "kind">;
export type SourceRecord = SourceFacts & { readonly rejected: string | null; readonly chosen: boolean } & Rejected;

/** `result.json`. Derived from the journal and nothing else; every number in the paper comes from here. */
export interface DrillResult {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly fogbellVersion: string;
  readonly scenario: ScenarioFacts;
  readonly beganAt: string;
  readonly endedAt: string;
  readonly verdict: Verdict;
  /** Why, worst reason first. Never empty. */
  readonly reasons: readonly string[];
  /** What to type next; empty when there is nothing to mend. */
  readonly next: readonly string[];
  readonly interrupted: boolean;
  readonly objectives: Objectives;
  /** Monotonic milliseconds since the drill began; a mark that was not reached is absent. */
  readonly marks: Readonly<Partial<Record<Mark, number>>>;
  readonly measured: {
    /** T8−T0. Null when either is missing; likewise below. */
    readonly rtaMs: number | null;
    /** T7−T3. */
    readonly machineMs: number | null;
    /** T9−T8. */
    readonly wrtMs: number | null;
    /** T0 − newest recovered heartbeat, on the simulated timeline. */
    readonly rpaMs: number | null;
    readonly rowsMissing: number | null;
    readonly rowsAltered: number | null;
    readonly rowsExtra: number | null;
  };
  readonly damagedAtSimulated: string | null;
  readonly phases: readonly PhaseTiming[];
  readonly dataset: Omit<Extract<EventBody, { kind: "dataset-built" }>, "kind"> | null;
  readonly backups: readonly Omit<Extract<EventBody, { kind: "backup-taken" }>, "kind">[];
  readonly sources: readonly SourceRecord[];
  readonly fetched: Omit<Extract<EventBody, { kind: "source-fetched" }>, "kind"> | null;
  readonly findings: readonly FindingRecord[];
  readonly commands: readonly CommandRecord[];
  readonly places: Readonly<Record<string, { readonly meaning: string; readonly value: string }>>;
  readonly sandbox: Omit<Extract<EventBody, { kind: "sandbox-opened" }>, "kind"> | null;
  readonly servers: readonly Omit<Extract<EventBody, { kind: "server-started" }>, "kind">[];
  readonly host: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** Of a verify: the copy that holds, newest first; null when none was found. */
  readonly verified?: VerifiedCopy | null;
  /** Of a verify that proved its checks. */
  readonly mutations?: readonly MutationTried[];
  readonly problems: readonly Omit<Extract<EventBody, { kind: "problem" }>, "kind">[];
  readonly cleanup: Omit<Extract<EventBody, { kind: "cleaned-up" }>, "kind"> | null;
  /** SHA-256 of the journal's last line, which chains to all before it. */
  readonly journalHash: string;
}
