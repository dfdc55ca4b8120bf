/** What is known of all databases together: what the gate found, and how far copies are looked at. Nothing but types. */

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

/** How far the copies of a database are looked at. Moments in ISO 8601. */
export interface Coverage {
  readonly database: string;
  readonly engine: string;
  readonly askedAt: string;
  readonly withinMs: number;
  /** Copies that could be looked at, and how many of them were judged as they lie there now. */
  readonly copies: number;
  readonly looked: number;
  /** Of those that were judged. */
  readonly bad: number;
  /** Not looked at, and past their deadline. */
  readonly overdue: number;
  /** Archived, deleted or not allowed to be read. */
  readonly unreadable: number;
  /** So many are due tonight; the last deadline of those that are left. */
  readonly due: number;
  readonly doneBy: string | null;
}
