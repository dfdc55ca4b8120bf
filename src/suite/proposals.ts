/** What a store seems to hold: jobs that make backups, told apart by the names and the content of what they made. */

import { leadKey } from "../backups/generations.ts";
import type { Inventory } from "../backups/locate.ts";
import type { ConfiguredDatabase, ConfiguredSource } from "../config/database.ts";
import { DEFAULT_RPO_MS, DEFAULT_RTO_MS } from "../config/database.ts";
import type { RecoveryPoint } from "../parts.ts";
import { series } from "../verify/points.ts";

/** A database as it is told of, or as it is proposed to be. */
export type Proposal = ConfiguredDatabase & { readonly points: readonly RecoveryPoint[] };

/** What a job calls its backup, whatever the version; a folder's member stands for its folder. */
function keyOf(point: RecoveryPoint): string {
  const key = leadKey(point);
  return point.objects.length > 1 ? key.slice(0, key.lastIndexOf("/")) : key;
}

/** Words of a rhythm in a path are a rhythm, not another database. */
function jobOf(point: RecoveryPoint): string {
  const { facts } = point;
  const named = series(keyOf(point)).replaceAll(/#[T_.-]?(?:#|[-_.])*Z?/g, "#");
  return [facts.engine, facts.method, named].join("\u0000");
}

/** Words of rhythms and of tools: none of them is a database. */
const RHYTHM =
  /^(hourly|daily|nightly|weekly|monthly|yearly|backups?|dumps?|full|incr|incremental|latest|base|basebackup|xtrabackup|info|toc|dat|cluster|pg|mysql|db)$/i;

/** A name for people: what the backup says, or the word in its path that is no rhythm and no date. */
export function nameOf(point: RecoveryPoint): string {
  const { facts } = point;
  if (facts.database !== undefined) return facts.database;
  const words = leadKey(point)
    .split("/")
    .flatMap((part) => part.replace(/\.(sql|dump|dir|tar|gz|zst|age|gpg|mbs)\b.*/g, "").split(/[-_.\s]+/));
  return (
    words.find((word) => /^[A-Za-z][A-Za-z0-9]*$/.test(word) && !RHYTHM.test(word) && !/^T?\d*Z?$/.test(word)) ??
    facts.engine
  );
}

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

/** A pattern that matches the names of one job: what differs between them is a star. */
export function patternOf(points: readonly RecoveryPoint[]): string {
  const keys = points.map(keyOf);
  const [first = ""] = keys;
  if (keys.length === 1) return first.replaceAll(/[0-9]+(?:[-_.:T]?[0-9]+)*Z?/g, "*");
  return series(first).replaceAll(/#(?:[-_.:T]*#)*Z?/g, "*");
}

/** Two databases of the same name are told apart by their engines. */
export function named(proposals: readonly Proposal[]): Proposal[] {
  const isTwice = (name: string) => proposals.filter((one) => one.name === name).length > 1;
  return proposals.map((one) => (isTwice(one.name) ? { ...one, name: `${one.name}-${one.engine}` } : one));
}

/** Every job of a store as a source, gathered by the database that they back up. */
export function proposalsOf(url: string, { points }: Inventory): Proposal[] {
  const jobs = new Map<string, RecoveryPoint[]>();
  for (const point of points) jobs.set(jobOf(point), [...(jobs.get(jobOf(point)) ?? []), point]);
  const found = new Map<string, { engine: string; name: string; jobs: RecoveryPoint[][] }>();
  for (const job of jobs.values()) {
    const [first] = job;
    if (first === undefined) continue;
    const name = nameOf(first);
    const key = `${first.facts.engine}\u0000${name}`;
    const known = found.get(key) ?? { engine: first.facts.engine, name, jobs: [] };
    known.jobs.push(job);
    found.set(key, known);
  }
  return [...found.values()]
    .map(({ engine, name, jobs: of }): Proposal => {
      const rhythms = of.map(rhythmMs);
      const known = rhythms.filter((one) => one !== null);
      return {
        name,
        engine,
        environment: "PRODUCTION",
        rows: {},
        // A backup is as old as the rhythm when the next one is due, and some time passes until it is there.
        objectives: {
          rto: DEFAULT_RTO_MS,
          rpo: known.length === 0 ? DEFAULT_RPO_MS : Math.min(...known) + Math.max(HOUR_MS, Math.min(...known) / 24),
        },
        sources: of.map((job, index): ConfiguredSource => {
          const every = rhythms[index];
          return { store: url, pattern: patternOf(job), ...(every == null ? {} : { every }) };
        }),
        "may-shrink": [],
        checks: [],
        points: of.flat(),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
