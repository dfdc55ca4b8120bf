/**
 * The keeper of a game day: a process of its own that holds the world while people come and go. Terminals may drop, a
 * facilitator may crash; the day goes on until somebody ends it, and then everything goes.
 */
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { drill } from "../drill/drill.ts";
import { type Journal, openJournal, systemClock } from "../drill/journal.ts";
import { UnavailableError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { makeLabel } from "../host/label.ts";
import { packageFolder } from "../host/package-folder.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import { openScratch } from "../host/scratch.ts";
import { pastOf } from "../paper/past.ts";
import { drillName } from "../paper/scorecard.ts";
import type { Catalog, Sign } from "../parts.ts";
import { plan as makePlan, type Plan } from "../plan/plan.ts";
import type { DrillResult, Milestone } from "../record.ts";
import { deriveResult } from "../result/result.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import type { Scenario } from "../scenario/schema.ts";
import { readHistory } from "../suite/history.ts";
import { allRunbooks } from "../suite/paper-from.ts";
import { hostFacts, LIFE_MS, storeFor } from "../suite/suite.ts";
import { openWorlds } from "../suite/worlds.ts";
import { writeAfterAction } from "./after-action.ts";
import type { Page } from "./answers.ts";
import { chooseScenario, levelOf, type Wanted } from "./choose-scenario.ts";
import { createDay, storyOf } from "./day.ts";
import { sealOf } from "./day-seal.ts";
import { type Action, actionsOf, type DayBody, type DayEvent } from "./events.ts";
import { hardFails } from "./judging.ts";
import { type DrilledLine, type Recogniser, recogniser } from "./milestones.ts";
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

/** Signs of the story, of the engine, and of the lines that this very recovery is drilled with. */
function recogniserOf(plan: Plan): Recogniser {
  const story: Sign[] = (plan.scenario.gameday?.milestones ?? []).map(({ shows, matches }) => ({
    shows,
    pattern: new RegExp(matches, "i"),
  }));
  const scene = { phrases: plan.engine.phrases } as never;
  const drilled = plan.recovery.flatMap(({ part, options, phase }): DrilledLine[] => {
    try {
      const lines = part.lines(scene, options);
      return lines.map(({ script }) => ({ script, shows: SHOWS[phase] ?? "normal" }));
    } catch {
      // It depends on the chosen source: the engine's own signs have to do.
      return [];
    }
  });
  return recogniser([...story, ...(plan.engine.keyboard?.signs ?? [])], drilled);
}

/** The pages on the cabinet door: every runbook that was drilled, or the one that ships when none was. */
async function pagesFor(scratch: string, out: string, engine: string): Promise<Page[]> {
  const folder = join(scratch, "runbooks");
  await mkdir(folder);
  await allRunbooks({ folder, results: out, engine, formats: ["md"], paper: "a4", goodForMs: LIFE_MS * 400 }).catch(
    async () => {
      const samples = join(packageFolder(), "runbooks", "samples");
      for (const name of await readdir(samples).catch(() => []))
        if (name.endsWith(".md")) await copyFile(join(samples, name), join(folder, name));
    },
  );
  const names = (await readdir(folder)).filter((name) => name !== "index.md").sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      const title = /^# (.*)$/m.exec(text)?.[1] ?? name;
      const symptom = /^\| ([^|]+?) +\| this:/m.exec(text)?.[1] ?? title;
      return { title, symptom, text };
    }),
  );
}

/** What the team left itself to do when it last played. */
async function carriedFrom(out: string, folder: string): Promise<readonly Action[]> {
  const days = (await dayFolders(out)).filter((one) => one !== folder);
  const last = days.at(-1);
  return last === undefined ? [] : actionsOf(await readLog(last));
}

async function machineRtaMs(out: string, result: DrillResult): Promise<number | null> {
  const { runs } = await readHistory([out]);
  const name = drillName(result.scenario);
  return pastOf(runs.map((run) => run.result)).find((one) => one.name === name)?.medianRtaMs ?? null;
}

function rowsText({ rowsMissing, rowsAltered, rowsExtra }: DrillResult["measured"]): string {
  if (rowsMissing === null) return "rows were not compared";
  return `${rowsMissing} rows missing, ${rowsAltered ?? 0} older, ${rowsExtra ?? 0} extra`;
}

/** The last words of the log: the verdict, and what it was. */
async function close(
  { log, result, table, salt }: { log: Journal<DayBody>; result: DrillResult; table: RecoveryTable; salt: string },
  { out }: KeepRequest,
): Promise<void> {
  const { outcomes } = table;
  const abandoned = result.problems.length > 0;
  const findings = result.findings.filter(({ group }) => group === "verify");
  if (!abandoned) {
    const failed = hardFails({
      events: log.events as readonly DayEvent[],
      spoiled: outcomes.spoiled,
      evidence: outcomes.evidence,
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
    });
  } else log.append({ kind: "stage", stage: "over", because: result.reasons[0] ?? "it could not be judged" });
  const { id, title, sha256 } = result.scenario;
  log.append({ kind: "revealed", scenario: id, title, sha256, salt });
  log.append({ kind: "day-ended", abandoned });
}

