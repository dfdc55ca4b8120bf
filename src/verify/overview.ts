/** Every recovery point of every source at a glance: what there is, what is missing, what a disaster now would lose. */

import { keyOf } from "../backups/entries.ts";
import { placeAll } from "../backups/series.ts";
import type { ConfiguredSource } from "../config/database.ts";
import type { Coverage } from "../gated.ts";
import { doubtText } from "../moment-text.ts";
import type { Keeping, RecoveryPoint, Unreadable } from "../parts.ts";
import { newestFirst } from "./dated.ts";
import { isOf, type KnownCopy } from "./known.ts";
import { askedMs, deletedAt, upTo } from "./points.ts";
import type { Stocked } from "./sources.ts";
import type { Asked, Candidate } from "./task.ts";
import { newerThan } from "./younger.ts";

/** One recovery point, for `--json`. Milliseconds and bytes. */
export interface PointRow {
  readonly id: string;
  readonly store: string;
  readonly method: string;
  readonly format: string;
  readonly serverVersion: string | null;
  readonly momentAt: string;
  /** Where the moment comes from: its name, its content, or the object's time. */
  readonly momentFrom: string;
  /** The latest that its moment may be, where its sources leave that open; its moment is the earliest. */
  readonly momentLatestAt: string;
  /** What is not plain about its moment, in words. */
  readonly momentDoubt: string | null;
  /** Its moment lies in the future: nobody knows how old it is. */
  readonly isAhead: boolean;
  /** The latest moment that it can be brought to. */
  readonly reachAt: string;
  readonly ageMs: number;
  readonly sizeBytes: number;
  /** Per cent of the median of those before it; null when there is none. */
  readonly sizeOfUsual: number | null;
  /** When it goes and what says so; null when nothing says anything. */
  readonly expiresAt: string | null;
  readonly expiresBy: string | null;
  /** Until when nobody can remove it. */
  readonly lockedUntil: string | null;
  readonly lockedBy: string | null;
  /** Why it cannot be used, as far as its head and its end tell; null when nothing speaks against it. */
  readonly unusable: string | null;
  /** Why nothing is known of what is in it; null when it can be read. */
  readonly unreadable: Unreadable | null;
  /** As the store calls it; null where it has but one, or it is the usual one. */
  readonly storageClass: string | null;
  /** When it was deleted from a store that keeps versions; null: it was not. */
  readonly deletedAt: string | null;
  readonly verified: {
    readonly at: string;
    readonly holds: boolean;
    readonly runId: string;
    readonly because: string;
    readonly sha256: string;
  } | null;
}

export interface Gap {
  readonly store: string;
  readonly pattern: string | null;
  readonly fromAt: string;
  /** Null: until now, and it goes on. */
  readonly toAt: string | null;
  readonly missing: number;
}

export interface AskedCopy {
  readonly asked: Asked;
  readonly id: string | null;
  /** How long before the moment that is asked about it was taken. */
  readonly beforeMs: number | null;
  readonly verified: "holds" | "does not hold" | "never verified" | null;
}

