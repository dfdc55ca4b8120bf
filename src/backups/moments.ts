/** What a name, or a line inside a backup, says about when it was made: a span on somebody's wall clock. Pure. */
import type { CalendarDate } from "./name-dates.ts";
import { type NameWord, type NameWords, wordsOf } from "./name-words.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** From its first to its last millisecond, as if the wall clock were of UTC. */
export interface WallSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a text says about a moment, before anything is concluded from it. */
export interface Written {
  /** Every span that may be meant, the likeliest first; one for most texts. */
  readonly spans: readonly WallSpan[];
  /** Minutes ahead of UTC; null when no zone is written. Several where an abbreviation is used in several places. */
  readonly offsets: readonly number[] | null;
  /** To the hour or closer: a day, a week, a month are not. */
  readonly hasTime: boolean;
  /** A whole date of the same name that lies far before: whose of the two the backup is, something else has to say. */
  readonly older?: readonly WallSpan[];
}

const isDay = (word: NameWord): boolean =>
  word.kind === "date" && word.readings.some(({ day, month, year }) => day && month && year);

interface Found {
  readonly dates: readonly CalendarDate[];
  /** The last word that it was put together from. */
  readonly last: NameWord | null;
  /** One that lies far before it. */
  readonly older?: NameWord;
}

/** Two dates of one name that lie so far apart are not from when to when: one of them is somebody's number, or a version. */
export const FAR_MS = 180 * DAY_MS;
/** Until when something is kept, and when it was moved, says nothing about when it was made. */
const UNTIL =
  /^(?:exp|expir\p{L}*|until|till|bis|keep|kept|retain\p{L}*|valid|ttl|delete\p{L}*|purge\p{L}*|cop(?:y|ied)|kopie|kopiert|upload\p{L}*|transferred|moved|synced|mirrored|rest?ored|imported|re?packed|verified|checked|tested)$/iu;

/** The latest that a whole date may be, in milliseconds. */
export const latestDay = (word: NameWord): number =>
  word.kind === "date"
    ? Math.max(...word.readings.map(({ year = 0, month = 1, day = 1 }) => Date.UTC(year, month - 1, day)))
    : Number.NaN;

/** Of several whole dates without a time the first; the last one where the first lies far before: `tenant_20240115_20261127`. */
function dayAmong(words: readonly NameWord[], days: readonly NameWord[], nearMs: number): NameWord | undefined {
  const [first] = days;
  if (first === undefined || days.length === 1) return first;
  const later = days.filter((one) => {
    const before = words[words.indexOf(one) - 1]?.text ?? "";
    return !UNTIL.test(before) && !(latestDay(one) > nearMs + 2 * DAY_MS);
  });
  const last = later.reduce((most, one) => (latestDay(one) > latestDay(most) ? one : most), first);
  return latestDay(last) - latestDay(first) > FAR_MS ? last : first;
}

/** The whole date nearest to the file's own name, one with a time behind it first; else folders' pieces of one. */
function dateIn(folders: readonly (readonly NameWord[])[], nearMs: number): Found {
  for (const words of [...folders].reverse()) {
    const days = words.filter(isDay);
    const day = days.find((one) => words[words.indexOf(one) + 1]?.kind === "time") ?? dayAmong(words, days, nearMs);
    if (day?.kind === "date") {
      const [first] = days;
      const isFar = first !== undefined && latestDay(day) - latestDay(first) > FAR_MS;
      return {
        dates: day.readings.filter((one) => one.day && one.month && one.year),
        last: day,
        ...(isFar ? { older: first } : {}),
      };
    }
  }
  let dates: readonly CalendarDate[] = [{}];
  let last: NameWord | null = null;
  for (const word of folders.flat()) {
    if (word.kind !== "date" || !word.isSure) continue;
    dates = dates.flatMap((one) => word.readings.map((more) => ({ ...one, ...more })));
    last = word;
  }
  return { dates: last === null ? [] : dates, last };
}

