/** The user's own checks: a query that answers with one number, or a command beside the restored server. */
import type { ConfiguredCheck } from "../config/database.ts";
import type { CopyPhrases, Finding, Line, Outcome } from "../parts.ts";
import type { CopyFinding } from "./copy-checks.ts";

/** What `tolerance` allows around `equals`. */
function allowed({ equals = 0, tolerance = "0" }: ConfiguredCheck): number {
  const number = Number.parseFloat(tolerance);
  return tolerance.endsWith("%") ? Math.abs(equals) * (number / 100) : number;
}

/** Reads the first answer; one that is no number is not repeated, because it may be a row's value. */
export function judgeAnswer(check: ConfiguredCheck, outcome: Outcome): Finding {
  if (outcome.exitCode !== 0 || outcome.truncated) {
    return {
      held: "unknown",
      because: `the query failed: ${outcome.stderrTail.trim().split("\n")[0] || `exit code ${outcome.exitCode}`}`,
    };
  }
  const lines = outcome.stdout.split("\n").filter((line) => line !== "");
  if (lines.length === 0) return { held: "no", because: "the query answered nothing" };
  const cell = lines[0]?.split(/[\t|]/)[0]?.trim() ?? "";
  if (lines.length > 1)
    return { held: "unknown", because: `the query answered ${lines.length} rows; one number is needed` };
  const answer = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
  if (!Number.isFinite(answer)) return { held: "unknown", because: "the query did not answer with a number" };
  const { min, max, equals } = check;
  const measured = { answer };
  if (min !== undefined && answer < min) return { held: "no", because: `${answer} is less than ${min}`, measured };
  if (max !== undefined && answer > max) return { held: "no", because: `${answer} is more than ${max}`, measured };
  if (equals !== undefined && Math.abs(answer - equals) > allowed(check)) {
    const around = check.tolerance === undefined ? "" : ` within ${check.tolerance}`;
    return { held: "no", because: `${answer} is not ${equals}${around}`, measured };
  }
  return { held: "yes", because: `${answer}, as it should be`, measured };
}

function judgeCommand(outcome: Outcome): Finding {
  return outcome.exitCode === 0
    ? { held: "yes", because: "exit code 0" }
    : { held: outcome.exitCode === 127 ? "unknown" : "no", because: `exit code ${outcome.exitCode}` };
}

export interface OwnScene {
  readonly copies: CopyPhrases;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
}

/** Asks every check, whatever the ones before found. */
export async function askOwn(
  checks: readonly (ConfiguredCheck & { readonly line: number })[],
  { copies, ask }: OwnScene,
): Promise<(CopyFinding & { line: number })[]> {
  const findings: (CopyFinding & { line: number })[] = [];
  for (const [index, check] of checks.entries()) {
    const subject = check.name ?? `check ${index + 1}`;
    const line =
      check.sql === undefined ? copies.shell(check.shell ?? "") : copies.query(check.sql, check.role ?? null);
    const outcome = await ask(line, `check-${index + 1}`);
    const finding = check.sql === undefined ? judgeCommand(outcome) : judgeAnswer(check, outcome);
    findings.push({ probe: check.sql === undefined ? "shell" : "sql", subject, line: check.line, ...finding });
  }
  return findings;
}
