/** Who made a thing and until when it may live: what `gc` goes by, instead of names. */
import { hostname } from "node:os";
import type { RunLabel } from "../parts.ts";

/** The file or object that carries a label. */
export const LABEL_NAME = ".fogbell-run.json";

export function makeLabel(runId: string, expiresAt: Date): RunLabel {
  return { runId, expiresAt: expiresAt.toISOString(), pid: process.pid, host: hostname() };
}

/** Reads a label; null when the text is none. */
export function parseLabel(text: string): RunLabel | null {
  try {
    const { runId, expiresAt, pid, host } = JSON.parse(text) as Partial<RunLabel>;
    return typeof runId === "string" &&
      typeof expiresAt === "string" &&
      typeof pid === "number" &&
      typeof host === "string"
      ? { runId, expiresAt, pid, host }
      : null;
  } catch {
    return null;
  }
}

/** Whether there is such a process on this host, whoever owns it. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A run is over when its time is up, or when it ran on this host and its process is gone. */
export function isOver(label: RunLabel, now: Date = new Date()): boolean {
  return Date.parse(label.expiresAt) <= now.getTime() || (label.host === hostname() && !isAlive(label.pid));
}
