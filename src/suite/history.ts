/** Drills that were kept: every run folder below a results folder, read again from its journal. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { tableLines, type Width } from "../host/columns.ts";
import { quote } from "../host/sh.ts";
import { formatDuration } from "../host/units.ts";
import { type Past, pastOf, trendOf } from "../paper/past.ts";
import { type SloCost, sloCost, sloText } from "../paper/slo.ts";
import { verdictWord } from "../paper/words.ts";
import type { DrillResult } from "../record.ts";
import { deriveResult, readJournal } from "../result/result.ts";

export interface KeptRun {
  readonly folder: string;
  readonly result: DrillResult;
}

/** A run folder whose journal is there and cannot be read: a failure that somebody should see. */
export interface LostRun {
  readonly folder: string;
  readonly because: string;
}

export interface Kept {
  /** Oldest first. Failures stay. */
  readonly runs: readonly KeptRun[];
  readonly lost: readonly LostRun[];
}

/** The result of one run folder; a LostRun when its journal does not begin a drill; null when it holds none. */
export async function readRun(folder: string): Promise<KeptRun | LostRun | null> {
  const journal = await readFile(join(folder, "journal.jsonl"), "utf8").catch(() => null);
  if (journal === null) return null;
  const events = readJournal(journal);
  if (events[0]?.kind === "drill-began") return { folder, result: deriveResult(events) };
  const because =
    journal.trim() === "" ? "its journal is empty" : "the first line of its journal is missing or was changed";
  return { folder, because };
}

/** Of two copies of a run the one that says more: a copy that was torn must not hide the whole one. */
const whole = (one: KeptRun, other: KeptRun): KeptRun => {
  const says = ({ result }: KeptRun) => [Number(result.cleanup !== null), Date.parse(result.endedAt)] as const;
  const [a, b] = [says(one), says(other)];
  return b[0] > a[0] || (b[0] === a[0] && b[1] > a[1]) ? other : one;
};

/** Every run below the folders; one that is in several of them counts once. A folder that is not there holds none. */
export async function readHistory(folders: readonly string[]): Promise<Kept> {
  const runs = new Map<string, KeptRun>();
  const lost: LostRun[] = [];
  for (const folder of new Set(folders.map((one) => resolve(one)))) {
    const found = await stat(folder).catch(() => null);
    if (found === null || !found.isDirectory()) continue;
    for (const name of (await readdir(folder)).sort()) {
      const run = await readRun(join(folder, name));
      if (run === null) continue;
      if ("because" in run) {
        lost.push(run);
        continue;
      }
      const known = runs.get(run.result.runId);
      runs.set(run.result.runId, known === undefined ? run : whole(known, run));
    }
  }
  return { runs: [...runs.values()].sort((a, b) => (a.result.endedAt < b.result.endedAt ? -1 : 1)), lost };
}

/** Throws UsageError when one of the folders is not there: a shard that got lost must not look like a quiet one. */
export async function mustBeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory()) continue;
    throw new UsageError(found === null ? `there is no folder ${folder}` : `${folder} isn't a folder`, {
      code: "FB_NO_FOLDER",
      next: [`ls -ld ${quote(folder)}`, "name results folders written by: fogbell run --out FOLDER"],
    });
  }
}

/** A run folder by its path, or the newest run of a scenario that recovered. Throws UsageError when there is none. */
export async function findRun(
  name: string,
  { results, engine, own }: { results: string; engine?: string | undefined; own?: string | undefined },
): Promise<KeptRun> {
  const named = await readRun(name);
  if (named !== null && "because" in named) {
    throw new UsageError(`the run in ${name} can't be read: ${named.because}`, {
      code: "FB_NO_JOURNAL",
      next: [`fogbell report verify ${quote(name)}`],
    });
  }
  if (named !== null) return named;
  const runs = (await readHistory([results])).runs.filter(
    ({ result: { scenario } }) =>
      scenario.id === name &&
      scenario.by === undefined &&
      (engine === undefined || `${scenario.engine}@${scenario.version}`.startsWith(engine)),
  );
  // Of drills on the database that is asked for, when there are any.
  const theirs = own === undefined ? [] : runs.filter(({ result }) => result.scenario.own?.name === own);
  const best =
    theirs.findLast(({ result }) => result.verdict === "recovered") ??
    theirs.at(-1) ??
    runs.findLast(({ result }) => result.verdict === "recovered") ??
    runs.at(-1);
  if (best !== undefined) return best;
  throw new UsageError(`there is no run folder ${name} and no drill of a scenario ${name} in ${results}`, {
    code: "FB_NO_JOURNAL",
    next: [`ls ${quote(results)}`, ...(name.includes("/") ? [] : [`fogbell run ${name}`])],
  });
}