export interface DatabaseOverview {
  readonly name: string;
  readonly engine: string;
  /** Newest first. */
  readonly points: readonly PointRow[];
  readonly gaps: readonly Gap[];
  readonly answers: readonly AskedCopy[];
  /** What a disaster now would lose, by the newest that nothing speaks against, and by the newest that verified. */
  readonly lossMs: number | null;
  readonly verifiedLossMs: number | null;
  readonly unknown: readonly { readonly key: string; readonly because: string }[];
  /** How far its copies are looked at; null when fogbell.yaml doesn't ask. */
  readonly coverage: Coverage | null;
  /** Newer than every point, and understood by nobody. */
  readonly newer: readonly { readonly key: string; readonly because: string }[];
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
/** So many earlier ones make what is usual. */
const USUAL = 10;

/** Per cent of the median of the few before it in the same job, for each; `all` is newest first. */
function sizesOfUsual(all: readonly Candidate[]): ReadonlyMap<Candidate, number | null> {
  const earlier = new Map<string, number[]>();
  const placed = placeAll(all.map(({ point }) => keyOf(point)));
  const shares = new Map<Candidate, number | null>();
  for (const one of [...all].reverse()) {
    const { sizeBytes, facts } = one.point;
    const job = placed.get(keyOf(one.point))?.glob ?? one.point.id;
    const sizes = earlier.get(job) ?? [];
    const usual = median(sizes);
    shares.set(one, usual === undefined || usual === 0 ? null : Math.round((sizeBytes / usual) * 100));
    if (facts.complete !== "no") earlier.set(job, [...sizes, sizeBytes].slice(-USUAL));
  }
  return shares;
}

interface Beside {
  readonly found: KnownCopy | undefined;
  readonly sizeOfUsual: number | null;
  readonly kept: Keeping;
  readonly nowMs: number;
}

function rowOf({ point }: Candidate, { found, sizeOfUsual, kept, nowMs }: Beside): PointRow {
  // What a log was seen not to bring is no promise any more.
  const reachAt = found?.aloneAt ?? point.reach.at;
  return {
    id: point.id,
    store: point.store,
    method: point.facts.method,
    format: point.facts.format,
    serverVersion: point.facts.serverVersion ?? null,
    momentAt: point.moment.at,
    momentFrom: point.moment.from,
    reachAt,
    momentLatestAt: point.moment.latest ?? point.moment.at,
    momentDoubt: doubtText(point.reach.doubt === undefined ? point.moment : point.reach, nowMs),
    isAhead: point.reach.doubt?.kind === "ahead",
    ageMs: Math.max(0, nowMs - Date.parse(reachAt)),
    sizeBytes: point.sizeBytes,
    sizeOfUsual,
    ...kept,
    unusable: point.facts.complete === "no" ? point.facts.because : null,
    unreadable: point.unreadable ?? null,
    storageClass: point.objects.find(({ storageClass }) => storageClass !== undefined)?.storageClass ?? null,
    deletedAt: deletedAt(point),
    verified:
      found === undefined
        ? null
        : {
            at: found.verifiedAt,
            holds: found.holds,
            runId: found.runId,
            because: found.because,
            sha256: found.sha256,
          },
  };
}

/** A backup may be late by half of its rhythm before it is missing. */
const PATIENCE = 1.5;

function gapsOf(source: ConfiguredSource, candidates: readonly Candidate[], nowMs: number): Gap[] {
  const { every, store, pattern = null } = source;
  if (every === undefined) return [];
  const good = candidates.filter(({ point }) => point.facts.complete !== "no" && deletedAt(point) === null);
  const moments = good.map(({ point }) => Date.parse(point.moment.at)).sort((a, b) => a - b);
  const gaps = moments.flatMap((fromMs, index): Gap[] => {
    const toMs = moments[index + 1] ?? nowMs;
    const missing = Math.round((toMs - fromMs) / every) - (index + 1 < moments.length ? 1 : 0);
    if (toMs - fromMs <= every * PATIENCE) return [];
    const toAt = index + 1 < moments.length ? new Date(toMs).toISOString() : null;
    return [{ store, pattern, fromAt: new Date(fromMs).toISOString(), toAt, missing: Math.max(1, missing) }];
  });
  return gaps.reverse();
}

/** What lies in an archive, or was deleted, is not what somebody would turn to tonight. */
const isThere = (point: RecoveryPoint) => point.unreadable === undefined && deletedAt(point) === null;
const isAtHand = ({ unreadable, deletedAt: at }: PointRow) => unreadable === null && at === null;

const QUESTIONS: readonly Asked[] = ["yesterday", "last-week", "last-month"];

export interface OverviewKnown {
  readonly known: readonly KnownCopy[];
  readonly nowMs: number;
  readonly keeping: (candidate: Candidate) => Keeping;
  readonly coverage?: Coverage | null;
}

/** Everything that is known of a database's backups, without fetching one. Pure. */
export function overviewOf(
  { database, engine, stocks }: Stocked,
  { known, nowMs, keeping, coverage = null }: OverviewKnown,
): DatabaseOverview {
  const all = stocks.flatMap(({ candidates }) => candidates).sort(newestFirst);
  const shares = sizesOfUsual(all);
  const rows = all.map((one) => {
    const found = known.find((copy) => isOf(copy, one.point));
    return rowOf(one, { found, sizeOfUsual: shares.get(one) ?? null, kept: keeping(one), nowMs });
  });
  const usable = all.filter(({ point }) => point.facts.complete !== "no" && isThere(point));
  const loss = (row: PointRow | undefined) => row?.ageMs ?? null;
  const dated = rows.filter(({ isAhead }) => !isAhead);
  return {
    name: database.name,
    engine: engine.name,
    coverage,
    points: rows,
    gaps: stocks.flatMap(({ source, candidates }) => gapsOf(source, candidates, nowMs)),
    answers: QUESTIONS.map((asked): AskedCopy => {
      const atMs = askedMs(asked, nowMs);
      const [best] = upTo(usable, atMs);
      if (best === undefined) return { asked, id: null, beforeMs: null, verified: null };
      const found = known.find((copy) => isOf(copy, best.point));
      const verified = found === undefined ? "never verified" : found.holds ? "holds" : "does not hold";
      return { asked, id: best.point.id, beforeMs: atMs - Date.parse(best.point.reach.at), verified };
    }),
    lossMs: loss(dated.find((row) => row.unusable === null && isAtHand(row) && row.verified?.holds !== false)),
    verifiedLossMs: loss(dated.find((row) => isAtHand(row) && row.verified?.holds === true)),
    newer: newerThan(
      stocks.flatMap(({ younger }) => younger),
      all[0],
    ).map(({ key, because }) => ({ key, because })),
    unknown: stocks.flatMap(({ unknown }) => unknown.map(({ key, because }) => ({ key, because }))),
  };
}
