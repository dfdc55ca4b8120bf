/** Which of the numbers of a date is the day: `03-11-2026` leaves it open, and the job's other names tell it. Pure. */
import type { WallSpan } from "./moments.ts";
import type { NameWords } from "./name-words.ts";

/** A date of numbers that begins with two digits at most, with or without something between. */
const NUMBERS = /^\d{1,2}([-_. ])\d{1,2}\1(?:\d{4}|\d{2})$|^\d{6}$|^\d{8}$/;

/** The first number of such a date; null when the name has none. */
export function leadOf({ folders }: NameWords): number | null {
  const word = folders.flat().findLast(({ kind, text }) => kind === "date" && NUMBERS.test(text));
  return word === undefined ? null : Number(/^\d{1,2}/.exec(word.text)?.[0]);
}

type Order = "day" | "month" | "year";

/** What the first number is to a span; null where it may be several. */
function orderOf({ fromMs }: WallSpan, lead: number): Order | null {
  const at = new Date(fromMs);
  const all: readonly (readonly [Order, number])[] = [
    ["day", at.getUTCDate()],
    ["month", at.getUTCMonth() + 1],
    ["year", at.getUTCFullYear() % 100],
  ];
  const fits = all.filter(([, value]) => value === lead);
  return fits.length === 1 ? (fits[0]?.[0] ?? null) : null;
}

export interface OpenDate {
  readonly lead: number | null;
  readonly spans: readonly WallSpan[];
}

/** The spans that are left of each when all names of a job are written in the one order that some of them prove. */
export function inOneOrder(job: readonly OpenDate[]): (readonly WallSpan[])[] {
  const proven = new Set(
    job.flatMap(({ lead, spans }) => {
      const [only] = spans;
      return lead === null || only === undefined || spans.length > 1 ? [] : (orderOf(only, lead) ?? []);
    }),
  );
  const [order] = proven;
  return job.map(({ lead, spans }) => {
    if (proven.size !== 1 || lead === null) return spans;
    const left = spans.filter((span) => orderOf(span, lead) === order);
    return left.length === 0 ? spans : left;
  });
}
