/** What a drill knows while it is told, and how it comes by what it restores: found, chosen, fetched, proven whole. */
import type { FoundCopy, Method, Places, PlaceTable, RecoveryPoint, Scene } from "../parts.ts";
import { methodOf } from "../plan/capabilities.ts";
import type { Plan } from "../plan/plan.ts";
import type { EventBody, Mark } from "../record.ts";
import type { Limiter } from "../run/limiter.ts";
import type { OfDrill } from "../run/limits.ts";
import type { Runner } from "../run/runner.ts";
import type { World } from "../world/build.ts";
import { ask } from "./ask-probes.ts";
import { type CleanKit, fetchClean } from "./clean.ts";
import { onTimeline } from "./on-timeline.ts";
import type { StandIn } from "./own-world.ts";
import { type Copy, fetchVerified, locate, type Source, type SourceKit } from "./source.ts";
import type { DrillKit, Stage } from "./stage.ts";

export interface Telling extends Stage {
  readonly plan: Plan;
  readonly kit: DrillKit;
  readonly signal: AbortSignal;
  readonly limiter: Limiter;
  readonly write: (body: EventBody) => void;
}

/** What changes as the story goes on. */
export interface DrillState {
  point: RecoveryPoint | null;
  copy: Copy | null;
  expectedBytes: number;
  damagedAtClock: string;
  /** How the chosen point's backup was made; until then, how the newest that is no decoy was. */
  method: Method | null;
  /** The replica that the side's places mean, by name. */
  replica: string | null;
  /** The application uses what was restored beside by now. */
  moved: boolean;
  /** Places that people gave another meaning, by pointing the application elsewhere. */
  pointed: Places;
  /** What an audit found, when one was asked for. */
  copies: readonly FoundCopy[];
  /** Where the backup that a disaster takes lies in the sandbox. */
  taken: string;
  /** The URL of the store that the chosen point lies in, where that is not simply the drill's. */
  storeUrl: string | null;
  /** Tables that the damage was seen in, by digest. */
  hit: readonly string[];
  /** How somebody's own database stands in for production; null in a world that was built. */
  standIn: StandIn | null;
}

export interface Taking {
  readonly world: World;
  readonly told: DrillState;
  readonly runner: Runner;
  readonly scene: () => Scene;
  readonly phase: <T>(name: OfDrill, work: () => Promise<T>) => Promise<T>;
  readonly mark: (mark: Mark) => void;
  readonly places: () => PlaceTable;
}

/** Finds and fetches what will be restored; null when the recovery restores nothing, which is a decision as well. */
export async function takeSource(telling: Telling, taking: Taking, kit: SourceKit): Promise<Source | null> {
  const { plan, write } = telling;
  const { phase, mark, places } = taking;
  const { source: wanted } = plan.scenario.recovery;
  if (wanted === "none") {
    write({ kind: "note", text: "nothing is restored: the data is where it was" });
    write({ kind: "places", places: places() });
    mark("T3");
    mark("T4");
    return null;
  }
  const candidates = await phase("locate", () => locate(kit));
  const source = await phase("fetch", () =>
    wanted === "newest-clean" ? fetchClean(cleanKit(kit, telling, taking), candidates) : fetchVerified(kit, candidates),
  );
  write({ kind: "places", places: places() });
  return source;
}

/** What finding and fetching is given, of what a drill knows. */
export function sourceKit(
  { plan, kit, server, opensForeign, folder, signal, write }: Telling,
  taking: Taking,
): SourceKit {
  const { world, told, runner, mark } = taking;
  const { afterDamageMs } = plan.scenario.world.writer;
  const isSearched = plan.scenario.recovery.source === "newest-clean";
  return {
    plan,
    store: onTimeline(world.stock, world.writtenAt),
    server,
    runner,
    folder,
    damagedAtMs: kit.damagedAtMs,
    usefulUntilMs: isSearched ? kit.damagedAtMs + afterDamageMs : kit.damagedAtMs,
    signal,
    write,
    mark,
    onProgress: kit.onProgress,
    link: kit.link ?? null,
    made: kit.trustBackups || opensForeign ? null : world.made,
    names: world.names,
    get live() {
      return world.live;
    },
    ...told.standIn?.sources,
    onCopy: (point, copy) =>
      Object.assign(told, {
        point,
        storeUrl: told.standIn?.sources.urlOf?.(point) ?? null,
        copy,
        method: methodOf(plan.engine, point.facts),
        replica: point.facts.isLive === true ? point.name : null,
      }),
    shipLog: world.ship === null ? null : () => endLog(plan, { runner, world }),
  };
}

/** A copy is asked where it was restored, and makes room for the next. */
function cleanKit(kit: SourceKit, { plan }: Telling, { told, runner, scene }: Taking): CleanKit {
  const copies = new Map<string, Copy | null>();
  const onCopy = (point: RecoveryPoint, copy: Copy | null) => {
    copies.set(point.id, copy);
    kit.onCopy(point, copy);
  };
  const step = (name: string) => ({ phase: "fetch", name }) as const;
  return {
    ...kit,
    onCopy,
    onBest: (point) => kit.onCopy(point, copies.get(point.id) ?? null),
    async askCopy() {
      for (const line of told.method === null ? [] : scene().restore(plan.target))
        await runner.must(line, step("try-copy"));
      const findings = await ask({ runner, scene: scene(), phase: "fetch" }, plan.clean);
      for (const line of scene().removeSide()) await runner.must(line, step("remove-copy"));
      return findings.find(({ held }) => held !== "yes")?.because ?? null;
    },
  };
}

/**
 * What was committed until now, the damage included, goes to the store before anything is chosen from it. A server that
 * cannot do so any more has archived what it has: the recovery goes on with that.
 */
async function endLog({ log }: Plan, { runner, world }: Pick<Taking, "runner" | "world">): Promise<void> {
  if (log !== null) await runner.run(log.archive.close(), { phase: "locate", name: "close-log" });
  await world.ship?.();
}
