/**
 * How long each phase of a run may take, and how much room a restore: a statement of a dump can sleep for ever, and a small
 * file can unpack into a disk full. Generous, so that nothing honest ends by it. Pure.
 */
import { formatBytes, formatObjective } from "../host/units.ts";
import { PHASES, type Phase } from "../parts.ts";

/** Phases are limited, each by itself; so is each try to spoil a copy, when the checks are proven. */
export type OfDrill = Exclude<Phase, "cleanup">;
export type LimitedPhase = OfDrill | "prove";

/** Those of a verify. */
export const OF_VERIFY = ["fetch", "world", "restore", "verify", "prove"] as const;

/** Those of a drill: all but the one that removes what it made. */
export const OF_DRILL = PHASES.filter((phase) => phase !== "cleanup");

export interface Limit {
  readonly phase: LimitedPhase;
  readonly ms: number;
  /** What it follows from. */
  readonly from: "told" | "least" | "size" | "history";
}

export interface LimitsRequest {
  /** What is fetched, or how large the database is. */
  readonly bytes: number;
  /** Of a link that is held to a speed; null when none is. */
  readonly bytesPerSecond: number | null;
  /** What each phase took in earlier runs of the same, in milliseconds. */
  readonly earlier: readonly Readonly<Record<string, number>>[];
  /** One for every phase, as somebody said. */
  readonly toldMs: number | null;
}

const MINUTE = 60_000;
const LEAST_MS = 15 * MINUTE;
const SLOW_BYTES_PER_SECOND = 2_000_000;
/** What is packed is so much larger when it is not. */
const UNPACKED_TIMES = 10;
/** Over a link of such a speed it takes so many times as long as it should. */
const LINK_TIMES = 5;
const EARLIER_TIMES = 5;
/** setTimeout takes no more. */
const MOST_MS = 2 ** 31 - 1;

function bySize(phase: LimitedPhase, { bytes, bytesPerSecond }: LimitsRequest): number {
  // It restores anew and asks again.
  const times = phase === "prove" ? 2 : 1;
  if (phase !== "fetch") return (bytes * UNPACKED_TIMES * times * 1000) / SLOW_BYTES_PER_SECOND;
  const link = bytesPerSecond === null ? 0 : (bytes * LINK_TIMES * 1000) / bytesPerSecond;
  return Math.max((bytes * 1000) / SLOW_BYTES_PER_SECOND, link);
}

function limitOf(phase: LimitedPhase, request: LimitsRequest): Limit {
  const { earlier, toldMs } = request;
  if (toldMs !== null) return { phase, ms: Math.min(MOST_MS, toldMs), from: "told" };
  const all = [
    { from: "least" as const, ms: LEAST_MS },
    { from: "size" as const, ms: bySize(phase, request) },
    { from: "history" as const, ms: EARLIER_TIMES * Math.max(0, ...earlier.map((took) => took[phase] ?? 0)) },
  ];
  const most = all.reduce((best, one) => (one.ms > best.ms ? one : best));
  return { phase, from: most.from, ms: Math.min(MOST_MS, Math.round(most.ms)) };
}

/** The limit of each of these phases: the most of what is always given, what its size takes on slow disks, what earlier ones took. */
export const limitsOf = (request: LimitsRequest, phases: readonly LimitedPhase[]): readonly Limit[] =>
  phases.map((phase) => limitOf(phase, request));

const WHY: Readonly<Record<Limit["from"], string>> = {
  told: "as it was told",
  least: "what is always given",
  size: "by its size",
  history: "five times what the slowest earlier run took",
};

/** `15m, what is always given`. */
export const limitWords = ({ ms, from }: Limit): string => `${formatObjective(ms)}, ${WHY[from]}`;

/** Twice as long, as `--timeout` takes it: whole minutes from two on. */
export function longer({ ms }: Limit): string {
  const twice = ms * 2;
  if (twice < 2 * MINUTE) return `${Math.ceil(twice / 1000)}s`;
  const minutes = Math.ceil(twice / MINUTE);
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

const GIB = 1024 ** 3;
const ROOM_ALWAYS = 8 * GIB;
/** Rows of one number each take some thirty times their text, and the log of them as much again. */
const ROOM_TIMES = 100;
const RESERVE = GIB;
const RESERVE_SHARE = 0.1;

/** The most that a restore may fill, by what is restored: its text, or the files as they were fetched. */
export const roomFor = (bytes: number): number => ROOM_ALWAYS + ROOM_TIMES * bytes;

/** Text seldom shrinks to less of itself when it is restored. */
const LEAST_SHARE = 0.5;

/** Why a restore is not even begun: it would fill the disk for certain. In words; null: it may fit. */
export function tooSmallFor(
  bytes: number,
  { free, reserve }: { readonly free: number; readonly reserve: number },
): string | null {
  const least = bytes * LEAST_SHARE;
  if (least <= free - reserve) return null;
  return `it fills ${formatBytes(Math.round(least))} at least, and ${formatBytes(free)} are left on its disk`;
}

/** What stays free on a disk: never more than half of what was free when it began. */
export const reserveOf = ({ free, total }: { readonly free: number; readonly total: number }): number =>
  Math.min(RESERVE, total * RESERVE_SHARE, free / 2);

/** What is against going on, in words; null: nothing. All in bytes. */
export function roomFault(
  { free, used }: { readonly free: number; readonly used: number },
  { reserve, most, from }: { readonly reserve: number; readonly most: number; readonly from: number },
): { readonly is: "full" | "bomb"; readonly because: string } | null {
  if (free < reserve) return { is: "full", because: `only ${formatBytes(free)} left on its disk` };
  if (used <= most) return null;
  return {
    is: "bomb",
    because: `it fills ${formatBytes(used)} from ${formatBytes(from)}, and ${formatBytes(most)} is the most that is taken`,
  };
}
