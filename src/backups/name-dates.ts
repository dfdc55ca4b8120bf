/**
 * Dates, times, zones and epochs as people write them into names. Each reader looks at one place of a text, and answers
 * what stands there and how long it is, or null. Pure.
 */
import { monthNamed, zoneNamed } from "./calendar-words.ts";

/** A date, or what is written of one: `2026-11` has no day, `31-October` no year, `2026-W48` a week. */
export interface CalendarDate {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly week?: number;
}

/** A time of the day; only what is written. */
export interface ClockTime {
  readonly hour: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

export type Reading =
  | { readonly kind: "date"; readonly length: number; readonly readings: readonly CalendarDate[] }
  | { readonly kind: "time"; readonly length: number; readonly time: ClockTime }
  | { readonly kind: "zone"; readonly length: number; readonly offsets: readonly number[] }
  | { readonly kind: "epoch"; readonly length: number; readonly atMs: number };

const FIRST_MS = Date.UTC(2000, 0, 1);
const END_MS = Date.UTC(2100, 0, 1);

/** Whether there is such a day, as far as it is written. */
function isDate({ year, month, day, week }: CalendarDate): boolean {
  if (year !== undefined && (year < 1990 || year > 2099)) return false;
  if (week !== undefined) return week >= 1 && week <= 53;
  if (month !== undefined && (month < 1 || month > 12)) return false;
  if (day === undefined) return true;
  // A day without a year may be the 29 February of one.
  const last = new Date(Date.UTC(year ?? 2024, month ?? 1, 0)).getUTCDate();
  return day >= 1 && day <= (month === undefined ? 31 : last);
}

function dates(...all: readonly CalendarDate[]): CalendarDate[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify([one.year, one.month, one.day, one.week]);
    if (seen.has(key) || !isDate(one)) return false;
    seen.add(key);
    return true;
  });
}

const toDate = (length: number, ...all: readonly CalendarDate[]): Reading | null => {
  const readings = dates(...all);
  return readings.length === 0 ? null : { kind: "date", length, readings };
};

