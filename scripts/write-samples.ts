/**
 * The committed samples, in `reports/samples` and `runbooks/samples`:
 * `node scripts/write-samples.ts drop-table=drill-results/<run>` takes a real run's journal for the sample of that name;
 * without any, all pages are made anew from the journals that are there, after a template has changed.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderReport } from "../src/paper/report.ts";
import { renderRunbook } from "../src/paper/runbook.ts";
import { readTemplates } from "../src/paper/templates.ts";
import { deriveResult, readJournal } from "../src/result/result.ts";
import { drillSvg } from "./drill-svg.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const samples = `${root}/reports/samples`;
for (const given of process.argv.slice(2)) {
  const [name = "", run = ""] = given.split("=");
  mkdirSync(`${samples}/${name}`, { recursive: true });
  copyFileSync(`${run}/journal.jsonl`, `${samples}/${name}/journal.jsonl`);
}
const nowhere = "/nonexistent";
const [reports, runbooks] = [await readTemplates("reports", nowhere), await readTemplates("runbooks", nowhere)];
mkdirSync(`${root}/runbooks/samples`, { recursive: true });
for (const entry of readdirSync(samples, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  const sample = `${samples}/${entry.name}`;
  const result = deriveResult(readJournal(readFileSync(`${sample}/journal.jsonl`, "utf8")));
  writeFileSync(`${sample}/result.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${sample}/report.md`, await renderReport(result, reports));
  writeFileSync(`${root}/runbooks/samples/${entry.name}.md`, await renderRunbook(result, runbooks));
}
// The README's picture is the first sample, as a terminal showed it.
writeFileSync(`${root}/docs/drill.svg`, drillSvg("drop-table"));
