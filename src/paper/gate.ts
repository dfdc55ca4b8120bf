/** What the gate found, in words: for terminals and for a job's summary. Pure. */

import type { GateReport, GateRow } from "../gated.ts";
import { tame } from "../host/tame.ts";
import { inline } from "./format.ts";

const sign = ({ fault }: GateRow) => (fault === null ? "PASS" : "FAIL");
const askedText = ({ asked }: GateRow) => (asked === "drill" ? " (drill)" : "");

/** `3 of 4 pass`. */
function gateTally({ rows }: Pick<GateReport, "rows">): string {
  return `${rows.filter(({ fault }) => fault === null).length} of ${rows.length} pass`;
}

/** Failures first: they are what somebody has to act on. */
const failedFirst = (rows: readonly GateRow[]) => [
  ...rows.filter(({ fault }) => fault !== null),
  ...rows.filter(({ fault }) => fault === null),
];

/** For a terminal. */
export function gateText({ rows, lost, file }: GateReport): string {
  const name = (row: GateRow) => `${row.database}${askedText(row)}`;
  const width = Math.max(...rows.map((row) => name(row).length));
  return tame(
    [
      ...failedFirst(rows).flatMap((row) => [
        `${sign(row)}  ${name(row).padEnd(width)}  ${row.because}${row.runId === null ? "" : ` (${row.runId})`}`,
        ...row.next.map((line) => `      next: ${line}`),
      ]),
      ...lost.map(({ folder, because }) => `NOT READ  ${folder}: ${because}`),
      `${gateTally({ rows })} (${file})`,
    ].join("\n"),
  );
}

/** A markdown page. */
export function gatePage(report: GateReport): string {
  return [
    `### Fogbell gate: ${gateTally(report)}`,
    "",
    "| Gate | Database | Asked for | Because | Run |",
    "| --- | --- | --- | --- | --- |",
    ...failedFirst(report.rows).map(
      (row) =>
        `| **${sign(row)}** | ${inline(row.database)} | ${row.asked} | ${inline(row.because)} | ${inline(row.runId ?? "none")} |`,
    ),
    "",
  ].join("\n");
}
