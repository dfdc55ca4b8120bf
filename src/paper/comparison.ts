/** Several ways to back up, side by side on one disaster: what each lost, and how long each took. Pure. */
import { tableLines, type Width } from "../host/columns.ts";
import { formatBytes, formatDuration } from "../host/units.ts";
import type { DrillResult } from "../record.ts";
import { moment, NOT_MEASURED } from "./words.ts";

/** One line of the comparison, as text. */
export interface Compared {
  readonly method: string;
  readonly verdict: string;
  readonly rpa: string;
  readonly rowsLost: string;
  readonly rta: string;
  readonly restore: string;
  readonly fetched: string;
  readonly source: string;
}

const durationOr = (durationMs: number | null) => (durationMs === null ? NOT_MEASURED : formatDuration(durationMs));

/** Rows that are not what they were, over all tables; what was lost within the allowed loss counts. */
function rowsLost({ measured: { rowsMissing, rowsAltered, rowsExtra } }: DrillResult): string {
  if (rowsMissing === null) return NOT_MEASURED;
  return String(rowsMissing + (rowsAltered ?? 0) + (rowsExtra ?? 0));
}

function restoreMs({ marks }: DrillResult): number | null {
  return marks.T5 === undefined || marks.T6 === undefined ? null : marks.T6 - marks.T5;
}

function compared(result: DrillResult): Compared {
  const source = result.sources.find(({ chosen }) => chosen);
  return {
    method: result.scenario.variant ?? source?.facts.method ?? "none",
    verdict: result.verdict,
    rpa: durationOr(result.measured.rpaMs),
    rowsLost: rowsLost(result),
    rta: durationOr(result.measured.rtaMs),
    restore: durationOr(restoreMs(result)),
    fetched: result.fetched === null ? NOT_MEASURED : formatBytes(result.fetched.bytes),
    source: source === undefined ? "none" : `${source.name}, ${formatDuration(source.ageMs)} old`,
  };
}

const HEADINGS: Readonly<Record<keyof Compared, string>> = {
  method: "Method",
  verdict: "Verdict",
  rpa: "RPA",
  rowsLost: "Rows lost",
  rta: "RTA",
  restore: "Restore",
  fetched: "Fetched",
  source: "Recovery point",
};

function table(results: readonly DrillResult[]): string[][] {
  const rows = results.map(compared);
  const keys = Object.keys(HEADINGS) as (keyof Compared)[];
  return [keys.map((key) => HEADINGS[key]), ...rows.map((row) => keys.map((key) => row[key]))];
}

/** For a terminal, at most so wide. */
export function comparisonText(results: readonly DrillResult[], width?: Width): string {
  return tableLines(table(results), { width }).join("\n");
}

/** For the file beside the run folders. */
export function comparisonPage(results: readonly DrillResult[]): string {
  const [first] = results;
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const [head = [], ...rows] = table(results);
  const title = first === undefined ? "Nothing was drilled" : first.scenario.title;
  const version = first === undefined ? "" : ` on ${first.scenario.engine} ${first.scenario.version}`;
  return [
    `# Methods compared: ${title}`,
    "",
    `The same disaster${version}, the same data and the same backup ages, each time with backups made another way.`,
    "One run each: read the times as an order of magnitude, the rows and the RPA as exact.",
    "",
    row(head),
    row(head.map(() => "---")),
    ...rows.map(row),
    "",
    "- **RPA**: from the newest heartbeat that came back to the damage, on the simulated timeline.",
    "- **Rows lost**: rows of any table that are not as they were just before the damage (or as later good writes left them).",
    "- **RTA**: from the damage until the application was let in again. **Restore**: from the copy to a database that can be asked.",
    "- **Fetched**: the base and its log, as they came from the store.",
    "",
    ...results.map(
      ({ runId, scenario, endedAt }) => `- ${scenario.variant ?? "as told"}: run ${runId}, ${moment(endedAt)}`,
    ),
    "",
  ].join("\n");
}
