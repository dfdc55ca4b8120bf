/** What `fogbell gate` found: whether every database was proven lately. Nothing but types. */

/** Why a database does not pass the gate. */
export type GateFault =
  | "never" // nothing that could be judged
  | "bad" // the newest that could be judged is not good
  | "old"
  | "ahead" // it ended in the future: nobody knows how old it is
  | "changed" // another configuration was verified
  | "unsigned"
  | "altered"; // its record is not whole

/** What the gate asks of one database, and what it found. */
export interface GateRow {
  readonly database: string;
  readonly engine: string;
  readonly asked: "verify" | "drill";
  /** Null: it passes. */
  readonly fault: GateFault | null;
  /** In words for people, whether or not it passes. */
  readonly because: string;
  readonly runId: string | null;
  /** Milliseconds since that run ended; null when there is none. */
  readonly ageMs: number | null;
  readonly maxAgeMs: number;
  /** What to type; empty when it passes. */
  readonly next: readonly string[];
  /** Where the configuration tells of the database. */
  readonly line: number;
}

/** Whether every database was proven lately. */
export interface GateReport {
  readonly passes: boolean;
  readonly file: string;
  readonly askedAt: string;
  readonly rows: readonly GateRow[];
  /** Runs that were kept and cannot be read. */
  readonly lost: readonly { readonly folder: string; readonly because: string }[];
}
