/** A check of somebody's own: a query that answers with one number. */

import { defineCheckProbe } from "../../define.ts";
import type { Finding, Outcome } from "../../parts.ts";

/** As `checks:` has it. */
interface Check {
  readonly sql?: string | undefined;
  readonly role?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly equals?: number | undefined;
  readonly tolerance?: string | undefined;
}

/** What `tolerance` allows around `equals`. */
function allowed({ equals = 0, tolerance = "0" }: Check): number {
  const number = Number.parseFloat(tolerance);
  return tolerance.endsWith("%") ? Math.abs(equals) * (number / 100) : number;
}

/** Reads the first answer; one that is no number is not repeated, because it may be a row's value. */
function judge(check: Check, outcome: Outcome): Finding {
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

export const sqlCheck = defineCheckProbe<Check>({
  name: "sql",
  summary: "A query of your own answers with the number that is expected; it cannot write.",
  question: ({ sql = "", role = null }, copies) => copies.query(sql, role),
  answer: (outcome, check) => judge(check, outcome),
});
