/** Words that people type, into what they mean: the same for a terminal of ours and for the desk in the sandbox. Pure. */
import { UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { parseDuration } from "../host/units.ts";

export interface DayWords {
  readonly verb: string;
  readonly rest: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

/** Flags that stand alone. */
const ALONE = ["abandon", "strike", "json", "help"];

/** `gameday todo write it down --owner db team` → verb, rest and flags. A flag takes the next word. */
export function readWords(words: readonly string[]): DayWords {
  const [first = "", ...others] = words[0] === "gameday" ? words.slice(1) : words;
  const rest: string[] = [];
  const flags: Record<string, string> = {};
  for (let i = 0; i < others.length; i++) {
    const word = others[i] ?? "";
    const name = /^--([a-z-]+)$/.exec(word)?.[1];
    if (name === undefined) rest.push(word);
    else if (ALONE.includes(name)) flags[name] = "yes";
    else flags[name] = others[++i] ?? "";
  }
  return { verb: first, rest, flags };
}

export const VERBS = [
  "note",
  "decide",
  "see",
  "tell",
  "todo",
  "inject",
  "hold",
  "skip",
  "hint",
  "pause",
  "resume",
  "mark",
  "status",
  "runbook",
  "end",
  "backups",
] as const;
export type Verb = (typeof VERBS)[number];

/** The verb that was meant. Throws UsageError for none. */
export function verbOf({ verb }: DayWords): Verb {
  const known = VERBS.find((one) => one === verb);
  if (known !== undefined) return known;
  const near = nearest(verb, VERBS);
  throw new UsageError(`a game day has no command "${verb}"${near === undefined ? "" : `; did you mean "${near}"?`}`, {
    code: "FB_GAMEDAY_WORD",
    next: ["fogbell gameday status", 'fogbell gameday note "what you see"'],
  });
}

/** A number of the list, counted from 1; null when none was typed. Throws UsageError for something else. */
export function numberOf({ rest, verb }: DayWords): number | null {
  const [word] = rest;
  if (word === undefined) return null;
  if (/^\d{1,3}$/.test(word)) return Number(word);
  throw new UsageError(`${verb} takes a number, not "${word}"`, {
    code: "FB_GAMEDAY_WORD",
    next: ["fogbell gameday status"],
  });
}

/**
 * When a milestone was reached, in playing time: `--after 5m30s` since the damage, or `--at 12:30:05` UTC. Null when
 * neither was typed: now.
 */
export function momentOf({ flags }: DayWords, { nowMs, playedMs }: { nowMs: number; playedMs: number }): number | null {
  const wrong = (word: string, like: string) =>
    new UsageError(`"${word}" isn't a time`, {
      code: "FB_GAMEDAY_WORD",
      next: [`fogbell gameday mark contained ${like}`],
    });
  if (flags.after !== undefined) {
    const after = parseDuration(flags.after);
    if (after === null) throw wrong(flags.after, "--after 5m30s");
    return after;
  }
  if (flags.at === undefined) return null;
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(flags.at);
  if (found === null) throw wrong(flags.at, "--at 12:30:05");
  const day = new Date(nowMs);
  day.setUTCHours(Number(found[1]), Number(found[2]), Number(found[3] ?? 0), 0);
  // A session over midnight: what seems to lie ahead was yesterday.
  const ago = nowMs - (day.getTime() > nowMs ? day.getTime() - 86_400_000 : day.getTime());
  return Math.max(0, playedMs - ago);
}
