/** Several drills on one card: what each was to reach and what it reached, for terminals, pages and programs. Pure. */

import { tableLines, type Width, wrap } from "../host/columns.ts";
import { formatObjective } from "../host/units.ts";
import type { DrillResult, FindingRecord, ScenarioFacts, Verdict } from "../record.ts";
import { code, inline } from "./format.ts";
import { durationOr, moment, NOT_MEASURED, verdictMeaning, verdictWord } from "./words.ts";

/** One line of the card, for `--json`. Milliseconds; null where nothing was measured. */
export interface ScorecardRow {
  readonly scenario: string;
  readonly engine: string;
  readonly version: string;
  readonly variant: string | null;
  readonly verdict: Verdict;
  /** What the scenario is made to end with. */
  readonly designed: Verdict;
  readonly because: string;
  readonly rtaMs: number | null;
  readonly rtoMs: number;
  readonly rpaMs: number | null;
  readonly rpoMs: number;
  readonly rowsLost: number | null;
  /** Others ran at the same time, so the durations are no measure. */
  readonly contended: boolean;
  readonly runId: string;
}

/** The worst first, as exit codes rank them. */
const RANK: readonly Verdict[] = ["refused", "lost", "void", "late", "recovered"];
const worstFirst = (results: readonly DrillResult[]) =>
  [...results].sort((a, b) => RANK.indexOf(a.verdict) - RANK.indexOf(b.verdict));

/** What makes two runs runs of the same drill. */
export type DrillIdentity = Pick<ScenarioFacts, "id" | "engine" | "version" | "variant">;

/** `drop-table on postgres 15`, with the method where methods are compared. The same for every run of the same drill. */
export function drillName({ id, engine, version, variant }: DrillIdentity): string {
  return `${id} on ${engine} ${version}${variant === undefined ? "" : ` (${variant})`}`;
}

const designedOf = ({ designed = "recovered" }: ScenarioFacts): Verdict => designed;

/** Whether a drill ended as its scenario is made to end: `lost` where that is the point of it. */
export function isAsDesigned({ verdict, scenario }: DrillResult): boolean {
  return verdict === designedOf(scenario);
}

export function scorecardRow({ scenario, verdict, reasons, measured, objectives, runId }: DrillResult): ScorecardRow {
  const { rowsMissing, rowsAltered, rowsExtra } = measured;
  return {
    scenario: scenario.id,
    engine: scenario.engine,
    version: scenario.version,
    variant: scenario.variant ?? null,
    verdict,
    designed: designedOf(scenario),
    because: reasons[0] ?? "",
    rtaMs: measured.rtaMs,
    rtoMs: objectives.rtoMs,
    rpaMs: measured.rpaMs,
    rpoMs: objectives.rpoMs,
    rowsLost: rowsMissing === null ? null : rowsMissing + (rowsAltered ?? 0) + (rowsExtra ?? 0),
    contended: scenario.contended,
    runId,
  };
}

/** Whether the card must say what was designed: where every drill is made to recover, the verdict says it. */
const hasDesign = (results: readonly DrillResult[]) =>
  results.some(({ scenario }) => designedOf(scenario) !== "recovered");

/** The card's cells, headings first. */
function table(results: readonly DrillResult[]): string[][] {
  const isShown = hasDesign(results);
  const design = (text: string) => (isShown ? [text] : []);
  // A verify damages nothing: no row can be lost by it.
  const isDrilled = results.some(({ scenario }) => scenario.kind !== "verify");
  const lost = (text: string) => (isDrilled ? [text] : []);
  return [
    ["Verdict", ...design("Designed"), "Drill", "RTA", "RTO", "RPA", "RPO", ...lost("Rows lost")],
    ...results.map((result) => {
      const row = scorecardRow(result);
      return [
        verdictWord(result),
        ...design(isAsDesigned(result) ? row.designed : `${row.designed}, NOT so`),
        drillName(result.scenario),
        durationOr(row.rtaMs),
        formatObjective(row.rtoMs),
        durationOr(row.rpaMs),
        formatObjective(row.rpoMs),
        ...lost(row.rowsLost === null ? NOT_MEASURED : String(row.rowsLost)),
      ];
    }),
  ];
}

