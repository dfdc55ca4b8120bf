/**
 * The committed samples: `node scripts/write-samples.ts drill-results/<run>` takes a real run's journal; without a run the
 * pages are made anew from the journal that is there, after a template has changed.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderReport } from "../src/paper/report.ts";
import { renderRunbook } from "../src/paper/runbook.ts";
import { readTemplates } from "../src/paper/templates.ts";
import { deriveResult, readJournal } from "../src/result/result.ts";

const [run] = process.argv.slice(2);
const root = fileURLToPath(new URL("..", import.meta.url));
const sample = `${root}/reports/samples/drop-table`;
mkdirSync(sample, { recursive: true });
mkdirSync(`${root}/runbooks/samples`, { recursive: true });
if (run !== undefined) copyFileSync(`${run}/journal.jsonl`, `${sample}/journal.jsonl`);
const result = deriveResult(readJournal(readFileSync(`${sample}/journal.jsonl`, "utf8")));
const nowhere = "/nonexistent";
writeFileSync(`${sample}/result.json`, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(`${sample}/report.md`, await renderReport(result, await readTemplates("reports", nowhere)));
writeFileSync(
  `${root}/runbooks/samples/drop-table.md`,
  await renderRunbook(result, await readTemplates("runbooks", nowhere)),
);
