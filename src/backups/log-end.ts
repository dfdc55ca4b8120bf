/**
 * Up to when a log goes. Its pieces' objects say it as long as nobody copied them: a copying gives every piece the same new
 * time, and a log of last week would look like one of today. What the pieces carry inside stays what it was.
 */
import type { Content, LogArchive, Moment, RecoveryPoint, StoredObject } from "../parts.ts";
import { CLOCKS_MS, differs } from "./told-moment.ts";

export type PieceStart = (object: StoredObject) => Promise<Content | null>;

export interface LogEnd {
  /** What it says itself of when it ends; absent where objects' times count. */
  readonly endMs?: number;
  /** Whether objects' times are of a copying, or nothing tells that they are not; absent where they count. */
  readonly times?: "copied" | "open";
}

/** A piece that is there for so long after the next one was begun was copied since. */
const COPIED_MS = 2 * 3_600_000;
/** A piece of nothing but one long transaction has no time near its start: so many are asked, from the last one back. */
const ASKED = 4;

/** `pieces` in their order, and the backup's own object, which was there before they ended. */
export async function logEnd(
  { lead, pieces }: { readonly lead: StoredObject | undefined; readonly pieces: readonly StoredObject[] },
  { log, start }: { readonly log: LogArchive; readonly start: PieceStart },
): Promise<LogEnd> {
  if (log.timesIn === undefined) return {};
  const most = log.reached === undefined ? 1 : ASKED;
  for (let at = pieces.length - 1; at >= Math.max(0, pieces.length - most); at--) {
    const piece = pieces[at];
    const content = piece === undefined ? null : await start(piece);
    const times = content === null ? null : log.timesIn(content, piece?.sizeBytes ?? 0);
    if (times === null) continue;
    if (times.endedMs !== undefined) return { endMs: times.endedMs };
    const before = at > 0 ? pieces[at - 1] : lead;
    const isCopied = Date.parse(before?.modifiedAt ?? "") - times.begunMs > COPIED_MS;
    if (isCopied) return { endMs: times.seenMs ?? times.begunMs, times: "copied" };
    // One piece alone may have been copied at another time than its backup.
    return at > 0 || log.reached === undefined ? {} : { times: "open" };
  }
  return log.reached === undefined ? {} : { times: "open" };
}

/** The moment that a log brings a backup to, before anybody went through it. */
export function reachOf({ endMs, times }: LogEnd, newest: string): Moment {
  if (endMs === undefined || endMs >= Date.parse(newest) - CLOCKS_MS) return { at: newest, from: "object-time" };
  const told: Moment = { at: new Date(endMs).toISOString(), from: "content" };
  return times === "copied" ? { ...told, doubt: differs("object-time", Date.parse(newest)) } : told;
}

/**
 * A backup whose log was gone through to its end, and whose objects' times do not vouch for when that was: its last commit
 * does. `reachedMs` is null when nothing was committed in it: then the backup stands where it stood.
 */
export function asReached(point: RecoveryPoint, reachedMs: number | null): RecoveryPoint {
  const { moment, reach, log, objects } = point;
  const newest = [...log, ...objects].reduce((most, { modifiedAt }) => (modifiedAt > most ? modifiedAt : most), "");
  const at = reachedMs === null ? moment.at : new Date(reachedMs).toISOString();
  if (at > newest || Date.parse(at) >= Date.parse(newest) - CLOCKS_MS) return point;
  const doubt = differs("object-time", Date.parse(newest));
  if (at <= moment.at) return { ...point, reach: reach === moment ? moment : { ...moment, doubt } };
  return { ...point, reach: { at, from: "content", doubt } };
}
