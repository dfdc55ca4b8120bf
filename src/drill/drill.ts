/**
 * One drill, told from top to bottom: the world is built, broken, proven broken, recovered from its backups, and proven
 * whole; every phase is timed, and everything made on the way goes. What happened is in the journal and nowhere else.
 */

import { tmpdir } from "node:os";
import { basename, relative } from "node:path";
import { overLink } from "../host/units.ts";
import type { LedgerView, Phase, Probe, Scene } from "../parts.ts";
import { copiesOf, languageOf, sideRemoved } from "../plan/capabilities.ts";
import { leftOut } from "../plan/declined.ts";
import { overOf, type Plan, type PlannedPart } from "../plan/plan.ts";
import type { EventBody, FindingRecord, Mark } from "../record.ts";
import { endRun, type Failed } from "../run/end-run.ts";
import { DRILL, DRILL_OPENING, limited, openLimiter, withinRoom } from "../run/limiter.ts";
import type { LimitedPhase, OfDrill } from "../run/limits.ts";
import { createRunner, type Runner } from "../run/runner.ts";
import { freshInstant, nextInstant } from "../run/timing.ts";
import { createUnwind, type Unwind } from "../run/unwind.ts";
import { buildWorld, type World } from "../world/build.ts";
import { valuesOf } from "../world/places.ts";
import { askProbes } from "./ask-probes.ts";
import { copiesFound } from "./copies-found.ts";
import { openEvidence } from "./evidence.ts";
import { limitsOfDrill, sizeOfWorld } from "./limits.ts";
import { askable, dataAge, ownDamage, ownFacts } from "./own-findings.ts";
import type { PeopleTable } from "./people.ts";
import { placeTable, placeValues } from "./places.ts";
import { assertSees } from "./sight.ts";
import { unchanged } from "./source.ts";
import { type DrillKit, openStage, type Stage } from "./stage.ts";
import { type DrillState, sourceKit, type Telling, takeSource } from "./take-source.ts";
import { watch } from "./watch.ts";

export type { DrillKit } from "./stage.ts";

/** It shares the processors with what is measured. */
const LOOK_AT_ROOM_EVERY_MS = 3000;

/** A record is handed to others: it names the file, and nothing of the machine above it. */
function shownFile(file: string): string {
  const below = relative(process.cwd(), file);
  return below.startsWith("..") ? basename(file) : below;
}

/** Runs a plan to its end. Never throws for anything that happens in the drill: that is in the journal. */
export async function drill(plan: Plan, given: DrillKit): Promise<void> {
  const { journal } = given;
  const ready = (await given.worlds?.find(plan).catch(() => null)) ?? null;
  // A world that was built before stands at its own moment.
  const kit: DrillKit = { ...given, damagedAtMs: ready?.prepared.damagedAtMs ?? given.damagedAtMs };
  const write = (body: EventBody) => void journal.append(body);
  const unwind = createUnwind();
  write({
    kind: "drill-began",
    schemaVersion: 1,
    runId: kit.label.runId,
    fogbellVersion: kit.fogbellVersion,
    scenario: {
      id: plan.scenario.id,
      title: plan.scenario.title,
      file: shownFile(plan.scenario.file),
      sha256: plan.scenario.sha256,
      ...(plan.scenario.story?.origin === undefined ? {} : { origin: plan.scenario.story.origin }),
      ...(plan.scenario.story?.symptom === undefined ? {} : { symptom: plan.scenario.story.symptom }),
      engine: plan.engine.name,
      version: plan.version,
      ...variantOf(plan.variant, kit.link?.bytesPerSecond),
      ...(plan.scenario.designed === "recovered" ? {} : { designed: plan.scenario.designed }),
      contended: kit.contended,
      ...ownFacts(plan),
      ...(kit.people === undefined ? {} : { by: "people" as const }),
    },
    objectives: plan.objectives,
    host: kit.host,
  });
  if (plan.isWrongMove && plan.scenario.wrongMove !== null)
    write({ kind: "note", text: `the wrong move, on purpose: ${plan.scenario.wrongMove.why}` });
  for (const text of leftOut(plan.declined)) write({ kind: "note", text });
  let failed: Failed = null;
  try {
    const stage = await openInTime(plan, { ...kit, ready }, unwind);
    using watching = watch({
      signal: kit.signal,
      elapsedMs: plan.scenario.abort.elapsedMs,
      diskFreeBytes: plan.scenario.abort.diskFreeBytes,
      folder: stage.folder,
    });
    failed = await withinLimits({ plan, kit, ...stage, signal: watching.signal, write });
  } catch (error) {
    failed = { error };
  }
  await endRun({ write, failed, redacting: kit }, () => unwind.all(kit.keep));
}

