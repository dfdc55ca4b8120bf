/** What a board shows beside the log: the clock, and above the story what comes. The keeper tells it as one line of JSON. */
import type { Day } from "./day.ts";
import { all, type DayEvent } from "./events.ts";
import { printable } from "./masking.ts";

/** For everybody in the room. Milliseconds of playing time, which no clock on a wall can move. */
export interface BoardClock {
  readonly stage: string;
  readonly playedMs: number | null;
  readonly rtoMs: number;
  /** Until the next word to outsiders; negative: overdue. */
  readonly dueMs: number;
  readonly hintsUsed: number;
}

/** For a facilitator alone. */
export interface BoardAbove {
  readonly scenario: string;
  readonly injects: ReturnType<Day["injects"]>;
  readonly hints: readonly { readonly cost: number; readonly say: string; readonly used: boolean }[];
  readonly path: readonly string[];
  readonly traps: readonly { readonly say: string; readonly cost: number; readonly sprung: boolean }[];
}

export interface BoardState extends BoardClock {
  readonly above?: BoardAbove;
}

export interface BoardKit {
  readonly day: Day;
  readonly events: readonly DayEvent[];
  readonly rtoMs: number;
  readonly wallMs: () => number;
  readonly scenario: string;
  /** What the drilled recovery does, in its order. */
  readonly path: readonly string[];
}

export function boardState({ day, events, rtoMs, wallMs, scenario, path }: BoardKit, role: string): BoardState {
  const clock: BoardClock = {
    stage: day.stage,
    playedMs: day.playedMs,
    rtoMs,
    dueMs: day.deskState.dueS * 1000 - wallMs(),
    hintsUsed: day.hintsUsed,
  };
  if (role !== "facilitator") return clock;
  const sprung = new Set(all(events, "trap").map(({ say }) => say));
  const { hints, traps } = day.story;
  return {
    ...clock,
    above: {
      scenario: printable(scenario),
      injects: day.injects().map((one) => ({ ...one, to: printable(one.to), say: printable(one.say) })),
      hints: hints.map(({ cost, say }, i) => ({ cost, say: printable(say), used: i < day.hintsUsed })),
      path: path.map(printable),
      traps: traps.map(({ cost, say }) => ({ cost, say: printable(say), sprung: sprung.has(say) })),
    },
  };
}
