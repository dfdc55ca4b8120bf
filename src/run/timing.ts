/** A phase with its beginning and end written down, and a moment that no commit shares. */
import { pause } from "../host/stream.ts";
import type { Phase } from "../parts.ts";
import type { EventBody } from "../record.ts";

/**
 * A moment that every commit so far lies before and every later one does not, however coarsely a log writes its times:
 * ISO 8601, UTC. Waits for the next one.
 */
export async function freshInstant(resolutionMs: number): Promise<string> {
  const nextMs = (Math.floor(Date.now() / resolutionMs) + 1) * resolutionMs;
  while (Date.now() < nextMs) await pause(nextMs - Date.now());
  return new Date(nextMs).toISOString();
}

/** Does the work of a phase. */
export async function timed<T>(phase: Phase, write: (body: EventBody) => void, work: () => Promise<T>): Promise<T> {
  const beganMs = performance.now();
  write({ kind: "phase-began", phase });
  try {
    return await work();
  } finally {
    write({ kind: "phase-ended", phase, durationMs: Math.round((performance.now() - beganMs) * 10) / 10 });
  }
}

/** The first moment behind this one that a log's times can tell from it, as ISO 8601 UTC: the last commit lies before it. */
export const nextInstant = (atMs: number, resolutionMs: number): string =>
  new Date((Math.floor(atMs / resolutionMs) + 1) * resolutionMs).toISOString();
