/** A recovery by people: where they come in, and what a drill lays on the table for them. */
import type { Finding, Places, PlaceTable, Probe, Scene, Server, WorldStore } from "../parts.ts";
import type { Plan, PlannedPart } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import type { Runner } from "../run/runner.ts";
import type { World } from "../world/build.ts";
import type { SourceKit } from "./source.ts";

export interface PeopleTable {
  readonly plan: Plan;
  readonly server: Server;
  readonly store: WorldStore;
  /** The sandbox is cut off from everything else: whatever can be reached in it belongs to this world. */
  readonly opensForeign: boolean;
  /** Folder of this run on the host. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly write: (body: EventBody) => void;
  readonly world: World;
  readonly runner: Runner;
  readonly places: () => PlaceTable;
  readonly scene: () => Scene;
  readonly sources: SourceKit;
  /** The application uses what these places say: from here on, questions to its database go there. */
  readonly point: (places: Places) => void;
  /** Asks these in the phase `verify`, and writes down the findings. */
  readonly verify: (probes: readonly PlannedPart<Probe>[]) => Promise<Finding[]>;
}

export interface People {
  /** The world is healthy, and they may come to the keyboard. The damage is done when this resolves. */
  ready(table: PeopleTable): Promise<void>;
  /** The damage is proven. Resolves when they are done; marks and findings are theirs to write. */
  recover(table: PeopleTable): Promise<void>;
}
