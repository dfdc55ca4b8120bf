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
import { all, type DayBody, type DayStage, type Saying } from "./events.ts";
import { maskCommand, maskWords, plainName } from "./masking.ts";
import { fromCommand, fromWord, type Recognised, type Recogniser, reached, settled } from "./milestones.ts";
import type { PlayingTime } from "./playing-time.ts";
import { isShownByState, type Sighting, type Watched } from "./watcher.ts";

/** The first word to those outside is due after this, and each further one after that. */
const FIRST_UPDATE_MS = 5 * 60_000;
const UPDATE_EVERY_MS = 20 * 60_000;
/** A team that reached nothing for so long is asked whether it wants a hint. */
const STALL_MS = 5 * 60_000;

/** A wall clock that is set by less is adjusted as clocks are. */
const JUMP_MS = 1500;
/** A look is taken more than once a second; a command that does it ends about then. */
const CLAIM_WITHIN_MS = 4000;

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
  /** The world is looked at: what it shows counts, and a sign of it that was typed alone does not. */
  readonly isWatched: boolean;
}

export interface Day {
  readonly stage: DayStage;
  /** What prompts show. */
  readonly deskState: DeskState;
  turn(stage: DayStage, because: string): void;
  /** The damage is proven: symptoms reach people. `sinceMs`: how long ago it happened. */
  alarm(sinceMs: number): void;
  /** Something typed at the desk. Returns what was recognised. */
  typed(line: DeskLine): readonly Recognised[];
  /** The world showed it. What was typed or said of it before tells when, and by whom. */
  seen(sightings: readonly Sighting[]): void;
  /** The world was looked at for the last time: what it could not show is what was typed. */
  settle(watched: Watched | null): void;
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
  /** What the scenario tells, and keeps for later. */
  readonly story: GamedayStory;
  /** Injects as a facilitator sees them. */
  injects(): readonly {
    readonly number: number;
    readonly state: string;
    /** Neither fired nor left out. */
    readonly isOpen: boolean;
    readonly to: string;
    readonly say: string;
  }[];
}

type InjectState = "waiting" | "held" | "fired" | "skipped";

const usage = (message: string, ...next: string[]) => new UsageError(message, { code: "FB_GAMEDAY_WORD", next });

/** A day as it goes on. A class, because all of it turns on one state: the stage, the clocks, how far the story was told. */
class RunningDay implements Day {
  readonly #kit: DayKit;
  readonly #write = (body: DayBody) => void this.#kit.log.append(body);
  readonly #states: InjectState[];
  #stage: DayStage = "building";
  #beganWallMs = 0;
  #pausedAtWallMs: number | null = null;
  #pausedMs = 0;
  #hints = 0;
  #dueMs = FIRST_UPDATE_MS;
  #progressMs = 0;
  #offered = false;
  /** What was typed or said of something that the world will show, or will not. */
  readonly #claims: (Recognised & { readonly from: "command" | "word"; readonly role: string })[] = [];
  #lastRole = "somebody";
  #clockGapMs: number | null = null;
  readonly #played = () => this.#kit.playing.at(this.#kit.nowMs());

  constructor(kit: DayKit) {
    this.#kit = kit;
    this.#states = kit.story.injects.map(() => "waiting");
  }

  turn(next: DayStage, because: string): void {
    this.#stage = next;
    this.#write({ kind: "stage", stage: next, because });
  }

