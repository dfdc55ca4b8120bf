/** What builds a world is given, and what a world is to those who live in it. */
import type { RecoveryPoint, Server, Store, StoreDeed, WorldStore } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import type { Runner } from "../run/runner.ts";
import type { Ledger } from "./ledger.ts";
import type { PreparedWorld, PreparedWorlds } from "./prepared.ts";

export interface WorldKit {
  readonly plan: Plan;
  readonly server: Server;
  readonly runner: Runner;
  readonly store: WorldStore;
  /** A second store that shares nothing with the first; null when the world keeps nothing there. */
  readonly offsite: WorldStore | null;
  readonly write: (body: EventBody) => void;
  /** A folder of this run on the host, for the ledger. */
  readonly folder: string;
  /** Simulated moment of the damage, Unix milliseconds. */
  readonly damagedAtMs: number;
  /** Runs something while the side's places stand for those of the replica of this name. */
  readonly beside: <T>(replica: string, work: () => Promise<T>) => Promise<T>;
  /** The world as it was built before, when the server's folders were filled with it; else it is built. */
  readonly ready: PreparedWorld | null;
  /** People recover: they may point the application elsewhere in any scenario. */
  readonly isPlayed: boolean;
  /** Where worlds are kept for the next run; null when none is. */
  readonly worlds: PreparedWorlds | null;
  readonly runId: string;
  readonly signal: AbortSignal;
}

export interface World {
  readonly ledger: Ledger;
  /** Size of the database when its newest backup was taken, in bytes: what a restore should grow to. */
  readonly expectedBytes: number;
  /** Hashes of every file that this run's backups consist of. */
  readonly made: ReadonlySet<string>;
  /** Simulated moments, ISO 8601, at which this run's objects came to the store, by key. */
  readonly writtenAt: ReadonlyMap<string, string>;
  /** Moves what the server has archived of its log to the store; null when it archives none. */
  readonly ship: (() => Promise<void>) | null;
  /** Recovery points that run beside the database. */
  readonly live: readonly RecoveryPoint[];
  /** Lets the pruning job run if it is due and nobody froze it. */
  pruneOn(): Promise<void>;
  /** Key → name of the backup that brought it. */
  readonly names: ReadonlyMap<string, string>;
  /** Lets the writer go on after the damage, and records what it committed. Backups are taken on, damage and all. */
  writeOn(): Promise<void>;
  /** Both stores as one, for recovery: no write, no delete. */
  readonly stock: Store;
  /** Copies the one file of a backup into the sandbox, and tells where it lies there. */
  bring(backup: string): Promise<string>;
  /** Does to the stores what a disaster does to them. */
  harm(deed: StoreDeed): Promise<void>;
}
