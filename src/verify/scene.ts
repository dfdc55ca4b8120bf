/** What the questions to a restored copy are told, and what they give back. Types, and nothing that runs. */
import type { BackupFacts, CopyPhrases, DumpStory, Finding, Line, Outcome, Phrases, RecoveryPoint } from "../parts.ts";
import type { KnownCopy } from "./known.ts";
import type { VerifyTask } from "./task.ts";

export interface CopyScene {
  readonly task: Pick<VerifyTask, "mayShrink" | "fresh" | "canary" | "askedAtMs" | "objectives" | "acceptChanges">;
  readonly phrases: Phrases;
  readonly copies: CopyPhrases;
  readonly facts: BackupFacts;
  /** What its text tells, where it was read. */
  readonly story?: DumpStory | null;
  readonly point: RecoveryPoint;
  readonly baseline: KnownCopy | null;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
}

export interface CopyFinding extends Finding {
  readonly probe: string;
  readonly subject: string;
}

/** With the line of fogbell.yaml that asked for it; 0 when Fogbell asked of itself. */
export type PlacedFinding = CopyFinding & { readonly line: number; readonly own?: boolean };

/** The numbers and names of a copy, as they are kept for the next one. */
export type Numbers = Pick<KnownCopy, "rows" | "catalogue" | "behind" | "lags" | "parents" | "largeObjects">;

export interface Looked {
  readonly findings: readonly CopyFinding[];
  readonly numbers: Numbers;
}
