/** Words that people type, into what they mean: the same for a terminal of ours and for the desk in the sandbox. Pure. */
import { UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { parseDuration } from "../host/units.ts";
import { SAYINGS } from "./events.ts";

export interface DayWords {
  readonly verb: string;
  readonly rest: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

/** Flags that stand alone. */
const ALONE = ["abandon", "strike", "json", "help"];

/** Flags at the end of an action, each with all that follows it up to the next: `--owner the database team`. */
const OWNED = /^(.*?)((?:\s+--(?:owner|due)\s+(?:(?!\s--(?:owner|due)\s).)+)*)\s*$/s;

/** What somebody says is text as it was typed; only an action names its owner and its date behind it. */
function readSaying(verb: string, text: string): DayWords {
  if (verb !== "todo") return { verb, rest: [text], flags: {} };
  const [, what = text, behind = ""] = OWNED.exec(text) ?? [];
  const told = behind.split(/\s+--(?=(?:owner|due)\s)/).filter((one) => one.trim() !== "");
  const flags = told.map((one) => {
    const [name = "", ...rest] = one.trim().split(/\s+/);
    return [name, rest.join(" ")] as const;
  });
  return { verb, rest: [what], flags: Object.fromEntries(flags) };
}

const bare = (text: string) => text.trim().replace(/^(fogbell\s+)?gameday\s+/, "");
const verbIn = (text: string) => /^\S*/.exec(bare(text))?.[0] ?? "";

/** Whether a typed or pasted text is something that somebody says: then all its lines are. Pure. */
export const isSaying = (text: string): boolean => SAYINGS.some((one) => one === verbIn(text));

/** A line typed in a terminal of ours, as words: what somebody says stays one word, whatever stands in it. Pure. */
export function wordsOf(line: string): string[] {
  const verb = verbIn(line);
  return isSaying(line) ? [verb, bare(line).slice(verb.length).trim()] : bare(line).split(/\s+/);
}

/** `gameday mark contained --at 12:03` → verb, rest and flags. A flag takes the next word. */
export function readWords(words: readonly string[]): DayWords {
  const [first = "", ...others] = words[0] === "gameday" ? words.slice(1) : words;
  if (SAYINGS.some((one) => one === first)) return readSaying(first, others.join(" "));
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
  "help",
  "board",
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
