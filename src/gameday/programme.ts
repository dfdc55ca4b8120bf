/** The year's programme: what to play next, from what was never or long ago drilled or played, and who held which role. Pure. */

import { type TableStyle, tableLines } from "../host/columns.ts";
import { formatDuration } from "../host/units.ts";
import type { Past } from "../paper/past.ts";
import { drillName } from "../paper/scorecard.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { CalendarEntry } from "./calendar.ts";
import { all, type DayEvent } from "./events.ts";

const DAY_MS = 86_400_000;
/** Brief, play, hot wash. */
const LENGTH_MS = 90 * 60_000;

/** One scenario on one engine. */
export interface Cell {
  readonly scenario: string;
  readonly title: string;
  readonly engine: string;
  readonly families: readonly string[];
  readonly difficulty: number;
  readonly drills: number;
  /** ISO 8601; null: never. */
  readonly drilledAt: string | null;
  readonly machineRtaMs: number | null;
  readonly days: number;
  readonly playedAt: string | null;
  readonly peopleRtaMs: number | null;
  readonly lastVerdict: string | null;
}

/** Every scenario on each engine that it offers, with what there is of it. */
export function coverage(scenarios: readonly Scenario[], past: readonly Past[]): Cell[] {
  return scenarios.flatMap(({ id, title, tags, story, engines }) =>
    Object.entries(engines).map(([engine, versions]): Cell => {
      const name = drillName({ id, engine, version: versions[0] ?? "" });
      const own = past.find((one) => one.name === name);
      return {
        scenario: id,
        title,
        engine: `${engine} ${versions[0] ?? ""}`,
        families: tags,
        difficulty: story?.difficulty ?? 3,
        drills: own?.drills ?? 0,
        drilledAt: own === undefined || own.drills === 0 ? null : own.last.endedAt,
        machineRtaMs: own?.medianRtaMs ?? null,
        days: own?.people.days ?? 0,
        playedAt: own?.people.lastAt ?? null,
        peopleRtaMs: own?.people.medianRtaMs ?? null,
        lastVerdict: own?.results.at(-1)?.verdict ?? null,
      };
    }),
  );
}

export interface ProposedDay extends Cell {
  /** Why this one, and why now. */
  readonly because: string;
}

const ageDays = (at: string | null, nowMs: number) =>
  at === null ? null : Math.floor((nowMs - Date.parse(at)) / DAY_MS);

function why(cell: Cell, nowMs: number): string {
  const played = ageDays(cell.playedAt, nowMs);
  const drilled = ageDays(cell.drilledAt, nowMs);
  return [
    played === null ? "never played" : `played ${played} days ago`,
    drilled === null ? "never drilled" : `drilled ${drilled} days ago`,
    ...(cell.lastVerdict !== null && cell.lastVerdict !== "recovered"
      ? [`the last drill was ${cell.lastVerdict}`]
      : []),
  ].join(", ");
}

/**
 * What to play, one after another. Longest not played comes first; then what was never drilled, the easier one, and
 * never the same family or engine twice running where it can be helped.
 */
export function propose(cells: readonly Cell[], { count, nowMs }: { count: number; nowMs: number }): ProposedDay[] {
  const left = [...cells];
  const chosen: ProposedDay[] = [];
  const uses = new Map<string, number>();
  while (chosen.length < count && cells.length > 0) {
    if (left.length === 0) left.push(...cells);
    const before = chosen.at(-1);
    const cost = (cell: Cell) => {
      const age = ageDays(cell.playedAt, nowMs);
      const same = before?.families.some((family) => cell.families.includes(family) && family !== "table") ? 40 : 0;
      return (
        (age === null ? 0 : Math.max(0, 400 - age)) +
        (cell.drilledAt === null ? 0 : 5) +
        same +
        (before?.engine === cell.engine ? 20 : 0) +
        (before?.scenario === cell.scenario ? 100 : 0) +
        (uses.get(cell.scenario) ?? 0) * 60 +
        cell.difficulty
      );
    };
    const [best] = left
      .map((cell, index) => ({ cell, index, cost: cost(cell) }))
      .sort((a, b) => a.cost - b.cost || a.index - b.index);
    if (best === undefined) break;
    left.splice(best.index, 1);
    uses.set(best.cell.scenario, (uses.get(best.cell.scenario) ?? 0) + 1);
    chosen.push({ ...best.cell, because: why(best.cell, nowMs) });
  }
  return chosen;
}

