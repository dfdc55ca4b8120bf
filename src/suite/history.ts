/** Drills that were kept: every run folder below a results folder, read again from its journal. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { formatDuration } from "../host/units.ts";
import { type Past, pastOf, trendOf } from "../paper/past.ts";
import type { DrillResult } from "../record.ts";
import { deriveResult, readJournal } from "../result/result.ts";

export interface KeptRun {
  readonly folder: string;
  readonly result: DrillResult;
}

/** The result of one run folder; null when it holds no journal that begins. */
export async function readRun(folder: string): Promise<KeptRun | null> {
  const journal = await readFile(join(folder, "journal.jsonl"), "utf8").catch(() => null);
  const events = journal === null ? [] : readJournal(journal);
  return events[0]?.kind === "drill-began" ? { folder, result: deriveResult(events) } : null;
}

/** Every run below the folders, oldest first; one that is in several of them counts once. Failures stay. */
export async function readHistory(folders: readonly string[]): Promise<KeptRun[]> {
  const runs = new Map<string, KeptRun>();
  for (const folder of folders) {
    const found = await stat(folder).catch(() => null);
    if (found === null || !found.isDirectory()) continue;
    for (const name of (await readdir(folder)).sort()) {
      const run = await readRun(join(folder, name));
      if (run !== null && !runs.has(run.result.runId)) runs.set(run.result.runId, run);
    }
  }
  return [...runs.values()].sort((a, b) => (a.result.endedAt < b.result.endedAt ? -1 : 1));
}

/** A run folder by its path, or the newest run of a scenario that recovered. Throws UsageError when there is none. */
export async function findRun(
  name: string,
  { results, engine }: { results: string; engine?: string | undefined },
): Promise<KeptRun> {
  const named = await readRun(name);
  if (named !== null) return named;
  const runs = (await readHistory([results])).filter(
    ({ result: { scenario } }) =>
      scenario.id === name && (engine === undefined || `${scenario.engine}@${scenario.version}`.startsWith(engine)),
  );
  const best = runs.findLast(({ result }) => result.verdict === "recovered") ?? runs.at(-1);
  if (best !== undefined) return best;
  throw new UsageError(`no run folder ${name}, and no drill of a scenario ${name} in ${results}`, {
    code: "FB_NO_JOURNAL",
    next: ["name a run folder below drill-results", ...(name.includes("/") ? [] : [`fogbell run ${name}`])],
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
});

/** The history of a results folder, as lines for a terminal and as rows for a program. */
export async function historyOf(
  results: string,
  scenario: string | null,
): Promise<{ text: string; rows: HistoryRow[] }> {
  const kept = (await readHistory([results])).map(({ result }) => result);
  const rows = pastOf(kept)
    .filter((past) => scenario === null || past.scenario === scenario)
    .map(rowOf);
  if (rows.length === 0)
    return { text: `No drill is kept in ${results}${scenario === null ? "" : ` of ${scenario}`}.`, rows };
  const duration = (ms: number | null) => (ms === null ? "-" : formatDuration(ms));
  const lines = rows.map((row) => [
    row.drill,
    `${row.recovered}/${row.drills}`,
    row.lastVerdict,
    row.lastAt.slice(0, 10),
    row.lastSuccess?.slice(0, 10) ?? "never",
    `${duration(row.medianRtaMs)} / ${duration(row.worstRtaMs)}`,
    `${duration(row.medianRpaMs)} / ${duration(row.worstRpaMs)}`,
  ]);
  const head = ["drill", "recovered", "last", "on", "last success", "RTA median / worst", "RPA median / worst"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const text = [head, ...lines].map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return { text: text.join("\n"), rows };
}
