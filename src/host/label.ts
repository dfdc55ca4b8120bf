/** Who made a thing and until when it may live: what `gc` goes by, instead of names. */
import { hostname } from "node:os";
import type { RunLabel } from "../parts.ts";
import { ownStart, stateOf } from "./process-alive.ts";

/** The file or object that carries a label. */
export const LABEL_NAME = ".fogbell-run.json";

/** Leftovers of a run of another machine are over after so long; until then it may still be at work. */
const ELSEWHERE_MS = 48 * 3_600_000;

/** Of this process, as it runs now; it may live two days unless `expiresAt` says otherwise. */
export function makeLabel(runId: string, expiresAt: Date = new Date(Date.now() + ELSEWHERE_MS)): RunLabel {
  return { runId, expiresAt: expiresAt.toISOString(), pid: process.pid, startedAt: ownStart(), host: hostname() };
}

/** Reads a label; null when the text is none. */
export function parseLabel(text: string): RunLabel | null {
  try {
    const { runId, expiresAt, pid, startedAt, host } = JSON.parse(text) as Partial<RunLabel>;
    return typeof runId === "string" &&
      typeof expiresAt === "string" &&
      typeof pid === "number" &&
      typeof host === "string"
      ? { runId, expiresAt, pid, host, ...(typeof startedAt === "string" ? { startedAt } : {}) }
      : null;
  } catch {
    return null;
  }
}

/**
 * Whether a run is over. One of this machine is as long as its process lives, whatever its age and whatever the clock says.
 * Of one elsewhere nobody here can tell: it is over when its time is up.
 */
export function isOver({ host, pid, startedAt, expiresAt }: RunLabel, now: Date = new Date()): boolean {
  const state = host === hostname() ? stateOf(pid, startedAt ?? null) : "elsewhere";
  return state === "gone" || (state === "elsewhere" && Date.parse(expiresAt) <= now.getTime());
}
