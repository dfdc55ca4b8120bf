/** Two ways to do the same, in turns: a machine that grows slower or faster meanwhile does so to both. */
import { type Figure, median, round, spread } from "./figures.ts";

export interface Turns {
  /** So many of each count; a pair before them fills caches, and does not. */
  readonly pairs: number;
  readonly drill: () => Promise<void>;
  readonly byHand: () => Promise<void>;
  /** Done after each, untimed: the next one finds what the first one found. */
  readonly clear: () => Promise<void>;
}

/** The median over pairs of what the drill's way took against what the other one took right before or after it. */
export async function inTurns({ pairs, drill, byHand, clear }: Turns): Promise<Pick<Figure, "value" | "from">> {
  const drilled: number[] = [];
  const typed: number[] = [];
  for (let i = -1; i < pairs; i++) {
    const turns: [number[], () => Promise<void>][] = [
      [drilled, drill],
      [typed, byHand],
    ];
    // Each first as often as second: what one leaves in the caches, the other finds.
    if (i % 2 === 0) turns.reverse();
    for (const [times, run] of turns) {
      const beganMs = performance.now();
      await run();
      if (i >= 0) times.push(performance.now() - beganMs);
      await clear();
    }
  }
  const ratios = drilled.map((ms, pair) => ms / (typed[pair] ?? Number.NaN));
  return {
    value: round(median(ratios), 3),
    from: {
      pairs,
      lowest: round(Math.min(...ratios)),
      highest: round(Math.max(...ratios)),
      drillMs: round(median(drilled), 0),
      byHandMs: round(median(typed), 0),
      drillSpread: spread(drilled),
      byHandSpread: spread(typed),
    },
  };
}
