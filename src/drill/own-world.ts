/** A drill on somebody's own database: what it is given instead of a world that it builds. Types, and nothing that runs. */
import type { Inventory } from "../backups/locate.ts";
import type { Link } from "../host/link.ts";
import type { Line, RecoveryPoint, Server, Store, WorldStore } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { EventBody, Progress } from "../record.ts";
import type { Runner } from "../run/runner.ts";
import type { World } from "../world/kit.ts";
import type { CheckFault } from "./check-copy.ts";

/** What a stand-in of production is made with. */
export interface StandInKit {
  readonly plan: Plan;
  readonly server: Server;
  /** Of this run: for what the drill writes over somebody's own stores. */
  readonly store: WorldStore;
  /** A folder of this run on the host. */
  readonly folder: string;
  readonly runId: string;
  /** Foreign backups may be opened here: the sandbox is cut off, or they are trusted. */
  readonly opensForeign: boolean;
  readonly damagedAtMs: number;
  readonly isPlayed: boolean;
  readonly link: Link | null;
  readonly signal: AbortSignal;
  readonly write: (body: EventBody) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly runner: Runner;
  /** The same, with what it does written down elsewhere. */
  readonly runnerFor: (write: (body: EventBody) => void) => Runner;
  /** Runs something while the side's places stand for those of the replica of this name. */
  readonly beside: <T>(replica: string, work: () => Promise<T>) => Promise<T>;
  /** Runs something while the damaged database's places mean the one that was restored beside. */
  readonly atSide: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Production as it stands: restored, in the ledger, and about to be hurt. */
export interface StandIn {
  readonly world: World;
  /** The plan about the tables that were found. */
  readonly plan: Plan;
  readonly sources: OwnSources;
  /** The copy was restored beside: what it holds is what its moment had. */
  restored(point: RecoveryPoint): Promise<void>;
  /** How a person puts that backup over the database by mistake. */
  over(backup: string): readonly Line[];
}

/** How copies are found, fetched and read where they are somebody's own. */
export interface OwnSources {
  /** Everything there is. */
  readonly stock: () => Promise<Inventory>;
  /** The store that a point lies in, and its URL. */
  readonly storeOf: (point: RecoveryPoint) => Store;
  readonly urlOf: (point: RecoveryPoint) => string;
  /** The copy that production stands for: whoever needs it does not have it yet. */
  readonly production: RecoveryPoint;
  /** Reads a fetched copy to its end and makes ready for it. */
  readonly read: (point: RecoveryPoint, paths: readonly string[], id: string) => Promise<ReadSource>;
}

/** Makes it; everything it opens is closed again. */
export interface OwnWorld {
  standIn(kit: StandInKit): Promise<StandIn>;
}

/** A copy that was read to its end. */
export interface ReadSource {
  readonly fault: CheckFault | null;
  /** As it is restored: of a dump that names its databases, the one that is meant. */
  readonly point: RecoveryPoint;
}
