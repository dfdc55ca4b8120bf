/**
 * The moments of one job's copies, each the earliest that it may be: an age must not flatter. What a name says is read in its
 * own zone, in the one that was told, or in the one that the objects' times prove; where nothing tells it, the whole width
 * of the world's zones counts. Pure.
 */
import { knownOffsets } from "../host/time-zone.ts";
import type { Moment, MomentDoubt } from "../parts.ts";
import { asOlder, type Datable, ofTwo, type Read, read } from "./datable.ts";
import { inOneOrder } from "./day-order.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type WallSpan } from "./moments.ts";
import {
  byContent,
  CLOCKS_MS,
  type Dating,
  differs,
  EAST_MS,
  HOURS_MS,
  inUtc,
  toMoment,
  type UnwrittenMoment,
  WEST_MS,
} from "./told-moment.ts";

/** A copy with what its sources say, in UTC where that is sure. */
interface Seen {
  readonly object: Datable;
  /** What the names of its job have in common. */
  readonly job: string;
  /** The object's time; null where it says nothing: unset, or in the future. */
  readonly objectMs: number | null;
  readonly isAhead: boolean;
  /** The time of the files in it was given to them, and is left out. */
  readonly isSet: boolean;
  readonly wall: WallSpan | null;
  readonly hasTime: boolean;
  /** The span in UTC, when a zone is written or told. */
  readonly sure: WallSpan | null;
}

/** Of several ways to read a date the one that the object's time speaks for; the earliest when it speaks for none. */
function meant(spans: readonly WallSpan[], objectMs: number | null): WallSpan | null {
  const [first] = spans;
  if (first === undefined || spans.length === 1) return first ?? null;
  const near = spans.find(
    ({ fromMs, toMs }) => objectMs !== null && objectMs >= fromMs - EAST_MS && objectMs <= toMs + DAY_MS,
  );
  return near ?? spans.reduce((earliest, one) => (one.fromMs < earliest.fromMs ? one : earliest));
}

function see(
  { object, job, objectMs, isAhead, isSet, written }: Read,
  spans: readonly WallSpan[],
  { timezone }: Dating,
): Seen {
  const wall = meant(spans, objectMs);
  const common = { object, job, objectMs, isAhead, isSet };
  if (written === null || wall === null) return { ...common, wall: null, hasTime: false, sure: null };
  return { ...common, wall, hasTime: written.hasTime, sure: inUtc(wall, written.offsets, timezone) };
}

/** How much later than its name, read in UTC, an object was written. */
const lagOf = ({ wall, objectMs }: Seen) => (wall === null || objectMs === null ? null : objectMs - wall.fromMs);

/**
 * Objects whose time is of a copying, and not of the backup: written at the same time although their names lie hours
 * apart, or later than one that is newer by name.
 */
function copied(all: readonly Seen[]): ReadonlySet<Seen> {
  const named = all.filter((one) => one.wall !== null && one.objectMs !== null);
  const sorted = named.sort((a, b) => (a.wall?.fromMs ?? 0) - (b.wall?.fromMs ?? 0));
  const found = new Set<Seen>();
  let newer: Seen | undefined;
  for (const one of sorted.reverse()) {
    const apartMs = (newer?.wall?.fromMs ?? 0) - (one.wall?.fromMs ?? 0);
    const writtenApartMs = (newer?.objectMs ?? 0) - (one.objectMs ?? 0);
    if (newer !== undefined && apartMs >= HOURS_MS && writtenApartMs < apartMs / 4) {
      found.add(one);
      // The newest of a copied lot was copied with it, unless its own times agree.
      const lag = lagOf(newer) ?? 0;
      if (Math.abs(writtenApartMs) < apartMs / 4 && !(lag >= 0 && lag < 15 * MINUTE_MS)) found.add(newer);
    }
    newer = one;
  }
  return found;
}

/**
 * The zone that an object's time proves for its name: it was there before the name's moment in UTC, so the name's clock
 * is east of it. Zero where they agree, or where the job may have run so long; null where the time tells nothing.
 */
function provenOffset(lagMs: number | null): number | null {
  if (lagMs === null || lagMs < -EAST_MS - CLOCKS_MS || lagMs > WEST_MS) return null;
  if (lagMs >= -CLOCKS_MS) return 0;
  return knownOffsets().find((offset) => offset * MINUTE_MS >= -lagMs - CLOCKS_MS) ?? null;
}

