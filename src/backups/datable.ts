/** An object whose moment is to be told, read: what its name may mean, and which of its times say something. Pure. */
import type { MadeAt } from "../parts.ts";
import { leadOf, type OpenDate } from "./day-order.ts";
import { DAY_MS, MINUTE_MS, type Written, writtenInWords } from "./moments.ts";
import { type NameWords, wordsOf } from "./name-words.ts";
import { CLOCKS_MS, type Dating, EAST_MS } from "./told-moment.ts";

/** What is dated: an object with what its inside says. */
export interface Datable {
  readonly key: string;
  readonly modifiedAt: string;
  readonly made?: MadeAt | undefined;
  /** When the file that is packed in it was written last, as its layers say. */
  readonly fileAt?: string | undefined;
  /** Whether everything that is packed with it is of that one second. */
  readonly isOneTime?: boolean | undefined;
}

/** Before that, an object's time was never set. */
const FIRST_MS = Date.UTC(2000, 0, 1);

/** Names of one clock: the same but for dates, counters and what else changes each night. */
const jobOf = ({ folders }: NameWords): string =>
  folders.map((words) => words.map(({ kind, text }) => (kind === "word" ? text : `<${kind}>`)).join(" ")).join("/");

/** A name that was read, before it is decided which of its dates is meant. */
export interface Read extends OpenDate {
  readonly object: Datable;
  readonly job: string;
  readonly objectMs: number | null;
  readonly isAhead: boolean;
  readonly isSet: boolean;
  readonly written: Written | null;
}

/** The earliest of what says something: what was never set, or lies in the future, does not. */
function earliest(all: readonly number[], nowMs: number): number | null {
  const told = all.filter((ms) => ms >= FIRST_MS && ms <= nowMs + CLOCKS_MS);
  return told.length === 0 ? null : Math.min(...told);
}

/** Nobody's file is of so long before its name and its object. */
const GIVEN_MS = 180 * DAY_MS;
const QUARTER_MS = 15 * MINUTE_MS;

/**
 * `tar --mtime` gives each file one time, so that equal files make an equal archive: of a day's beginning, or the same to the
 * second for all. It is none of the copy when name and object agree, and it lies far before both.
 */
function isGiven(
  { isOneTime = false }: Datable,
  { fileMs, writtenMs, words }: { fileMs: number; writtenMs: number; words: NameWords },
): boolean {
  const isLike = isOneTime || fileMs % QUARTER_MS === 0;
  if (!isLike || !(writtenMs - fileMs > GIVEN_MS)) return false;
  const [span] = writtenInWords(words, writtenMs)?.spans ?? [];
  return span !== undefined && span.fromMs - EAST_MS <= writtenMs && writtenMs <= span.toMs + 2 * DAY_MS;
}

/** Reads its name, and which of its times say something. */
export function read(object: Datable, { nowMs }: Dating): Read {
  const { key, modifiedAt } = object;
  const words = wordsOf(key);
  const writtenMs = Date.parse(modifiedAt);
  const isAhead = writtenMs > nowMs + CLOCKS_MS;
  const fileMs = Date.parse(object.fileAt ?? "");
  const isSet = !isAhead && isGiven(object, { fileMs, writtenMs, words });
  const objectMs = earliest([isAhead ? Number.NaN : writtenMs, isSet ? Number.NaN : fileMs], nowMs);
  const written = writtenInWords(words, objectMs ?? nowMs);
  const spans = written?.spans ?? [];
  return { object, job: jobOf(words), objectMs, isAhead, isSet, written, lead: leadOf(words), spans };
}

/** By the earlier of two dates in its name, which stands there without a time. */
export const asOlder = (one: Read): Read =>
  one.written === null ? one : { ...one, written: { ...one.written, offsets: null, hasTime: false } };

/**
 * Dates far apart in one name: the later one is the backup's when something else says so. Its object was written then, or
 * the same earlier date stands in names of several nights: somebody's number, or a version's.
 */
export function ofTwo(job: readonly Read[]): (one: Read) => boolean {
  const nights = new Map<number, Set<number>>();
  const olderOf = ({ written }: Read) => written?.older?.[0]?.fromMs;
  for (const one of job) {
    const [older, later] = [olderOf(one), one.spans[0]?.fromMs];
    if (older !== undefined && later !== undefined) nights.set(older, (nights.get(older) ?? new Set()).add(later));
  }
  return (one) => {
    const [older, span] = [olderOf(one), one.spans[0]];
    if (older === undefined || span === undefined || (nights.get(older)?.size ?? 0) > 1) return true;
    const { objectMs } = one;
    return objectMs !== null && objectMs >= span.fromMs - EAST_MS && objectMs <= span.toMs + 2 * DAY_MS;
  };
}