export interface HistoryRow {
  readonly drill: string;
  readonly scenario: string;
  readonly engine: string;
  readonly drills: number;
  readonly recovered: number;
  readonly lastVerdict: string;
  readonly lastAt: string;
  readonly lastSuccess: string | null;
  /** Milliseconds, over the timed drills; null when there is none. */
  readonly medianRtaMs: number | null;
  readonly worstRtaMs: number | null;
  readonly medianRpaMs: number | null;
  readonly worstRpaMs: number | null;
  readonly trend: string;
  /** What a recovery costs of the availability that was promised; null when none was. */
  readonly slo: SloCost | null;
  /** Game days, and how long people took. */
  readonly people: Past["people"];
}

const rowOf = (past: Past): HistoryRow => ({
  drill: past.name,
  scenario: past.scenario,
  engine: past.engine,
  drills: past.drills,
  recovered: past.recovered,
  lastVerdict: past.last.verdict,
  lastAt: past.last.endedAt,
  lastSuccess: past.lastSuccess,
  medianRtaMs: past.medianRtaMs,
  worstRtaMs: past.worstRtaMs,
  medianRpaMs: past.medianRpaMs,
  worstRpaMs: past.worstRpaMs,
  trend: trendOf(past),
  slo: sloCost(past),
  people: past.people,
});

const duration = (ms: number | null) => (ms === null ? "-" : formatDuration(ms));

const peopleCell = ({ days, recovered, medianRtaMs, worstRtaMs }: Past["people"]) =>
  days === 0 ? "-" : `${duration(medianRtaMs)} / ${duration(worstRtaMs)} (${recovered}/${days})`;

/** One line for each drill that was ever run, headings first. */
function tableOf(pasts: readonly Past[], width: Width): string[] {
  const played = pasts.some(({ people }) => people.days > 0);
  const lines = pasts.map((past) => [
    past.name,
    `${past.recovered}/${past.drills}`,
    past.drills === 0 ? "never" : verdictWord(past.last),
    past.drills === 0 ? "-" : past.last.endedAt.slice(0, 10),
    past.lastSuccess?.slice(0, 10) ?? "never",
    `${duration(past.medianRtaMs)} / ${duration(past.worstRtaMs)}`,
    `${duration(past.medianRpaMs)} / ${duration(past.worstRpaMs)}`,
    ...(played ? [peopleCell(past.people)] : []),
  ]);
  const head = [
    ...["Drill", "Passed", "Last", "On", "Last success", "RTA median / worst", "RPA median / worst"],
    ...(played ? ["RTA by people (days)"] : []),
  ];
  return tableLines([head, ...lines], { width });
}

/** The history of results, for a terminal. */
export const historyLines = (results: readonly DrillResult[], width: Width): string[] =>
  tableOf(pastOf(results), width);

/** The history of a results folder, as lines for a terminal and as rows for a program. */
export async function historyOf(
  results: string,
  scenario: string | null,
  width?: Width,
): Promise<{ text: string; rows: HistoryRow[]; lost: readonly LostRun[] }> {
  const { runs, lost } = await readHistory([results]);
  const pasts = pastOf(runs.map(({ result }) => result)).filter(
    (past) => scenario === null || past.scenario === scenario,
  );
  const rows = pasts.map(rowOf);
  const unread = lost.map(({ folder, because }) => `UNREADABLE  ${folder}: ${because}`);
  const none = `No runs${scenario === null ? "" : ` of ${scenario}`} in ${results}.`;
  const text = rows.length === 0 ? [none] : tableOf(pasts, width);
  const budgets = pasts.flatMap((past) => {
    const said = sloText(past);
    return said === null ? [] : [`Availability of ${past.name}: ${said}.`];
  });
  return { text: [...text, ...budgets, ...unread].join("\n"), rows, lost };
}
