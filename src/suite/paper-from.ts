/** Paper from a run folder: the journal read again, the result derived again, the page rendered again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { renderReport } from "../paper/report.ts";
import { renderRunbook } from "../paper/runbook.ts";
import { readTemplates } from "../paper/templates.ts";
import { deriveResult, readJournal } from "../result/result.ts";

export interface PaperRequest {
  readonly folder: string;
  readonly kind: "report" | "runbook";
  readonly out?: string | undefined;
}

/** Throws UsageError when the folder holds no journal that begins. */
export async function paperFrom({ folder, kind, out }: PaperRequest): Promise<{ text: string; runId: string }> {
  const journal = await readFile(join(folder, "journal.jsonl"), "utf8").catch(() => "");
  const events = readJournal(journal);
  if (events[0]?.kind !== "drill-began") {
    throw new UsageError(`no journal in ${folder}`, {
      code: "FB_NO_JOURNAL",
      next: ["name a run folder below drill-results"],
    });
  }
  const result = deriveResult(events);
  const text =
    kind === "report"
      ? await renderReport(result, await readTemplates("reports"))
      : await renderRunbook(result, await readTemplates("runbooks"));
  if (out !== undefined) await writeAtomic(out, text);
  return { text, runId: result.runId };
}
