/** A result as test cases, for the formats that know only those: every question, phase and objective, and the verdict. */
import { formatDuration, formatObjective } from "../host/units.ts";
import { verdictWord } from "../paper/words.ts";
import type { DrillResult, FindingRecord, Verdict } from "../record.ts";

/** `failed`: asked, and the answer is no. `error`: could not be judged. `skipped`: was not come to. */
export type CaseStatus = "passed" | "failed" | "error" | "skipped";

export interface Case {
  /** Unique within its result, and stable between runs. */
  readonly name: string;
  readonly group: "healthy" | "proof" | "verify" | "phase" | "objective" | "verdict";
  readonly status: CaseStatus;
  readonly durationMs: number;
  /** Why; for a case that passed, what was found. */
  readonly message: string;
  /** The YAML line that asked; 0 when the drill asked of itself. */
  readonly line: number;
  readonly measured: Readonly<Record<string, number>>;
}

const NOTHING = { durationMs: 0, line: 0, measured: {} } as const;

const STATUS_OF_VERDICT: Readonly<Record<Verdict, CaseStatus>> = {
  recovered: "passed",
  late: "failed",
  lost: "failed",
  void: "error",
  refused: "error",
};

/** A gate or a proof that does not hold makes the drill void: nothing could be judged. In `verify` a no is a loss. */
function statusOf({ group, held }: FindingRecord): CaseStatus {
  if (held === "yes") return "passed";
  return held === "no" && group === "verify" ? "failed" : "error";
}

/** Adds `#2`, `#3` to names that come again. */
function unique(cases: readonly Case[]): Case[] {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return count === 1 ? one : { ...one, name: `${one.name} #${count}` };
  });
}

function objective(name: string, measuredMs: number | null, limitMs: number): Case {
  const wanted = `objective ${formatObjective(limitMs)}`;
  // Why it was not measured, and whether that matters, the verdict has said.
  if (measuredMs === null)
    return { ...NOTHING, name, group: "objective", status: "skipped", message: `not measured; ${wanted}` };
  return {
    ...NOTHING,
    name,
    group: "objective",
    status: measuredMs <= limitMs ? "passed" : "failed",
    message: `${formatDuration(measuredMs)}; ${wanted}`,
    measured: { measuredMs, limitMs },
  };
}

/** Every case of a drill; never empty, and never all passed unless the verdict is recovered. */
export function casesOf(result: DrillResult): Case[] {
  const phases = result.phases.map(
    ({ phase, durationMs }): Case => ({
      ...NOTHING,
      name: `phase: ${phase}`,
      group: "phase",
      status: "passed",
      durationMs,
      message: formatDuration(durationMs),
    }),
  );
  const findings = result.findings.map(
    (finding): Case => ({
      name: `${finding.group}: ${finding.probe} (${finding.subject})`,
      group: finding.group,
      status: statusOf(finding),
      durationMs: 0,
      message: finding.because,
      line: finding.line,
      measured: finding.measured ?? {},
    }),
  );
  const { rtaMs, rpaMs } = result.measured;
  const verdict: Case = {
    ...NOTHING,
    name: "verdict",
    group: "verdict",
    status: STATUS_OF_VERDICT[result.verdict],
    message: `${verdictWord(result)}: ${result.reasons.join("\n")}`,
  };
  return unique([
    ...phases,
    ...findings,
    objective("objective: RTO", rtaMs, result.objectives.rtoMs),
    objective("objective: RPO", rpaMs, result.objectives.rpoMs),
    verdict,
  ]);
}

/** The phases come one after another, so their sum is how long the drill took, by the monotonic clock. */
export function durationMsOf({ phases }: DrillResult): number {
  return phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Where an annotation belongs: the first question that was not answered with yes and stands in the file; else line 1. */
export function lineToBlame({ findings }: DrillResult): number {
  return findings.find(({ held, line }) => held !== "yes" && line > 0)?.line ?? 1;
}
