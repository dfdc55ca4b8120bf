/** What the keeper answers to each word, whoever types it and wherever. */
import { UsageError } from "../errors.ts";
import { formatBytes, formatDuration, formatObjective } from "../host/units.ts";
import { MILESTONES, type Milestone } from "../record.ts";
import { boardState } from "./board-state.ts";
import type { Day } from "./day.ts";
import type { DayEvent, Saying } from "./events.ts";
import { helpFor } from "./help.ts";
import { MILESTONE_MEANING, reached } from "./milestones.ts";
import type { Page } from "./pages.ts";
import type { KeeperAnswer, KeeperQuestion } from "./wire.ts";
import { type DayWords, momentOf, numberOf, readWords, type Verb, verbOf } from "./words.ts";

export interface ListedCopy {
  readonly id: string;
  readonly at: string;
  readonly sizeBytes: number;
  readonly format: string;
  /** A server that runs. */
  readonly isLive?: boolean;
}

export interface AnswerKit {
  readonly day: Day;
  readonly events: () => readonly DayEvent[];
  readonly objectiveMs: number;
  readonly wallMs: () => number;
  /** Told to a facilitator only. */
  readonly scenario: string;
  /** What the drilled recovery does, in its order; told to a facilitator only. */
  readonly path: readonly string[];
  readonly pages: readonly Page[];
  /** Recovery points as a list of the store shows them, newest first. */
  list(): Promise<readonly ListedCopy[]>;
  /** Brings one to the scratch folder. Returns where it lies, in words. */
  fetch(point: string): Promise<string>;
  /** Reads what was fetched to its end, where it lies in the sandbox. */
  check(path: string): Promise<KeeperAnswer>;
  /** Ends the day; judged unless it is abandoned. */
  end(abandon: boolean): void;
}

const say = (text: string): KeeperAnswer => ({ code: 0, text });

/** The milestones so far, in order, for a status line. */
function reachedText(events: readonly DayEvent[]): string {
  const found = reached(events);
  const lines = MILESTONES.filter((one) => found[one] !== undefined).map(
    (one) => `  ${formatDuration(found[one] ?? 0).padEnd(8)} ${one}: ${MILESTONE_MEANING[one]}`,
  );
  return lines.length === 0 ? "  nothing yet" : lines.join("\n");
}

function status(kit: AnswerKit, role: string): string {
  const { day } = kit;
  const { playedMs, deskState, hintsUsed } = day;
  const dueMs = deskState.dueS * 1000 - kit.wallMs();
  const clock =
    playedMs === null
      ? "on call; nothing has happened yet"
      : `elapsed ${formatDuration(playedMs)} of ${formatObjective(kit.objectiveMs)}${playedMs > kit.objectiveMs ? ", LATE" : ""}; next update ${dueMs > 0 ? `due in ${formatDuration(dueMs)}` : "OVERDUE"}`;
  const above = role === "facilitator";
  return [
    `${day.stage}: ${clock}; ${hintsUsed} hints used`,
    ...(role === "facilitator" || role === "scribe" || role === "observer" ? [reachedText(kit.events())] : []),
    ...(above ? [`scenario: ${kit.scenario}`] : []),
    ...(above ? day.injects().map((one) => `  inject ${one.number}, ${one.state}, to ${one.to}: ${one.say}`) : []),
  ].join("\n");
}

function mark({ day, wallMs }: AnswerKit, words: DayWords, role: string): KeeperAnswer {
  const [name = "", ...because] = words.rest;
  if (!MILESTONES.includes(name as Milestone)) {
    throw new UsageError(`there is no milestone "${name}"`, {
      code: "FB_GAMEDAY_WORD",
      next: [`fogbell gameday mark ${MILESTONES.join("|")} --after 5m30s`],
    });
  }
  const playedMs = day.playedMs ?? 0;
  const at = words.flags.strike === undefined ? (momentOf(words, { nowMs: wallMs(), playedMs }) ?? playedMs) : null;
  day.mark({ role, milestone: name as Milestone, playedMs: at, because: because.join(" ") || "corrected by hand" });
  return say(at === null ? `${name} struck` : `${name} at ${formatDuration(at)}`);
}

