/** The overview of a database's backups for a terminal. */

import { tame } from "../host/tame.ts";
import { formatBytes, formatDuration } from "../host/units.ts";
import type { AskedCopy, DatabaseOverview, PointRow } from "./overview.ts";
import type { Asked } from "./task.ts";

const MOST_ROWS = 15;
const WORD: Readonly<Partial<Record<Asked, string>>> = {
  yesterday: "Yesterday?",
  "last-week": "Last week?",
  "last-month": "Last month?",
};
export const minute = (at: string) => at.slice(0, 16).replace("T", " ");

/** What is known of a point, and by which run. */
export function verifiedText({ unusable, unreadable, deletedAt, verified }: PointRow): string {
  if (deletedAt !== null) return `DELETED ${minute(deletedAt)}; this version is still there`;
  if (unreadable !== null) return `CANNOT BE READ: ${unreadable.because}`;
  if (unusable !== null) return `BAD: ${unusable}`;
  if (verified === null) return "never verified";
  return verified.holds
    ? `holds (${minute(verified.at).slice(0, 10)}, ${verified.runId})`
    : `DOES NOT HOLD (${verified.runId}): ${verified.because}`;
}

function pointLine(row: PointRow): string {
  const usual = row.sizeOfUsual;
  const strange = usual !== null && (usual < 50 || usual > 200) ? ` (${usual} % of usual)` : "";
  const from = { name: "name", content: "content", "object-time": "object" }[row.momentFrom] ?? row.momentFrom;
  return [
    (row.isAhead ? "?" : formatDuration(row.ageMs)).padStart(9),
    `${minute(row.momentAt)} (${from})`.padEnd(25),
    `${formatBytes(row.sizeBytes)}${strange}`.padStart(10),
    `${row.method} ${row.format}`.padEnd(16),
    row.id,
    [verifiedText(row), ...keptText(row)].join("; "),
  ].join("  ");
}

/** How long a point stays, where somebody said so. */
function keptText(row: PointRow): string[] {
  const { ageMs, reachAt, expiresAt, expiresBy, lockedUntil, lockedBy, storageClass } = row;
  const nowMs = Date.parse(reachAt) + ageMs;
  const left = expiresAt === null ? null : Date.parse(expiresAt) - nowMs;
  const gone =
    left === null
      ? []
      : left > 0
        ? [`expires in ${formatDuration(left)} (${expiresBy})`]
        : [`SHOULD BE GONE since ${formatDuration(-left)} (${expiresBy})`];
  if (storageClass !== null) gone.unshift(`storage class ${storageClass}`);
  const isLocked = lockedBy !== null && (lockedUntil === null || Date.parse(lockedUntil) > nowMs);
  if (!isLocked) return gone;
  const until = lockedUntil === null ? "until it is lifted" : `for ${formatDuration(Date.parse(lockedUntil) - nowMs)}`;
  return [...gone, `locked ${until} (${lockedBy})`];
}

/** What is not plain about the newest one's moment: the others of its job are dated in the same way. */
function doubtful([newest]: readonly PointRow[]): string[] {
  return newest === undefined || newest.momentDoubt === null ? [] : [`  ${newest.id}: ${newest.momentDoubt}`];
}

/** A copy that somebody would turn to tonight should not go tonight. */
const SOON_MS = 2 * 86_400_000;

function goesSoon(points: readonly PointRow[]): string[] {
  const best =
    points.find(({ verified, deletedAt }) => verified?.holds === true && deletedAt === null) ??
    points.find(
      ({ unusable, unreadable, deletedAt }) => unusable === null && unreadable === null && deletedAt === null,
    );
  if (best?.expiresAt == null) return [];
  const left = Date.parse(best.expiresAt) - Date.parse(best.reachAt) - best.ageMs;
  if (left > SOON_MS || left <= 0) return [];
  const what = best.verified === null ? "The newest" : "The newest that holds";
  return [
    `  EXPIRES SOON: ${what} goes in ${formatDuration(left)} (${best.expiresBy}); freeze its retention if you need it.`,
  ];
}

/** Whether one may turn to it, for each answer. */
const SURE = { holds: "yes", "does not hold": "NO", "never verified": "perhaps" } as const;

function answerLine({ asked, id, beforeMs, verified }: AskedCopy): string {
  const word = (WORD[asked] ?? asked).padEnd(12);
  if (id === null) return `  ${word} NO: there is no copy as old as that`;
  return `  ${word} ${SURE[verified ?? "never verified"]}: ${id}, ${formatDuration(beforeMs ?? 0)} before; ${verified}`;
}

/** What to type for the newest of those that cannot be read, for each reason. */
function unreadLines(points: readonly PointRow[]): string[] {
  const unread = points.flatMap(({ id, unreadable }) => (unreadable === null ? [] : [{ id, ...unreadable }]));
  return [...new Set(unread.map(({ kind }) => kind))].flatMap((kind) => {
    const of = unread.filter((one) => one.kind === kind);
    const [newest] = of;
    const which = of.length === 1 ? `to read ${newest?.id}` : `${of.length} cannot be read; for ${newest?.id}`;
    return [`  ${which}:`, ...(newest?.next ?? []).map((line) => `    ${line}`)];
  });
}

/** The overview for a terminal. */
export function overviewText(overview: DatabaseOverview): string {
  const { points, gaps, answers, lossMs, verifiedLossMs, unknown, newer } = overview;
  const rest = points.length - MOST_ROWS;
  const said = (ms: number | null) => (ms === null ? "EVERYTHING" : formatDuration(ms));
  const reasons = [...new Set(unknown.map(({ because }) => because))];
  const lines = [
    `${overview.name} (${overview.engine}): ${points.length} recovery ${points.length === 1 ? "point" : "points"}`,
    ...(points.length === 0
      ? []
      : [
          `  ${"age".padStart(7)}  ${"moment (from)".padEnd(25)}  ${"size".padStart(10)}  ${"kind".padEnd(16)}  recovery point, and whether it verified`,
        ]),
    ...points.slice(0, MOST_ROWS).map(pointLine),
    ...(rest > 0 ? [`  … and ${rest} older ones: --json lists them all`] : []),
    ...gaps
      .slice(0, 5)
      .map(
        ({ fromAt, toAt, missing, pattern }) =>
          `  GAP of about ${missing} ${missing === 1 ? "backup" : "backups"}: ${pattern ?? "all"} from ${minute(fromAt)} to ${toAt === null ? "now" : minute(toAt)}`,
      ),
    ...newer.map(({ key, because }) => `  NEWER, and not understood: ${key}: ${because}`),
    ...unreadLines(points),
    ...doubtful(points),
    ...goesSoon(points),
    ...answers.map(answerLine),
    `  A disaster now would lose ${said(lossMs)}; by what has been verified, ${said(verifiedLossMs)}.`,
    ...reasons.map((reason) => {
      const of = unknown.filter(({ because }) => because === reason);
      return `  ${of.length} other ${of.length === 1 ? "object" : "objects"}, ${reason}: ${of[0]?.key}${of.length === 1 ? "" : " …"}`;
    }),
  ];
  return tame(lines.join("\n"));
}
