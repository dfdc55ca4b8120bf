/** What was measured, from marks and findings. RPA comes from rows in the data, never from a file's date. Pure. */
import type { DrillEvent, DrillResult, FindingRecord, Mark } from "../record.ts";

export type Marks = DrillResult["marks"];

/** The first time each mark was set. */
export function marksOf(events: readonly DrillEvent[]): Marks {
  const marks: Partial<Record<Mark, number>> = {};
  for (const event of events) if (event.kind === "mark") marks[event.mark] ??= event.atMs ?? event.monotonicMs;
  return marks;
}

function between(marks: Marks, from: Mark, to: Mark): number | null {
  const [began, ended] = [marks[from], marks[to]];
  const passedMs = began === undefined || ended === undefined ? Number.NaN : Math.round((ended - began) * 10) / 10;
  // A clock that ran backwards has measured nothing.
  return passedMs >= 0 ? passedMs : null;
}

/** What the verify findings hold under a key. Null when none holds it, or one holds no number: then it is not known. */
function held(findings: readonly FindingRecord[], key: string): readonly number[] | null {
  const parts = findings.flatMap(({ group, measured }) =>
    group === "verify" && measured?.[key] !== undefined ? [measured[key]] : [],
  );
  return parts.length > 0 && parts.every(Number.isFinite) ? parts : null;
}

/** A number that several verify findings each hold a part of; null when none holds it. */
function total(findings: readonly FindingRecord[], key: string): number | null {
  return held(findings, key)?.reduce((sum, part) => sum + part, 0) ?? null;
}

/** Of a verify: fetching, and what follows once a sandbox stands. Making the sandbox is no part of a recovery. */
function handsOn(marks: Marks): number | null {
  const [fetching, rest] = [between(marks, "T3", "T4"), between(marks, "T5", "T7")];
  return fetching === null || rest === null ? null : Math.round((fetching + rest) * 10) / 10;
}

export function measure(marks: Marks, findings: readonly FindingRecord[], isVerify = false): DrillResult["measured"] {
  const gaps = held(findings, "gapMs");
  return {
    rtaMs: isVerify ? handsOn(marks) : between(marks, "T0", "T8"),
    machineMs: between(marks, "T3", "T7"),
    wrtMs: between(marks, "T8", "T9"),
    rpaMs: gaps === null ? null : Math.max(...gaps),
    rowsMissing: total(findings, "rowsMissing"),
    rowsAltered: total(findings, "rowsAltered"),
    rowsExtra: total(findings, "rowsExtra"),
  };
}
