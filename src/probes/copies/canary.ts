/** A row that the application's own job writes for this: a copy without it, or with an old one, is of something else. */

import { defineCopyProbe } from "../../define.ts";
import { formatDuration } from "../../host/units.ts";
import type { CopyScene, CopyTask, Finding } from "../../parts.ts";
import { rowsOf, unreadable } from "../reading.ts";
import { isNone, latestRowMs, rowMoment } from "./newest-row.ts";

function judge(rows: readonly string[][], canary: NonNullable<CopyTask["canary"]>, scene: CopyScene): Finding {
  const { table, column, where, within, timezone } = canary;
  const { point, task } = scene;
  const row = rowMoment(rows[0] ?? [], timezone);
  if (row === null && !isNone(rows[0])) return unreadable;
  const which = where === undefined ? "" : " that fits";
  if (row === null) return { held: "no", because: `no row of ${table}${which} has a time in ${column}` };
  const gapMs = Date.parse(point.reach.at) - row.atMs;
  if (row.atMs > latestRowMs(scene)) {
    return {
      held: "unknown",
      because: `the newest row of ${table}${which} is dated ${formatDuration(-gapMs)} after the copy was made; if ${column} is in another time zone, set "timezone" of "canary"`,
    };
  }
  const lagMs = Math.max(0, gapMs);
  const allowedMs = within ?? task.objectives.rpoMs;
  const because = `the newest row of ${table}${which} was written ${formatDuration(lagMs)} before the copy was made`;
  return lagMs <= allowedMs
    ? { held: "yes", because, measured: { lagMs } }
    : { held: "no", because: `${because}, ${formatDuration(allowedMs)} allowed`, measured: { lagMs } };
}

export const copyCanary = defineCopyProbe({
  name: "canary",
  summary: "The row that a job of the application writes is there, and not too old.",
  question({ copies, task: { canary, askedAtMs } }) {
    if (canary === null) return null;
    const { table, column, where, timezone } = canary;
    const line = copies.newestRow?.({ table, column, where, timezone, askedAtMs });
    if (line !== undefined) return { line, name: "canary" };
    const because = "nothing here tells the moments of rows";
    return { findings: [{ probe: "canary", subject: table, held: "unknown", because }] };
  },
  answer([outcome], scene) {
    const { canary } = scene.task;
    if (canary === null) return { findings: [] };
    const { rows, none } = rowsOf(outcome);
    const finding = rows === null ? none : judge(rows, canary, scene);
    return { findings: [{ probe: "canary", subject: canary.table, ...finding }] };
  },
});