/** Who held which role so far, where people gave their names; else how often each role was filled. */
export function rolesHeld(days: readonly (readonly DayEvent[])[]): { readonly role: string; readonly held: string }[] {
  const held = new Map<string, Map<string, number>>();
  for (const events of days) {
    const seen = new Set<string>();
    for (const { role, name } of all(events, "joined")) {
      const who = name ?? "somebody";
      if (seen.has(`${role} ${who}`)) continue;
      seen.add(`${role} ${who}`);
      const own = held.get(role) ?? new Map<string, number>();
      own.set(who, (own.get(who) ?? 0) + 1);
      held.set(role, own);
    }
  }
  return [...held]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([role, own]) => ({ role, held: [...own].map(([who, times]) => `${who} ${times}×`).join(", ") }));
}

export interface Rhythm {
  /** The first day, UTC midnight, in milliseconds. */
  readonly fromMs: number;
  /** Minutes after midnight UTC. */
  readonly minutes: number;
  readonly weekday: number;
  /** Which of its kind in the month: the second Tuesday. */
  readonly nth: number;
}

/** The nth weekday of each month from `fromMs` on. */
export function monthly({ fromMs, minutes, weekday, nth }: Rhythm, count: number): number[] {
  const found: number[] = [];
  const from = new Date(fromMs);
  for (let month = 0; found.length < count && month < count + 12; month++) {
    const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + month, 1));
    const day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (nth - 1) * 7;
    const at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), day, 0, minutes);
    // The fifth Friday of a month that has four is no day of that month.
    if (new Date(at).getUTCMonth() === first.getUTCMonth() && at >= fromMs) found.push(at);
  }
  return found;
}

/** A day in a calendar, and what is typed on it. */
interface PlannedDay extends CalendarEntry {
  readonly start: string;
}

/** Entries that do not tell the scenario: a calendar is read by those who play. */
export function entriesFor(proposals: readonly ProposedDay[], moments: readonly number[]): PlannedDay[] {
  return moments.flatMap((atMs, index) => {
    const one = proposals[index];
    if (one === undefined) return [];
    const family = one.families.find((name) => name !== "table") ?? one.families[0] ?? "any";
    const engine = one.engine.split(" ")[0] ?? "";
    const start = `fogbell gameday start --family ${family} --engine ${engine}`;
    return [
      {
        atMs,
        durationMs: LENGTH_MS,
        summary: `Game day: ${family}, on ${engine}`,
        description: [
          "Briefing 10 minutes, play 45 to 60, hot wash 20.",
          "Start with the actions from the last one.",
          start,
        ].join("\n"),
        start,
      },
    ];
  });
}

const since = (at: string | null, nowMs: number) => {
  const days = ageDays(at, nowMs);
  return days === null ? "never" : days === 0 ? "today" : `${days} d ago`;
};
const rta = (ms: number | null) => (ms === null ? "-" : formatDuration(ms));

const INDENTED: TableStyle = { width: undefined, indent: "  " };

/** A line for each engine: what a screen holds of the grid. */
function byEngine(cells: readonly Cell[]): string[][] {
  const engines = [...new Set(cells.map(({ engine }) => engine))];
  return engines.map((engine) => {
    const own = cells.filter((one) => one.engine === engine);
    const done = (at: "drilledAt" | "playedAt") => own.filter((one) => one[at] !== null).length;
    return [engine, `${own.length} scenarios`, `${done("drilledAt")} drilled`, `${done("playedAt")} played`];
  });
}

/** What to play next, and what there is: a line for each engine, or the whole grid. */
export function programmeText(
  {
    proposals,
    cells,
    roles,
    isWhole = false,
  }: {
    proposals: readonly ProposedDay[];
    cells: readonly Cell[];
    roles: ReturnType<typeof rolesHeld>;
    isWhole?: boolean;
  },
  nowMs: number,
): string {
  const next = proposals.map((one, i) => [`${i + 1}.`, one.scenario, one.engine, one.because]);
  const grid = [
    ["scenario", "engine", "drilled", "RTA, machine", "played", "RTA, people"],
    ...cells.map((one) => [
      one.scenario,
      one.engine,
      since(one.drilledAt, nowMs),
      rta(one.machineRtaMs),
      since(one.playedAt, nowMs),
      rta(one.peopleRtaMs),
    ]),
  ];
  const open = cells.filter(({ playedAt }) => playedAt === null).length;
  return [
    "Play next (for the facilitator only):",
    ...tableLines(next, INDENTED),
    "",
    `Coverage: ${cells.length - open} of ${cells.length} have been played.`,
    ...tableLines(isWhole ? grid : byEngine(cells), INDENTED),
    ...(isWhole ? [] : ["Each scenario: fogbell gameday plan --all"]),
    ...(roles.length === 0 ? [] : ["", "Roles held:", ...roles.map(({ role, held }) => `  ${role}: ${held}`)]),
  ].join("\n");
}
