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
import { answer, type Copy } from "./answers.ts";
import { followApplication } from "./application.ts";
import type { Day } from "./day.ts";
import type { DeskLine } from "./desk.ts";
import { all, type DayBody, type DayEvent, type RunbookFault } from "./events.ts";
import { changedIn, lookBeside, trapsIn, verifyAll, writeMarks } from "./judging.ts";
import { reached } from "./milestones.ts";
import { type OpenDesk, openDesk } from "./open-desk.ts";
import { type Page, printedIn } from "./pages.ts";
import { type Answer, type Asked, failed } from "./wire.ts";
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
  answer(asked: Asked): Promise<Answer>;
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

const WORDS_OF_THE_DESK = /^\s*(note|decide|see|tell|todo|hint|status|runbook|pause|resume|fogbell gameday)\b/;

export function createTable(kit: TableKit): RecoveryTable {
  const { day, log } = kit;
  const ending = Promise.withResolvers<{ abandon: boolean }>();
  const closing = new AbortController();
  let table: PeopleTable | null = null;
  let desk: OpenDesk | null = null;
  let source: Source | null = null;
  let fetches = 0;
  let beside: Awaited<ReturnType<typeof lookBeside>> = [];
  let before: ReadonlyMap<string, string> = new Map();
  let evidence: ReadonlyMap<string, string> = new Map();
  const pruned: string[] = [];
  const faults: RunbookFault[] = [];
  let outcomes: Outcomes = { spoiled: [], evidence: [], runbook: faults, isElsewhere: false };

  // One after another, so that nothing the keeper does in the sandbox meets itself.
  let queue: Promise<unknown> = Promise.resolve();
  function later<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work, work);
    queue = next.catch(() => {});
    return next;
  }

  const there = (): { table: PeopleTable; desk: OpenDesk } => {
    if (table !== null && desk !== null) return { table, desk };
    throw new UnavailableError("the world is still being built", {
      code: "FB_GAMEDAY_EARLY",
      next: ["fogbell gameday status"],
    });
  };

  const showState = () => later(async () => desk?.state(day.deskState));

  async function list(): Promise<Copy[]> {
    const { table, desk } = there();
    const { points, unknown } = await takeStock(table.sources.store, [table.plan.engine]);
    const copies: Copy[] = [...points, ...table.sources.live].map(({ id, moment, sizeBytes, facts }) => ({
      id,
      at: moment.at,
      sizeBytes,
      ...(facts.isLive === true
        ? { format: facts.method, isLive: true }
        : { format: `${facts.method}, ${facts.format}` }),
    }));
    const others: Copy[] = unknown.map(({ key, sizeBytes, modifiedAt, because }) => ({
      id: key,
      at: modifiedAt,
      sizeBytes,
      format: because,
    }));
    const found = [...copies, ...others].sort((a, b) => (a.at < b.at ? 1 : -1));
    const kept: Copy[] = [];
    for (const copy of found) if (copy.isLive || (await desk.has(copy.id))) kept.push(copy);
    return kept;
  }

  async function fetch(id: string): Promise<string> {
    const { table, desk } = there();
    const { points } = await takeStock(table.sources.store, [table.plan.engine]);
    const all = named(table.sources, points);
    const point =
      all.find((one) => one.id === id) ??
      all.find((one) => one.facts.isLive === true && one.name === id) ??
      all.find((one) => one.objects.some(({ key }) => key === id));
    if (point === undefined || (point.facts.isLive !== true && !(await desk.has(point.objects[0]?.key ?? "")))) {
      throw new UnavailableError(`there is no recovery point ${id} in the store`, {
        code: "FB_NO_SOURCE",
        next: ['fogbell backups list --store "$STORE"', 'ls -l "$STORE"'],
      });
    }
    table.write({ kind: "source-chosen", sourceId: point.id, because: "people chose it" });
    let sha256: string | null = null;
    if (point.facts.isLive === true) table.sources.onCopy(point, null);
    else ({ sha256 } = await fetchCopy(table.sources, point, fetches++));
    source = { point, sha256 };
    await desk.places();
    const ageMs = table.sources.damagedAtMs - Date.parse(point.moment.at);
    log.append({ kind: "source", point: point.id, name: point.name, ageMs });
    const where = table.places().BACKUP?.value ?? "";
    return point.facts.isLive === true
      ? `${point.name} is a server that runs: SIDE_… name it from here on`
      : `${where}\n${formatBytes(point.sizeBytes)}, sha256 ${sha256}\nBACKUP is that from here on.`;
  }

  /** What was fetched last, as it lies in the sandbox: whoever spoiled it there meanwhile hears so. */
  async function check(path: string): Promise<Answer> {
    const { table } = there();
    const { dumpReader } = table.plan.engine;
    const facts = source !== null && path === table.places().BACKUP?.value ? source.point.facts : null;
    const reader = facts === null ? null : (dumpReader?.(facts) ?? null);
    if (facts === null || reader === null) {
      throw new UnavailableError(`${path} is no dump that was fetched here`, {
        code: "FB_NO_SOURCE",
        next: ['fogbell backups fetch "$POINT" --store "$STORE" --to "$SCRATCH"'],
      });
    }
    const read = await readDump(reader, table.sources.server.get(path), facts.packing);
    const { exitCode, printed } = endOf(read, faultOf(read, null));
    return { code: exitCode, text: printed };
  }

  /** A copy that was taken by hand, without asking: its folder in the command tells which. */
  function byHand(line: DeskLine): void {
    const names = new Map([...(table?.world.names ?? [])]);
    for (const [key, name] of names) {
      if (!line.text.includes(key) || all(log.events, "source").at(-1)?.name === name) continue;
      if (!/\b(cp|cat|gunzip|zcat|zstd|tar|<|restore)\b|</.test(line.text)) continue;
      const backup = table?.plan.backups.find((one) => one.name === name);
      log.append({ kind: "source", point: key, name, ageMs: backup?.ageMs ?? 0 });
    }
  }

  function onLine(line: DeskLine): void {
    if (line.kind === "ask") {
      const asked = { role: line.role, words: line.text.split("\n") };
      void answerAny(asked).then((given) => later(async () => desk?.answer(line.word, given)));
      return;
    }
    if (WORDS_OF_THE_DESK.test(line.text)) return;
    byHand(line);
    const found = day.typed(line).map(({ milestone }) => milestone);
    if (line.kind === "command" && line.word !== "0") noteFault(line);
    if (found.includes("preserved")) {
      void later(async () => {
        evidence = await inventoryOf("evidence");
      });
    }
    if (found.includes("restore-ended") && table !== null) {
      const at = table;
      void later(async () => {
        const seen = await lookBeside(at).catch(() => []);
        if (seen.length > 0) beside = seen;
      });
    }
  }

  /** A printed line that was typed as it stands, and failed. */
  function noteFault(line: DeskLine): void {
    const hit = printedIn(kit.pages, line.text);
    if (hit === null || faults.some(({ before: known }) => known === hit.step.script)) return;
    const because = `step ${hit.step.number} ended with exit code ${line.word} as printed`;
    faults.push({ page: hit.page.title, before: hit.step.script, after: "", because });
  }

  async function inventoryOf(which: "store" | "evidence"): Promise<ReadonlyMap<string, string>> {
    const { desk } = there();
    const prefix = which === "store" ? desk.store : desk.evidence;
    return new Map([...(await desk.inventory())].filter(([name]) => name.startsWith(`${prefix}/`)));
  }

  async function answerAny(asked: Asked): Promise<Answer> {
    const objectiveMs = day.deskState.rtoS * 1000;
    try {
      const given = await answer(
        {
          day,
          events: () => log.events,
          objectiveMs,
          wallMs: kit.wallMs,
          scenario: table?.plan.scenario.id ?? "not chosen yet",
          pages: kit.pages,
          list: () => later(list),
          fetch: (point) => later(() => fetch(point)),
          check: (path) => later(() => check(path)),
          end(abandon) {
            if (abandon && day.stage !== "over") day.turn("over", `the game day was abandoned by ${asked.role}`);
            ending.resolve({ abandon });
          },
        },
        asked,
      );
      if (["pause", "resume", "tell"].includes(readWords(asked.words).verb)) void showState();
      return given;
    } catch (error) {
      return failed(error);
    }
  }

  /** Until somebody ends it, or the drill is stopped from outside. */
  async function untilEnded(signal: AbortSignal): Promise<boolean> {
    const stopped = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    const { abandon } = await Promise.race([ending.promise, stopped]);
    return abandon;
  }

  async function ready(given: PeopleTable): Promise<void> {
    table = given;
    desk = await openDesk(given, onLine, AbortSignal.any([given.signal, closing.signal]));
    day.turn("on-call", "the world is healthy; somebody is at the keyboard");
    await showState();
    await kit.onDesk(desk, given);
    const calmMs = kit.withinMs <= CALM_MS ? kit.withinMs : randomInt(CALM_MS, kit.withinMs + 1);
    let timer: NodeJS.Timeout | undefined;
    const calm = new Promise<"over">((resolve) => {
      timer = setTimeout(() => resolve("over"), calmMs);
    });
    try {
      if ((await Promise.race([calm, untilEnded(given.signal)])) !== "over") throw abandoned();
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the pruning job takes while people work, in real minutes after it was seen. */
  function pruneInTime(given: PeopleTable): NodeJS.Timeout | undefined {
    const { retention } = given.plan.scenario.world;
    if (retention === null) return undefined;
    return setTimeout(() => {
      void later(async () => {
        await given.world.pruneOn();
        pruned.push(...((await desk?.sync()) ?? []));
      });
    }, retention.nextMs);
  }

  async function recover(given: PeopleTable): Promise<void> {
    const quiet = { ...given.sources, mark: () => {} };
    await locate(quiet).catch((error: unknown) => {
      // That there is none is what people are to find out.
      given.write({ kind: "note", text: asFogbellError(error).message.split("\n")[0] ?? "" });
    });
    await later(async () => desk?.sync());
    before = await inventoryOf("store");
    const events = kit.drillEvents();
    const damagedAtMs = events.find((event) => event.kind === "mark" && event.mark === "T0")?.monotonicMs ?? 0;
    day.alarm((events.at(-1)?.monotonicMs ?? damagedAtMs) - damagedAtMs);
    await showState();
    const ticking = setInterval(() => day.tick(), TICK_MS);
    const pruning = pruneInTime(given);
    let abandon: boolean;
    try {
      abandon = await untilEnded(given.signal);
    } finally {
      clearInterval(ticking);
      clearTimeout(pruning);
    }
    if (abandon) throw abandoned();
    await judge(given, damagedAtMs);
  }

  async function judge(given: PeopleTable, damagedAtMs: number): Promise<void> {
    if (day.stage === "paused") day.resume("the end");
    const playedMs = day.playedMs ?? 0;
    day.turn("judging", "the same probes and the same ledger as an automatic drill");
    await showState();
    await queue;
    // Nobody opens later than when they say that they are done.
    if (reached(log.events).reopened === undefined)
      log.append({
        kind: "milestone",
        milestone: "reopened",
        playedMs,
        from: "end",
        because: "nobody reopened: the end counts",
        role: "Fogbell",
      });
    const spoiled = short(changedIn(before, await inventoryOf("store"), pruned), desk?.store);
    const lost = short(changedIn(evidence, await inventoryOf("evidence"), []), desk?.evidence);
    const pointed = await followApplication(given);
    outcomes = { spoiled, evidence: lost, runbook: faults, isElsewhere: Object.keys(pointed.places).length > 0 };
    for (const one of trapsIn(given.plan.scenario.gameday?.traps ?? [], log.events, pruned.length > 0)) log.append(one);
    writeMarks(given, log.events, damagedAtMs);
    given.write({ kind: "places", places: given.places() } satisfies EventBody);
    closing.abort();
    await verifyAll({ table: given, events: () => log.events, beside, source, spoiled, pointed });
  }

  return {
    ready,
    recover,
    answer: answerAny,
    close: () => closing.abort(),
    get scene() {
      return table?.scene() ?? null;
    },
    get outcomes() {
      return outcomes;
    },
  };
}

const short = (names: readonly string[], folder: string | undefined): string[] =>
  names.map((name) => name.replace(`${folder ?? ""}/`, ""));