/** A sandbox that does not open in the time of a whole world never will. */
async function openInTime(plan: Plan, kit: Parameters<typeof openStage>[1], unwind: Unwind): Promise<Stage> {
  const world = limitsOfDrill(await sizeOfWorld(plan), kit).find(({ phase }) => phase === "world");
  using limiter = await openLimiter({ signal: kit.signal, folder: tmpdir(), run: DRILL_OPENING }, () => world);
  return limiter.within("world", () => openStage(plan, { ...kit, signal: limiter.signal }, unwind));
}

/** Tells the story within its time and its room. Returns what ended it, when something did. */
async function withinLimits(given: Omit<Telling, "limiter">): Promise<Failed> {
  const { plan, kit, folder, server } = given;
  const bytes = await sizeOfWorld(plan);
  const limits = limitsOfDrill(bytes, kit);
  const limitOf = (phase: LimitedPhase) => limits.find((one) => one.phase === phase);
  using limiter = await openLimiter({ signal: given.signal, folder, run: DRILL }, limitOf);
  const telling = { ...given, signal: limiter.signal, limiter };
  try {
    await withinRoom({ limiter, server, bytes, everyMs: LOOK_AT_ROOM_EVERY_MS }, () => tell(telling));
    return null;
  } catch (error) {
    // What was ended shows up as whatever it threw then.
    return { error: limiter.signal.aborted ? limiter.signal.reason : error };
  }
}

/** What is known as the story begins, and how its commands are run. */
function begin({ plan, kit, server, store, signal, write }: Telling) {
  const newest = plan.backups.findLast(({ decoy }) => !decoy) ?? plan.backups.at(-1);
  const told: DrillState = {
    point: null,
    copy: null,
    expectedBytes: 0,
    damagedAtClock: "",
    method: newest?.method ?? null,
    replica: null,
    moved: false,
    pointed: {},
    copies: [],
    taken: "",
    storeUrl: null,
    hit: [],
    standIn: null,
  };
  const beside = async <T>(replica: string, work: () => Promise<T>): Promise<T> => {
    const { method } = told;
    Object.assign(told, { replica, method: plan.backups.find(({ name }) => name === replica)?.method ?? null });
    try {
      return await work();
    } finally {
      Object.assign(told, { replica: null, method });
    }
  };
  const side = () => told.method?.side ?? "database";
  const places = () => placeTable({ plan, server, side: side(), ...told, storeUrl: told.storeUrl ?? store.place });
  const atSide = async <T>(work: () => Promise<T>): Promise<T> => {
    const { pointed } = told;
    told.pointed = valuesOf(copiesOf(plan.engine).atCopy(places()));
    try {
      return await work();
    } finally {
      told.pointed = pointed;
    }
  };
  const runnerFor = (writeTo: typeof write) =>
    createRunner({
      server,
      places: () => placeValues(places(), server, told.taken),
      signal,
      readErrors: plan.engine.readErrors,
      write: writeTo,
      onProgress: kit.onProgress,
    });
  const runner = runnerFor(write);
  const sceneOf = (ledger: LedgerView): Scene => ({
    phrases: languageOf(plan.engine),
    ledger,
    damagedAtMs: kit.damagedAtMs,
    log: plan.log?.archive ?? null,
    restore: (target) => (told.point === null ? [] : (told.method?.recover(told.point.facts, target) ?? [])),
    removeSide: () => sideRemoved(plan.engine, told.method),
    copies: told.copies,
    side: side(),
    over: (name) => told.standIn?.over(name) ?? overOf(plan, name),
  });
  return { told, places, runner, runnerFor, beside, atSide, sceneOf };
}

