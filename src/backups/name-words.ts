/**
 * A store's key as typed words: what in it is a date, a time, a counter, a form, and what is left as a name. Series of
 * one job, patterns, names of databases and moments are all told from these. Pure; never throws, whatever the key.
 */
import { monthNamed, weekdayNamed } from "./calendar-words.ts";
import {
  type CalendarDate,
  type ClockTime,
  clockAt,
  dateAt,
  epochAt,
  loneTimeAt,
  monthFirst,
  type Reading,
  shortDateAt,
  timeAfterDate,
  zoneAfterTime,
} from "./name-dates.ts";
import { isDigestEnding, isEnding, isRhythm, isRole } from "./name-kinds.ts";

interface Placed {
  /** As it stands in the key. */
  readonly text: string;
  /** Where it stands in the key; what lies between two words are separators. */
  readonly from: number;
  readonly to: number;
}

export type NameWord = Placed &
  (
    | {
        readonly kind: "date";
        /**
         * Every date that it may be, the likeliest first: `03-04-2026` and `26-11-27` have several. A month or a year
         * alone, and a week, are dates with less in them.
         */
        readonly readings: readonly CalendarDate[];
        /** False: a short word that is an ordinary one, too (`may`, `mar`), where a date is possible but not proven. */
        readonly isSure: boolean;
      }
    | { readonly kind: "time"; readonly time: ClockTime }
    /** Minutes ahead of UTC; several where an abbreviation is used in several places. */
    | { readonly kind: "zone"; readonly offsets: readonly number[] }
    | { readonly kind: "epoch"; readonly atMs: number }
    /**
     * 1 is Monday. `isSure` is false for short words (`sun`, `fr`, `so`) without a date beside them: believe them only
     * when the same place of a listing holds several. `months`: the same word names a month elsewhere (`mar`).
     */
    | {
        readonly kind: "weekday";
        readonly weekdays: readonly number[];
        readonly months: readonly number[];
        readonly isSure: boolean;
      }
    /** `uuid`, `hex` and `id` are new in every name; an `id` is letters and digits thrown together. */
    | { readonly kind: "uuid" | "hex" | "id" | "rhythm" | "role" | "part" | "ending" }
    | { readonly kind: "counter"; readonly value: number }
    /** A plain word; `stem` and `number` when digits end it: `shop2` may be a name, `backup2` a counter. */
    | { readonly kind: "word"; readonly stem?: string; readonly number?: number }
  );

export interface NameWords {
  /** The parts between slashes, in order; the last is the file's own name. */
  readonly folders: readonly (readonly NameWord[])[];
}

type Kinds = NameWord extends infer One ? (One extends NameWord ? Omit<One, keyof Placed> : never) : never;

/** What is known while a key is read from left to right. */
interface Scan {
  readonly key: string;
  /** Where the part that is read begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly words: NameWord[];
  /** What earlier folders hold. */
  readonly before: readonly NameWord[];
  readonly isWeekly: boolean;
}

const WORD = /[\p{L}\p{M}\d]+/uy;
const GAP = /[^\p{L}\p{M}\d]+/uy;

function stickyAt(pattern: RegExp, text: string, from: number): string {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0] ?? "";
}

const place = (key: string, from: number, length: number, kind: Kinds): NameWord =>
  ({ ...kind, text: key.slice(from, from + length), from, to: from + length }) as NameWord;

const fromReading = (key: string, from: number, reading: Reading): NameWord => {
  const { length, ...kind } = reading;
  return place(key, from, length, kind.kind === "date" ? { ...kind, isSure: true } : kind);
};

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\p{L}\d])/iuy;
const HEX = /^[\da-f]{8,}$/i;
const HASHES: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128]);

/** At least eight, with a digit and a letter in it, or as long as a hash. */
const isHex = (atom: string) => HEX.test(atom) && ((/\d/.test(atom) && /[a-f]/i.test(atom)) || HASHES.has(atom.length));

