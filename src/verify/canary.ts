/** A row that the application's own job writes for this: a copy without it, or with an old one, is of something else. */

import { formatDuration } from "../host/units.ts";
import type { Finding } from "../parts.ts";
import { isNone, latestRowMs, NO_MOMENTS, rowMoment } from "./freshness.ts";
import { read, silent, unreadable } from "./reading.ts";
import type { CopyScene } from "./scene.ts";
import type { VerifyTask } from "./task.ts";

export async function canary(
  scene: CopyScene,
  { table, column, where, within, timezone }: NonNullable<VerifyTask["canary"]>,
): Promise<Finding> {
  const { copies, ask, point, task } = scene;
  const { askedAtMs } = task;
  const line = copies.newestRow?.({ table, column, where, timezone, askedAtMs });
  if (line === undefined) return NO_MOMENTS;
  const outcome = await ask(line, "canary");
  const rows = read(outcome);
  if (rows === null) return silent(outcome);
  const row = rowMoment(rows[0] ?? [], timezone);
  if (row === null && !isNone(rows[0])) return unreadable;
  const which = where === undefined ? "" : " that fits";
  if (row === null) return { held: "no", because: `there is no row of ${table}${which} with a moment in ${column}` };
  const gapMs = Date.parse(point.reach.at) - row.atMs;
  if (row.atMs > latestRowMs(scene)) {
    return {
      held: "unknown",
      because: `the newest row of ${table}${which} is dated ${formatDuration(-gapMs)} after the copy was made: if ${column} is in another time zone, set "timezone" of "canary"`,
    };
  }
  const lagMs = Math.max(0, gapMs);
  const allowedMs = within ?? task.objectives.rpoMs;
  const because = `the newest row of ${table}${which} was written ${formatDuration(lagMs)} before the copy's own moment`;
  return lagMs <= allowedMs
    ? { held: "yes", because, measured: { lagMs } }
    : { held: "no", because: `${because}, ${formatDuration(allowedMs)} allowed`, measured: { lagMs } };
}