/** The world up to the damage: built, or somebody's own database restored. */
async function makeWorld(telling: Telling, begun: ReturnType<typeof begin>): Promise<World> {
  const { plan, kit, server, store, folder, opensForeign, write, signal } = telling;
  const { told, runner, runnerFor, beside, atSide } = begun;
  const common = { plan, server, runner, store, write, beside, folder, damagedAtMs: kit.damagedAtMs, signal };
  const isPlayed = kit.people !== undefined;
  const { runId } = kit.label;
  if (kit.own !== undefined) {
    const own = { link: kit.link ?? null, onProgress: kit.onProgress, opensForeign: opensForeign || kit.trustBackups };
    told.standIn = await kit.own.standIn({ ...common, ...own, runId, isPlayed, runnerFor, atSide });
    return told.standIn.world;
  }
  const { offsite, ready } = telling;
  return buildWorld({ ...common, offsite, ready, worlds: kit.worlds, runId, isPlayed });
}

/** Phases of their own that are steps and nothing else. */
type Stepping = "contain" | "restore" | "reopen" | "normal";

/** The damage to somebody's own database as digests show it, where that is asked; it is written down. */
function seenByItself(told: DrillState, write: (body: EventBody) => void) {
  const seen = ownDamage(told);
  if (seen !== null) write(seen);
  return seen === null ? [] : [seen];
}

interface LettingIn {
  readonly steps: (name: Stepping) => Promise<unknown>;
  readonly mark: (name: Mark) => void;
  /** What holds once people are in. */
  readonly ask: () => Promise<unknown>;
}

async function letIn({ steps, mark, ask }: LettingIn): Promise<void> {
  await steps("reopen");
  mark("T8");
  await ask();
  await steps("normal");
  mark("T9");
}

/** The phases in order. Leaves early when going on would prove nothing; the verdict is derived from what was written. */
async function tell(given: Telling): Promise<void> {
  const begun = begin(given);
  const { told, places, runner, sceneOf } = begun;
  const { kit, write } = given;
  const phase = <T>(name: OfDrill, work: () => Promise<T>) => limited(given, name, work);
  const mark = (name: Mark) => write({ kind: "mark", mark: name });

  const world = await phase("world", () => makeWorld(given, begun));
  const telling = { ...given, plan: told.standIn?.plan ?? given.plan };
  const { plan } = telling;
  await telling.attach();
  told.expectedBytes = world.expectedBytes;
  const scene = () => sceneOf(world.ledger);
  const askAll = async (name: Phase, group: FindingRecord["group"], probes: readonly PlannedPart<Probe>[]) => {
    if (probes.some(({ part }) => part.countsCopies === true)) told.copies = await copiesFound(sources);
    return askProbes({ runner, scene: scene(), phase: name, group, write }, probes);
  };

  const taking = { world, told, runner, scene, phase, mark, places };
  const sources = sourceKit(telling, taking);
  const verify: PeopleTable["verify"] = (probes) => phase("verify", () => askAll("verify", "verify", probes));
  const point: PeopleTable["point"] = (pointed) => void Object.assign(told, { pointed });
  const table = { ...telling, world, runner, places, scene, sources, point, verify };

  const healthy = await phase("healthy", () => askAll("healthy", "healthy", plan.healthy));
  if (healthy.some(({ held }) => held !== "yes")) return;

  const verified = told.standIn === null ? plan.verify : await askable({ runner, scene: scene(), write }, plan.verify);
  await kit.people?.ready(table);
  await phase("damage", async () => {
    const all = [...plan.verify, ...plan.reopened];
    const see = async () => {
      if (all.some(({ part }) => part.countsCopies === true)) told.copies = await copiesFound(sources);
      await assertSees({ runner, scene: scene(), phase: "damage" }, all);
    };
    told.damagedAtClock = await damage(telling, { runner, world, scene: scene(), told, see });
  });
  const proven = await phase("proof", async () => {
    const seen = seenByItself(told, write);
    return [...(await askAll("proof", "proof", plan.proof)), ...seen];
  });
  if (proven.some(({ held }) => held !== "yes")) return;
  if (kit.people !== undefined) return kit.people.recover(table);
  mark("T1");
  mark("T2");

  const evidence = openEvidence({ runner, write });
  const steps = (name: Stepping) => phase(name, () => takeSteps(plan, name, { runner, scene, told }));
  await steps("contain");
  await phase("preserve", async () => {
    await takeSteps(plan, "preserve", { runner, scene, told });
    await evidence.record();
  });
  await world.pruneOn();

  const source = await takeSource(telling, taking, sources);
  mark("T5");
  await steps("restore");
  mark("T6");
  const findings = await verify(verified);
  const age = dataAge(told, kit.damagedAtMs);
  if (age !== null) write(age);
  mark("T7");
  // What is not whole is not opened to anybody.
  if (findings.every(({ held }) => held === "yes"))
    await letIn({ steps, mark, ask: () => askAll("reopen", "verify", plan.reopened) });
  await evidence.compare();
  if (source !== null) write(await unchanged(sources, source));
}

