/**
 * A game day while it is played: the log, the clock, the injects and hints, and what the team says. Knows no server and
 * no socket; the keeper brings what people type and carries away what they should see.
 */

import { UsageError } from "../errors.ts";
import type { Redactor } from "../host/redact.ts";
import { formatDuration } from "../host/units.ts";
import type { Milestone, Objectives } from "../record.ts";
import type { Journal } from "../run/journal.ts";
import type { GamedayStory } from "../scenario/schema.ts";
import type { DeskLine, DeskState } from "./desk.ts";
import { all, type DayBody, type Saying, type Stage } from "./events.ts";
import { maskCommand } from "./masking.ts";
import { fromCommand, fromWord, type Recognised, type Recogniser, reached } from "./milestones.ts";
import type { PlayingTime } from "./playing-time.ts";

/** The first word to those outside is due after this, and each further one after that. */
const FIRST_UPDATE_MS = 5 * 60_000;
const UPDATE_EVERY_MS = 20 * 60_000;
/** A team that reached nothing for so long is asked whether it wants a hint. */
const STALL_MS = 5 * 60_000;

export interface DayKit {
  readonly log: Journal<DayBody>;
  readonly playing: PlayingTime;
  /** The steady clock of `playing`. */
  readonly nowMs: () => number;
  /** The wall clock, for prompts. */
  readonly wallMs: () => number;
  readonly story: GamedayStory;
  readonly recogniser: Recogniser;
  readonly objectives: Objectives;
  /** What the pages on the door say of a line that was typed as printed. */
  readonly pagesSay: (text: string) => string | undefined;
  readonly redact: Redactor;
  /** Nobody facilitates: Fogbell asks for an ETA and offers hints itself. */
  readonly solo: boolean;
}

export interface Day {
  readonly stage: Stage;
  /** What prompts show. */
  readonly deskState: DeskState;
  turn(stage: Stage, because: string): void;
  /** The damage is proven: symptoms reach people. `sinceMs`: how long ago it happened. */
  alarm(sinceMs: number): void;
  /** Something typed at the desk. Returns what was recognised. */
  typed(line: DeskLine): readonly Recognised[];
  say(what: { role: string; how: Saying; text: string; owner?: string; due?: string }): void;
  mark(what: { role: string; milestone: Milestone; playedMs: number | null; because: string }): void;
  inject(number: number | null, what: "fired" | "held" | "skipped", by: string): string;
  hint(by: string): string;
  pause(by: string, because: string): void;
  resume(by: string): void;
  /** What is due by now happens. */
  tick(): void;
  readonly playedMs: number | null;
  readonly hintsUsed: number;
  /** Injects as a facilitator sees them. */
  injects(): readonly { readonly number: number; readonly state: string; readonly to: string; readonly say: string }[];
}

type InjectState = "waiting" | "held" | "fired" | "skipped";

const usage = (message: string, ...next: string[]) => new UsageError(message, { code: "FB_GAMEDAY_WORD", next });

