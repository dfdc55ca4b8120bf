/** How far the copies of a database are looked at, in words. Pure. */
import type { Coverage } from "../gated.ts";
import { formatObjective } from "../host/units.ts";

/** `12 of 30 verified; 3 due tonight, all by 2026-12-20 (every copy within 30d)`. */
export function coverageText({ copies, looked, bad, overdue, unreadable, due, doneBy, withinMs }: Coverage): string {
  const late = overdue === 0 ? "" : `, ${overdue} OVERDUE`;
  const rest = doneBy === null ? "" : `; ${due} due tonight${late}, all by ${doneBy.slice(0, 10)}`;
  const said = [
    ...(bad === 0 ? [] : [`${bad} bad`]),
    ...(unreadable === 0 ? [] : [`${unreadable} more can't be read`]),
  ];
  return `${looked} of ${copies} verified${said.length === 0 ? "" : ` (${said.join("; ")})`}${rest} (every copy within ${formatObjective(withinMs)})`;
}
