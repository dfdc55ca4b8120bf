/** The moment of a row as the questions about moments print it, and how late a row of a copy can be. */

import { momentsOnWall } from "../../host/time-zone.ts";
import type { CopyScene } from "../../parts.ts";

/** Clocks of two machines differ so much without meaning anything. */
const CLOCKS_MS = 5 * 60_000;

/** The newest row of a column. */
export interface NewestRow {
  readonly name: string;
  readonly atMs: number;
  /** Its clock is known: by the column's type, or because its zone was told. */
  readonly isZoned: boolean;
}

/** A row's moment, as the questions print it: what the clock of a column without a zone shows is read in the told one. */
export function rowMoment(
  [ms, kind]: readonly (string | undefined)[],
  timezone: string | undefined,
): Omit<NewestRow, "name"> | null {
  const atMs = Number(ms || Number.NaN);
  if (!Number.isFinite(atMs)) return null;
  if (kind === "zoned") return { atMs, isZoned: true };
  if (timezone === undefined) return { atMs, isZoned: false };
  return { atMs: momentsOnWall(timezone, atMs).earliestMs, isZoned: true };
}

/** No row has a moment: nothing is printed, or that it is nothing. Anything else that is no moment was not asked for. */
export const isNone = (row: readonly string[] | undefined): boolean =>
  row === undefined || ["", "\\N", "NULL"].includes(row[0] ?? "");

/** So long copies of files may be written, and hold rows up to their end. Dumps see the moment at which they began. */
const WRITTEN_MS = 12 * 3_600_000;

/** The latest moment that a row of the copy can be of: when it was made, as far as anything tells. */
export function latestRowMs({ point, facts, task }: Pick<CopyScene, "point" | "facts" | "task">): number {
  const { moment, reach, objects } = point;
  const toldMs = Math.max(Date.parse(moment.latest ?? moment.at), Date.parse(reach.at));
  const { isDump = false } = facts;
  const written = objects.map(({ modifiedAt }) => Date.parse(modifiedAt)).filter((ms) => ms <= task.askedAtMs);
  const writtenMs = isDump ? toldMs : Math.min(Math.max(toldMs, ...written), toldMs + WRITTEN_MS);
  return writtenMs + CLOCKS_MS;
}
