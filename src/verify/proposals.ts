/** What a store seems to hold, as databases with their sources: each job that makes backups is one. */

import { beginningsOf } from "../backups/beginning.ts";
import { entriesOf } from "../backups/entries.ts";
import { type Job, type Jobs, jobsOf, type Series } from "../backups/jobs.ts";
import type { Inventory } from "../backups/locate.ts";
import type { ConfiguredDatabase, ConfiguredSource } from "../config/database.ts";
import { DEFAULT_RPO_MS, DEFAULT_RTO_MS } from "../config/database.ts";
import type { Engine, RecoveryPoint, Store } from "../parts.ts";

/** A database as it is told of, or as it is proposed to be. */
export type Proposal = ConfiguredDatabase & { readonly points: readonly RecoveryPoint[] };

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const HOUR_MS = 3_600_000;

/** How often a job seems to run, from the moments of what it made; null when there are too few. */
export function rhythmMs(points: readonly RecoveryPoint[]): number | null {
  const moments = points.map(({ moment }) => Date.parse(moment.at)).sort((a, b) => a - b);
  if (moments.length < 3) return null;
  const steps = moments.slice(1).map((at, index) => at - (moments[index] ?? 0));
  const step = median(steps.slice(-14).filter((one) => one > 60_000));
  if (step === 0) return null;
  const rhythms = [
    HOUR_MS,
    2 * HOUR_MS,
    4 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    24 * HOUR_MS,
    168 * HOUR_MS,
    720 * HOUR_MS,
  ];
  const near = rhythms.find((one) => Math.abs(step - one) <= one * 0.15);
  return near ?? Math.max(HOUR_MS, Math.round(step / HOUR_MS) * HOUR_MS);
}

/** Two databases of the same name are told apart by their engines. */
export function named(proposals: readonly Proposal[]): Proposal[] {
  const isTwice = (name: string) => proposals.filter((one) => one.name === name).length > 1;
  return proposals.map((one) => (isTwice(one.name) ? { ...one, name: `${one.name}-${one.engine}` } : one));
}

function sourceOf(url: string, { pattern, not, database, points }: Series): ConfiguredSource {
  const every = rhythmMs(points);
  return {
    store: url,
    pattern,
    ...(database === null ? {} : { database }),
    ...(not.length === 0 ? {} : { ignore: [...not] }),
    ...(every === null ? {} : { every }),
  };
}

function proposalOf(url: string, { engine, name, series }: Job): Proposal {
  const sources = series.filter(({ points }) => points.length > 0).map((one) => sourceOf(url, one));
  const rhythms = sources.flatMap(({ every }) => (every === undefined ? [] : [every]));
  const least = Math.min(...rhythms);
  return {
    name,
    engine,
    environment: "PRODUCTION",
    rows: {},
    // A backup is as old as the rhythm when the next one is due, and some time passes until it is there.
    objectives: {
      rto: DEFAULT_RTO_MS,
      rpo: rhythms.length === 0 ? DEFAULT_RPO_MS : least + Math.max(HOUR_MS, least / 24),
    },
    sources,
    "may-shrink": [],
    checks: [],
    points: series.flatMap(({ points }) => points),
  };
}

/** What a store holds, told apart. */
export interface Proposed extends Pick<Jobs, "structures" | "left"> {
  readonly proposals: readonly Proposal[];
}

/** Every job of a store as a database with its sources. */
export function proposalsFrom(url: string, { jobs, structures, left }: Jobs): Proposed {
  const proposals = jobs.map((job) => proposalOf(url, job)).sort((a, b) => a.name.localeCompare(b.name));
  return { proposals, structures, left };
}

/** Likewise, of a store that is open. */
export async function proposalsOf(
  url: string,
  { store, engines, inventory }: { store: Store; engines: readonly Engine[]; inventory: Inventory },
): Promise<Proposed> {
  return proposalsFrom(url, await jobsOf(entriesOf(inventory).entries, beginningsOf(store, engines)));
}
