/** What was measured, from marks and findings. RPA comes from rows in the data, never from a file's date. Pure. */
import type { DrillEvent, DrillResult, FindingRecord, Mark } from "../record.ts";

export type Marks = DrillResult["marks"];

/** The first time each mark was set. */
export function marksOf(events: readonly DrillEvent[]): Marks {
  const marks: Partial<Record<Mark, number>> = {};
  for (const event of events) if (event.kind === "mark") marks[event.mark] ??= event.monotonicMs;
  return marks;
}

function between(marks: Marks, from: Mark, to: Mark): number | null {
  const [began, ended] = [marks[from], marks[to]];
  return began === undefined || ended === undefined ? null : Math.round((ended - began) * 10) / 10;
}

/** A number that several verify findings each hold a part of; null when none holds it. */
function total(findings: readonly FindingRecord[], key: string): number | null {
  const parts = findings.flatMap(({ group, measured }) =>
    group === "verify" && measured?.[key] !== undefined ? [measured[key]] : [],
  );
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

export function measure(marks: Marks, findings: readonly FindingRecord[]): DrillResult["measured"] {
  const gaps = findings.flatMap(({ group, measured }) =>
    group === "verify" && measured?.gapMs !== undefined ? [measured.gapMs] : [],
  );
  return {
    rtaMs: between(marks, "T0", "T8"),
    machineMs: between(marks, "T3", "T7"),
    wrtMs: between(marks, "T8", "T9"),
    rpaMs: gaps.length === 0 ? null : Math.max(...gaps),
    rowsMissing: total(findings, "rowsMissing"),
    rowsAltered: total(findings, "rowsAltered"),
    rowsExtra: total(findings, "rowsExtra"),
  };
}
