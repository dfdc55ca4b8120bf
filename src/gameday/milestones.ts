/**
 * How far people are, told from what they type and say. Signs are guesses: each says what it was told from, and the
 * scribe has the last word. Pure.
 */
import type { Sign } from "../parts.ts";
import { type Mark, MILESTONES, type Milestone } from "../record.ts";
import { all, type DayEvent, type Saying } from "./events.ts";

/** What each milestone means, for people. */
export const MILESTONE_MEANING: Readonly<Record<Milestone, string>> = {
  detected: "somebody saw what is wrong",
  declared: "an incident was declared",
  contained: "writers were stopped",
  preserved: "the damaged state was copied",
  listed: "the copies were listed",
  chosen: "a source was chosen",
  fetched: "the source was fetched",
  "restore-began": "restoring began",
  "restore-ended": "restoring ended",
  verified: "the data was verified",
  reopened: "the application was let in again",
  normal: "a fresh backup was taken, all is normal",
};

/** The mark of the clock that a milestone is; the others lie between marks. */
export const MARK_OF: Readonly<Partial<Record<Milestone, Mark>>> = {
  detected: "T1",
  declared: "T2",
  chosen: "T3",
  fetched: "T4",
  "restore-began": "T5",
  "restore-ended": "T6",
  verified: "T7",
  reopened: "T8",
  normal: "T9",
};

/** What must have been reached before a sign of another milestone means anything. */
const AFTER: Readonly<Partial<Record<Milestone, Milestone>>> = {
  "restore-ended": "restore-began",
  verified: "restore-began",
  normal: "reopened",
};