/** Letters and digits that change places at least three times, or both cases and digits mixed: nobody's word. */
const isRandom = (atom: string) =>
  atom.length >= 8 && /^[\dA-Za-z]+$/.test(atom) && (atom.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)/g) ?? []).length >= 3;

const hasDate = (words: readonly NameWord[]) => words.some((word) => word.kind === "date" && isDay(word));
const isDay = (word: NameWord) => word.kind === "date" && word.readings.some(({ day }) => day !== undefined);

/** What stands at a number: an identifier, a moment or a part of one, or a counter. */
function readNumber(scan: Scan, from: number): NameWord {
  const { key, words, before } = scan;
  const last = words.at(-1);
  const isNext = last !== undefined && from - last.to <= 2;
  const follows = isNext && last.kind === "date" && isDay(last);
  const isDated = hasDate(words) || hasDate(before);
  const isTimed = words.some(({ kind }) => kind === "time");
  const reading =
    (follows && !ANOTHER_DATE.test(key.slice(from, from + 7)) ? timeAfterDate(key, from) : null) ??
    dateAt(key, from) ??
    epochAt(key, from) ??
    clockAt(key, from, isDated) ??
    (isDated || isSerial(scan, from) ? null : shortDateAt(key, from, scan.isWeekly)) ??
    (isTimed || isSerial(scan, from) ? null : loneTimeAt(key, from)) ??
    yearAlone(scan, from);
  if (reading !== null && from + reading.length <= scan.end) return fromReading(key, from, reading);
  const digits = stickyAt(/\d+/y, key, from);
  return place(key, from, digits.length, { kind: "counter", value: Number(digits) });
}

/** What follows a date is a time, but not `2027-01-01_2026-11-27`. */
const ANOTHER_DATE = /^20\d\d[-_. ]\d\d/;

/** `binlog.000123`: digits that end a name behind a dot are numbered on, whatever they look like. */
const isSerial = ({ key, words, end }: Scan, from: number) =>
  words.length > 0 && key[from - 1] === "." && /^\d+$/.test(key.slice(from, end));

/** Four digits that stand alone and are a year of our time: a folder, or beside a month. */
function yearAlone({ key }: Scan, from: number): Reading | null {
  const year = stickyAt(/20\d\d(?![\p{L}\d])/uy, key, from);
  return year === "" ? null : { kind: "date", length: 4, readings: [{ year: Number(year) }] };
}

/** Two digits in a folder of their own, below a folder of a year, a month, a day: `2026/11/27/22/`. */
function readNested({ key, start, end, before }: Scan): NameWord | null {
  const text = key.slice(start, end);
  const last = before.at(-1);
  if (!/^\d{1,2}$/.test(text) || last?.kind !== "date" || last.to !== start - 1) return null;
  const value = Number(text);
  const [{ year, month, day, week } = {}] = last.readings;
  if (week !== undefined) return null;
  if (year !== undefined && month === undefined && value >= 1 && value <= 12) {
    return place(key, start, text.length, { kind: "date", readings: [{ month: value }], isSure: true });
  }
  if (month !== undefined && day === undefined && value >= 1 && value <= 31) {
    return place(key, start, text.length, { kind: "date", readings: [{ day: value }], isSure: true });
  }
  return day !== undefined && value <= 23
    ? place(key, start, text.length, { kind: "time", time: { hour: value } })
    : null;
}

const isCalendar = (word: NameWord | undefined) => word?.kind === "date" || word?.kind === "time";

