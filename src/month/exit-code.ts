/** How a month ends for a pipeline: as its worst verify or drill does, and never well when something wasn't done. Pure. */
import type { ExitCode } from "../errors.ts";
import { worstCode, worstExitCode } from "../result/verdict.ts";
import { isDone, type Month, resultsOf } from "./items.ts";

/** Something that was due and not done could not be told, as a verify that ends void. */
export function exitCodeOfMonth({ items, gate }: Pick<Month, "items" | "gate">): ExitCode {
  const results = resultsOf(items);
  const failed = items.some(({ outcome }) => !isDone(outcome) && !outcome.isIdle);
  const worst = results.length === 0 ? (failed ? 4 : 0) : worstExitCode(results);
  const code = failed ? (worstCode([worst, 4]) ?? worst) : worst;
  // Where everything was done and is good, and the gate is closed all the same, the gate knows more.
  return !gate.passes && (code === 0 || code === 3) ? 1 : code;
}
