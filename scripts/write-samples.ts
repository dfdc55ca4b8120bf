/** Takes a real run folder as the committed sample: `node scripts/write-samples.ts drill-results/<run>`. */
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [run] = process.argv.slice(2);
if (run === undefined) throw new Error("name a run folder");
const root = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(`${root}/reports/samples/drop-table`, { recursive: true });
mkdirSync(`${root}/runbooks/samples`, { recursive: true });
for (const file of ["journal.jsonl", "result.json", "report.md"])
  copyFileSync(`${run}/${file}`, `${root}/reports/samples/drop-table/${file}`);
copyFileSync(`${run}/runbook.md`, `${root}/runbooks/samples/drop-table.md`);