/** Whether a date may be meant at a word: beside a date, or last or first of a name that has other words. */
function readCalendarName(scan: Scan, from: number, atom: string): NameWord | null {
  const { key, words, end } = scan;
  const joined = stickyAt(/[\p{L}\p{M}]+[- ](?:feira|af|bat)(?![\p{L}\d])/iuy, key, from);
  const text = joined !== "" && weekdayNamed(joined) !== null ? joined : atom;
  const month = monthNamed(text);
  const weekday = weekdayNamed(text);
  if (month === null && weekday === null) return null;
  const rest = key.slice(from + text.length, end);
  const isBeside = isCalendar(words.at(-1)) || /^[^\p{L}\d]{0,2}\d{2,}/u.test(rest);
  const isLast = /^\.?(?:\.[\p{L}\d]+)*$/u.test(rest);
  const isFirst = words.length === 0 && rest !== "" && !rest.startsWith(".");
  const isLong = (month ?? weekday)?.isShort === false;
  const isAlone = words.length === 0 && isLast;
  // A whole name (`may.sql`) is a name; a whole folder (`Fri/`) may be a weekday.
  if (!isBeside && (isAlone ? rest !== "" : !isLong && !isLast && !isFirst)) return null;
  const isSure = isBeside || (isLong && (words.length > 0 || !isLast || scan.before.length > 0));
  if (weekday !== null && (month === null || !isBeside || isCalendar(words.at(-1)))) {
    return place(key, from, text.length, {
      kind: "weekday",
      weekdays: weekday.values,
      months: month?.values ?? [],
      isSure,
    });
  }
  const readings = (month?.values ?? []).map((value) => ({ month: value }));
  return place(key, from, text.length, { kind: "date", readings, isSure });
}

/** `partaa`, `part-0`, `part001`. */
const PART = /part[-_.]?(?:\d{1,5}|[a-z]{2,3})(?![\p{L}\d])/iuy;
/** Sections of pg_dump: two words that mean one. */
const SECTION = /(?:pre|post)[-_.]data(?![\p{L}\d])/iuy;
/** `T220615` right behind a date. */
const TIME_SIGN = /^[Tt](?=\d\d)/;

/** A word that begins with a letter, whole: with the digits that end it, unless they are a date. */
function readLetters(scan: Scan, from: number): NameWord {
  const { key, words } = scan;
  const atom = stickyAt(WORD, key, from);
  const part = stickyAt(PART, key, from);
  if (part !== "") return place(key, from, part.length, { kind: "part" });
  const section = stickyAt(SECTION, key, from);
  if (section !== "") return place(key, from, section.length, { kind: "role" });
  const last = words.at(-1);
  const isAfterDate = last !== undefined && isDay(last) && last.to === from;
  const dated = monthFirst(key, from);
  if (dated !== null) return fromReading(key, from, dated);
  const stem = stickyAt(/[\p{L}\p{M}]+/uy, key, from);
  const digits = atom.slice(stem.length);
  if (isAfterDate && TIME_SIGN.test(atom)) {
    const time = timeAfterDate(key, from + 1);
    if (time !== null) return fromReading(key, from, { ...time, length: time.length + 1 });
  }
  if (isDated(key, from + stem.length)) return readStem(scan, from, stem);
  if (digits === "") return readStem(scan, from, atom);
  if (isHex(atom)) return place(key, from, atom.length, { kind: "hex" });
  if (isRandom(atom)) return place(key, from, atom.length, { kind: "id" });
  if (isRole(atom)) return place(key, from, atom.length, { kind: "role" });
  return /^\d+$/.test(digits)
    ? place(key, from, atom.length, { kind: "word", stem, number: Number(digits) })
    : place(key, from, atom.length, { kind: "word" });
}

/** A whole day stands here: `dump20261127`, `shop2026-11-27`. */
function isDated(key: string, from: number): boolean {
  const reading = /\d/.test(key.charAt(from)) ? dateAt(key, from) : null;
  return reading?.kind === "date" && reading.readings.some(({ year, day }) => year !== undefined && day !== undefined);
}

function readStem(scan: Scan, from: number, stem: string): NameWord {
  const { key } = scan;
  const kind: Kinds = isHex(stem)
    ? { kind: "hex" }
    : isRhythm(stem)
      ? { kind: "rhythm" }
      : isRole(stem)
        ? { kind: "role" }
        : { kind: "word" };
  if (kind.kind === "word") return readCalendarName(scan, from, stem) ?? place(key, from, stem.length, kind);
  return place(key, from, stem.length, kind);
}

