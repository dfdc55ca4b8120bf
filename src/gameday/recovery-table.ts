/** People at their table: the desk open, the clock running, copies listed and fetched for them, until somebody ends it. */
import { randomInt } from "node:crypto";
import type { PeopleTable } from "../drill/people.ts";
import { locate, type Source } from "../drill/source.ts";
import { asFogbellError, CancelledError, UnavailableError } from "../errors.ts";
import type { Scene } from "../parts.ts";
import type { DrillEvent, EventBody } from "../record.ts";
import { answer } from "./answers.ts";
import { followApplication } from "./application.ts";
import type { Day } from "./day.ts";
import type { DeskLine } from "./desk.ts";
import type { DayBody, DayEvent, RunbookFault } from "./events.ts";
import { changedIn, lookBeside, trapsIn, verifyAll, writeMarks } from "./judging.ts";
import { reached } from "./milestones.ts";
import { isOpaque } from "./opaque.ts";
import { type OpenDesk, openDesk } from "./open-desk.ts";
import { type Page, printedIn } from "./pages.ts";
import { checkFor, fetchFor, listFor, takenByHand } from "./table-copies.ts";
import type { Sighting, Watched } from "./watcher.ts";
import { type Watching, watchWorld } from "./watching.ts";
import { failed, type KeeperAnswer, type KeeperQuestion } from "./wire.ts";
import { readWords } from "./words.ts";

const TICK_MS = 500;
/** The shortest calm before it: people should have seen a healthy system. */
const CALM_MS = 3000;

export interface TableKit {
  readonly day: Day;
  readonly log: { readonly events: readonly DayEvent[]; append(body: DayBody): unknown };
  readonly drillEvents: () => readonly DrillEvent[];
  readonly pages: readonly Page[];
  /** The damage is done at a hidden moment within this. */
  readonly withinMs: number;
  readonly wallMs: () => number;
  /** The shell can be opened now. */
  onDesk(desk: OpenDesk, table: PeopleTable): Promise<void>;
}

export interface Outcomes {
  readonly spoiled: readonly string[];
  readonly evidence: readonly string[];
  readonly runbook: readonly RunbookFault[];
  readonly isElsewhere: boolean;
  readonly watched: Watched | null;
}

export interface RecoveryTable {
  ready(table: PeopleTable): Promise<void>;
  recover(table: PeopleTable): Promise<void>;
  /** Answers whoever asks, from outside or from the desk. */
  answer(asked: KeeperQuestion): Promise<KeeperAnswer>;
  readonly outcomes: Outcomes;
  /** What the drilled recovery's lines are written from, as far as it is known; null while the world is built. */
  readonly scene: Scene | null;
  /** However it ended: nothing goes on listening. */
  close(): void;
}

const abandoned = () =>
  new CancelledError("the game day was abandoned", {
    code: "FB_ABANDONED",
    by: "deadline",
    next: ["fogbell gameday start, another day"],
  });

const WORDS_OF_THE_DESK = /^\s*(note|decide|see|tell|todo|hint|status|runbook|pause|resume|help|fogbell gameday)\b/;

/**
 * The table while people sit at it. A class, because everybody's questions, the desk's lines and the clock meet in one
 * state: what was fetched last, what lay there before, and the queue that lets nothing in the sandbox meet itself.
 */
class PeoplesTable implements RecoveryTable {
  readonly #kit: TableKit;
  readonly #ending = Promise.withResolvers<{ abandon: boolean }>();
  readonly #closing = new AbortController();
  #table: PeopleTable | null = null;
  #desk: OpenDesk | null = null;
  #source: Source | null = null;
  #fetches = 0;
  #beside: Awaited<ReturnType<typeof lookBeside>> = [];
  #before: ReadonlyMap<string, string> = new Map();
  #evidence: ReadonlyMap<string, string> = new Map();
  #watching: Watching | null = null;
  readonly #pruned: string[] = [];
  readonly #faults: RunbookFault[] = [];
  #outcomes: Outcomes = { spoiled: [], evidence: [], runbook: this.#faults, isElsewhere: false, watched: null };

  // One after another, so that nothing the keeper does in the sandbox meets itself.
  #queue: Promise<unknown> = Promise.resolve();

  constructor(kit: TableKit) {
    this.#kit = kit;
  }