interface Doing {
  readonly runner: Runner;
  readonly world: World;
  readonly scene: Scene;
  readonly told: DrillState;
  /** Throws when the verification could not tell what was done from what was not. */
  readonly see: () => Promise<void>;
}

/** The deed, and the shop going on around the hole. Returns the moment just before it, on the clock of the servers here. */
async function damage({ plan, kit, write }: Telling, { runner, world, scene, told, see }: Doing): Promise<string> {
  const reads = plan.log !== null || plan.backups.some(({ method }) => method.live !== undefined);
  const at = await freshInstant(reads ? (plan.engine.log?.resolutionMs ?? 1) : 1);
  for (const { part, options } of plan.disaster) {
    const takes = part.takes?.(options);
    if (takes !== undefined) told.taken = await world.bring(takes);
    const deed = part.store?.(options);
    if (deed !== undefined) await world.harm(deed);
    for (const line of part.lines(scene, options)) await runner.must(line, { phase: "damage", name: part.name });
  }
  const hit = await world.ledger.recordDamage(kit.damagedAtMs);
  told.hit = hit;
  write({ kind: "note", text: hit.length === 0 ? "the damage changed no row" : `the damage hit ${hit.join(", ")}` });
  await world.writeOn();
  await see();
  // The clock starts here: what comes before is making the world, what comes after is what people would live through.
  write({ kind: "damage-timed", simulatedAt: new Date(kit.damagedAtMs).toISOString() });
  write({ kind: "mark", mark: "T0" });
  // Its log was written elsewhere, by the clock of the moment that production stands for.
  return told.standIn === null ? at : nextInstant(kit.damagedAtMs, plan.engine.log?.resolutionMs ?? 1);
}

async function takeSteps(
  plan: Plan,
  name: Phase,
  { runner, scene, told }: { runner: Runner; scene: () => Scene; told: DrillState },
): Promise<void> {
  for (const { part, options, phase } of plan.recovery) {
    if (phase !== name) continue;
    // The first step that uses what was restored beside: from here on it may be something else.
    if (part.needs.includes("side-restore") && part.target === undefined) await noteRestored(told);
    for (const line of part.lines(scene(), options)) await runner.must(line, { phase: name, name: part.name });
    if (part.takesOver === true && scene().side === "server") told.moved = true;
  }
}

/** Of somebody's own database: what the restored copy holds is what its moment had, asked once. */
async function noteRestored(told: DrillState): Promise<void> {
  const { standIn, point } = told;
  if (standIn === null || point === null || point.facts.isLive === true) return;
  await standIn.restored(point);
}

/** What tells a drill from others of its scenario: the method it compares, the link it is held to. */
export function variantOf(variant: string | null, bytesPerSecond: number | undefined): { variant?: string } {
  const link = bytesPerSecond === undefined ? null : overLink(bytesPerSecond);
  const all = [variant, link].filter((one) => one !== null);
  return all.length === 0 ? {} : { variant: all.join(", ") };
}
