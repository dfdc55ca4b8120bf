/** A row that the application's own job writes for this: a copy without it, or with an old one, is of something else. */
import { formatDuration } from "../host/units.ts";
import type { Finding } from "../parts.ts";
import type { CopyScene } from "./copy-checks.ts";
import { read, silent } from "./reading.ts";
import type { VerifyTask } from "./task.ts";

export async function canary(
  { copies, ask, point, task }: CopyScene,
  { table, column, where, within }: NonNullable<VerifyTask["canary"]>,
): Promise<Finding> {
  const outcome = await ask(copies.newestRow({ table, column, where }), "canary");
  const rows = read(outcome);
  if (rows === null) return silent(outcome);
  const atMs = Number(rows[0]?.[0] || Number.NaN);
  const which = where === undefined ? "" : " that fits";
  if (!Number.isFinite(atMs))
    return { held: "no", because: `there is no row of ${table}${which} with a moment in ${column}` };
  const lagMs = Math.max(0, Date.parse(point.reach.at) - atMs);
  const allowedMs = within ?? task.objectives.rpoMs;
  const because = `the newest row of ${table}${which} was written ${formatDuration(lagMs)} before the copy's own moment`;
  return lagMs <= allowedMs
    ? { held: "yes", because, measured: { lagMs } }
    : { held: "no", because: `${because}, ${formatDuration(allowedMs)} allowed`, measured: { lagMs } };
}