/** `1 lost, 2 recovered`: the worst first, none left out. */
export function tally(results: readonly DrillResult[]): string {
  const words = worstFirst(results).map(verdictWord);
  const said = [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`);
  return said.length === 0 ? "nothing was drilled" : said.join(", ");
}

function designTally(results: readonly DrillResult[]): string {
  const others = results.filter((result) => !isAsDesigned(result));
  return others.length === 0 ? "all as designed" : `${others.length} not as designed`;
}

const CONTENDED = "Several drills ran at the same time, so their durations are distorted (contended).";

/** For a terminal, at most so wide: a table, then why, of each that did not pass. */
export function scorecardText(results: readonly DrillResult[], width?: Width): string {
  const rows = table(results).map((row, at) => [...row, at === 0 ? "Run" : (results[at - 1]?.runId ?? "")]);
  const why = results
    .filter((result) => result.verdict !== "recovered" || !isAsDesigned(result))
    .map((result) => `${verdictWord(result)}: ${drillName(result.scenario)}: ${result.reasons[0] ?? ""}`);
  return [
    ...tableLines(rows, { width }),
    "",
    ...why.map((line) => wrap(line, width)),
    `${results.length} drills: ${tally(results)}${hasDesign(results) ? `; ${designTally(results)}` : ""}`,
    ...(results.some(({ scenario }) => scenario.contended) ? [wrap(CONTENDED, width)] : []),
  ].join("\n");
}

const tableRow = (of: readonly string[]) => `| ${of.join(" | ")} |`;

function findingRows(findings: readonly FindingRecord[]): string[] {
  return [
    tableRow(["Passed", "Group", "Check", "Result"]),
    tableRow(["---", "---", "---", "---"]),
    ...findings.map(({ held, group, probe, subject, because }) =>
      tableRow([held === "yes" ? "yes" : `**${held}**`, group, inline(`${probe} (${subject})`), inline(because)]),
    ),
  ];
}

export interface PageStyle {
  /** Of the first heading; those of the drills are one level below. */
  readonly heading: 1 | 2 | 3;
  /** Whether details are folded away by HTML, where the reader of the page knows it. */
  readonly isFolded: boolean;
  /** Drills that do not fit are counted, not shown. UTF-8 bytes. */
  readonly limitBytes: number;
}

function details(result: DrillResult, { isFolded }: PageStyle): string[] {
  if (result.findings.length === 0 && result.phases.length === 0) return [];
  const broken = result.findings.filter(({ held }) => held !== "yes");
  const phases = result.phases.map(({ phase, durationMs }) => tableRow([phase, durationOr(durationMs)]));
  const all = [
    ...findingRows(result.findings),
    "",
    tableRow(["Phase", "Took"]),
    tableRow(["---", "---"]),
    ...phases,
    "",
    `Run ${inline(result.runId)}, ended ${moment(result.endedAt)}, Fogbell ${inline(result.fogbellVersion)}.`,
  ];
  if (!isFolded) return ["", ...all];
  return [
    ...(broken.length === 0 ? [] : ["", ...findingRows(broken)]),
    "",
    "<details><summary>All checks and phases</summary>",
    "",
    ...all,
    "",
    "</details>",
  ];
}

function section(result: DrillResult, style: PageStyle): string {
  const next = result.next.length === 0 ? [] : ["", "Next:", "", ...result.next.map((line) => `- ${code(line)}`)];
  return [
    "",
    `${"#".repeat(style.heading + 1)} ${inline(`${drillName(result.scenario)}: ${verdictWord(result)}`)}`,
    "",
    `${inline(result.scenario.title)}. *${verdictWord(result)}*: ${verdictMeaning(result)}.`,
    "",
    ...result.reasons.map((reason) => `- ${inline(reason)}`),
    ...next,
    ...details(result, style),
  ].join("\n");
}

/** A markdown page: the table of verdicts first, then each drill, the worst first. */
export function scorecardPage(results: readonly DrillResult[], style: PageStyle): string {
  const ranked = worstFirst(results);
  const sizeOf = (text: string) => Buffer.byteLength(text) + 1;
  const [headings = [], ...cells] = table(ranked);
  const head = [
    `${"#".repeat(style.heading)} Fogbell: ${tally(results)}`,
    "",
    tableRow(headings),
    tableRow(headings.map(() => "---")),
  ];
  const lines: string[] = [...head];
  // Room for the line that says what was left out.
  let room = style.limitBytes - sizeOf(head.join("\n")) - 500;
  const add = (text: string): boolean => {
    if (sizeOf(text) > room) return false;
    room -= sizeOf(text);
    lines.push(text);
    return true;
  };
  const rows = ranked.filter((_, at) =>
    add(tableRow((cells[at] ?? []).map((cell, column) => (column === 0 ? `**${cell}**` : inline(cell))))),
  );
  if (results.some(({ scenario }) => scenario.contended)) add(`\n${CONTENDED}`);
  const sections = rows.filter((result) => add(section(result, style)));
  const left = results.length - sections.length;
  if (left > 0) lines.push("", `${left} more drills aren't shown here, because the page would get too long.`);
  return `${lines.join("\n")}\n`;
}