/** So many nights around one are asked what zone their names are in. */
const NIGHTS = 6;

interface Zone {
  readonly offsetMinutes: number;
  readonly nights: number;
}

/** Nights whose names have a time and no zone, and whose objects' times may tell it; by name, oldest first. */
const nightsOf = (all: readonly Seen[], without: ReadonlySet<Seen>) =>
  all
    .filter((one) => one.hasTime && one.sure === null && !without.has(one))
    .sort((a, b) => (a.wall?.fromMs ?? 0) - (b.wall?.fromMs ?? 0));

/** Where a moment belongs among nights, by halving. */
function placeAmong(nights: readonly Seen[], fromMs: number): number {
  let [low, high] = [0, nights.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nights[middle]?.wall?.fromMs ?? 0) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What zone the names of other nights are in: the furthest east of the nearest ones. */
function zoneOfOthers(nights: readonly Seen[], one: Seen): Zone | null {
  const place = placeAmong(nights, one.wall?.fromMs ?? 0);
  const offsets = nights
    .slice(Math.max(0, place - NIGHTS), place + NIGHTS + 1)
    .filter((other) => other !== one)
    .flatMap((other) => provenOffset(lagOf(other)) ?? []);
  if (offsets.length === 0) return null;
  const offsetMinutes = Math.max(...offsets);
  return { offsetMinutes, nights: offsets.filter((offset) => offset === offsetMinutes).length };
}

/** Nights that all lie whole quarters of an hour before their objects, to the minute: perhaps a zone to the west. */
function westernZone(nights: readonly Seen[]): Zone | null {
  const lags = nights
    .map((one) => lagOf(one) ?? -1)
    .filter((lag) => lag >= HOUR_MS - MINUTE_MS && lag <= WEST_MS + CLOCKS_MS);
  if (lags.length < 2) return null;
  const [least, most] = lags.reduce(([low, high], lag) => [Math.min(low, lag), Math.max(high, lag)], [
    Infinity,
    -Infinity,
  ] as [number, number]);
  if (most - least > CLOCKS_MS) return null;
  const offset = [...knownOffsets()].find((one) => one < 0 && -one * MINUTE_MS <= least + MINUTE_MS);
  if (offset === undefined || most + offset * MINUTE_MS > 15 * MINUTE_MS) return null;
  return { offsetMinutes: offset, nights: lags.length };
}

interface Job {
  readonly nights: readonly Seen[];
  readonly copied: ReadonlySet<Seen>;
  readonly west: Zone | null;
  readonly nowMs: number;
}

/** A span that is sure, beside the object's time: whichever is earlier counts. */
function bySpan(one: Seen, span: WallSpan, { nowMs, copied }: Job): UnwrittenMoment {
  const { objectMs, isAhead, hasTime } = one;
  const isLater = span.fromMs > nowMs + CLOCKS_MS;
  if (objectMs === null || (isAhead && isLater)) {
    const doubt: MomentDoubt | null = isLater || isAhead ? { kind: "ahead" } : null;
    // An object's time in the future is its clock's fault: the name stands.
    return { atMs: span.fromMs, latestMs: span.toMs, from: "name", ...(isLater && doubt !== null ? { doubt } : {}) };
  }
  if (objectMs < span.fromMs - CLOCKS_MS) {
    return { atMs: objectMs, latestMs: objectMs, from: "object-time", doubt: differs("name", span.fromMs) };
  }
  const atMs = Math.min(span.fromMs, objectMs);
  if (hasTime) {
    const isFar = objectMs - span.toMs > HOURS_MS;
    const doubt = isFar ? { doubt: differs("object-time", objectMs) } : {};
    return { atMs, latestMs: Math.min(span.toMs, Math.max(atMs, objectMs)), from: "name", ...doubt };
  }
  // A day that is meant, and the object's time says more closely when: what was copied later says nothing.
  const isOfIt = !copied.has(one) && objectMs <= span.toMs + WEST_MS;
  if (isOfIt) return ofTheDay(objectMs, span.toMs);
  return { atMs, latestMs: Math.min(span.toMs, objectMs), from: "name", doubt: differs("object-time", objectMs) };
}

/** A backup of a day may end after midnight; it is not younger than the day for that. */
const ofTheDay = (objectMs: number, endMs: number): UnwrittenMoment =>
  objectMs <= endMs
    ? { atMs: objectMs, latestMs: objectMs, from: "object-time" }
    : { atMs: endMs, latestMs: objectMs, from: "name" };

/** Whether a wall clock's moment has not come in any zone of the world. */
const isFuture = ({ fromMs }: WallSpan, nowMs: number) => fromMs - EAST_MS > nowMs + CLOCKS_MS;

/**
 * Nothing tells a moment but what lies in the future: the name, and the object's time where it has one. The time of a file
 * inside makes a backup older than they say; by itself it vouches for nothing.
 */
const isAllAhead = ({ objectMs, isAhead }: Seen, wall: WallSpan, nowMs: number) =>
  (objectMs === null || isAhead) && isFuture(wall, nowMs);

const ahead = ({ fromMs, toMs }: WallSpan): UnwrittenMoment => ({
  atMs: fromMs,
  latestMs: toMs,
  from: "name",
  doubt: { kind: "ahead" },
});

/** A day, a week or a month without a zone. */
function byDays(one: Seen, wall: WallSpan, { nowMs, copied }: Job): UnwrittenMoment {
  const { objectMs } = one;
  if (isAllAhead(one, wall, nowMs)) return ahead(wall);
  const fromMs = wall.fromMs - EAST_MS;
  const toMs = Math.min(wall.toMs + WEST_MS, objectMs ?? nowMs);
  if (objectMs === null)
    return { atMs: fromMs, latestMs: Math.max(fromMs, toMs), from: "name", doubt: { kind: "no-zone" } };
  if (objectMs < fromMs) {
    return { atMs: objectMs, latestMs: objectMs, from: "object-time", doubt: differs("name", wall.fromMs) };
  }
  if (!copied.has(one) && objectMs <= wall.toMs + WEST_MS) return ofTheDay(objectMs, wall.toMs);
  return { atMs: fromMs, latestMs: toMs, from: "name", doubt: differs("object-time", objectMs) };
}

/** A time of the day without a zone. */
function byTime(one: Seen, wall: WallSpan, job: Job): UnwrittenMoment {
  const { objectMs } = one;
  if (isAllAhead(one, wall, job.nowMs)) return ahead(wall);
  const lag = job.copied.has(one) ? null : lagOf(one);
  if (objectMs !== null && (lagOf(one) ?? 0) < -EAST_MS - CLOCKS_MS) {
    return { atMs: objectMs, latestMs: objectMs, from: "object-time", doubt: differs("name", wall.fromMs) };
  }
  const own = provenOffset(lag);
  const others = zoneOfOthers(job.nights, one);
  // An object that was there before its name's moment proves its zone; one that came later may have been copied.
  const isProven = own !== null && own > 0;
  const offset = isProven
    ? own
    : Math.max(
        own ?? others?.offsetMinutes ?? Number.NaN,
        (others?.nights ?? 0) > 1 ? (others?.offsetMinutes ?? 0) : -Infinity,
      );
  if (Number.isNaN(offset)) {
    const atMs = Math.min(wall.fromMs - EAST_MS, objectMs ?? Number.POSITIVE_INFINITY);
    const latestMs = Math.min(wall.toMs + WEST_MS, objectMs ?? job.nowMs, job.nowMs);
    return { atMs, latestMs: Math.max(atMs, latestMs), from: "name", doubt: { kind: "no-zone" } };
  }
  const atMs = Math.min(wall.fromMs - offset * MINUTE_MS, objectMs ?? Number.POSITIVE_INFINITY);
  const told = { atMs, latestMs: atMs, from: "name" } as const;
  if (offset > 0) {
    const nights = (others?.offsetMinutes === offset ? others.nights : 0) + (isProven ? 1 : 0);
    return { ...told, doubt: { kind: "zone-found", offsetMinutes: offset, nights } };
  }
  if (objectMs === null || objectMs - wall.toMs <= HOURS_MS) return told;
  const doubt: MomentDoubt = job.west === null ? differs("object-time", objectMs) : { kind: "zone-west", ...job.west };
  // From a zone to the west it would be younger, and never younger than its object.
  return { ...told, latestMs: Math.min(objectMs, wall.toMs + WEST_MS), doubt };
}

/** What was told by the time of a file in the object is told by its content. */
function ofFile({ object: { fileAt, modifiedAt }, objectMs, isSet }: Seen, told: UnwrittenMoment): UnwrittenMoment {
  if (isSet && fileAt !== undefined && told.doubt === undefined)
    return { ...told, doubt: { kind: "set-time", otherAt: fileAt } };
  if (fileAt === undefined || objectMs !== Date.parse(fileAt) || objectMs === Date.parse(modifiedAt)) return told;
  const { doubt, from } = told;
  const isOther = doubt?.kind === "differs" && doubt.other === "object-time";
  return {
    ...told,
    from: from === "object-time" ? "content" : from,
    ...(isOther ? { doubt: { ...doubt, other: "content" } } : {}),
  };
}

/** By the object's time alone. One in the future says nothing but that clocks differ. */
function byObject({ object: { modifiedAt }, objectMs, isAhead }: Seen): UnwrittenMoment {
  const atMs = objectMs ?? Date.parse(modifiedAt);
  const told = { atMs, latestMs: atMs, from: "object-time" } as const;
  return isAhead ? { ...told, doubt: { kind: "ahead" } } : told;
}

function momentsOfJob(all: readonly Seen[], dating: Dating): ReadonlyMap<Seen, Moment> {
  const found = copied(all);
  const nights = nightsOf(all, found);
  const job: Job = { nights, copied: found, west: westernZone(nights), nowMs: dating.nowMs };
  const east = nights.reduce((most, one) => Math.max(most, provenOffset(lagOf(one)) ?? 0), 0);
  const momentOf = (one: Seen): Moment => {
    const { object, wall, sure, hasTime } = one;
    if (wall === null) return toMoment(byContent(ofFile(one, byObject(one)), object.made, dating), null);
    const told = sure !== null ? bySpan(one, sure, job) : hasTime ? byTime(one, wall, job) : byDays(one, wall, job);
    const own = ofFile(one, told);
    return toMoment(
      byContent(own, object.made, dating),
      orderOf(one, { isCopied: found.has(one), east, nowMs: dating.nowMs }),
    );
  };
  return new Map(all.map((one) => [one, momentOf(one)]));
}

/** The moments of a source's copies, in the order in which they were given. Names of one form are one job's. */
export function momentsOf(objects: readonly Datable[], dating: Dating): Moment[] {
  const all = objects.map((object) => read(object, dating));
  const jobs = new Map<string, Read[]>();
  for (const one of all) {
    const job = jobs.get(one.job);
    if (job === undefined) jobs.set(one.job, [one]);
    else job.push(one);
  }
  const seen = new Map(
    [...jobs.values()].flatMap((job) => {
      const spans = inOneOrder(job);
      const isLater = ofTwo(job);
      const each = job.map((one, index) =>
        isLater(one) ? see(one, spans[index] ?? [], dating) : see(asOlder(one), one.written?.older ?? [], dating),
      );
      const moments = momentsOfJob(each, dating);
      return job.map((one, index) => [one, moments.get(each[index] as Seen) as Moment] as const);
    }),
  );
  return all.map((one) => seen.get(one) as Moment);
}

/**
 * Where a copy stands by its name. All names of a job are read in one zone for that, whatever the hour of the night: clocks
 * that go back change no order. A day without a time has the time of its object, when that is of the day. A name in the
 * future, beside an object's time that is not, is a slip, and would be the newest for ever.
 */
function orderOf(
  { wall, sure, hasTime, objectMs }: Seen,
  { isCopied, east, nowMs }: { isCopied: boolean; east: number; nowMs: number },
): number {
  const span = sure ?? wall ?? { fromMs: 0, toMs: 0 };
  if (objectMs !== null && isFuture(span, nowMs)) return objectMs;
  if (!hasTime) {
    const atMs = isCopied || objectMs === null ? span.fromMs : objectMs;
    return Math.min(Math.max(atMs, span.fromMs), span.toMs);
  }
  return sure === null ? span.fromMs - east * MINUTE_MS : span.fromMs;
}
