/**
 * How new the data in a copy is: by its newest row, and never newer than the copy itself. A row that is dated after the
 * copy was made says that clocks differ, and nothing about freshness.
 */

import { momentsOnWall } from "../host/time-zone.ts";
import { formatDuration } from "../host/units.ts";
import type { Finding } from "../parts.ts";
import { doubtText, SOURCE_TEXT } from "./moment-text.ts";
import { read, silent, unreadable } from "./reading.ts";
import type { CopyScene } from "./scene.ts";
import type { VerifyTask } from "./task.ts";

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

interface Bounds {
  readonly askedAtMs: number;
  /** Of the copy, by its own moment. */
  readonly copyAgeMs: number;
  readonly latestRowMs: number;
  readonly isAhead: boolean;
}

function boundsOf(scene: CopyScene): Bounds {
  const { askedAtMs } = scene.task;
  const { point } = scene;
  return {
    askedAtMs,
    copyAgeMs: Math.max(0, askedAtMs - Date.parse(point.reach.at)),
    latestRowMs: latestRowMs(scene),
    isAhead: point.reach.doubt?.kind === "ahead",
  };
}

/** The age of the data by a row of the copy. Only a clock that is known makes it younger than the copy's own moment. */
function gapBy({ atMs, isZoned }: Omit<NewestRow, "name">, { askedAtMs, copyAgeMs, latestRowMs }: Bounds): number {
  const rowAgeMs = Math.max(0, askedAtMs - atMs);
  return isZoned && atMs <= latestRowMs ? rowAgeMs : Math.max(rowAgeMs, copyAgeMs);
}

const AHEAD: Finding = {
  held: "unknown",
  because: "its own moment lies in the future, and no row says how old it is: a clock is wrong, or an object's time",
};

/** Of an engine without moments nobody asks for them: refused before. */
export const NO_MOMENTS: Finding = { held: "unknown", because: "nothing here tells the moments of rows" };

async function declared(scene: CopyScene, fresh: NonNullable<VerifyTask["fresh"]>): Promise<Finding> {
  const { task, copies, ask } = scene;
  const line = copies.newestRow?.({ ...fresh, askedAtMs: task.askedAtMs });
  if (line === undefined) return NO_MOMENTS;
  const outcome = await ask(line, "newest-row");
  const rows = read(outcome);
  if (rows === null) return silent(outcome);
  const row = rowMoment(rows[0] ?? [], fresh.timezone);
  if (row === null && !isNone(rows[0])) return unreadable;
  const name = `${fresh.table}.${fresh.column}`;
  if (row === null) return { held: "no", because: `no row of ${fresh.table} has a moment in ${fresh.column}` };
  const bounds = boundsOf(scene);
  const rowAge = formatDuration(Math.max(0, task.askedAtMs - row.atMs));
  if (bounds.isAhead && !row.isZoned) return AHEAD;
  const gapMs = gapBy(row, bounds);
  const said = `the newest row of ${name} is ${rowAge} old`;
  if (row.atMs <= bounds.latestRowMs) return { held: "yes", because: said, measured: { gapMs } };
  const zone = row.isZoned ? "" : `; if ${fresh.column} is in another time zone, set "timezone" of "fresh"`;
  return {
    held: "yes",
    because: `${said}, which is after the copy was made, ${formatDuration(bounds.copyAgeMs)} ago: the copy's age counts${zone}`,
    measured: { gapMs },
  };
}

function byCopy(scene: CopyScene, bounds: Bounds, why: string): Finding {
  if (bounds.isAhead) return AHEAD;
  const from = SOURCE_TEXT[scene.point.reach.from];
  return {
    held: "yes",
    because: `by the backup's own moment (${from}), it is ${formatDuration(bounds.copyAgeMs)} old; ${why}`,
    measured: { gapMs: bounds.copyAgeMs },
  };
}

/** The row to go by: of a heartbeat, or the newest; one that is dated after the copy only when there is no other. */
function rowToGoBy(found: readonly NewestRow[], { latestRowMs }: Bounds): NewestRow | undefined {
  const credible = found.filter(({ atMs }) => atMs <= latestRowMs);
  const among = credible.length > 0 ? credible : found;
  const newest = (rows: readonly NewestRow[]) => [...rows].sort((a, b) => b.atMs - a.atMs)[0];
  return newest(among.filter(({ name }) => /heartbeat/.test(name))) ?? newest(among);
}

function judgeFound(found: readonly NewestRow[], lags: Readonly<Record<string, number>>, scene: CopyScene): Finding {
  const { baseline, task } = scene;
  const bounds = boundsOf(scene);
  const newest = rowToGoBy(found, bounds);
  if (newest === undefined) return byCopy(scene, bounds, "no row tells its moment");
  const lag = lags[newest.name] ?? 0;
  if (newest.atMs > bounds.latestRowMs) {
    const clocks = `the newest row that was found, in ${newest.name}, is dated ${formatDuration(-lag)} after it: another time zone, or a moment that is planned`;
    return byCopy(scene, bounds, `${clocks}; declare "fresh" with its "timezone" to make rows count`);
  }
  const before = baseline?.lags[newest.name];
  const isUsual = before !== undefined && before <= task.objectives.rpoMs;
  if (!/heartbeat/.test(newest.name) && !isUsual && lag > task.objectives.rpoMs) {
    const why = `the newest row that was found, in ${newest.name}, lies ${formatDuration(lag)} before it: declare "fresh" to make rows count`;
    return byCopy(scene, bounds, why);
  }
  if (bounds.isAhead && !newest.isZoned) return AHEAD;
  const gapMs = gapBy(newest, bounds);
  const rowAge = formatDuration(Math.max(0, task.askedAtMs - newest.atMs));
  return { held: "yes", because: `the newest row, in ${newest.name}, is ${rowAge} old`, measured: { gapMs } };
}

/** The finding, and how long before the copy's own moment the newest row of each column lies. */
export async function freshness(scene: CopyScene): Promise<{ finding: Finding; lags: Record<string, number> }> {
  const { task, copies, ask, point } = scene;
  const line = copies.newestRows?.();
  if (line === undefined) return { finding: judgeFound([], {}, scene), lags: {} };
  const outcome = await ask(line, "newest-rows");
  const rows = read(outcome);
  if (rows === null) return { finding: silent(outcome), lags: {} };
  const found = rows.flatMap(([table, column, ...row]): NewestRow[] => {
    const moment = rowMoment(row, undefined);
    return moment === null ? [] : [{ name: `${table}.${column}`, ...moment }];
  });
  const momentMs = Date.parse(point.reach.at);
  const lags = Object.fromEntries(found.map(({ name, atMs }) => [name, momentMs - atMs]));
  const finding = task.fresh ? await declared(scene, task.fresh) : judgeFound(found, lags, scene);
  const doubt = doubtText(point.moment, task.askedAtMs);
  if (doubt === null || finding.held !== "yes") return { finding, lags };
  return { finding: { ...finding, because: `${finding.because}; ${doubt}` }, lags };
}