  /** Notes what was recognised, but for what the world itself will show: that waits as a claim. Returns what was noted. */
  #note(found: readonly Recognised[], from: "command" | "word", role: string): Recognised[] {
    const waits = ({ milestone }: Recognised) => this.#kit.isWatched && isShownByState(milestone);
    this.#claims.push(...found.filter(waits).map((one) => ({ ...one, from, role })));
    const noted = found.filter((one) => !waits(one));
    for (const { milestone, playedMs, because } of noted) {
      this.#write({ kind: "milestone", milestone, playedMs, from, because, role });
      this.#progressMs = Math.max(this.#progressMs, playedMs);
      this.#offered = false;
    }
    return noted;
  }

  seen(sightings: readonly Sighting[]): void {
    if (this.#stage !== "alarm" && this.#stage !== "paused") return;
    for (const { milestone, atMs, because } of sightings) {
      const known = reached(this.#kit.log.events)[milestone];
      const moves = milestone === "reopened";
      if (settled(this.#kit.log.events).has(milestone) || (known !== undefined && !moves)) continue;
      const seenMs = this.#playedAt(atMs);
      if (known !== undefined && Math.abs(known - seenMs) < CLAIM_WITHIN_MS) continue;
      const claim = this.#claims.findLast((one) => one.milestone === milestone);
      const fits = claim !== undefined && Math.abs(claim.playedMs - seenMs) < CLAIM_WITHIN_MS;
      const playedMs = fits ? claim.playedMs : seenMs;
      this.#write({
        kind: "milestone",
        milestone,
        playedMs,
        from: "state",
        because,
        role: claim?.role ?? this.#lastRole,
      });
      this.#progressMs = Math.max(this.#progressMs, playedMs);
      this.#offered = false;
    }
  }

  settle(watched: Watched | null): void {
    for (const { milestone, playedMs, from, because, role, isExact } of this.#claims) {
      const isKnown = reached(this.#kit.log.events)[milestone] !== undefined;
      // A printed line that ended well did what it says, also where its effect was gone before anybody looked.
      const isSeen = isExact !== true && watched?.canSee.some((one) => one === milestone) === true;
      if (isKnown || isSeen || settled(this.#kit.log.events).has(milestone)) continue;
      this.#write({ kind: "milestone", milestone, playedMs, from, because, role });
    }
  }

  /** Playing time at a moment of the wall clock: what the desk stamps is that. */
  readonly #playedAt = (atWallMs: number) =>
    this.#kit.playing.at(this.#kit.nowMs() - Math.max(0, this.#kit.wallMs() - atWallMs)) ?? 0;

  typed(line: DeskLine): readonly Recognised[] {
    const exitCode = line.kind === "client" ? 0 : Number(line.word) || 0;
    const { role, endedAtMs } = line;
    // Of what was typed into a client only the end of its session is known: never earlier than it was.
    const beganAtMs = line.kind === "client" ? endedAtMs : line.beganAtMs;
    const printed = this.#kit.pagesSay(line.text);
    this.#write({
      kind: "command",
      role,
      text: maskCommand(line.text, this.#kit.redact),
      beganAt: new Date(beganAtMs).toISOString(),
      exitCode,
      durationMs: Math.max(0, endedAtMs - beganAtMs),
      inside: line.kind === "client",
      ...(printed === undefined ? {} : { printed }),
    });
    if (this.#stage !== "alarm" && this.#stage !== "paused") return [];
    for (const { when, matches, cost, say } of this.#kit.story.traps) {
      const falls = when === "command" && matches !== undefined && new RegExp(matches, "i").test(line.text);
      if (falls && exitCode === 0) this.#trap({ when, cost, say });
    }
    const seen = { text: line.text, exitCode, beganMs: this.#playedAt(beganAtMs), endedMs: this.#playedAt(endedAtMs) };
    const found = fromCommand(this.#kit.recogniser, seen, this.#kit.log.events, this.#claimed());
    this.#lastRole = role;
    return this.#note(found, "command", role);
  }

  readonly #claimed = () => new Set(this.#claims.map(({ milestone }) => milestone));

  /** Once each, however often it is repeated. */
  #trap({ when, cost, say }: { when: string; cost: number; say: string }): void {
    if (all(this.#kit.log.events, "trap").some((one) => one.say === say)) return;
    this.#write({ kind: "trap", when, cost, say });
  }

  say({ role, how, text, owner, due }: Parameters<Day["say"]>[0]): void {
    if (text.trim() === "") throw usage(`${how} needs a text`, `fogbell gameday ${how} "your text"`);
    this.#write({
      kind: "said",
      role,
      how,
      text: maskWords(text, this.#kit.redact),
      ...(owner === undefined ? {} : { owner: plainName(owner) }),
      ...(due === undefined ? {} : { due: plainName(due) }),
    });
    const playedMs = this.#played();
    if (playedMs === null || how === "todo") return;
    if (how === "tell") this.#dueMs = playedMs + UPDATE_EVERY_MS;
    this.#note(fromWord({ how, text, playedMs }, this.#kit.log.events), "word", role);
  }

  inject(number: number | null, what: "fired" | "held" | "skipped", by: string): string {
    const index = number === null ? this.#states.findIndex((one) => one === "waiting" || one === "held") : number - 1;
    const [one, state] = [this.#kit.story.injects[index], this.#states[index]];
    if (one === undefined || state === undefined)
      throw usage(
        number === null ? "there are no injects left" : `there is no inject ${number}`,
        "fogbell gameday status",
      );
    if (state === "fired" || state === "skipped")
      throw usage(`inject ${index + 1} was ${state} already`, "fogbell gameday status");
    this.#states[index] = what;
    this.#write({ kind: "inject", number: index + 1, what, to: one.to, say: one.say, by });
    return `inject ${index + 1} ${what}: to ${one.to}: ${one.say}`;
  }

  hint(by: string): string {
    const next = this.#kit.story.hints[this.#hints];
    if (next === undefined) throw usage("there are no hints left", 'fogbell gameday note "stuck: …"');
    this.#hints += 1;
    this.#write({ kind: "hint", step: this.#hints, cost: next.cost, say: next.say, by });
    return `hint ${this.#hints} (costs ${next.cost}): ${next.say}`;
  }

  /** Whether an inject is due; null: what it asks about is over. */
  #isDue(index: number, playedMs: number): boolean | null {
    const one = this.#kit.story.injects[index];
    const known = reached(this.#kit.log.events);
    if (one === undefined || playedMs < (one.at ?? 0)) return false;
    if (one.when !== undefined && known[one.when] === undefined) return false;
    if (one.unless !== undefined && known[one.unless] !== undefined) return null;
    return one.at !== undefined || one.when !== undefined;
  }

  /** Somebody set the wall clock: what prompts count from moves with it. */
  #followClock(): void {
    const gapMs = this.#kit.wallMs() - this.#kit.nowMs();
    const jumpedMs = gapMs - (this.#clockGapMs ?? gapMs);
    if (this.#clockGapMs !== null && Math.abs(jumpedMs) < JUMP_MS) return;
    this.#clockGapMs = gapMs;
    this.#beganWallMs += jumpedMs;
    if (this.#pausedAtWallMs !== null) this.#pausedAtWallMs += jumpedMs;
  }

  tick(): void {
    this.#followClock();
    const playedMs = this.#played();
    if (this.#stage !== "alarm" || playedMs === null) return;
    for (const [index, state] of this.#states.entries()) {
      if (state !== "waiting") continue;
      const due = this.#isDue(index, playedMs);
      if (due !== false) this.inject(index + 1, due ? "fired" : "skipped", "the clock");
    }
    if (this.#kit.solo && playedMs >= this.#dueMs) {
      this.#write({
        kind: "told",
        from: "support",
        to: "everybody",
        say: "We have heard nothing. When will it be back? (tell)",
      });
      this.#dueMs = playedMs + UPDATE_EVERY_MS / 4;
    }
    if (!this.#offered && this.#hints < this.#kit.story.hints.length && playedMs - this.#progressMs > STALL_MS) {
      this.#offered = true;
      const to = this.#kit.solo ? "everybody" : "facilitator";
      this.#write({
        kind: "told",
        from: "Fogbell",
        to,
        say: `Five quiet minutes. A hint costs ${this.#kit.story.hints[this.#hints]?.cost}: type hint`,
      });
    }
  }

  get story(): GamedayStory {
    return this.#kit.story;
  }

  get stage(): DayStage {
    return this.#stage;
  }

  get deskState(): Day["deskState"] {
    const extraMs = this.#pausedAtWallMs === null ? 0 : this.#kit.wallMs() - this.#pausedAtWallMs;
    return {
      stage: this.#stage,
      beganS: Math.round(this.#beganWallMs / 1000),
      pausedS: Math.round((this.#pausedMs + extraMs) / 1000),
      rtoS: Math.round(this.#kit.objectives.rtoMs / 1000),
      dueS: Math.round((this.#beganWallMs + this.#pausedMs + this.#dueMs) / 1000),
    };
  }

  get playedMs(): number | null {
    return this.#played();
  }

  get hintsUsed(): number {
    return this.#hints;
  }

  alarm(sinceMs: number): void {
    this.#clockGapMs = this.#kit.wallMs() - this.#kit.nowMs();
    this.#kit.playing.begin(this.#kit.nowMs() - sinceMs);
    this.#beganWallMs = this.#kit.wallMs() - sinceMs;
    this.turn("alarm", "the clock runs");
    for (const { from, say: text } of this.#kit.story.symptoms)
      this.#write({ kind: "told", from, to: "everybody", say: text });
  }

  readonly mark: Day["mark"] = ({ role, milestone, playedMs, because }) =>
    this.#write({ kind: "milestone", milestone, playedMs, from: "scribe", because, role });

  pause(by: string, because: string): void {
    if (this.#stage !== "alarm") throw usage("only what runs can be paused", "fogbell gameday status");
    this.#kit.playing.pause(this.#kit.nowMs());
    this.#pausedAtWallMs = this.#kit.wallMs();
    this.turn("paused", because === "" ? `by ${by}` : `by ${by}: ${because}`);
  }

  resume(by: string): void {
    if (this.#stage !== "paused") throw usage("it is not paused", "fogbell gameday status");
    this.#kit.playing.resume(this.#kit.nowMs());
    if (this.#pausedAtWallMs !== null) this.#pausedMs += this.#kit.wallMs() - this.#pausedAtWallMs;
    this.#pausedAtWallMs = null;
    this.turn("alarm", `resumed by ${by}`);
  }

  readonly injects: Day["injects"] = () =>
    this.#kit.story.injects.map(({ to, say: text, at, when }, index) => ({
      number: index + 1,
      isOpen: this.#states[index] === "waiting" || this.#states[index] === "held",
      state: `${this.#states[index]}${this.#states[index] === "waiting" ? ` (${[at === undefined ? "" : `at ${formatDuration(at)}`, when === undefined ? "" : `once ${when}`].filter(Boolean).join(", ")})` : ""}`,
      to,
      say: text,
    }));
}

export const createDay = (kit: DayKit): Day => new RunningDay(kit);

/** What a scenario without a story of its own tells: its symptom, or its title. */
export function storyOf(
  told: GamedayStory | null,
  { title, symptom }: { readonly title: string; readonly symptom: string | undefined },
): GamedayStory {
  if (told !== null) return told;
  const symptoms = [{ from: "pager", say: symptom ?? title }];
  return { briefing: "", symptoms, injects: [], hints: [], traps: [], milestones: [] };
}
