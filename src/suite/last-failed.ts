/** Of many drills those to be drilled again: the ones whose newest result is not what they are made to end with. */
import { UsageError } from "../errors.ts";
import { drillName, isAsDesigned } from "../paper/scorecard.ts";
import type { Plan } from "../plan/plan.ts";
import { readHistory } from "./history.ts";
import { nameOver } from "./suite.ts";

export interface LastFailed {
  readonly plans: readonly Plan[];
  /** How many of them ended as designed, and how many have no result. */
  readonly passed: number;
  readonly unknown: number;
}

export interface LastFailedRequest {
  /** The folder of results. */
  readonly results: string;
  readonly bandwidth: number | undefined;
}

/**
 * Goes by what a drill is called, so by scenario, engine, version and method. Days with people and verifies are no drills
 * of it. Throws UsageError when none of them was ever drilled there: that nothing failed is not known then.
 */
export async function lastFailed(
  plans: readonly Plan[],
  { results, bandwidth }: LastFailedRequest,
): Promise<LastFailed> {
  const { runs } = await readHistory([results]);
  const link = bandwidth === undefined ? null : { bytesPerSecond: bandwidth };
  // Oldest first: the newest stays.
  const held = new Map(
    runs
      .filter(({ result: { scenario } }) => scenario.kind !== "verify" && scenario.by === undefined)
      .map(({ result }) => [drillName(result.scenario), isAsDesigned(result)]),
  );
  const known = plans.flatMap((plan) => {
    const asDesigned = held.get(nameOver(plan, link));
    return asDesigned === undefined ? [] : [{ plan, asDesigned }];
  });
  if (known.length === 0) {
    throw new UsageError(`none of these drills has a result in ${results}, so none is known to have failed`, {
      code: "FB_NOTHING_TO_RUN",
      next: ["the same without --last-failed", "fogbell history"],
    });
  }
  const failed = known.filter(({ asDesigned }) => !asDesigned).map(({ plan }) => plan);
  return { plans: failed, passed: known.length - failed.length, unknown: plans.length - known.length };
}

/** What is not drilled, and why; null when there is nothing to say. */
export function leftOutText({ plans, passed, unknown }: LastFailed, results: string): string | null {
  const counted = [
    ...(passed === 0 ? [] : [`${passed} ended as designed`]),
    ...(unknown === 0 ? [] : [`${unknown} ${unknown === 1 ? "has" : "have"} no result there`]),
  ];
  if (counted.length === 0) return null;
  return `${plans.length === 0 ? "Nothing failed, nothing is run" : "Not run again"}: in ${results}, ${counted.join(", and ")}.`;
}