/** Signs that no engine has a word for. */
const GENERAL: readonly Sign[] = [
  {
    shows: "listed",
    pattern: /\bls\b[\s\S]*(\$\{?STORE|\/store)|fogbell backups list|\bdu\b[\s\S]*STORE|\bfind\b[\s\S]*STORE/i,
  },
  // Pointing the application elsewhere, or back, is how some recoveries restore.
  {
    shows: "restore-began",
    pattern: /(>|\bsed -i|\btee\b|\b(cp|mv|vi|vim|nano|ed)\b)[\s\S]*(\$\{?APP_CONFIG|application\.conf)/i,
  },
  { shows: "fetched", pattern: /fogbell backups fetch|\b(cp|install|rsync)\b[\s\S]*(\$\{?STORE|\/store)/i },
];

/** What people say, and what it shows. Decisions are meant: an observation alone decides nothing. */
const WORDS: readonly { readonly shows: Milestone; readonly how: readonly Saying[]; readonly pattern: RegExp }[] = [
  { shows: "declared", how: ["note", "decide", "tell"], pattern: /\bdeclar|\bincident\b|\bsev-?\d/i },
  {
    shows: "detected",
    how: ["see", "note"],
    pattern: /\b(gone|missing|lost|dropped|does not exist|empty|no rows?)\b/i,
  },
  { shows: "chosen", how: ["decide"], pattern: /\b(restore|recover|take|use|from)\b/i },
  {
    shows: "verified",
    how: ["see", "decide"],
    pattern: /\b(verified|match(es)?|whole|complete|counts? (agree|are right))\b/i,
  },
  { shows: "reopened", how: ["decide"], pattern: /\bre-?open|\blet\b.*\bin\b|\bopen (it|the shop|again)/i },
];

/** Lines that the scenario's own recovery has: typed as printed, there is nothing to guess. */
export interface DrilledLine {
  readonly script: string;
  readonly shows: Milestone;
}

export interface Recogniser {
  readonly signs: readonly Sign[];
  readonly drilled: readonly DrilledLine[];
}

/** What a shell keeps of a line that goes on: neither the backslash nor the break. */
export const flat = (text: string) => text.replace(/\\\n/g, " ").replace(/\s+/g, " ").trim();

export const drilledLine = (script: string, shows: Milestone): DrilledLine => ({ script: flat(script), shows });

/** One recogniser from all who know signs: the story, the engine, everybody. */
export function recogniser(signs: readonly Sign[], drilled: readonly DrilledLine[]): Recogniser {
  return { signs: [...signs, ...GENERAL], drilled: drilled.map(({ script, shows }) => drilledLine(script, shows)) };
}

/** When each milestone was reached, in milliseconds of playing time: the last word counts, and null is "not at all". */
export function reached(events: readonly DayEvent[]): Partial<Record<Milestone, number>> {
  const found: Partial<Record<Milestone, number>> = {};
  for (const { milestone, playedMs } of all(events, "milestone")) {
    if (playedMs === null) delete found[milestone];
    else found[milestone] = playedMs;
  }
  return found;
}

/** Milestones that the scribe has set or struck: signs do not move them any more. */
export function settled(events: readonly DayEvent[]): ReadonlySet<Milestone> {
  return new Set(all(events, "milestone").flatMap(({ milestone, from }) => (from === "scribe" ? [milestone] : [])));
}

export interface Typed {
  readonly text: string;
  readonly exitCode: number;
  /** Playing time at which it began and ended. */
  readonly beganMs: number;
  readonly endedMs: number;
}

export interface Recognised {
  readonly milestone: Milestone;
  readonly playedMs: number;
  readonly because: string;
  /** A line of the drilled recovery, as printed: nothing is guessed. */
  readonly isExact?: boolean;
}

/** A function is defined, or a script is written down: what stands in it was not run. */
const WRITES_DOWN = /^\s*(function\s+\S+|[\w-]+\s*\(\)\s*\{)|\b(cat|tee)\b[^\n]*<<-?\s*['"]?\w/;

/** What a command shows. `claimed`: typed before, and not seen yet. A failed one shows that somebody looked, and that a restore began, but nothing reached. */
export function fromCommand(
  { signs, drilled }: Recogniser,
  typed: Typed,
  events: readonly DayEvent[],
  claimed: ReadonlySet<Milestone> = new Set(),
): Recognised[] {
  if (WRITES_DOWN.test(typed.text)) return [];
  const known = reached(events);
  const fixed = settled(events);
  const text = flat(typed.text);
  const exact = drilled.filter(({ script }) => text.includes(script)).map(({ shows }) => shows);
  const guessed = signs.filter(({ pattern }) => pattern.test(typed.text)).map(({ shows }) => shows);
  const shown = new Set([...(exact.length > 0 ? exact : []), ...guessed]);
  // The same words restore and look: what was typed as printed is not guessed at.
  if (exact.length > 0) for (const one of guessed) if (one !== "detected" && !exact.includes(one)) shown.delete(one);
  const found: Recognised[] = [];
  const because = exact.length > 0 ? "a line of the drilled recovery" : "a sign in the command";
  for (const milestone of MILESTONES.filter((one) => shown.has(one))) {
    const needs = AFTER[milestone];
    if (fixed.has(milestone) || known[milestone] !== undefined) continue;
    if (needs !== undefined && known[needs] === undefined && !claimed.has(needs)) continue;
    if (typed.exitCode !== 0 && milestone !== "detected" && milestone !== "restore-began") continue;
    const begins = milestone === "restore-began" || milestone === "detected";
    const isExact = exact.includes(milestone);
    found.push({
      milestone,
      playedMs: begins ? typed.beganMs : typed.endedMs,
      because,
      ...(isExact ? { isExact } : {}),
    });
  }
  // Whoever fetches has chosen, and restoring ends with the last thing that restores.
  if (found.some(({ milestone }) => milestone === "fetched") && known.chosen === undefined && !fixed.has("chosen"))
    found.push({ milestone: "chosen", playedMs: typed.beganMs, because: "it was fetched" });
  const restores = shown.has("restore-began") && typed.exitCode === 0;
  if (restores && known.verified === undefined && !fixed.has("restore-ended"))
    found.push({ milestone: "restore-ended", playedMs: typed.endedMs, because: "the last restoring command so far" });
  return found;
}

/** What something said shows. */
export function fromWord(
  { how, text, playedMs }: { readonly how: Saying; readonly text: string; readonly playedMs: number },
  events: readonly DayEvent[],
): Recognised[] {
  const known = reached(events);
  const fixed = settled(events);
  return WORDS.filter(({ shows, how: ways, pattern }) => {
    const needs = AFTER[shows];
    return (
      ways.includes(how) &&
      pattern.test(text) &&
      known[shows] === undefined &&
      !fixed.has(shows) &&
      (needs === undefined || known[needs] !== undefined)
    );
  }).map(({ shows }) => ({ milestone: shows, playedMs, because: `${how}: it was said` }));
}
