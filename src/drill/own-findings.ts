/** What a drill on somebody's own database finds by itself: whether the damage is real, and how old what came back is. */
import { formatDuration } from "../host/units.ts";
import type { Probe } from "../parts.ts";
import type { Plan, PlannedPart } from "../plan/plan.ts";
import type { EventBody, OwnFacts } from "../record.ts";
import { type AskedOne, ask } from "./ask-probes.ts";
import type { DrillState } from "./take-source.ts";

/** Asked of an untouched database, and known to be answered there by what was just recorded. */
const ANSWERED: ReadonlySet<string> = new Set(["rows", "login", "shell"]);

/**
 * The questions that can be asked of this database: where a thing is not there at all (no sequence, no grant), nothing of
 * it can be lost, and nothing is claimed of it. What is asked of the side is asked when there is one.
 */
export async function askable(
  { runner, scene, write }: Omit<AskedOne, "phase"> & { readonly write: (body: EventBody) => void },
  probes: readonly PlannedPart<Probe>[],
): Promise<PlannedPart<Probe>[]> {
  const kept: PlannedPart<Probe>[] = [];
  for (const told of probes) {
    const isSure = ANSWERED.has(told.part.name) || (told.options as { of?: string }).of === "side";
    const [finding] = isSure ? [] : await ask({ runner, scene, phase: "healthy" }, [told]);
    if (finding?.held !== "unknown") kept.push(told);
    else write({ kind: "note", text: `not asked: ${told.part.name}: ${finding.because}` });
  }
  return kept;
}

type FindingEvent = Extract<EventBody, { kind: "finding" }>;
const common = { kind: "finding", line: 0 } as const;

/** The database that a drill stands on, for its record. */
export function ownFacts({ own }: Pick<Plan, "own">): { own?: OwnFacts } {
  if (own === null) return {};
  const { name, database, production } = own.database;
  return { own: { name, database, production: production.id, productionAt: production.reach.at } };
}

/** By digest of every table: a disaster that changed nothing is none. Null in a world that was built, and for a story that harms no table. */
export function ownDamage({ standIn, hit }: DrillState): FindingEvent | null {
  if (standIn === null || standIn.plan.disaster.every(({ part }) => part.sparesTables === true)) return null;
  const found = { ...common, probe: "damage", group: "proof", subject: standIn.plan.own?.database.name ?? "" } as const;
  return hit.length === 0
    ? { ...found, held: "no", because: "every table is as it was before" }
    : { ...found, held: "yes", because: `not as before: ${hit.join(", ")}` };
}

/** Nothing ticks in somebody's own database: the age is what lies between the two copies. */
export function dataAge({ standIn, point }: DrillState, damagedAtMs: number): FindingEvent | null {
  if (standIn === null) return null;
  const found = { ...common, probe: "data-age", group: "verify", held: "yes" } as const;
  if (point === null || point.facts.isLive === true)
    return { ...found, subject: "production", because: "nothing older was restored", measured: { gapMs: 0 } };
  const reachMs = Math.min(damagedAtMs, Date.parse(point.reach.at));
  const gapMs = damagedAtMs - reachMs;
  const from = point.reach.at === point.moment.at ? "taken" : "brought by its log to a moment";
  const because = `${from} ${formatDuration(gapMs)} before the moment that production stands for`;
  return { ...found, subject: point.id, because, measured: { gapMs } };
}
