/** The simulated timeline: backups of known age, a writer between them, and the damage at its end. Pure. */
import type { PlannedBackup } from "../plan/plan.ts";

/** More commits than this between two points are thinned out: far in the past a slower beat proves as much. */
const MOST_TICKS = 2000;

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMs: number;
  readonly end: StretchEnd;
}

/**
 * What happens when a stretch of writing ends: a backup is taken, a piece of log is archived, a replica reaches the
 * place where its delay keeps it when the damage is found, or the damage is done.
 */
export type StretchEnd =
  | { readonly kind: "backup"; readonly backup: PlannedBackup }
  | { readonly kind: "hold"; readonly backup: PlannedBackup }
  | { readonly kind: "log" }
  | { readonly kind: "damage" };

export interface TimelineRequest {
  readonly backups: readonly PlannedBackup[];
  readonly damagedAtMs: number;
  /** The writer's beat. */
  readonly everyMs: number;
  /** A piece of log is archived so often; null when none is. */
  readonly logEveryMs: number | null;
  /** So long after the damage it is found. */
  readonly afterDamageMs: number;
}

/** When the preset's data ends and the writer begins: one beat before the oldest backup. */
export function beginning(backups: readonly PlannedBackup[], damagedAtMs: number, everyMs: number): number {
  const oldestMs = Math.max(0, ...backups.map(({ ageMs }) => ageMs));
  return damagedAtMs - oldestMs - everyMs;
}

/**
 * Stretches of writing, oldest first; the last ends with the damage. Equal ages share a moment. Of all the pieces of
 * log only the last before the damage is told: it is as old as a piece can be, and the earlier ones lose nothing.
 */
export function stretches(request: TimelineRequest): Stretch[] {
  const { backups, damagedAtMs, everyMs, logEveryMs, afterDamageMs } = request;
  const beginsMs = beginning(backups, damagedAtMs, everyMs);
  const before = backups.filter(({ ageMs }) => ageMs > 0);
  const ends: { toMs: number; end: StretchEnd }[] = before.map((backup) => ({
    toMs: damagedAtMs - backup.ageMs,
    end: { kind: "backup", backup },
  }));
  if (logEveryMs !== null && damagedAtMs - logEveryMs > beginsMs)
    ends.push({ toMs: damagedAtMs - logEveryMs, end: { kind: "log" } });
  for (const backup of before) {
    const delayMs = backup.method.live?.delayMs(backup.options) ?? 0;
    // A shorter delay than the time until somebody looks keeps nothing back: the damage went through it.
    if (delayMs <= afterDamageMs) continue;
    const toMs = Math.max(damagedAtMs - backup.ageMs, damagedAtMs + afterDamageMs - delayMs);
    ends.push({ toMs, end: { kind: "hold", backup } });
  }
  ends.sort((a, b) => a.toMs - b.toMs);
  let fromMs = beginsMs;
  return [...ends, { toMs: damagedAtMs, end: { kind: "damage" } as const }].map(({ toMs, end }) => {
    const stretch = { fromMs, toMs, everyMs: beat(toMs - fromMs, everyMs), end };
    fromMs = toMs;
    return stretch;
  });
}

/** The beat of a stretch: as told, or slower so that it holds at most MOST_TICKS. */
function beat(lengthMs: number, everyMs: number): number {
  return everyMs * Math.max(1, Math.ceil(lengthMs / everyMs / MOST_TICKS));
}

/** `20261120T130000Z`: sorts as text, and names no time zone but UTC. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, "");
}