export function createDay(kit: DayKit): Day {
  const { log, playing, nowMs, wallMs, story, recogniser, objectives, redact, solo } = kit;
  const write = (body: DayBody) => void log.append(body);
  const states: InjectState[] = story.injects.map(() => "waiting");
  let stage: Stage = "building";
  let beganWallMs = 0;
  let pausedAtWallMs: number | null = null;
  let pausedMs = 0;
  let hints = 0;
  let dueMs = FIRST_UPDATE_MS;
  let progressMs = 0;
  let offered = false;
  const played = () => playing.at(nowMs());

  function turn(next: Stage, because: string): void {
    stage = next;
    write({ kind: "stage", stage: next, because });
  }

  function note(found: readonly Recognised[], from: "command" | "word", role: string): void {
    for (const { milestone, playedMs, because } of found) {
      write({ kind: "milestone", milestone, playedMs, from, because, role });
      progressMs = Math.max(progressMs, playedMs);
      offered = false;
    }
  }

  /** Playing time at a moment of the wall clock: what the desk stamps is that. */
  const playedAt = (atWallMs: number) => playing.at(nowMs() - Math.max(0, wallMs() - atWallMs)) ?? 0;

  function typed(line: DeskLine): readonly Recognised[] {
    const exitCode = line.kind === "client" ? 0 : Number(line.word) || 0;
    const { role, endedAtMs } = line;
    // Of what was typed into a client only the end of its session is known: never earlier than it was.
    const beganAtMs = line.kind === "client" ? endedAtMs : line.beganAtMs;
    const printed = kit.pagesSay(line.text);
    write({
      kind: "command",
      role,
      text: maskCommand(line.text, redact),
      beganAt: new Date(beganAtMs).toISOString(),
      exitCode,
      durationMs: Math.max(0, endedAtMs - beganAtMs),
      inside: line.kind === "client",
      ...(printed === undefined ? {} : { printed }),
    });
    if (stage !== "alarm" && stage !== "paused") return [];
    for (const { when, matches, cost, say } of story.traps) {
      const falls = when === "command" && matches !== undefined && new RegExp(matches, "i").test(line.text);
      if (falls && exitCode === 0) trap({ when, cost, say });
    }
    const seen = { text: line.text, exitCode, beganMs: playedAt(beganAtMs), endedMs: playedAt(endedAtMs) };
    const found = fromCommand(recogniser, seen, log.events);
    note(found, "command", role);
    return found;
  }

  /** Once each, however often it is repeated. */
  function trap({ when, cost, say }: { when: string; cost: number; say: string }): void {
    if (all(log.events, "trap").some((one) => one.say === say)) return;
    write({ kind: "trap", when, cost, say });
  }

  function say({ role, how, text, owner, due }: Parameters<Day["say"]>[0]): void {
    if (text.trim() === "") throw usage(`${how} needs some words`, `fogbell gameday ${how} "what you mean"`);
    write({
      kind: "said",
      role,
      how,
      text: maskCommand(text, redact),
      ...(owner === undefined ? {} : { owner }),
      ...(due === undefined ? {} : { due }),
    });
    const playedMs = played();
    if (playedMs === null || how === "todo") return;
    if (how === "tell") dueMs = playedMs + UPDATE_EVERY_MS;
    note(fromWord({ how, text, playedMs }, log.events), "word", role);
  }

  function inject(number: number | null, what: "fired" | "held" | "skipped", by: string): string {
    const index = number === null ? states.findIndex((one) => one === "waiting" || one === "held") : number - 1;
    const [one, state] = [story.injects[index], states[index]];
    if (one === undefined || state === undefined)
      throw usage(`there is no inject ${number ?? "left"}`, "fogbell gameday status");
    if (state === "fired" || state === "skipped")
      throw usage(`inject ${index + 1} was ${state} already`, "fogbell gameday status");
    states[index] = what;
    write({ kind: "inject", number: index + 1, what, to: one.to, say: one.say, by });
    return `inject ${index + 1} ${what}: to ${one.to}: ${one.say}`;
  }

  function hint(by: string): string {
    const next = story.hints[hints];
    if (next === undefined) throw usage("there is no hint left", 'fogbell gameday note "stuck: …"');
    hints += 1;
    write({ kind: "hint", step: hints, cost: next.cost, say: next.say, by });
    return `hint ${hints} (costs ${next.cost}): ${next.say}`;
  }

  /** Whether an inject is due; null: what it asks about is over. */
  function isDue(index: number, playedMs: number): boolean | null {
    const one = story.injects[index];
    const known = reached(log.events);
    if (one === undefined || playedMs < (one.at ?? 0)) return false;
    if (one.when !== undefined && known[one.when] === undefined) return false;
    if (one.unless !== undefined && known[one.unless] !== undefined) return null;
    return one.at !== undefined || one.when !== undefined;
  }

  function tick(): void {
    const playedMs = played();
    if (stage !== "alarm" || playedMs === null) return;
    for (const [index, state] of states.entries()) {
      if (state !== "waiting") continue;
      const due = isDue(index, playedMs);
      if (due !== false) inject(index + 1, due ? "fired" : "skipped", "the clock");
    }
    if (solo && playedMs >= dueMs) {
      write({
        kind: "told",
        from: "support",
        to: "everybody",
        say: "We have heard nothing. When will it be back? (tell)",
      });
      dueMs = playedMs + UPDATE_EVERY_MS / 4;
    }
    if (!offered && hints < story.hints.length && playedMs - progressMs > STALL_MS) {
      offered = true;
      const to = solo ? "everybody" : "facilitator";
      write({
        kind: "told",
        from: "Fogbell",
        to,
        say: `Five quiet minutes. A hint costs ${story.hints[hints]?.cost}: type hint`,
      });
    }
  }

  return {
    get stage() {
      return stage;
    },
    get deskState() {
      const extraMs = pausedAtWallMs === null ? 0 : wallMs() - pausedAtWallMs;
      return {
        stage,
        beganS: Math.round(beganWallMs / 1000),
        pausedS: Math.round((pausedMs + extraMs) / 1000),
        rtoS: Math.round(objectives.rtoMs / 1000),
        dueS: Math.round((beganWallMs + pausedMs + dueMs) / 1000),
      };
    },
    get playedMs() {
      return played();
    },
    get hintsUsed() {
      return hints;
    },
    turn,
    alarm(sinceMs) {
      playing.begin(nowMs() - sinceMs);
      beganWallMs = wallMs() - sinceMs;
      turn("alarm", "the clock runs");
      for (const { from, say: text } of story.symptoms) write({ kind: "told", from, to: "everybody", say: text });
    },
    typed,
    say,
    mark: ({ role, milestone, playedMs, because }) =>
      write({ kind: "milestone", milestone, playedMs, from: "scribe", because, role }),
    inject,
    hint,
    pause(by, because) {
      if (stage !== "alarm") throw usage("only what runs can be paused", "fogbell gameday status");
      playing.pause(nowMs());
      pausedAtWallMs = wallMs();
      turn("paused", because === "" ? `by ${by}` : `by ${by}: ${because}`);
    },
    resume(by) {
      if (stage !== "paused") throw usage("it is not paused", "fogbell gameday status");
      playing.resume(nowMs());
      if (pausedAtWallMs !== null) pausedMs += wallMs() - pausedAtWallMs;
      pausedAtWallMs = null;
      turn("alarm", `resumed by ${by}`);
    },
    tick,
    injects: () =>
      story.injects.map(({ to, say: text, at, when }, index) => ({
        number: index + 1,
        state: `${states[index]}${states[index] === "waiting" ? ` (${[at === undefined ? "" : `at ${formatDuration(at)}`, when === undefined ? "" : `once ${when}`].filter(Boolean).join(", ")})` : ""}`,
        to,
        say: text,
      })),
  };
}

/** What a scenario without a story of its own tells: its symptom, or its title. */
export function storyOf(
  told: GamedayStory | null,
  { title, symptom }: { readonly title: string; readonly symptom: string | undefined },
): GamedayStory {
  if (told !== null) return told;
  const symptoms = [{ from: "pager", say: symptom ?? title }];
  return { briefing: "", symptoms, injects: [], hints: [], traps: [], milestones: [] };
}
