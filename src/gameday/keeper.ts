/**
 * The keeper of a game day: a process of its own that holds the world while people come and go. Terminals may drop, a
 * facilitator may crash; the day goes on until somebody ends it, and then everything goes.
 */

import { randomBytes } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { storeFor } from "../backups/store-for.ts";
import { drill } from "../drill/drill.ts";
import { UnavailableError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { makeLabel } from "../host/label.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import { openScratch } from "../host/scratch.ts";
import { pastOf } from "../paper/past.ts";
import { drillName } from "../paper/scorecard.ts";
import type { Catalog, Scene, Sign } from "../parts.ts";
import { plan as makePlan, type Plan } from "../plan/plan.ts";
import type { DrillEvent, DrillResult, Milestone } from "../record.ts";
import { deriveResult } from "../result/result.ts";
import { type Journal, openJournal, systemClock } from "../run/journal.ts";
import { hostFacts } from "../run/run-folder.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import type { Scenario } from "../scenario/schema.ts";
import { readHistory } from "../suite/history.ts";
import { openWorlds } from "../suite/worlds.ts";
import { writeAfterAction } from "./after-action.ts";
import { chooseScenario, levelOf, type Wanted } from "./choose-scenario.ts";
import { createDay, storyOf } from "./day.ts";
import { sealOf } from "./day-seal.ts";
import { actionsOf, all, type DayBody, type DayEvent, type Drilled, type FollowUp } from "./events.ts";
import { hardFails, trapsIn } from "./judging.ts";
import { plainName } from "./masking.ts";
import { type DrilledLine, drilledLine, type Recogniser, recogniser } from "./milestones.ts";
import { isOpaque } from "./opaque.ts";
import { pagesFor, printedIn } from "./pages.ts";
import { createPlayingTime } from "./playing-time.ts";
import { createTable, type RecoveryTable } from "./recovery-table.ts";
import { dayFolders, endSession, LOG_FILE, readLog, type Session, writeSession } from "./session.ts";
import { listen } from "./wire.ts";

export interface KeepRequest {
  readonly catalog: Catalog;
  readonly wanted: Wanted;
  /** The day's own folder, below `out`. */
  readonly folder: string;
  readonly out: string;
  readonly sandbox: string;
  readonly rows: number | undefined;
  readonly solo: boolean;
  readonly withinMs: number;
  readonly version: string;
  readonly signal: AbortSignal;
}

/** Phases of the drilled recovery, and what they show when people type their lines. */
const SHOWS: Readonly<Record<string, Milestone>> = {
  contain: "contained",
  preserve: "preserved",
  restore: "restore-began",
  reopen: "reopened",
  normal: "normal",
};

/** Signs of the story, of the engine, and of the lines that this very recovery is drilled with, as far as they are known. */
function recogniserOf(plan: Plan, sceneNow: () => Scene | null): Recogniser {
  const story: Sign[] = (plan.scenario.gameday?.milestones ?? []).map(({ shows, matches }) => ({
    shows,
    pattern: new RegExp(matches, "i"),
  }));
  const { look, signs: own = [] } = plan.engine.keyboard ?? {};
  const saysWhere = story.some(({ shows }) => shows === "detected");
  const looks: Sign[] = look === undefined || saysWhere ? [] : [{ shows: "detected", pattern: look }];
  const signs = [...story, ...looks, ...own];
  return {
    ...recogniser(signs, []),
    // Lines that restore are known once a copy was fetched: they are the method's.
    get drilled(): readonly DrilledLine[] {
      const scene = sceneNow();
      if (scene === null) return [];
      return plan.recovery.flatMap(({ part, options, phase }): DrilledLine[] => {
        const shows = part.shows ?? SHOWS[phase] ?? "normal";
        try {
          return part.lines(scene, options).map(({ script }) => drilledLine(script, shows));
        } catch {
          // A copy that the drilled recovery could not be written for: the engine's own signs have to do.
          return [];
        }
      });
    },
  };
}

/** What the team left itself to do when it last played. */
async function carriedFrom(out: string, folder: string): Promise<readonly FollowUp[]> {
  const days = (await dayFolders(out)).filter((one) => one !== folder);
  const last = days.at(-1);
  return last === undefined ? [] : actionsOf(await readLog(last));
}

async function machineRtaMs(out: string, result: DrillResult): Promise<number | null> {
  const { runs } = await readHistory([out]);
  const name = drillName(result.scenario);
  return pastOf(runs.map((run) => run.result)).find((one) => one.name === name)?.medianRtaMs ?? null;
}

/** What the drilled recovery does at all: nobody is scored for stopping, copying or fetching what there is not. */
const drilledOf = ({ scenario, recovery }: Plan): Drilled => ({
  contains: recovery.some(({ part }) => part.contains === true),
  preserves: recovery.some(({ phase }) => phase === "preserve"),
  restores: scenario.recovery.source !== "none",
  isRecoverable: scenario.designed !== "lost",
});

/** How far the age of what came back may be from that of a copy, to be that copy. */
const SAME_AGE_MS = 2 * 60_000;

/** The copy that was used where nobody saw it being fetched: its age is that of the rows that came back. */
function sourceOfRows({ plan, rpaMs, events }: { plan: Plan; rpaMs: number | null; events: readonly DayEvent[] }) {
  if (rpaMs === null || all(events, "source").length > 0) return null;
  const one = plan.backups.find(({ ageMs }) => Math.abs(ageMs - rpaMs) < SAME_AGE_MS);
  return one === undefined ? null : ({ kind: "source", point: "", name: one.name, ageMs: one.ageMs } as const);
}

function rowsText({ rowsMissing, rowsAltered, rowsExtra }: DrillResult["measured"]): string {
  if (rowsMissing === null) return "rows were not compared";
  return `${rowsMissing} rows missing, ${rowsAltered ?? 0} older, ${rowsExtra ?? 0} extra`;
}

/** The last words of the log: the verdict, and what it was. */
async function close(
  {
    log,
    result,
    table,
    plan,
    salt,
  }: { log: Journal<DayBody>; result: DrillResult; table: RecoveryTable; plan: Plan; salt: string },
  { out }: KeepRequest,
): Promise<void> {
  const { outcomes } = table;
  const abandoned = result.problems.length > 0;
  const findings = result.findings.filter(({ group }) => group === "verify");
  if (!abandoned) {
    const { keyboard } = plan.engine;
    const isHidden = keyboard !== undefined && isOpaque(log.events, keyboard);
    const source = sourceOfRows({ plan, rpaMs: result.measured.rpaMs, events: log.events });
    if (source !== null) {
      log.append(source);
      for (const trap of trapsIn(plan.scenario.gameday?.traps ?? [], log.events, false, isHidden)) log.append(trap);
    }
    const failed = hardFails({
      events: log.events,
      spoiled: outcomes.spoiled,
      evidence: outcomes.evidence,
      isElsewhere: outcomes.isElsewhere,
      isOpaque: isHidden,
      findings,
    });
    log.append({
      kind: "judged",
      verdict: result.verdict,
      reasons: result.reasons,
      rtaMs: result.measured.rtaMs,
      rpaMs: result.measured.rpaMs,
      machineRtaMs: await machineRtaMs(out, result),
      rows: rowsText(result.measured),
      findings: findings.map(({ probe, subject, held, because }) => ({
        subject: `${probe} of ${subject}`,
        held,
        because,
      })),
      hardFails: failed,
      runbook: outcomes.runbook,
      drilled: drilledOf(plan),
      ...(outcomes.watched === null ? {} : { watched: outcomes.watched }),
      opaque: isHidden,
      lesson: {
        path: plan.recovery.map(({ phase, part }) => ({ phase, what: part.summary })),
        traps: (plan.scenario.gameday?.traps ?? []).map(({ say, cost }) => ({ say, cost })),
      },
      evidence: outcomes.evidence,
    });
  } else if (!log.events.some((event) => event.kind === "stage" && event.stage === "over"))
    log.append({ kind: "stage", stage: "over", because: result.reasons[0] ?? "it could not be judged" });
  const { id, title, sha256 } = result.scenario;
  log.append({ kind: "revealed", scenario: id, title, sha256, salt });
  log.append({ kind: "day-ended", abandoned });
}

/** No day is longer. */
const LONGEST_DAY_MS = 6 * 3_600_000;

/** A game day has its own hours: the scenario's deadline is meant for machines. */
const unhurried = (scenario: Scenario): Scenario => ({
  ...scenario,
  abort: { ...scenario.abort, elapsedMs: LONGEST_DAY_MS },
});

/** Everything that a day is kept in. */
async function open(request: KeepRequest) {
  const { catalog, wanted, folder, out } = request;
  const scenario = unhurried(await chooseScenario(catalog, wanted, out));
  const plan = makePlan(scenario, catalog, { engine: wanted.engine, rows: request.rows });
  const dayId = basename(folder);
  const label = makeLabel(dayId);
  const scratch = await openScratch(label);
  const salt = randomBytes(16).toString("hex");
  const log = openJournal<DayBody>(join(folder, LOG_FILE), systemClock, () => {});
  log.append({
    kind: "day-began",
    schemaVersion: 1,
    dayId,
    fogbellVersion: request.version,
    level: levelOf(wanted),
    solo: request.solo,
    seal: sealOf(salt, scenario.sha256),
    engine: `${plan.engine.name} ${plan.version}`,
    objectives: plan.objectives,
    carried: await carriedFrom(out, folder),
  });
  return { plan, dayId, label, scratch, salt, log };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** The day and its table, ready to be played. */
async function layTable(
  request: KeepRequest,
  { plan, dayId, scratch, log }: Opened,
  drillEvents: () => readonly DrillEvent[],
) {
  const { scenario } = plan;
  const story = storyOf(scenario.gameday, { title: scenario.title, symptom: scenario.story?.symptom });
  const pages = await pagesFor(scratch.folder, request.out, plan.engine.name);
  // The day hears what is typed at a table that is laid for it.
  const at: { table: RecoveryTable | null } = { table: null };
  const day = createDay({
    log,
    playing: createPlayingTime(),
    nowMs: () => performance.now(),
    wallMs: Date.now,
    story,
    recogniser: recogniserOf(plan, () => at.table?.scene ?? null),
    objectives: plan.objectives,
    pagesSay: (text) => printedIn(pages, text)?.step.say,
    redact: createRedactor(secretsIn(process.env)),
    solo: request.solo,
    isWatched: plan.engine.keyboard !== undefined,
  });
  const session: Session = { dayId, pid: process.pid, socket: join(scratch.folder, "desk.sock"), shell: null };
  const table = createTable({
    day,
    log,
    drillEvents,
    pages,
    withinMs: request.withinMs,
    wallMs: Date.now,
    async onDesk({ argv, env }, { server }) {
      const opened = drillEvents().find((event) => event.kind === "sandbox-opened");
      if (server.door === undefined || opened === undefined) {
        const next = ["fogbell gameday start --sandbox docker"];
        throw new UnavailableError("this sandbox has no door for people", { code: "FB_GAMEDAY_DOOR", next });
      }
      const { sandbox, isolation, leavesOpen = [] } = opened;
      const shell = { sandbox, door: server.door, argv, env, isolation, leavesOpen };
      await writeSession(request.folder, { ...session, shell });
      if (story.briefing !== "") log.append({ kind: "told", from: "briefing", to: "everybody", say: story.briefing });
    },
  });
  at.table = table;
  return { day, table, session };
}

/** Hears terminals. `stop` ends what has not come to the table yet. */
function hear(
  { day, table, session }: Awaited<ReturnType<typeof layTable>>,
  log: Journal<DayBody>,
  stop: (reason: unknown) => void,
): Promise<AsyncDisposable> {
  return listen(session.socket, (heard) => {
    const asked = { ...heard, role: plainName(heard.role) };
    const [first, ...rest] = asked.words;
    if (first === "joined" || first === "left") {
      log.append({ kind: first, role: asked.role, ...(rest.length === 0 ? {} : { name: plainName(rest.join(" ")) }) });
      return Promise.resolve({ code: 0, text: "" });
    }
    if (day.stage === "building" && asked.words.includes("end"))
      stop(new UnavailableError("ended while it was being built", { code: "FB_ABANDONED", next: [] }));
    return table.answer(asked);
  });
}

/** The drill's own documents, once nothing is to be kept secret any more. */
async function writeDrill({ catalog, folder }: KeepRequest, hidden: string, result: DrillResult): Promise<void> {
  await copyFile(hidden, join(folder, "journal.jsonl"));
  for (const reporter of catalog.reporters) {
    // The procedure is that of the drills: people's own way is in the after-action report.
    for (const { file, text } of (await reporter.forFolder?.(result)) ?? [])
      if (file !== "runbook.md") await writeAtomic(join(folder, file), text);
  }
}

/** Keeps a day from its first moment to its last. Resolves when everything is taken down and written. */
export async function keepDay(request: KeepRequest): Promise<void> {
  const { catalog, folder, signal } = request;
  const opened = await open(request);
  const { plan, label, scratch, salt, log } = opened;
  await using _scratch = scratch;
  // Out of sight until it is over: it names the scenario.
  const hidden = join(scratch.folder, "journal.jsonl");
  using journal = openJournal(hidden, systemClock, () => {});
  const laid = await layTable(request, opened, () => journal.events);
  const { day, table, session } = laid;
  const stop = new AbortController();
  await using _listening = await hear(laid, log, (reason) => stop.abort(reason));
  await writeSession(folder, session);
  day.turn("building", "a database, its history, its backups");
  await drill(plan, {
    journal,
    label,
    chooseSandbox: async () => {
      const { driver, why } = await chooseSandbox(catalog.sandboxes, request.sandbox, plan.spec, signal);
      return { driver, options: driver.options.parse({}), why };
    },
    store: { driver: storeFor(catalog, "directory:/").driver, options: (path) => ({ path }) },
    offsite: { driver: storeFor(catalog, "directory:/").driver, options: (path) => ({ path }) },
    redact: createRedactor(secretsIn(process.env)),
    signal: AbortSignal.any([signal, stop.signal]),
    onProgress: () => {},
    keep: false,
    trustBackups: false,
    fogbellVersion: request.version,
    host: { ...hostFacts(), name: hostname() },
    contended: false,
    limits: { toldMs: null, earlier: [] },
    damagedAtMs: Math.floor(Date.now() / 1000) * 1000,
    worlds: openWorlds(),
    people: table,
  });
  table.close();
  const result = deriveResult(journal.events);
  await writeDrill(request, hidden, result);
  await close({ log, result, table, plan, salt }, request);
  log[Symbol.dispose]();
  await writeAfterAction(folder);
  await endSession(folder);
}