  #later<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work, work);
    this.#queue = next.catch(() => {});
    return next;
  }

  readonly #there = (): { table: PeopleTable; desk: OpenDesk } => {
    if (this.#table !== null && this.#desk !== null) return { table: this.#table, desk: this.#desk };
    throw new UnavailableError("the database is still being built", {
      code: "FB_GAMEDAY_EARLY",
      next: ["fogbell gameday status"],
    });
  };

  readonly #showState = () => this.#later(async () => this.#desk?.state(this.#kit.day.deskState));

  readonly #written = (body: DayBody): void => void this.#kit.log.append(body);

  async #fetch(id: string): Promise<string> {
    const { source, text } = await fetchFor({ ...this.#there(), append: this.#written }, id, this.#fetches++);
    this.#source = source;
    return text;
  }

  #onLine(line: DeskLine): void {
    if (line.kind === "ask" || line.kind === "say") {
      const [verb = "", ...lines] = line.text.split("\n");
      const asked = { role: line.role, words: line.kind === "say" ? [verb, lines.join("\n")] : [verb, ...lines] };
      void this.answer(asked).then((given) => this.#later(async () => this.#desk?.answer(line.word, given)));
      return;
    }
    if (WORDS_OF_THE_DESK.test(line.text)) return;
    if (this.#table !== null)
      for (const one of takenByHand(this.#table, line.text, this.#kit.log.events)) this.#written(one);
    const found = this.#kit.day.typed(line).map(({ milestone }) => milestone);
    if (line.kind === "command" && line.word !== "0") this.#noteFault(line);
    // What was typed has an effect that can be seen now, and perhaps not for long.
    void this.#watching?.look();
    if (found.includes("preserved")) this.#keepEvidence();
    if (found.includes("restore-ended")) this.#seeBeside();
  }

  /** What lies there now is the evidence: from here on nothing of it may change. */
  #keepEvidence(): void {
    void this.#later(async () => {
      this.#evidence = await this.#inventoryOf("evidence");
    });
  }

  readonly #onSeen = (sightings: readonly Sighting[]): void => {
    this.#kit.day.seen(sightings);
    if (sightings.some(({ milestone }) => milestone === "preserved") && this.#evidence.size === 0) this.#keepEvidence();
    if (sightings.some(({ milestone }) => milestone === "reopened")) this.#seeBeside();
  };

  /** The copy beside, while it stands. */
  #seeBeside(): void {
    const at = this.#table;
    if (at === null) return;
    void this.#later(async () => {
      const seen = await lookBeside(at).catch(() => []);
      if (seen.length > 0) this.#beside = seen;
    });
  }

  /** A printed line that was typed as it stands, and failed. */
  #noteFault(line: DeskLine): void {
    const hit = printedIn(this.#kit.pages, line.text);
    if (hit === null || this.#faults.some(({ before: known }) => known === hit.step.script)) return;
    const because = `step ${hit.step.number} ended with exit code ${line.word} as printed`;
    this.#faults.push({ page: hit.page.title, before: hit.step.script, after: "", because });
  }

  async #inventoryOf(which: "store" | "evidence"): Promise<ReadonlyMap<string, string>> {
    const { desk } = this.#there();
    const prefix = which === "store" ? desk.store : desk.evidence;
    return new Map([...(await desk.inventory())].filter(([name]) => name.startsWith(`${prefix}/`)));
  }

  async answer(asked: KeeperQuestion): Promise<KeeperAnswer> {
    const objectiveMs = this.#kit.day.deskState.rtoS * 1000;
    try {
      const given = await answer(
        {
          day: this.#kit.day,
          events: () => this.#kit.log.events,
          objectiveMs,
          wallMs: this.#kit.wallMs,
          scenario: this.#table?.plan.scenario.id ?? "not chosen yet",
          path: (this.#table?.plan.recovery ?? []).map(({ phase, part }) => `${phase}: ${part.summary}`),
          pages: this.#kit.pages,
          list: () => this.#later(() => listFor(this.#there())),
          fetch: (point) => this.#later(() => this.#fetch(point)),
          check: (path) => this.#later(() => checkFor(this.#there().table, this.#source, path)),
          end: (abandon) => {
            if (abandon && this.#kit.day.stage !== "over")
              this.#kit.day.turn("over", `the game day was abandoned by ${asked.role}`);
            this.#ending.resolve({ abandon });
          },
        },
        asked,
      );
      if (["pause", "resume", "tell"].includes(readWords(asked.words).verb)) void this.#showState();
      return given;
    } catch (error) {
      return failed(error);
    }
  }

  /** Until somebody ends it, or the drill is stopped from outside. */
  async #untilEnded(signal: AbortSignal): Promise<boolean> {
    const stopped = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    const { abandon } = await Promise.race([this.#ending.promise, stopped]);
    return abandon;
  }

  async ready(given: PeopleTable): Promise<void> {
    this.#table = given;
    this.#desk = await openDesk(
      given,
      (line) => this.#onLine(line),
      AbortSignal.any([given.signal, this.#closing.signal]),
    );
    this.#kit.day.turn("on-call", "the world is healthy; somebody is at the keyboard");
    await this.#showState();
    await this.#kit.onDesk(this.#desk, given);
    const calmMs = this.#kit.withinMs <= CALM_MS ? this.#kit.withinMs : randomInt(CALM_MS, this.#kit.withinMs + 1);
    let timer: NodeJS.Timeout | undefined;
    const calm = new Promise<"over">((resolve) => {
      timer = setTimeout(() => resolve("over"), calmMs);
    });
    try {
      if ((await Promise.race([calm, this.#untilEnded(given.signal)])) !== "over") throw abandoned();
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the pruning job takes while people work, in real minutes after it was seen. */
  #pruneInTime(given: PeopleTable): NodeJS.Timeout | undefined {
    const { retention } = given.plan.scenario.world;
    if (retention === null) return undefined;
    return setTimeout(() => {
      void this.#later(async () => {
        await given.world.pruneOn();
        this.#pruned.push(...((await this.#desk?.sync()) ?? []));
      });
    }, retention.nextMs);
  }

  async recover(given: PeopleTable): Promise<void> {
    const quiet = { ...given.sources, mark: () => {} };
    await locate(quiet).catch((error: unknown) => {
      // That there is none is what people are to find out.
      given.write({ kind: "note", text: asFogbellError(error).message.split("\n")[0] ?? "" });
    });
    await this.#later(async () => this.#desk?.sync());
    this.#before = await this.#inventoryOf("store");
    const events = this.#kit.drillEvents();
    const damagedAtMs = events.find((event) => event.kind === "mark" && event.mark === "T0")?.monotonicMs ?? 0;
    this.#kit.day.alarm((events.at(-1)?.monotonicMs ?? damagedAtMs) - damagedAtMs);
    await this.#showState();
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    const pruning = this.#pruneInTime(given);
    const { desk } = this.#there();
    const stored = new Set(desk.sizes());
    this.#watching = watchWorld(given, {
      desk: desk.folder,
      store: desk.store,
      wallMs: this.#kit.wallMs,
      storedSizes: () => stored,
      onSeen: this.#onSeen,
    });
    await this.#watching?.look();
    let abandon: boolean;
    try {
      abandon = await this.#untilEnded(given.signal);
      if (!abandon) await this.#lookForTheLastTime();
    } finally {
      this.#watching?.stop();
      clearInterval(ticking);
      clearTimeout(pruning);
    }
    if (abandon) throw abandoned();
    await this.#judge(given, damagedAtMs);
  }

  /** A wall clock that was set has moved what the prompts count from. */
  #tick(): void {
    const { beganS } = this.#kit.day.deskState;
    this.#kit.day.tick();
    if (this.#kit.day.deskState.beganS !== beganS) void this.#showState();
  }

  /** Twice, because a copy counts when it no longer grows. */
  async #lookForTheLastTime(): Promise<void> {
    if (this.#kit.day.stage === "paused") this.#kit.day.resume("the end");
    await this.#watching?.look();
    await this.#watching?.look();
    this.#kit.day.settle(this.#watching?.watched ?? null);
  }

  async #judge(given: PeopleTable, damagedAtMs: number): Promise<void> {
    const playedMs = this.#kit.day.playedMs ?? 0;
    this.#kit.day.turn("judging", "with the same checks and the same ledger as an automatic drill");
    await this.#showState();
    await this.#queue;
    // Nobody opens later than when they say that they are done.
    if (reached(this.#kit.log.events).reopened === undefined)
      this.#kit.log.append({
        kind: "milestone",
        milestone: "reopened",
        playedMs,
        from: "end",
        because: "never reopened: the end of the day counts",
        role: "Fogbell",
      });
    const spoiled = short(changedIn(this.#before, await this.#inventoryOf("store"), this.#pruned), this.#desk?.store);
    const lost = short(changedIn(this.#evidence, await this.#inventoryOf("evidence"), []), this.#desk?.evidence);
    const pointed = await followApplication(given);
    this.#outcomes = {
      spoiled,
      evidence: lost,
      runbook: this.#faults,
      isElsewhere: Object.keys(pointed.places).length > 0,
      watched: this.#watching?.watched ?? null,
    };
    const { keyboard } = given.plan.engine;
    const hidden = keyboard !== undefined && isOpaque(this.#kit.log.events, keyboard);
    const traps = given.plan.scenario.gameday?.traps ?? [];
    for (const one of trapsIn(traps, this.#kit.log.events, this.#pruned.length > 0, hidden)) this.#written(one);
    writeMarks(given, this.#kit.log.events, damagedAtMs);
    given.write({ kind: "places", places: given.places() } satisfies EventBody);
    this.#closing.abort();
    await verifyAll({
      table: given,
      events: () => this.#kit.log.events,
      beside: this.#beside,
      source: this.#source,
      spoiled,
      pointed,
    });
  }

  close(): void {
    this.#closing.abort();
  }

  get scene(): Scene | null {
    return this.#table?.scene() ?? null;
  }

  get outcomes(): Outcomes {
    return this.#outcomes;
  }
}

export const createTable = (kit: TableKit): RecoveryTable => new PeoplesTable(kit);

const short = (names: readonly string[], folder: string | undefined): string[] =>
  names.map((name) => name.replace(`${folder ?? ""}/`, ""));