/** Sticky patterns that start where a number starts. `\d` after them is never the same number's next digit. */
function at(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

const YMD = /((?:19|20)\d\d)([-_. ])(\d{1,2})\2(\d{1,2})(?!\d)/y;
const CJK = /((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(?:(\d{1,2})\s?[日일])?/y;
const DMY = /(\d{1,2})([-_. ])(\d{1,2})\2((?:19|20)\d\d)(?!\d)/y;
const WEEK =
  /((?:19|20)\d\d)[-_. ]?(?:[WwKk]|[Kk][Ww]|[Ww][Kk]|[Cc][Ww]|[Ww]eek)[-_. ]?(\d{2})(?:[-_.]?([1-7]))?(?![\p{L}\d])/uy;
const YEAR_MONTH = /((?:19|20)\d\d)([-_.])(\d{2})(?!\d)/y;
const SHORT_YEAR = /(\d{2})([-_. ])(\d{2})\2(\d{2})(?!\d)/y;

/** A day that is numbered in two places: which is the month may be open (`03-04-2026`). Day first is likelier. */
function eitherWay(year: number, first: number, second: number): CalendarDate[] {
  return [
    { year, month: second, day: first },
    { year, month: first, day: second },
  ];
}

/** Years of two digits are of databases' time: `000123` and `990101` are counters. */
const isShortYear = (year: number) => year >= 10 && year <= 60;

function threeShort(a: number, b: number, c: number): CalendarDate[] {
  return [
    ...(isShortYear(a) ? [{ year: 2000 + a, month: b, day: c }] : []),
    ...(isShortYear(c) ? eitherWay(2000 + c, a, b) : []),
  ];
}

/** Dates of digits with something between them. */
function separatedDate(text: string, from: number): Reading | null {
  let match = at(YMD, text, from);
  if (match !== null) {
    const [whole, year, separator, month, day = ""] = match;
    const twice = twoYears(text, from, match);
    if (twice !== null) return twice;
    const isNext = isDayFirst(text, from + whole.length - day.length, separator);
    const found = isNext ? null : toDate(whole.length, { year: Number(year), month: Number(month), day: Number(day) });
    if (found !== null) return found;
  }
  match = at(CJK, text, from);
  if (match !== null) {
    const [whole, year, month, day] = match;
    const date = { year: Number(year), month: Number(month) };
    return toDate(whole.length, day === undefined ? date : { ...date, day: Number(day) });
  }
  match = at(DMY, text, from);
  if (match !== null) {
    const [whole, first, , second, year] = match;
    return toDate(whole.length, ...eitherWay(Number(year), Number(first), Number(second)));
  }
  match = at(WEEK, text, from);
  if (match !== null) return toDate(match[0].length, { year: Number(match[1]), week: Number(match[2]) });
  match = at(YEAR_MONTH, text, from);
  if (match === null || isDayFirst(text, from + match[0].length - 2, match[2])) return null;
  return toDate(match[0].length, { year: Number(match[1]), month: Number(match[3]) });
}

const AND_YEAR = /([-_. ])(20\d\d)(?![\p{L}\d])/uy;

/**
 * `2024_05_11_2026` with one separator: the 11 May of a year and a time, or a year and a day of a later one. Both are kept;
 * where the second is no later year, it is a time.
 */
function twoYears(text: string, from: number, [whole, year, separator, month, day]: RegExpExecArray): Reading | null {
  const [behind, next, last] = at(AND_YEAR, text, from + whole.length) ?? [];
  if (behind === undefined || next !== separator || Number(last) <= Number(year)) return null;
  const readings = dates(
    { year: Number(year), month: Number(month), day: Number(day) },
    ...eitherWay(Number(last), Number(month), Number(day)),
  );
  return readings.length < 2 ? null : { kind: "date", length: whole.length + behind.length, readings };
}

/** A whole date of its own, with other separators than what stands before: `erp_2024_05-11-2026`. */
function isDayFirst(text: string, from: number, separator: string | undefined): boolean {
  const match = at(DMY, text, from);
  if (match === null || match[2] === separator) return false;
  return dates(...eitherWay(Number(match[4]), Number(match[1]), Number(match[3]))).length > 0;
}

/** Two digits for the year, with something between: only where no time can be meant. All readings are kept. */
function shortYearDate(text: string, from: number): Reading | null {
  const match = at(SHORT_YEAR, text, from);
  return match === null
    ? null
    : toDate(match[0].length, ...threeShort(Number(match[1]), Number(match[3]), Number(match[4])));
}

const DAY_FIRST =
  /(\d{1,2})(?:st|nd|rd|th|er|º|ª)?[-_. ,]{0,2}(?:de[-_. ])?(\p{L}[\p{L}\p{M}]+)\.?(?:[-_. ,]{0,2}(?:de[-_. ])?(\d{4}|\d{2})(?!\d))?/iuy;
const YEAR_FIRST = /((?:19|20)\d\d)[-_. ,]{0,2}(\p{L}[\p{L}\p{M}]+)\.?(?:[-_. ,]{0,2}(\d{1,2})(?!\d))?/uy;
const MONTH_FIRST =
  /(\p{L}[\p{L}\p{M}]+)\.?(?:[-_. ,]{0,2}(\d{1,2})(?:st|nd|rd|th)?(?![\p{L}\d]))?(?:[-_. ,]{1,2}(?:de[-_. ])?((?:19|20)\d\d)(?!\d))?/iuy;

const reach = (match: RegExpExecArray, last: number) => {
  // What follows an optional group that did not match is none of it: `31-October.dmp` ends before the dot.
  const [whole] = match;
  return match[last] === undefined ? whole.replace(/[-_. ,]+$/, "").length : whole.length;
};

const monthsOf = (word: string | undefined) => monthNamed(word ?? "")?.values ?? [];

/** A short word is a month only beside two digits or a year: `db-1-set` is none. */
const isWeak = (word: string | undefined, digits: string | undefined, year: string | undefined) =>
  monthNamed(word ?? "")?.isShort !== false && year === undefined && (digits?.length ?? 0) < 2;

function dayFirst(text: string, from: number): Reading | null {
  const match = at(DAY_FIRST, text, from);
  if (match === null) return null;
  const [, day, word, year] = match;
  if (isWeak(word, day, year)) return null;
  const isShort = year?.length === 2;
  const all = monthsOf(word).flatMap((month): CalendarDate[] => {
    if (year === undefined) return [{ month, day: Number(day) }];
    const date = { year: (isShort ? 2000 : 0) + Number(year), month, day: Number(day) };
    return isShort ? [date, { year: 2000 + Number(day), month, day: Number(year) }] : [date];
  });
  const found = toDate(reach(match, 3), ...all);
  if (found !== null || year === undefined) return found;
  // The digits behind the month were no year: a time, or a counter.
  const length = match[0].slice(0, match[0].length - year.length).replace(/[-_. ,]+$/, "").length;
  return toDate(length, ...monthsOf(word).map((month) => ({ month, day: Number(day) })));
}

function yearFirst(text: string, from: number): Reading | null {
  const match = at(YEAR_FIRST, text, from);
  if (match === null) return null;
  const [whole, year, word, day] = match;
  const months = monthsOf(word).map((month) => ({ year: Number(year), month }));
  const withDay =
    day === undefined ? null : toDate(whole.length, ...months.map((one) => ({ ...one, day: Number(day) })));
  if (withDay !== null) return withDay;
  const bare = whole.slice(0, whole.length - (day?.length ?? 0)).replace(/[-_. ,]+$/, "");
  return toDate(bare.length, ...months);
}

/** `October-2026`, `Oct-31-2026`, `October-31`. A month alone is the caller's to judge. */
export function monthFirst(text: string, from: number): Reading | null {
  const match = at(MONTH_FIRST, text, from);
  if (match === null) return null;
  const [, word, day, year] = match;
  if ((day === undefined && year === undefined) || isWeak(word, day, year)) return null;
  // A whole date begins with the year, and the word before it is its own: `march-2026-11-27`.
  if (day === undefined && at(YMD, text, from + match[0].length - 4) !== null) return null;
  const all = monthsOf(word).map((month) => ({
    month,
    ...(day === undefined ? {} : { day: Number(day) }),
    ...(year === undefined ? {} : { year: Number(year) }),
  }));
  return toDate(match[0].length, ...all);
}

const RUN = /\d+/y;

const clock = (digits: string): ClockTime => {
  const [hour = 0, minute, second] = (digits.match(/../g) ?? []).map(Number);
  return { hour, ...(minute === undefined ? {} : { minute }), ...(second === undefined ? {} : { second }) };
};

/** Whether there is such a time. A leap second is one. */
const isTime = ({ hour, minute = 0, second = 0 }: ClockTime) => hour <= 23 && minute <= 59 && second <= 60;

function eightDigits(run: string): CalendarDate[] {
  const [a, b, c, d] = [run.slice(0, 2), run.slice(2, 4), run.slice(4, 6), run.slice(6, 8)].map(Number);
  const ymd = { year: Number(run.slice(0, 4)), month: c ?? 0, day: d ?? 0 };
  return dates(ymd).length > 0 && ymd.year >= 1990 ? [ymd] : eitherWay(Number(run.slice(4, 8)), a ?? 0, b ?? 0);
}

/** A date of digits alone: eight of them, or the first eight of a moment in 12, 14 or 17 digits. */
function compactDate(text: string, from: number): Reading | null {
  const run = at(RUN, text, from)?.[0] ?? "";
  if (run.length === 8) return toDate(8, ...eightDigits(run));
  if (run.length === 10 && toDate(8, ...eightDigits(run.slice(0, 8))) !== null) {
    // Day and hour, or day and a counter: the day is sure.
    return /^20/.test(run) ? toDate(8, ...eightDigits(run.slice(0, 8))) : null;
  }
  if (![12, 14, 17, 20].includes(run.length) || !isTime(clock(run.slice(8, 14)))) return null;
  return /^(?:19|20)/.test(run) ? toDate(8, ...eightDigits(run.slice(0, 8))) : null;
}

/** Six digits that stand alone: a year of two, or a year and a month or week. */
function sixDigits(text: string, from: number, isWeekly: boolean): Reading | null {
  const run = at(RUN, text, from)?.[0] ?? "";
  if (run.length !== 6) return null;
  const [a = 0, b = 0, c = 0] = [run.slice(0, 2), run.slice(2, 4), run.slice(4, 6)].map(Number);
  const year = Number(run.slice(0, 4));
  if (year >= 2000 && year <= 2099 && b >= 13) {
    return c <= 12 && !isWeekly ? toDate(6, { year, month: c }) : toDate(6, { year, week: c });
  }
  return toDate(6, ...threeShort(a, b, c));
}

const EPOCH = /(?<![\p{L}\d])(?:\d{10}|\d{13})(?![\p{L}\d])/uy;

/** Seconds or milliseconds since 1970: ten or thirteen digits that stand alone, of this century. */
export function epochAt(text: string, from: number): Reading | null {
  const digits = at(EPOCH, text, from)?.[0];
  if (digits === undefined) return null;
  const atMs = digits.length === 10 ? Number(digits) * 1000 : Number(digits);
  return atMs >= FIRST_MS && atMs < END_MS ? { kind: "epoch", length: digits.length, atMs } : null;
}

/** Dates that need no neighbour to be one. */
export function dateAt(text: string, from: number): Reading | null {
  return separatedDate(text, from) ?? compactDate(text, from) ?? yearFirst(text, from) ?? dayFirst(text, from);
}

/** Dates that could as well be times or counters: asked when there is no other date. */
export function shortDateAt(text: string, from: number, isWeekly: boolean): Reading | null {
  return shortYearDate(text, from) ?? sixDigits(text, from, isWeekly);
}

const PM = "(?:[-_. ]?([AaPp])\\.?[Mm]\\.?(?![\\p{L}\\d]))?";
const LETTERED = /(\d{1,2})[hH](\d{2})?(?:[mM'](?:(\d{2})[sS]?)?)?(?![\p{L}\d])/uy;
/** A colon, also as stores of URLs write it. */
const COLON = "(?::|%3[aA])";
const COLONS = new RegExp(`(\\d{1,2})${COLON}(\\d{2})(?:${COLON}(\\d{2})(?:[.,](\\d{1,9}))?)?(?!\\d)${PM}`, "uy");
const GROUPS = new RegExp(
  `(\\d{2})([-_. ])(\\d{2})\\2(\\d{2})(?:[.,](\\d{3}|\\d{6}|\\d{9})(?=Z|[+-]\\d))?(?!\\d)${PM}`,
  "uy",
);
const PAIR = new RegExp(`(\\d{2})([-_.: ])(\\d{2})(?!\\d)${PM}`, "uy");
const COMPACT = new RegExp(
  `(\\d{2})(\\d{2})(?:(\\d{2})(?:(\\d{3}|\\d{6})(?!\\d)|[.,](\\d{3}|\\d{6}|\\d{9})(?=Z|[+-]\\d))?)?(?!\\d)${PM}`,
  "uy",
);

function toTime(match: RegExpExecArray, parts: readonly (string | undefined)[]): Reading | null {
  const [hours, minutes, seconds, fraction, half] = parts;
  const written = Number(hours);
  const isHalf = half !== undefined && written >= 1 && written <= 12;
  const hour = isHalf ? (written % 12) + (/p/i.test(half) ? 12 : 0) : written;
  const time: ClockTime = {
    hour,
    ...(minutes === undefined ? {} : { minute: Number(minutes) }),
    ...(seconds === undefined ? {} : { second: Number(seconds) }),
    ...(fraction === undefined ? {} : { millisecond: Number(fraction.padEnd(3, "0").slice(0, 3)) }),
  };
  return isTime(time) ? { kind: "time", length: match[0].length, time } : null;
}

/** A time that says by its form that it is one: `22h30`, `22:30:15`. Hours alone (`12h`) may be a span. */
export function clockAt(text: string, from: number, isAfterDate = false): Reading | null {
  const lettered = at(LETTERED, text, from);
  if (lettered !== null && (isAfterDate || lettered[2] !== undefined))
    return toTime(lettered, [lettered[1], lettered[2], lettered[3]]);
  const colons = at(COLONS, text, from);
  return colons === null ? null : toTime(colons, [colons[1], colons[2], colons[3], colons[4], colons[5]]);
}

/** A time that is one because a date stands before it: `220615`, `22-06-15`, `2206`. */
export function timeAfterDate(text: string, from: number): Reading | null {
  const certain = clockAt(text, from, true);
  if (certain !== null) return certain;
  const groups = at(GROUPS, text, from);
  const grouped = groups === null ? null : toTime(groups, [groups[1], groups[3], groups[4], groups[5], groups[6]]);
  if (grouped !== null) return grouped;
  const compact = at(COMPACT, text, from);
  if (compact !== null) {
    return toTime(compact, [compact[1], compact[2], compact[3], compact[4] ?? compact[5], compact[6]]);
  }
  const pair = at(PAIR, text, from);
  return pair === null ? null : toTime(pair, [pair[1], pair[3], undefined, undefined, pair[4]]);
}

/** Three groups or six digits that are no date, far from one. */
export function loneTimeAt(text: string, from: number): Reading | null {
  const groups = at(GROUPS, text, from);
  if (groups !== null) return toTime(groups, [groups[1], groups[3], groups[4], groups[5], groups[6]]);
  const run = at(RUN, text, from)?.[0] ?? "";
  if (run.length !== 6 || !isTime(clock(run))) return null;
  return { kind: "time", length: 6, time: clock(run) };
}

const NAMED_OFFSET = /[-_. ]?(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)/iy;
const PLUS = /[-_. ]?(\+|%2[bB])(\d{2})(?:(?:[-_:]|%3[aA])?(\d{2}))?(?!\d)/y;
const MINUS = /(-)(\d{2})(?:[-_:]?(00|15|30|45))(?!\d)/y;
const MINUS_HOURS = /(-)(\d{2})(?!\d)/y;
const NAMED = /[-_. ]?\(?([A-Za-z]{1,5})\)?(?![\p{L}\d])/uy;

const toOffset = (match: RegExpExecArray): Reading | null => {
  const [whole, sign, hours, minutes = "0"] = match;
  const offset = Number(hours) * 60 + Number(minutes);
  const isOffset = offset <= 14 * 60 && Number(minutes) < 60;
  return isOffset
    ? { kind: "zone", length: whole.length, offsets: [offset === 0 ? 0 : sign === "-" ? -offset : offset] }
    : null;
};

/** A zone right behind a time: an offset (`Z`, `+0530`, `-05:00`, `GMT+2`) or a name (`CET`). */
export function zoneAfterTime(text: string, from: number, isIso: boolean): Reading | null {
  const match =
    at(NAMED_OFFSET, text, from) ??
    at(PLUS, text, from) ??
    at(MINUS, text, from) ??
    (isIso ? at(MINUS_HOURS, text, from) : null);
  if (match !== null) return toOffset(match);
  const named = at(NAMED, text, from);
  if (named === null) return null;
  // In small letters they are words: `cat`, `art`, `est`.
  const name = named[1] ?? "";
  const offsets = /^(?:[A-Z]+|utc|gmt|z)$/.test(name) ? zoneNamed(name) : null;
  return offsets === null ? null : { kind: "zone", length: named[0].length, offsets };
}
