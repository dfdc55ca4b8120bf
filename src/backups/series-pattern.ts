/** Patterns for what jobs make: they mean what lies there and what the next night will bring, and nothing of another job. Pure. */
import type { RecoveryPoint } from "../parts.ts";
import { fitter } from "./patterns.ts";
import type { Placed } from "./series.ts";

/** Up to a border of words: `dat` of `data` and `datum` is no beginning. */
function sharedStart(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const text of others) while (!text.startsWith(first.slice(0, length))) length -= 1;
  return first
    .slice(0, length)
    .replace(/[\p{L}\d]+$/u, (cut, at: number) =>
      texts.every((text) => !/^[\p{L}\d]/u.test(text.slice(at + cut.length))) ? cut : "",
    );
}

const reversed = (text: string) => [...text].reverse().join("");

/** One pattern for the files of a night that belong together: `shop-{data,schema}-*.sql`. */
function several(globs: readonly string[]): string {
  const start = sharedStart(globs);
  const rest = globs.map((glob) => glob.slice(start.length));
  const end = reversed(sharedStart(rest.map(reversed)));
  const middles = rest.map((text) => text.slice(0, text.length - end.length));
  const isPlain = middles.every((text) => text !== "" && !/[*?{},/]/.test(text));
  return isPlain ? `${start}{${[...middles].sort().join(",")}}${end}` : `${start}*${end}`;
}

/** The pattern of a series, from the names of its members. */
export function patternOf(
  placed: readonly Placed[],
  points: readonly RecoveryPoint[],
  members: readonly Placed[],
): string {
  const set = points.find(({ parts }) => parts !== undefined);
  const globs = [...new Set(members.map(({ glob }) => glob))];
  if (set !== undefined && globs.length > 1) {
    const isTables = set.parts?.some(({ role }) => role === "table") === true;
    return isTables ? tables(globs) : several(globs);
  }
  // A name that is always the same is no other name of a dated one.
  const [only] = placed;
  return placed.length > 0 && placed.every(({ isAlias }) => isAlias) ? (only?.key ?? "") : (only?.glob ?? "");
}

/** Whatever tables there will be. */
function tables(globs: readonly string[]): string {
  const start = sharedStart(globs);
  const rest = globs.map((glob) => glob.slice(start.length));
  return `${start}*${reversed(sharedStart(rest.map(reversed)))}`;
}

export interface Meant {
  readonly pattern: string;
  /** A key that it means. */
  readonly sample: string;
  /** Whose it is. */
  readonly owner: number;
}

/** For each the patterns of other owners whose objects it would mean, too. Near linear: only likely pairs are tried. */
export function alsoMeant(all: readonly Meant[]): string[][] {
  const byStart = [...all].sort((a, b) => (a.sample < b.sample ? -1 : 1));
  const byEnd = all.map((one) => ({ one, end: reversed(one.sample) })).sort((a, b) => (a.end < b.end ? -1 : 1));
  return all.map(({ pattern, owner }) => {
    const start = /^[^*?{]*/.exec(pattern)?.[0] ?? "";
    const end = reversed(/[^*?}]*$/.exec(pattern)?.[0] ?? "");
    const likely =
      start.length >= end.length
        ? range(byStart, ({ sample }) => sample, start)
        : range(byEnd, (one) => one.end, end).map(({ one }) => one);
    const fits = fitter(pattern);
    const others = likely.filter((one) => one.owner !== owner && one.pattern !== pattern && fits(one.sample));
    return [...new Set(others.map((one) => one.pattern))].sort();
  });
}

/** Of what is sorted by a text, those whose text begins so. */
function range<T>(sorted: readonly T[], text: (one: T) => string, start: string): T[] {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (text(sorted[middle] as T) < start) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < sorted.length && text(sorted[end] as T).startsWith(start)) end += 1;
  return sorted.slice(low, end);
}
