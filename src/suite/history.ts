/** Drills that were kept: every run folder below a results folder, read again from its journal. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
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
