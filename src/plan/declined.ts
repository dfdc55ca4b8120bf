/**
 * What a story asks about that there is nothing of in the engine's databases: accounts in a file, say. A question about it, or
 * a step that would bring it back, is left out and told with why. A disaster that needs it stays impossible.
 */
import type { Action, Engine, Probe } from "../parts.ts";

/** A part that the plan goes without. */
export interface Declined {
  readonly part: string;
  readonly line: number;
  readonly because: string;
}

/** Splits parts into those that are asked and those that ask for what the engine declines. */
export function withoutDeclined<P extends { readonly part: Action | Probe; readonly line: number }>(
  { declines = {} }: Pick<Engine, "declines">,
  told: readonly P[],
): { readonly kept: readonly P[]; readonly declined: readonly Declined[] } {
  const reasons = told.map(({ part }) => part.needs.flatMap((need) => declines[need] ?? [])[0]);
  return {
    kept: told.filter((_, at) => reasons[at] === undefined),
    declined: told.flatMap(({ part, line }, at) => {
      const because = reasons[at];
      return because === undefined ? [] : [{ part: part.name, line, because }];
    }),
  };
}

/** In words, each once: the same question is asked in several groups. */
export const leftOut = (declined: readonly Declined[]): string[] => [
  ...new Set(declined.map(({ part, because }) => `${part} is left out: ${because}`)),
];
