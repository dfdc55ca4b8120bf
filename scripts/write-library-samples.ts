/** The sample results of the library's page: `node scripts/write-library-samples.ts drill-results`, after `run --all`. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readHistory } from "../src/suite/history.ts";
import type { SampleResult } from "../src/suite/library-page.ts";

const [results = "drill-results"] = process.argv.slice(2);
const { runs } = await readHistory([results]);
const newest = new Map<string, SampleResult>();
for (const { result } of runs) {
  const { scenario, verdict, measured, endedAt } = result;
  if (scenario.variant !== undefined || scenario.by !== undefined) continue;
  const engine = `${scenario.engine} ${scenario.version}`;
  newest.set(`${scenario.id} ${engine}`, {
    scenario: scenario.id,
    engine,
    verdict,
    rtaMs: measured.rtaMs,
    rpaMs: measured.rpaMs,
    endedAt,
    contended: scenario.contended,
  });
}
const sorted = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
const file = fileURLToPath(new URL("../reports/samples/library.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
