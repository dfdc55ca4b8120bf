/** People at their table: the desk open, the clock running, copies listed and fetched for them, until somebody ends it. */
import { randomInt } from "node:crypto";
import { takeStock } from "../backups/locate.ts";
import { endOf, faultOf, readDump } from "../backups/read-dump.ts";
import type { PeopleTable } from "../drill/people.ts";
import { fetchCopy, locate, named, type Source } from "../drill/source.ts";
import { asFogbellError, CancelledError, UnavailableError } from "../errors.ts";
import { formatBytes } from "../host/units.ts";
import type { Scene } from "../parts.ts";
import type { DrillEvent, EventBody } from "../record.ts";
import { answer, type ListedCopy } from "./answers.ts";
import { followApplication } from "./application.ts";
import type { Day } from "./day.ts";
import type { DeskLine } from "./desk.ts";
import { all, type DayBody, type DayEvent, type RunbookFault } from "./events.ts";
import { changedIn, lookBeside, trapsIn, verifyAll, writeMarks } from "./judging.ts";
import { reached } from "./milestones.ts";
import { type OpenDesk, openDesk } from "./open-desk.ts";
import { type Page, printedIn } from "./pages.ts";
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
  readonly #pruned: string[] = [];
  readonly #faults: RunbookFault[] = [];
  #outcomes: Outcomes = { spoiled: [], evidence: [], runbook: this.#faults, isElsewhere: false };

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

  async #list(): Promise<ListedCopy[]> {
    const { table, desk } = this.#there();
    const { points, unknown } = await takeStock(table.sources.store, [table.plan.engine]);
    const copies: ListedCopy[] = [...points, ...table.sources.live].map(({ id, moment, sizeBytes, facts }) => ({
      id,
      at: moment.at,
      sizeBytes,
      ...(facts.isLive === true
        ? { format: facts.method, isLive: true }
        : { format: `${facts.method}, ${facts.format}` }),
    }));
    const others: ListedCopy[] = unknown.map(({ key, sizeBytes, modifiedAt, because }) => ({
      id: key,
      at: modifiedAt,
      sizeBytes,
      format: because,
    }));
    const found = [...copies, ...others].sort((a, b) => (a.at < b.at ? 1 : -1));
    const kept: ListedCopy[] = [];
    for (const copy of found) if (copy.isLive || (await desk.has(copy.id))) kept.push(copy);
    return kept;
  }

  async #fetch(id: string): Promise<string> {
    const { table, desk } = this.#there();
    const { points } = await takeStock(table.sources.store, [table.plan.engine]);
    const all = named(table.sources, points);
    const point =
      all.find((one) => one.id === id) ??
      all.find((one) => one.facts.isLive === true && one.name === id) ??
      all.find((one) => one.objects.some(({ key }) => key === id));
    if (point === undefined || (point.facts.isLive !== true && !(await desk.has(point.objects[0]?.key ?? "")))) {
      throw new UnavailableError(`there is no backup ${id} in the store`, {
        code: "FB_NO_SOURCE",
        next: ['fogbell backups list --store "$STORE"', 'ls -l "$STORE"'],
      });
    }
    table.write({ kind: "source-chosen", sourceId: point.id, because: "people chose it" });
    let sha256: string | null = null;
    if (point.facts.isLive === true) table.sources.onCopy(point, null);
    else ({ sha256 } = await fetchCopy(table.sources, point, this.#fetches++));
    this.#source = { point, sha256 };
    await desk.places();
    const ageMs = table.sources.damagedAtMs - Date.parse(point.moment.at);
    this.#kit.log.append({ kind: "source", point: point.id, name: point.name, ageMs });
    const where = table.places().BACKUP?.value ?? "";
    return point.facts.isLive === true
      ? `${point.name} is a running server. From here on, the SIDE_… names refer to it`
      : `${where}\n${formatBytes(point.sizeBytes)}, sha256 ${sha256}\nFrom here on, BACKUP is this file.`;
  }

  /** What was fetched last, as it lies in the sandbox: whoever spoiled it there meanwhile hears so. */
  async #check(path: string): Promise<KeeperAnswer> {
    const { table } = this.#there();
    const { dumpReader } = table.plan.engine;
    const facts = this.#source !== null && path === table.places().BACKUP?.value ? this.#source.point.facts : null;
    const reader = facts === null ? null : (dumpReader?.(facts) ?? null);
    if (facts === null || reader === null) {
      throw new UnavailableError(`${path} isn't a dump that was downloaded here`, {
        code: "FB_NO_SOURCE",
        next: ['fogbell backups fetch "$POINT" --store "$STORE" --to "$SCRATCH"'],
      });
    }
    const read = await readDump(reader, table.sources.server.get(path), facts.packing);
    const { exitCode, printed } = endOf(read, faultOf(read, null));
    return { code: exitCode, text: printed };
  }

  /** A copy that was taken by hand, without asking: its folder in the command tells which. */
  #byHand(line: DeskLine): void {
    const names = new Map([...(this.#table?.world.names ?? [])]);
    for (const [key, name] of names) {
      if (!line.text.includes(key) || all(this.#kit.log.events, "source").at(-1)?.name === name) continue;
      if (!/\b(cp|cat|gunzip|zcat|zstd|tar|<|restore)\b|</.test(line.text)) continue;
      const backup = this.#table?.plan.backups.find((one) => one.name === name);
      this.#kit.log.append({ kind: "source", point: key, name, ageMs: backup?.ageMs ?? 0 });
    }
  }

  #onLine(line: DeskLine): void {
    if (line.kind === "ask" || line.kind === "say") {
      const [verb = "", ...lines] = line.text.split("\n");
      const asked = { role: line.role, words: line.kind === "say" ? [verb, lines.join("\n")] : [verb, ...lines] };
      void this.answer(asked).then((given) => this.#later(async () => this.#desk?.answer(line.word, given)));
      return;
    }
    if (WORDS_OF_THE_DESK.test(line.text)) return;
    this.#byHand(line);
    const found = this.#kit.day.typed(line).map(({ milestone }) => milestone);
    if (line.kind === "command" && line.word !== "0") this.#noteFault(line);
    if (found.includes("preserved")) {
      void this.#later(async () => {
        this.#evidence = await this.#inventoryOf("evidence");
      });
    }
    if (found.includes("restore-ended") && this.#table !== null) {
      const at = this.#table;
      void this.#later(async () => {
        const seen = await lookBeside(at).catch(() => []);
        if (seen.length > 0) this.#beside = seen;
      });
    }
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
          pages: this.#kit.pages,
          list: () => this.#later(() => this.#list()),
          fetch: (point) => this.#later(() => this.#fetch(point)),
          check: (path) => this.#later(() => this.#check(path)),
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
    const ticking = setInterval(() => this.#kit.day.tick(), TICK_MS);
    const pruning = this.#pruneInTime(given);
    let abandon: boolean;
    try {
      abandon = await this.#untilEnded(given.signal);
    } finally {
      clearInterval(ticking);
      clearTimeout(pruning);
    }
    if (abandon) throw abandoned();
    await this.#judge(given, damagedAtMs);
  }

  async #judge(given: PeopleTable, damagedAtMs: number): Promise<void> {
    if (this.#kit.day.stage === "paused") this.#kit.day.resume("the end");
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
    };
    for (const one of trapsIn(given.plan.scenario.gameday?.traps ?? [], this.#kit.log.events, this.#pruned.length > 0))
      this.#kit.log.append(one);
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