/** One more word, from where a letter or a digit stands. */
function readWord(scan: Scan, from: number): NameWord {
  const { key } = scan;
  const uuid = stickyAt(UUID, key, from);
  if (uuid !== "") return place(key, from, uuid.length, { kind: "uuid" });
  if (!/\d/.test(key.charAt(from))) return readLetters(scan, from);
  const atom = stickyAt(WORD, key, from);
  const number = readNumber(scan, from);
  if (number.kind !== "counter" || number.text === atom) {
    // Hexadecimal digits may begin like a date: then the date must end where the digits do.
    const isWhole = number.to - from >= atom.length || /^(?:T|Z|[hH]\d)/.test(atom.slice(number.to - from));
    if (isWhole || !isHex(atom)) return number;
  }
  if (isHex(atom)) return place(key, from, atom.length, { kind: "hex" });
  if (isRandom(atom)) return place(key, from, atom.length, { kind: "id" });
  return place(key, from, atom.length, { kind: "word" });
}

function readZone(scan: Scan, from: number): NameWord | null {
  const last = scan.words.at(-1);
  if (last?.kind !== "time" || last.to !== from) return null;
  const reading = zoneAfterTime(scan.key, from, /[Tt:]/.test(last.text));
  if (reading === null || from + reading.length > scan.end) return null;
  // What stands before the zone's first letter or sign is a separator.
  const gap = /^[-_. ]?(?=[(A-Za-z+%])\(?/.exec(scan.key.slice(from))?.[0].length ?? 0;
  return fromReading(scan.key, from + gap, { ...reading, length: reading.length - gap });
}

const SUFFIX = /^(?:[a-z]{2,3}|\d{2,5})$/;

/** The endings of a file's name are told from its end: `dump_daily.sql.gz.sha256` begins with a plain word. */
function withEndings(key: string, words: readonly NameWord[]): NameWord[] {
  const typed = [...words];
  for (let index = typed.length - 1; index > 0; index -= 1) {
    const word = typed[index];
    const before = typed[index - 1];
    if (word === undefined || before === undefined) break;
    const gap = key.slice(before.to, word.from);
    const { text, from } = word;
    const at = (kind: Kinds) => {
      typed[index] = place(key, from, text.length, kind);
    };
    const isOpen = word.kind !== "part" && word.kind !== "uuid";
    const isLast = index === typed.length - 1;
    if (gap === "." && isDigestEnding(text)) at({ kind: "role" });
    else if (isLast && /^[-._]$/.test(gap) && SUFFIX.test(text) && !isEnding(text) && isEnding(before.text)) {
      at({ kind: "part" });
    } else if (gap === "." && isOpen && isEnding(text)) at({ kind: "ending" });
    else if (isLast && gap === "." && /^[a-z]\w{0,3}$/i.test(text) && (isEnding(before.text) || isCalendar(before))) {
      at({ kind: "ending" });
    } else if (word.kind !== "part" && word.kind !== "role" && !(isLast && word.kind === "counter")) break;
  }
  return typed;
}

function readPart(scan: Scan): NameWord[] {
  const { key, start, end, words } = scan;
  const nested = readNested(scan);
  if (nested !== null) return [nested];
  let from = start;
  while (from < end) {
    const zone = readZone(scan, from);
    if (zone !== null) {
      words.push(zone);
      from = zone.to;
      continue;
    }
    const gap = stickyAt(GAP, key, from);
    from = Math.min(end, from + gap.length);
    if (gap !== "") continue;
    const word = readWord(scan, from);
    const isPast = word.to > end;
    words.push(isPast ? place(key, from, end - from, { kind: "word" }) : word);
    from = isPast ? end : word.to;
  }
  return withEndings(key, words);
}

/** A store's key as folders of typed words. The words and what lies between them are the key. */
export function wordsOf(key: string): NameWords {
  const folders: NameWord[][] = [];
  const isWeekly = /week|hebdo|wöch|woech|seman|settiman/i.test(key);
  let start = 0;
  for (const part of key.split("/")) {
    const end = start + part.length;
    folders.push(readPart({ key, start, end, words: [], before: folders.flat(), isWeekly }));
    start = end + 1;
  }
  return { folders };
}
