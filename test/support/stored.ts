/** Listings for tests: backups of every night under the names that a layout gives them. */
import { entriesOf } from "../../src/backups/entries.ts";
import { type Job, type Jobs, jobsOf } from "../../src/backups/jobs.ts";
import type { RecoveryPoint } from "../../src/parts.ts";

const DAY_MS = 86_400_000;

/** What a whole dump of the first engine says of itself. */
export const DUMP_FACTS = {
  engine: "postgres",
  method: "logical",
  isDump: true,
  format: "plain",
  packing: [],
  complete: "yes",
  because: "",
} as const;

/** A backup of this name that was written at this moment, and what it says of itself. */
export function pointOf(key: string, atMs: number, facts: Partial<RecoveryPoint["facts"]> = {}): RecoveryPoint {
  const at = new Date(atMs).toISOString();
  const moment = { at, from: "object-time" } as const;
  return {
    id: key,
    name: key,
    store: "memory:/",
    objects: [{ key, sizeBytes: 1000, modifiedAt: at }],
    log: [],
    moment,
    reach: moment,
    sizeBytes: 1000,
    facts: { ...DUMP_FACTS, ...facts },
  };
}

/** Each of these a day after the one before it, up to a moment. */
export const nightly = (keys: readonly string[], lastMs = Date.UTC(2026, 10, 27, 3)): RecoveryPoint[] =>
  keys.map((key, index) => pointOf(key, lastMs - (keys.length - 1 - index) * DAY_MS));

export const jobsAmong = (points: readonly RecoveryPoint[]): Promise<Jobs> =>
  jobsOf(entriesOf({ points, unknown: [] }).entries, async () => null);

/** `name: pattern pattern`, in the order of names. */
export const toldApart = (jobs: readonly Job[]): string[] =>
  jobs.map(({ name, series }) => `${name}: ${series.map(({ pattern }) => pattern).join(" ")}`).sort();
