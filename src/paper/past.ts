/** What several runs of the same drill say together: how often, how long, how lately. Failures stay in. Pure. */
import type { DrillResult } from "../record.ts";
import { medianOf } from "./normal.ts";
import { drillName } from "./scorecard.ts";

export interface Past {
  /** `drop-table on postgres 15 (physical + log)`. */
  readonly name: string;
  readonly scenario: string;
  readonly engine: string;
  /** Drills that counted for something: all but those that a person interrupted. */
  readonly drills: number;
  readonly recovered: number;
  readonly last: DrillResult;
  /** End of the newest drill that recovered, ISO 8601; null when none ever did. */
  readonly lastSuccess: string | null;
  /** Of drills that came to an end in time or late, alone on their machine, in milliseconds; null when there is none. */
  readonly medianRtaMs: number | null;
  readonly worstRtaMs: number | null;
  readonly medianRpaMs: number | null;
  readonly worstRpaMs: number | null;
  /** The drills these numbers are of. */
  readonly timed: number;
  /** Game days of the same disaster: people's times stand beside the machine's, never among them. */
  readonly people: {
    readonly days: number;
    readonly recovered: number;
    readonly lastAt: string | null;
    readonly medianRtaMs: number | null;
    readonly worstRtaMs: number | null;
  };
  readonly results: readonly DrillResult[];
}

const byPeople = ({ scenario }: DrillResult) => scenario.by === "people";

function peopleIn(days: readonly DrillResult[]): Past["people"] {
  const rta = days.filter(isTimed).map(({ measured }) => measured.rtaMs as number);
  return {
    days: days.length,
    recovered: days.filter(({ verdict }) => verdict === "recovered").length,
    lastAt: days.at(-1)?.endedAt ?? null,
    medianRtaMs: medianOf(rta),
    worstRtaMs: worst(rta),
  };
}

/** Durations of a drill that ran beside others, or did not end, are no measure. */
const isTimed = ({ verdict, scenario, measured }: DrillResult) =>
  (verdict === "recovered" || verdict === "late") && !scenario.contended && measured.rtaMs !== null;

const worst = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));

/** One entry for each drill, by name; `results` in any order. */
export function pastOf(results: readonly DrillResult[]): Past[] {
  const groups = new Map<string, DrillResult[]>();
  for (const result of [...results].sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1))) {
    if (result.interrupted) continue;
    const name = drillName(result.scenario);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return [...groups].map(([name, all]): Past => {
    const own = all.filter((one) => !byPeople(one));
    const timed = own.filter(isTimed);
    const rta = timed.map(({ measured }) => measured.rtaMs as number);
    const rpa = timed.flatMap(({ measured }) => measured.rpaMs ?? []);
    const last = own.at(-1) ?? (all.at(-1) as DrillResult);
    return {
      name,
      scenario: last.scenario.id,
      engine: `${last.scenario.engine} ${last.scenario.version}`,
      drills: own.length,
      recovered: own.filter(({ verdict }) => verdict === "recovered").length,
      last,
      lastSuccess: own.findLast(({ verdict }) => verdict === "recovered")?.endedAt ?? null,
      medianRtaMs: medianOf(rta),
      worstRtaMs: worst(rta),
      medianRpaMs: medianOf(rpa),
      worstRpaMs: worst(rpa),
      timed: timed.length,
      people: peopleIn(all.filter(byPeople)),
      results: own,
    };
  });
}

/** How the newest RTA compares with the median before it: in words, for the first page. */
export function trendOf({ results }: Pick<Past, "results">): string {
  const rta = results.filter(isTimed).map(({ measured }) => measured.rtaMs as number);
  const newest = rta.at(-1);
  const before = medianOf(rta.slice(0, -1));
  if (newest === undefined || before === null) return "none yet (only one timed run)";
  const change = (newest / before - 1) * 100;
  const size = `${Math.abs(change).toFixed(0)} %`;
  const count = `the median of ${rta.length - 1} earlier`;
  if (Math.abs(change) < 10) return `RTA within 10 % of ${count}`;
  return change > 0 ? `RTA ${size} longer than ${count}` : `RTA ${size} shorter than ${count}`;
}
