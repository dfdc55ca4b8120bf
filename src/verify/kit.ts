/** What one attempt at a copy is given and gives back: what the whole room hands around. Types, and nothing that runs. */
import type { FogbellError } from "../errors.ts";
import type { Redactor } from "../host/redact.ts";
import type {
  BackupFacts,
  CheckProbe,
  CopyNumbers,
  CopyProbe,
  LeftLog,
  RunLabel,
  SandboxDriver,
  ServerSpec,
  StoreDriver,
  Target,
} from "../parts.ts";
import type { EventBody, Mark, Progress } from "../record.ts";
import type { Limiter } from "../run/limiter.ts";
import type { Unwind } from "../run/unwind.ts";
import type { ArchiveMember } from "./archive-members.ts";
import type { CopyLedger } from "./copy-ledger.ts";
import type { PlacedFinding } from "./scene.ts";
import type { Candidate, VerifyTask } from "./task.ts";

/** As far as its log brings it. */
export const TARGET: Target = { to: "end-of-log" };

/** What is asked, of the catalogue. */
export interface CopyProbes {
  readonly ofEvery: readonly CopyProbe[];
  readonly ofChecks: readonly CheckProbe[];
}

export interface VerifyKit {
  readonly probes: CopyProbes;
  readonly label: RunLabel;
  readonly chooseSandbox: (spec: ServerSpec) => Promise<{
    readonly driver: SandboxDriver;
    readonly options: unknown;
    readonly why: string;
  }>;
  /** Opens a folder of this host as a store, to look at what was decrypted. */
  readonly directory: StoreDriver;
  readonly redact: Redactor;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly trustBackups: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface AttemptKit extends VerifyKit {
  readonly task: VerifyTask;
  /** A folder of this attempt's own, on the host. */
  readonly folder: string;
  /** 0 for the copy that is asked for; its marks are the run's. */
  readonly index: number;
  readonly unwind: Unwind;
  readonly write: (body: EventBody) => void;
  readonly limiter: Limiter;
}

export interface Attempted {
  /** In the order in which they were asked. */
  readonly findings: readonly PlacedFinding[];
  readonly sha256: string;
  /** Null when it did not come to questions. */
  readonly numbers: CopyNumbers | null;
  /** What ended it, when something did. */
  readonly error: FogbellError | null;
  /** Log beside it that it was not brought through, where that showed when it was read. */
  readonly leftLog?: LeftLog | null;
  /** Up to when its log brought it, where its objects' times do not vouch for that. */
  readonly reachAt?: string;
  /** How long its phases took, in milliseconds. */
  readonly tookMs?: Readonly<Record<string, number>>;
}

export interface Given {
  readonly candidate: Candidate;
  readonly facts: BackupFacts;
  readonly sha256: string;
  readonly ledger: CopyLedger | null;
  /** Where its objects lie on this host, decrypted. */
  readonly paths: readonly string[];
  /** What lies in the archive that it is; null when that was not read yet. */
  readonly members: readonly ArchiveMember[] | null;
  readonly mark: (mark: Mark) => void;
}
