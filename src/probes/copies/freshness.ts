/**
 * How new the data in a copy is: by its newest row, and never newer than the copy itself. A row that is dated after the
 * copy was made says that clocks differ, and nothing about freshness.
 */

import { defineCopyProbe } from "../../define.ts";
import { formatDuration } from "../../host/units.ts";
import { doubtText, SOURCE_TEXT } from "../../moment-text.ts";
import type { CopyFinding, CopyScene, CopyTask, Finding, Outcome } from "../../parts.ts";
import { rowsOf, unreadable } from "../reading.ts";
import { isNone, latestRowMs, type NewestRow, rowMoment } from "./newest-row.ts";

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
  because: "its date is in the future, and no row shows how old it is: a clock or the object's time is wrong",
};

function declared(scene: CopyScene, fresh: NonNullable<CopyTask["fresh"]>, outcome: Outcome | undefined): Finding {
  const { task } = scene;
  const { rows, none } = rowsOf(outcome);
  if (rows === null) return none;
  const row = rowMoment(rows[0] ?? [], fresh.timezone);
  if (row === null && !isNone(rows[0])) return unreadable;
  const name = `${fresh.table}.${fresh.column}`;
  if (row === null) return { held: "no", because: `no row of ${fresh.table} has a time in ${fresh.column}` };
  const bounds = boundsOf(scene);
  const rowAge = formatDuration(Math.max(0, task.askedAtMs - row.atMs));
  if (bounds.isAhead && !row.isZoned) return AHEAD;
  const gapMs = gapBy(row, bounds);
  const said = `the newest row of ${name} is ${rowAge} old`;
  if (row.atMs <= bounds.latestRowMs) return { held: "yes", because: said, measured: { gapMs } };
  const zone = row.isZoned ? "" : `; if ${fresh.column} is in another time zone, set "timezone" of "fresh"`;
  return {
    held: "yes",
    because: `${said}, but the copy was made ${formatDuration(bounds.copyAgeMs)} ago, so the copy's age counts${zone}`,
    measured: { gapMs },
  };
}

function byCopy(scene: CopyScene, bounds: Bounds, why: string): Finding {
  if (bounds.isAhead) return AHEAD;
  const from = SOURCE_TEXT[scene.point.reach.from];
  return {
    held: "yes",
    because: `${formatDuration(bounds.copyAgeMs)} old by ${from}; ${why}`,
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
  if (newest === undefined) return byCopy(scene, bounds, "no row has a time");
  const lag = lags[newest.name] ?? 0;
  if (newest.atMs > bounds.latestRowMs) {
    const clocks = `the newest row, in ${newest.name}, is dated ${formatDuration(-lag)} later: another time zone, or a planned date`;
    return byCopy(scene, bounds, `${clocks}; set "fresh" with its "timezone" to go by rows`);
  }
  const before = baseline?.lags[newest.name];
  const isUsual = before !== undefined && before <= task.objectives.rpoMs;
  if (!/heartbeat/.test(newest.name) && !isUsual && lag > task.objectives.rpoMs) {
    const why = `the newest row, in ${newest.name}, is ${formatDuration(lag)} older than that; set "fresh" to go by rows`;
    return byCopy(scene, bounds, why);
  }
  if (bounds.isAhead && !newest.isZoned) return AHEAD;
  const gapMs = gapBy(newest, bounds);
  const rowAge = formatDuration(Math.max(0, task.askedAtMs - newest.atMs));
  return { held: "yes", because: `the newest row, in ${newest.name}, is ${rowAge} old`, measured: { gapMs } };
}

/** How the finding is said where the copy's own moment is in doubt. */
function said(finding: Finding, { point, task }: CopyScene): CopyFinding {
  const doubt = doubtText(point.reach.doubt === undefined ? point.moment : point.reach, task.askedAtMs);
  const subject = task.fresh?.table ?? "the newest row";
  const because = doubt === null || finding.held !== "yes" ? finding.because : `${finding.because}; ${doubt}`;
  return { probe: "freshness", subject, ...finding, because };
}

/** How long before the copy's own moment the newest row of each column lies is kept for the next copy. */
export const copyFreshness = defineCopyProbe({
  name: "freshness",
  summary: "How new the data in the copy is, by its newest row, and never newer than the copy itself.",
  question(scene) {
    const line = scene.copies.newestRows?.();
    return line === undefined
      ? { findings: [said(judgeFound([], {}, scene), scene)], numbers: { lags: {} } }
      : { line, name: "newest-rows" };
  },
  answer([outcome, ofDeclared], scene) {
    const { task, copies, point } = scene;
    const { rows, none } = rowsOf(outcome);
    if (rows === null) return { findings: [said(none, scene)], numbers: { lags: {} } };
    if (task.fresh !== null && ofDeclared === undefined) {
      const line = copies.newestRow?.({ ...task.fresh, askedAtMs: task.askedAtMs });
      if (line !== undefined) return { line, name: "newest-row" };
    }
    const found = rows.flatMap(([table, column, ...row]): NewestRow[] => {
      const moment = rowMoment(row, undefined);
      return moment === null ? [] : [{ name: `${table}.${column}`, ...moment }];
    });
    const momentMs = Date.parse(point.reach.at);
    const lags = Object.fromEntries(found.map(({ name, atMs }) => [name, momentMs - atMs]));
    const finding = task.fresh ? declared(scene, task.fresh, ofDeclared) : judgeFound(found, lags, scene);
    return { findings: [said(finding, scene)], numbers: { lags } };
  },
});
