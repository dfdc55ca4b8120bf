/** How long a step normally takes, from the drills there were. Pure. */
import type { CommandRecord, DrillResult } from "../record.ts";

/** Older drills than these say little about the database of today. */
const MOST_DRILLS = 10;
/** So much longer than normal before anybody should worry: threefold, and never less than half a minute more. */
const WORRY_FACTOR = 3;
const WORRY_LEAST_MS = 30_000;

export interface Normal {
  /** Median, in milliseconds; null when the step never ended. */
  readonly normalMs: number | null;
  readonly longestMs: number | null;
  readonly drills: number;
  readonly worryMs: number | null;
}

export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** The drills whose times count for this one: of the same scenario and engine, recovered, the newest last; itself among them. */
export function comparable(result: DrillResult, past: readonly DrillResult[]): DrillResult[] {
  const { id, engine, version } = result.scenario;
  const others = past.filter(
    ({ runId, verdict, scenario }) =>
      runId !== result.runId &&
      verdict === "recovered" &&
      scenario.by === undefined &&
      scenario.id === id &&
      scenario.engine === engine &&
      scenario.version === version,
  );
  return [...others, result].sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1)).slice(-MOST_DRILLS);
}

/** A step is the same when its words and its script are. */
export function normalOf({ hash, durationMs }: CommandRecord, drills: readonly DrillResult[]): Normal {
  const times = drills.flatMap(({ commands }) =>
    commands.filter((one) => one.hash === hash && one.exitCode === 0 && one.durationMs !== null).slice(0, 1),
  );
  const all = times.map((one) => one.durationMs as number);
  if (all.length === 0 && durationMs !== null) all.push(durationMs);
  const normalMs = medianOf(all);
  const longestMs = all.length === 0 ? null : Math.max(...all);
  return {
    normalMs,
    longestMs,
    drills: all.length,
    worryMs:
      normalMs === null || longestMs === null
        ? null
        : Math.max(normalMs * WORRY_FACTOR, normalMs + WORRY_LEAST_MS, longestMs),
  };
}
