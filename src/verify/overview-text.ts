/** The overview of a database's backups for a terminal. */

import { tableLines, type Width, wrap } from "../host/columns.ts";
import { tame } from "../host/tame.ts";
import { formatBytes, formatDuration } from "../host/units.ts";
import { coverageText } from "../paper/coverage.ts";
import type { AskedCopy, DatabaseOverview, PointRow } from "./overview.ts";
import type { Asked } from "./task.ts";

const MOST_ROWS = 15;
const WORD: Readonly<Partial<Record<Asked, string>>> = {
  yesterday: "Yesterday?",
  "last-week": "Last week?",
  "last-month": "Last month?",
};
const backups = (number: number) => `${number} ${number === 1 ? "backup" : "backups"}`;
export const minute = (at: string) => at.slice(0, 16).replace("T", " ");

/** What is known of a point, and by which run. */
export function verifiedText({ unusable, unreadable, deletedAt, verified }: PointRow): string {
  if (deletedAt !== null) return `DELETED ${minute(deletedAt)}; an old version still exists`;
  if (unreadable !== null) return `CAN'T READ: ${unreadable.because}`;
  if (unusable !== null) return `BAD: ${unusable}`;
  if (verified === null) return "never verified";
  return verified.holds
    ? `good (verified ${minute(verified.at).slice(0, 10)}, ${verified.runId})`
    : `BAD (${verified.runId}): ${verified.because}`;
}

const HEADINGS = ["Age", "Taken (known from)", "Size", "Kind", "Backup", "Status"];
/** Ages and sizes. */
const NUMBERS = [0, 2];

function pointCells(row: PointRow): string[] {
  const usual = row.sizeOfUsual;
  const strange = usual !== null && (usual < 50 || usual > 200) ? ` (${usual} % of usual)` : "";
  const from = { name: "name", content: "content", "object-time": "object" }[row.momentFrom] ?? row.momentFrom;
  return [
    row.isAhead ? "?" : formatDuration(row.ageMs),
    `${minute(row.momentAt)} (${from})`,
    `${formatBytes(row.sizeBytes)}${strange}`,
    row.method === row.format ? row.method : `${row.method} ${row.format}`,
    row.id,
    [verifiedText(row), ...keptText(row)].join("; "),
  ];
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
        : [`SHOULD HAVE BEEN DELETED ${formatDuration(-left)} ago (${expiresBy})`];
  if (storageClass !== null) gone.unshift(`storage class ${storageClass}`);
  const isLocked = lockedBy !== null && (lockedUntil === null || Date.parse(lockedUntil) > nowMs);
  if (!isLocked) return gone;
  const until =
    lockedUntil === null ? "until the lock is lifted" : `for ${formatDuration(Date.parse(lockedUntil) - nowMs)}`;
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
  const what = best.verified === null ? "the newest backup" : "the newest good backup";
  return [
    `  EXPIRES SOON: ${what} is deleted in ${formatDuration(left)} (${best.expiresBy}). Suspend its retention if you need it.`,
  ];
}

/** Whether one may turn to it, for each answer. */
const SURE = {
  holds: { word: "yes", why: "verified good" },
  "does not hold": { word: "NO", why: "verified bad" },
  "never verified": { word: "maybe", why: "never verified" },
} as const;

function answerLine({ asked, id, beforeMs, verified }: AskedCopy): string {
  const word = (WORD[asked] ?? asked).padEnd(12);
  if (id === null) return `  ${word} NO: no backup is that old`;
  const sure = SURE[verified ?? "never verified"];
  return `  ${word} ${sure.word}: ${id}, ${formatDuration(beforeMs ?? 0)} older than that, ${sure.why}`;
}

/** What to type for the newest of those that cannot be read, for each reason. */
function unreadLines(points: readonly PointRow[]): string[] {
  const unread = points.flatMap(({ id, unreadable }) => (unreadable === null ? [] : [{ id, ...unreadable }]));
  return [...new Set(unread.map(({ kind }) => kind))].flatMap((kind) => {
    const of = unread.filter((one) => one.kind === kind);
    const [newest] = of;
    const which = of.length === 1 ? `To read ${newest?.id}` : `${of.length} can't be read. To read ${newest?.id}`;
    return [`  ${which}:`, ...(newest?.next ?? []).map((line) => `    ${line}`)];
  });
}

/** The overview for a terminal, at most so wide. */
export function overviewText(overview: DatabaseOverview, width?: Width): string {
  const { points, gaps, answers, lossMs, verifiedLossMs, unknown, newer } = overview;
  const rest = points.length - MOST_ROWS;
  const said = (ms: number | null) => (ms === null ? "EVERYTHING" : `${formatDuration(ms)} of data`);
  const reasons = [...new Set(unknown.map(({ because }) => because))];
  const lines = [
    ...(rest > 0 ? [`  … and ${rest} older ones: --json lists them all`] : []),
    ...gaps
      .slice(0, 5)
      .map(
        ({ fromAt, toAt, missing, pattern }) =>
          `  GAP: about ${backups(missing)} missing from ${minute(fromAt)} to ${toAt === null ? "now" : minute(toAt)} (${pattern ?? "all"})`,
      ),
    ...newer.map(({ key, because }) => `  NEWER, but not understood: ${key}: ${because}`),
    ...unreadLines(points),
    ...doubtful(points),
    ...goesSoon(points),
    ...(overview.coverage === null ? [] : [`  Coverage: ${coverageText(overview.coverage)}`]),
    ...answers.map(answerLine),
    `  If it failed now you'd lose ${said(lossMs)}. Counting only verified backups: ${said(verifiedLossMs)}.`,
    ...reasons.map((reason) => {
      const of = unknown.filter(({ because }) => because === reason);
      return `  ${of.length} other ${of.length === 1 ? "object" : "objects"}, ${reason}: ${of[0]?.key}${of.length === 1 ? "" : " …"}`;
    }),
  ];
  const table = [HEADINGS, ...points.slice(0, MOST_ROWS).map((row) => pointCells(row).map(tame))];
  return [
    tame(`${overview.name} (${overview.engine}): ${backups(points.length)}`),
    ...(points.length === 0
      ? []
      : tableLines(table, { width, indent: "  ", right: NUMBERS, name: HEADINGS.indexOf("Backup") })),
    wrap(tame(lines.join("\n")), width),
  ].join("\n");
}