/** Monday of an ISO week. */
function mondayOf(year: number, week: number): number {
  const fourth = Date.UTC(year, 0, 4);
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth + ((week - 1) * 7 - weekday) * DAY_MS;
}

/** The days of a date, as far as it is written. Without a year it is the latest that is not after `nearMs`. */
function daysOf({ year, month, day, week }: CalendarDate, nearMs: number): WallSpan | null {
  if (year === undefined) {
    if (month === undefined || Number.isNaN(nearMs)) return null;
    const near = new Date(nearMs).getUTCFullYear();
    const years = [near + 1, near, near - 1].map((one) =>
      daysOf({ year: one, month, ...(day === undefined ? {} : { day }) }, nearMs),
    );
    return years.find((span) => span !== null && span.fromMs <= nearMs + DAY_MS) ?? null;
  }
  if (week !== undefined) {
    const fromMs = mondayOf(year, week);
    return { fromMs, toMs: fromMs + 7 * DAY_MS - 1 };
  }
  // A year alone says too little to order anything by it.
  if (month === undefined) return null;
  if (day === undefined) return { fromMs: Date.UTC(year, month - 1, 1), toMs: Date.UTC(year, month, 1) - 1 };
  const fromMs = Date.UTC(year, month - 1, day);
  return new Date(fromMs).getUTCMonth() === month - 1 ? { fromMs, toMs: fromMs + DAY_MS - 1 } : null;
}

/** What a key, or a line such as `2026-11-27 22:06:18 CET`, says about a moment. */
export const writtenIn = (text: string, nearMs = Number.NaN): Written | null => writtenInWords(wordsOf(text), nearMs);

/** The same of words that were read already. `nearMs` gives a date without a year one. */
export function writtenInWords({ folders }: NameWords, nearMs: number): Written | null {
  const words = folders.flat();
  const epoch = words.find((word) => word.kind === "epoch");
  if (epoch?.kind === "epoch") {
    return { spans: [{ fromMs: epoch.atMs, toMs: epoch.atMs }], offsets: [0], hasTime: true };
  }
  const { dates, last, older: before } = dateIn(folders, nearMs);
  const earlier = before?.kind === "date" ? before.readings.flatMap((date) => daysOf(date, nearMs) ?? []) : [];
  const older = earlier.length === 0 ? {} : { older: earlier };
  const days = dates.flatMap((date) => daysOf(date, nearMs) ?? []);
  if (last === null || days.length === 0) return null;
  const behind = words.slice(words.indexOf(last) + 1);
  const time = behind.find((word) => word.kind === "time");
  const isOneDay = days.every(({ fromMs, toMs }) => toMs - fromMs < DAY_MS);
  if (time?.kind !== "time" || !isOneDay) return { spans: days, offsets: null, hasTime: false, ...older };
  const next = words[words.indexOf(time) + 1];
  const { hour, minute, second = 0, millisecond = 0 } = time.time;
  const intoMs = ((hour * 60 + (minute ?? 0)) * 60 + second) * 1000 + millisecond;
  const spans = days.map(({ fromMs }) => ({
    fromMs: fromMs + intoMs,
    toMs: fromMs + intoMs + (minute === undefined ? HOUR_MS - 1 : 0),
  }));
  return { spans, offsets: next?.kind === "zone" ? next.offsets : null, hasTime: true, ...older };
}

/** The moment that a name tells to the minute; null when it tells none. Without a zone it is taken for UTC. */
export function momentInName(name: string): string | null {
  const written = writtenIn(name);
  const [span] = written?.spans ?? [];
  if (written?.hasTime !== true || span === undefined) return null;
  // The earliest that it can be: an abbreviation may mean several zones.
  return new Date(span.fromMs - Math.max(...(written.offsets ?? [0])) * MINUTE_MS).toISOString();
}
