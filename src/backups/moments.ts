/** When a backup was made, as far as its name tells. Pure. */
import type { CalendarDate, ClockTime } from "./name-dates.ts";
import { type NameWord, wordsOf } from "./name-words.ts";

/** What a key says about a moment, before anything is concluded from it. */
export interface Written {
  /** The date, in every way that it can be read; empty when there is none. */
  readonly dates: readonly CalendarDate[];
  readonly time: ClockTime | null;
  /** Minutes ahead of UTC; null when no zone is written. */
  readonly offsets: readonly number[] | null;
  /** A moment counted from 1970 needs no zone. */
  readonly epochMs: number | null;
}

const isDay = (word: NameWord) =>
  word.kind === "date" && word.readings.some(({ day, month, year }) => day && month && year);

/** The whole date nearest to the file's own name, one with a time behind it first; else folders' pieces of one. */
function dateIn(folders: readonly (readonly NameWord[])[]): { dates: readonly CalendarDate[]; after: NameWord | null } {
  for (const words of [...folders].reverse()) {
    const days = words.filter(isDay);
    const timed = days.find((day) => words[words.indexOf(day) + 1]?.kind === "time");
    const day = timed ?? days[0];
    if (day?.kind === "date")
      return { dates: day.readings.filter((one) => one.day && one.month && one.year), after: day };
  }
  let merged: CalendarDate = {};
  let last: NameWord | null = null;
  for (const word of folders.flat()) {
    if (word.kind !== "date" || !word.isSure) continue;
    merged = { ...merged, ...word.readings[0] };
    last = word;
  }
  return { dates: last === null ? [] : [merged], after: last };
}

/** What a key says about the moment of a backup. */
export function writtenIn(key: string): Written {
  const { folders } = wordsOf(key);
  const words = folders.flat();
  const epoch = words.find((word) => word.kind === "epoch");
  const { dates, after } = dateIn(folders);
  const behind = after === null ? [] : words.slice(words.indexOf(after) + 1);
  const time = behind.find((word) => word.kind === "time");
  const next = time === undefined ? undefined : words[words.indexOf(time) + 1];
  return {
    dates,
    time: time?.kind === "time" ? time.time : null,
    offsets: next?.kind === "zone" ? next.offsets : null,
    epochMs: epoch?.kind === "epoch" ? epoch.atMs : null,
  };
}

/** The moment that a name tells to the minute; null when it tells none. Without a zone it is taken for UTC. */
export function momentInName(name: string): string | null {
  const { dates, time, offsets, epochMs } = writtenIn(name);
  if (epochMs !== null) return new Date(epochMs).toISOString();
  const [date] = dates;
  if (date?.year === undefined || date.month === undefined || date.day === undefined || time === null) return null;
  const { hour, minute = 0, second = 0, millisecond = 0 } = time;
  const atMs = Date.UTC(date.year, date.month - 1, date.day, hour, minute, second, millisecond);
  // The earliest that it can be: an abbreviation may mean several zones.
  return new Date(atMs - Math.max(...(offsets ?? [0])) * 60_000).toISOString();
}