function runbook({ pages }: AnswerKit, words: DayWords): KeeperAnswer {
  const number = numberOf(words);
  if (number === null) {
    const index = pages.map(({ symptom }, i) => `  runbook ${i + 1}   when you see: ${symptom}`);
    return say(
      index.length === 0
        ? "There is no runbook page."
        : ["Start with what you see:", ...index, "One step of a page: runbook 1 9"].join("\n"),
    );
  }
  const page = pages[number - 1];
  if (page === undefined)
    throw new UsageError(`there is no page ${number}`, { code: "FB_GAMEDAY_WORD", next: ["runbook"] });
  const step = words.rest[1];
  if (step === undefined) return say(page.text);
  const found = page.steps.find((one) => String(one.number) === step);
  if (found !== undefined) return say(`# ${found.number}. ${found.say}\n${found.script}`);
  throw new UsageError(`page ${number} has no step ${step}`, { code: "FB_GAMEDAY_WORD", next: [`runbook ${number}`] });
}

async function backups(kit: AnswerKit, { rest }: DayWords): Promise<KeeperAnswer> {
  const [what, point] = rest;
  if (what === "list") {
    const copies = await kit.list();
    const rows = copies.map(({ id, at, sizeBytes, format }) => [at, formatBytes(sizeBytes), format, id]);
    const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? "").length)));
    const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
    const [replica] = copies.filter(({ isLive }) => isLive);
    const more = replica === undefined ? [] : [`Where a replica runs: fogbell backups fetch ${replica.id}`];
    return say(lines.length === 0 ? "The store is empty." : [...lines, ...more].join("\n"));
  }
  if (what === "fetch" && point !== undefined && point !== "") return say(await kit.fetch(point));
  if (what === "check" && point !== undefined && point !== "") return kit.check(point);
  throw new UsageError("fogbell backups here can list, fetch or check", {
    code: "FB_GAMEDAY_WORD",
    next: ['fogbell backups list --store "$STORE"', 'fogbell backups fetch "$POINT" --store "$STORE" --to "$SCRATCH"'],
  });
}

function end(kit: AnswerKit, { flags }: DayWords): KeeperAnswer {
  const abandon = flags.abandon !== undefined;
  kit.end(abandon);
  return say(abandon ? "Abandoned. Everything is being removed." : "The day ends here. Judging now.");
}

type Deed = (kit: AnswerKit, words: DayWords, role: string) => KeeperAnswer | Promise<KeeperAnswer>;

const saying =
  (how: Saying): Deed =>
  ({ day }, { rest, flags }, role) => {
    day.say({
      role,
      how,
      text: rest.join(" "),
      ...(flags.owner === undefined ? {} : { owner: flags.owner }),
      ...(flags.due === undefined ? {} : { due: flags.due }),
    });
    return say("recorded");
  };

const injecting =
  (what: "fired" | "held" | "skipped"): Deed =>
  ({ day }, words, role) =>
    say(day.inject(numberOf(words), what, role));

const DEEDS: Readonly<Record<Verb, Deed>> = {
  note: saying("note"),
  decide: saying("decide"),
  see: saying("see"),
  tell: saying("tell"),
  todo: saying("todo"),
  inject: injecting("fired"),
  hold: injecting("held"),
  skip: injecting("skipped"),
  hint: ({ day }, _words, role) => say(day.hint(role)),
  pause({ day }, { rest }, role) {
    day.pause(role, rest.join(" "));
    return say("Paused: the clock is stopped. To continue: gameday resume");
  },
  resume({ day }, _words, role) {
    day.resume(role);
    return say("The clock is running again.");
  },
  mark,
  status: (kit, _words, role) => say(status(kit, role)),
  runbook: (kit, words) => runbook(kit, words),
  end,
  board: ({ day, events, objectiveMs, wallMs, scenario, path }, _words, role) =>
    say(JSON.stringify(boardState({ day, events: events(), rtoMs: objectiveMs, wallMs, scenario, path }, role))),
  help: (_kit, _words, role) => say(helpFor(role)),
  backups,
};

/** Who may do what a responder at the desk may not: the desk is one role, and hears of itself as one. */
const ABOVE: readonly Verb[] = ["inject", "hold", "skip"];

/** Throws UsageError for words that mean nothing. */
export async function answer(kit: AnswerKit, { role, words }: KeeperQuestion): Promise<KeeperAnswer> {
  const read = readWords(words);
  const verb = verbOf(read);
  if (ABOVE.includes(verb) && role !== "facilitator") {
    throw new UsageError(`${verb} is for the facilitator`, {
      code: "FB_GAMEDAY_WORD",
      next: [`fogbell gameday ${verb} --role facilitator`],
    });
  }
  return DEEDS[verb](kit, read, role);
}
