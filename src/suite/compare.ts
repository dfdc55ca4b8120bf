/** Methods compared: the page beside the run folders. */

import { relative, resolve } from "node:path";
import { writeAtomic } from "../host/atomic-file.ts";
import { comparisonPage, comparisonText } from "../paper/comparison.ts";
import type { SuiteRun } from "../run/run-folder.ts";

/** Writes the comparison into the folder of results, named for its first run. */
export async function writeComparison(
  runs: readonly SuiteRun[],
  outFolder: string,
): Promise<{ readonly file: string; readonly text: string }> {
  const results = runs.map(({ result }) => result);
  const file = resolve(outFolder, `comparison-${results[0]?.runId ?? "empty"}.md`);
  await writeAtomic(file, comparisonPage(results));
  return { file: relative(process.cwd(), file), text: comparisonText(results) };
}