/** A game day has its own hours: the scenario's deadline is meant for machines. */
const unhurried = (scenario: Scenario): Scenario => ({ ...scenario, abort: { ...scenario.abort, elapsedMs: LIFE_MS } });

/** Everything that a day is kept in. */
async function open(request: KeepRequest) {
  const { catalog, wanted, folder, out } = request;
  const scenario = unhurried(await chooseScenario(catalog, wanted, out));
  const plan = makePlan(scenario, catalog, { engine: wanted.engine, rows: request.rows });
  const dayId = basename(folder);
  const label = makeLabel(dayId, new Date(Date.now() + LIFE_MS));
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

/** Keeps a day from its first moment to its last. Resolves when everything is taken down and written. */
export async function keepDay(request: KeepRequest): Promise<void> {
  const { catalog, folder, out, signal } = request;
  const { plan, dayId, label, scratch, salt, log } = await open(request);
  await using _scratch = scratch;
  const redact = createRedactor(secretsIn(process.env));
  const { scenario } = plan;
  const story = storyOf(scenario.gameday, { title: scenario.title, symptom: scenario.story?.symptom });
  const nowMs = () => performance.now();
  const day = createDay({
    log,
    playing: createPlayingTime(),
    nowMs,
    wallMs: Date.now,
    story,
    recogniser: recogniserOf(plan),
    objectives: plan.objectives,
    redact,
    solo: request.solo,
  });
  const session: Session = { dayId, pid: process.pid, socket: join(scratch.folder, "desk.sock"), shell: null };
  // Out of sight until it is over: it names the scenario.
  const hidden = join(scratch.folder, "journal.jsonl");
  const stop = new AbortController();
  using journal = openJournal(hidden, systemClock, () => {});
  const table = createTable({
    day,
    log: log as never,
    drillEvents: () => journal.events,
    pages: await pagesFor(scratch.folder, out, plan.engine.name),
    withinMs: request.withinMs,
    wallMs: Date.now,
    async onDesk({ argv, env }, { server }) {
      const opened = journal.events.find((event) => event.kind === "sandbox-opened");
      if (server.door === undefined || opened === undefined)
        throw new UnavailableError("this sandbox has no door for people", {
          code: "FB_GAMEDAY_DOOR",
          next: ["--sandbox docker"],
        });
      const { sandbox, isolation } = opened;
      await writeSession(folder, { ...session, shell: { sandbox, door: server.door, argv, env, isolation } });
      if (story.briefing !== "") log.append({ kind: "told", from: "briefing", to: "everybody", say: story.briefing });
    },
  });
  await using _listening = await listen(session.socket, (asked) => {
    const words = asked.words.join(" ");
    if (asked.words[0] === "joined" || asked.words[0] === "left") {
      const [kind, ...name] = asked.words;
      log.append({ kind: kind as "joined", role: asked.role, ...(name.length === 0 ? {} : { name: name.join(" ") }) });
      return Promise.resolve({ code: 0, text: "" });
    }
    if (day.stage === "building" && /\bend\b/.test(words))
      stop.abort(new UnavailableError("ended while it was being built", { code: "FB_ABANDONED", next: [] }));
    return table.answer(asked);
  });
  await writeSession(folder, session);
  day.turn("building", "a database, its history, its backups");
  await drill(
    { ...plan, scenario },
    {
      journal,
      label,
      chooseSandbox: async () => {
        const { driver, why } = await chooseSandbox(catalog.sandboxes, request.sandbox, plan.spec, signal);
        return { driver, options: driver.options.parse({}), why };
      },
      store: { driver: storeFor(catalog, "directory:/").driver, options: (path) => ({ path }) },
      redact,
      signal: AbortSignal.any([signal, stop.signal]),
      onProgress: () => {},
      keep: false,
      trustBackups: true,
      fogbellVersion: request.version,
      host: { ...hostFacts(), name: hostname() },
      contended: false,
      damagedAtMs: Math.floor(Date.now() / 1000) * 1000,
      worlds: openWorlds(),
      people: table,
    },
  );
  const result = deriveResult(journal.events);
  await copyFile(hidden, join(folder, "journal.jsonl"));
  for (const reporter of catalog.reporters) {
    // The procedure is that of the drills: people's own way is in the after-action report.
    for (const { file, text } of (await reporter.forFolder?.(result)) ?? [])
      if (file !== "runbook.md") await writeAtomic(join(folder, file), text);
  }
  await close({ log, result, table, salt }, request);
  log[Symbol.dispose]();
  await writeAfterAction(folder);
  await endSession(folder);
}
