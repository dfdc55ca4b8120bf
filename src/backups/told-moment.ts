/**
 * A moment while it is being told, and what the inside of a backup has to say about it: an old backup under a new name is old,
 * and a zone that is written inside leaves nothing open. Pure.
 */
import { momentsOnWall } from "../host/time-zone.ts";
import type { MadeAt, Moment, MomentDoubt } from "../parts.ts";
import { HOUR_MS, MINUTE_MS, type WallSpan, writtenIn } from "./moments.ts";

export interface Dating {
  /** The zone of the job's clocks, as somebody told it: an IANA name. */
  readonly timezone?: string | undefined;
  readonly nowMs: number;
}

/** Clocks of two machines differ so much without meaning anything. */
export const CLOCKS_MS = 5 * MINUTE_MS;
/** The zones of the world, from UTC: names are at most so much later, and so much earlier. */
export const EAST_MS = 14 * HOUR_MS;
export const WEST_MS = 12 * HOUR_MS;
/** A difference of so much is worth a word, where a job that runs long does not explain it any more. */
export const HOURS_MS = 2 * HOUR_MS;
export function inUtc(
  wall: WallSpan,
  offsets: readonly number[] | null,
  timezone: string | undefined,
): WallSpan | null {
  if (offsets !== null) {
    return {
      fromMs: wall.fromMs - Math.max(...offsets) * MINUTE_MS,
      toMs: wall.toMs - Math.min(...offsets) * MINUTE_MS,
    };
  }
  if (timezone === undefined) return null;
  return {
    fromMs: momentsOnWall(timezone, wall.fromMs).earliestMs,
    toMs: momentsOnWall(timezone, wall.toMs).latestMs,
  };
}

/** A moment before it has been written out. */
export interface UnwrittenMoment {
  readonly atMs: number;
  readonly latestMs: number;
  readonly from: Moment["from"];
  readonly doubt?: MomentDoubt;
}

const iso = (ms: number) => new Date(ms).toISOString();

export const differs = (other: "name" | "content" | "object-time", otherMs: number): MomentDoubt => ({
  kind: "differs",
  other,
  otherAt: iso(otherMs),
});

/** What the inside of a backup says, when that is earlier than everything else: an old backup under a new name. */
export function byContent(told: UnwrittenMoment, made: MadeAt | undefined, { timezone }: Dating): UnwrittenMoment {
  const written = made === undefined ? null : writtenIn(made.text);
  const [wall] = written?.spans ?? [];
  if (written?.hasTime !== true || wall === undefined) return told;
  const sure = inUtc(wall, written.offsets, timezone);
  const latestMs = sure?.toMs ?? wall.toMs + WEST_MS;
  // A zone that the inside says leaves nothing open of what the name does.
  const isWithin = sure !== null && told.atMs <= sure.fromMs && sure.toMs <= told.latestMs;
  if (isWithin && told.doubt?.kind === "no-zone") return { atMs: sure.fromMs, latestMs: sure.toMs, from: "content" };
  const isAmongUnknown = told.doubt?.kind === "ahead";
  if (latestMs >= told.atMs - HOURS_MS && !isAmongUnknown) return told;
  return {
    atMs: sure?.fromMs ?? wall.fromMs - EAST_MS,
    latestMs,
    from: "content",
    doubt: differs(told.from, told.atMs),
  };
}

export function toMoment(told: UnwrittenMoment, order: number | null): Moment {
  const { atMs, latestMs, from, doubt } = told;
  return {
    at: iso(atMs),
    from,
    ...(latestMs > atMs ? { latest: iso(latestMs) } : {}),
    ...(order === null ? {} : { order }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** The moment of a copy whose inside was read to its end, and said when it was made. */
export function withMade(moment: Moment, made: MadeAt | undefined, dating: Dating): Moment {
  const { at, latest, from, doubt, order } = moment;
  const atMs = Date.parse(at);
  const told = { atMs, latestMs: latest === undefined ? atMs : Date.parse(latest), from };
  const again = byContent(doubt === undefined ? told : { ...told, doubt }, made, dating);
  return again.from === "content" ? toMoment(again, order ?? null) : moment;
}
