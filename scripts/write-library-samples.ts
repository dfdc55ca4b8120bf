/**
 * The sample results of the library's page: `node scripts/write-library-samples.ts drill-results`, after `run --all` on each
 * version and `run drop-table --compare-methods`. What no result is found of stays as it was.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readHistory } from "../src/suite/history.ts";
import type { SampleResult } from "../src/suite/library-page.ts";

const [results = "drill-results"] = process.argv.slice(2);
const { runs } = await readHistory([results]);
const file = fileURLToPath(new URL("../reports/samples/library.json", import.meta.url));
const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SampleResult[]) : [];
const keyOf = ({ scenario, engine, variant = "" }: SampleResult) => `${scenario} ${engine} ${variant}`;
const newest = new Map(kept.map((one) => [keyOf(one), one]));
for (const { result } of runs) {
  const { scenario, verdict, measured, endedAt } = result;
  if (scenario.by !== undefined || scenario.own !== undefined || scenario.kind === "verify") continue;
  const engine = `${scenario.engine} ${scenario.version}`;
  const sample = {
    scenario: scenario.id,
    engine,
    ...(scenario.variant === undefined ? {} : { variant: scenario.variant }),
    verdict,
    rtaMs: measured.rtaMs,
    rpaMs: measured.rpaMs,
    endedAt,
    contended: scenario.contended,
  };
  newest.set(keyOf(sample), sample);
}
const sorted = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
