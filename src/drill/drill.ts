/**
 * One drill, told from top to bottom: the world is built, broken, proven broken, recovered from its backups, and proven
 * whole; every phase is timed, and everything made on the way goes. What happened is in the journal and nowhere else.
 */
import { mkdir } from "node:fs/promises";
import { basename, relative } from "node:path";
import { Defect } from "../errors.ts";
import type { Redactor } from "../host/redact.ts";
import { openScratch } from "../host/scratch.ts";
import type {
  LedgerView,
  Method,
  Phase,
  RecoveryPoint,
  RunLabel,
  Sandbox,
  SandboxDriver,
  Scene,
  Server,
  StoreDriver,
  WorldStore,
} from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { EventBody, Mark, Progress } from "../record.ts";
import { buildWorld, type World } from "../world/build.ts";
import type { PreparedWorld, PreparedWorlds } from "../world/prepared.ts";
import { createRunner, type Runner } from "../world/runner.ts";
import { askProbes } from "./ask-probes.ts";
import type { Journal } from "./journal.ts";
import { onTimeline } from "./on-timeline.ts";
import type { People, PeopleTable } from "./people.ts";
import { placeTable, placeValues } from "./places.ts";
import { problemOf } from "./problem.ts";
import { type Copy, fetchVerified, locate, type SourceKit, unchanged } from "./source.ts";
import { freshInstant, timed } from "./timing.ts";
import { createUnwind, type Unwind } from "./unwind.ts";
import { watch } from "./watch.ts";

/** Everything a drill is given; it chooses and creates nothing by itself. */
export interface DrillKit {
  readonly journal: Journal;
  readonly label: RunLabel;
  /** Chosen as the drill begins, so that "none can be used" is a journal with a verdict and not just an error. */
  readonly chooseSandbox: () => Promise<{
    readonly driver: SandboxDriver;
    readonly options: unknown;
    readonly why: string;
  }>;
  readonly store: { readonly driver: StoreDriver; readonly options: (folder: string) => unknown };
  readonly redact: Redactor;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Leave the sandbox and the scratch folder standing, to look at. */
  readonly keep: boolean;
  /** Open backups that this run did not make even where the sandbox is not cut off. */
  readonly trustBackups: boolean;
  readonly fogbellVersion: string;
  readonly host: Readonly<Record<string, string>>;
  readonly contended: boolean;
  /** The simulated moment of the damage, Unix milliseconds. */
  readonly damagedAtMs: number;
  /** Worlds that were built before; null builds each anew. */
  readonly worlds: PreparedWorlds | null;
  /** On a game day, who recovers instead of the plan's steps. */
  readonly people?: People;
}

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
      ...(plan.variant === null ? {} : { variant: plan.variant }),
      ...(plan.scenario.designed === "recovered" ? {} : { designed: plan.scenario.designed }),
      contended: kit.contended,
      ...(kit.people === undefined ? {} : { by: "people" as const }),
    },
    objectives: plan.objectives,
    host: kit.host,
  });
  if (plan.variant === "wrong move" && plan.scenario.wrongMove !== null)
    write({ kind: "note", text: `the wrong move, on purpose: ${plan.scenario.wrongMove.why}` });
  try {
    const stage = await openStage(plan, { ...kit, ready }, unwind);
    using watching = watch({
      signal: kit.signal,
      elapsedMs: plan.scenario.abort.elapsedMs,
      diskFreeBytes: plan.scenario.abort.diskFreeBytes,
      folder: stage.folder,
    });
    await tell({ plan, kit, ...stage, signal: watching.signal, write });
  } catch (error) {
    write(problemOf(error, kit));
  }
  const beganMs = performance.now();
  write({ kind: "phase-began", phase: "cleanup" });
  write({ kind: "cleaned-up", ...(await unwind.all(kit.keep)) });
  write({ kind: "phase-ended", phase: "cleanup", durationMs: performance.now() - beganMs });
  write({ kind: "drill-ended" });
}

interface Stage {
  readonly folder: string;
  readonly server: Server;
  readonly store: WorldStore;
  readonly opensForeign: boolean;
  readonly ready: PreparedWorld | null;
}

/** The scratch folder, the store, the sandbox and the server: each remembered for clean-up as soon as it is there. */
async function openStage(
  plan: Plan,
  { journal, label, chooseSandbox, store, redact, signal, ready }: DrillKit & { ready: PreparedWorld | null },
  unwind: Unwind,
): Promise<Stage> {
  const sandbox = await chooseSandbox();
  const scratch = await openScratch(label);
  unwind.add(`folder ${scratch.folder}`, () => scratch[Symbol.asyncDispose]());
  const storeFolder = `${scratch.folder}/store`;
  await mkdir(storeFolder);
  const opened = await store.driver.openForWorld(store.options(storeFolder), label, signal);
  unwind.add(`backups of this run in ${opened.place}`, () => opened[Symbol.asyncDispose]());
  const box: Sandbox = await sandbox.driver.open(label, { ...(sandbox.options as object), redactor: redact }, signal);
  unwind.add(`${box.kind} sandbox`, () => box[Symbol.asyncDispose]());
  const server = await box.start(plan.spec, ready === null ? undefined : (begun) => ready.fill(begun));
  unwind.add(`${plan.engine.name} server`, () => server[Symbol.asyncDispose]());
  // Only now is the isolation asserted, and worth writing down.
  journal.append({
    kind: "sandbox-opened",
    sandbox: box.kind,
    why: sandbox.why,
    isolation: box.isolation,
    hardware: box.hardware,
  });
  journal.append({ kind: "server-started", server: "production", made: server.made, version: plan.version });
  return { folder: scratch.folder, server, store: opened, opensForeign: box.opensForeign, ready };
}

interface Telling extends Stage {
  readonly plan: Plan;
  readonly kit: DrillKit;
  readonly signal: AbortSignal;
  readonly write: (body: EventBody) => void;
}

/** What changes as the story goes on. */
interface Told {
  point: RecoveryPoint | null;
  copy: Copy | null;
  expectedBytes: number;
  damagedAtClock: string;
  /** How the chosen point's backup was made; until then, how the newest that is no decoy was. */
  method: Method | null;
  /** The replica that the side's places mean, by name. */
  replica: string | null;
}

/** What is known as the story begins, and how its commands are run. */
function begin({ plan, kit, server, store, signal, write }: Telling) {
  const newest = plan.backups.findLast(({ decoy }) => !decoy) ?? plan.backups.at(-1);
  const told: Told = {
    point: null,
    copy: null,
    expectedBytes: 0,
    damagedAtClock: "",
    method: newest?.method ?? null,
    replica: null,
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
  const places = () => placeTable({ plan, server, storeUrl: store.place, side: side(), ...told });
  const runner = createRunner({
    server,
    places: () => placeValues(places(), server),
    signal,
    write,
    onProgress: kit.onProgress,
  });
  const sceneOf = (ledger: LedgerView): Scene => ({
    phrases: plan.engine.phrases,
    ledger,
    damagedAtMs: kit.damagedAtMs,
    log: plan.log?.archive ?? null,
    restore: (target) => (told.point === null ? [] : (told.method?.recover(told.point.facts, target) ?? [])),
    removeSide: () => told.method?.removeSide?.() ?? [plan.engine.phrases.dropSide()],
  });
  return { told, places, runner, beside, sceneOf };
}

/** The phases in order. Leaves early when going on would prove nothing; the verdict is derived from what was written. */
async function tell(telling: Telling): Promise<void> {
  const { plan, kit, store, signal, server, write } = telling;
  const { told, places, runner, beside, sceneOf } = begin(telling);
  const phase = <T>(name: Phase, work: () => Promise<T>) => timed(name, write, work);
  const mark = (name: Mark) => write({ kind: "mark", mark: name });

  const world = await phase("world", () =>
    buildWorld({
      plan,
      server,
      runner,
      store,
      write,
      beside,
      folder: telling.folder,
      damagedAtMs: kit.damagedAtMs,
      ready: telling.ready,
      worlds: kit.worlds,
      runId: kit.label.runId,
      signal,
    }),
  );
  told.expectedBytes = world.expectedBytes;
  const scene = () => sceneOf(world.ledger);
  const asking = (name: Phase, group: "healthy" | "proof" | "verify") => ({
    runner,
    scene: scene(),
    phase: name,
    group,
    write,
  });

  const sources = sourceKit(telling, { told, runner, world, mark });
  const verify: PeopleTable["verify"] = (probes) =>
    phase("verify", () => askProbes(asking("verify", "verify"), probes));
  const table = { ...telling, world, runner, places, scene, sources, verify };

  const healthy = await phase("healthy", () => askProbes(asking("healthy", "healthy"), plan.healthy));
  if (healthy.some(({ held }) => held !== "yes")) return;

  await kit.people?.ready(table);
  await phase("damage", async () => {
    told.damagedAtClock = await damage(telling, { runner, world, scene: scene() });
  });
  const proven = await phase("proof", () => askProbes(asking("proof", "proof"), plan.proof));
  if (proven.some(({ held }) => held !== "yes")) return;
  if (kit.people !== undefined) return kit.people.recover(table);
  mark("T1");
  mark("T2");

  const steps = (name: "contain" | "preserve" | "restore" | "reopen" | "normal") =>
    phase(name, () => takeSteps(plan, name, { runner, scene }));
  await steps("contain");
  await steps("preserve");
  await world.pruneOn();

  const candidates = await phase("locate", () => locate(sources));
  const source = await phase("fetch", () => fetchVerified(sources, candidates));
  write({ kind: "places", places: places() });

  mark("T5");
  await steps("restore");
  mark("T6");
  const findings = await verify(plan.verify);
  mark("T7");
  // What is not whole is not opened to anybody.
  if (findings.every(({ held }) => held === "yes")) {
    await steps("reopen");
    mark("T8");
    await steps("normal");
    mark("T9");
  }
  write(await unchanged(sources, source));
}

/** What locating and fetching are given, and how the story learns what they chose. */
function sourceKit(
  { plan, kit, store, server, folder, opensForeign, signal, write }: Telling,
  {
    told,
    runner,
    world,
    mark,
  }: { readonly told: Told; readonly mark: (name: Mark) => void } & Pick<Doing, "runner" | "world">,
): SourceKit {
  return {
    plan,
    store: onTimeline(store.readOnly(), world.writtenAt),
    server,
    runner,
    folder,
    damagedAtMs: kit.damagedAtMs,
    signal,
    write,
    mark,
    onProgress: kit.onProgress,
    made: kit.trustBackups || opensForeign ? null : world.made,
    names: world.names,
    get live() {
      return world.live;
    },
    onCopy: (point, copy) =>
      Object.assign(told, {
        point,
        copy,
        method: methodOf(plan, point),
        replica: point.facts.isLive === true ? point.name : null,
      }),
    shipLog: world.ship === null ? null : () => endLog(plan, { runner, world }),
  };
}

function methodOf(plan: Plan, point: RecoveryPoint): Method {
  const wanted = point.facts.script === undefined ? point.facts.method : "script";
  const method = plan.engine.methods.find(({ name }) => name === wanted);
  if (method === undefined) throw new Defect(`no method ${point.facts.method} although it recognised the backup`);
  return method;
}

/**
 * What was committed until now, the damage included, goes to the store before anything is chosen from it. A server that
 * cannot do so any more has archived what it has: the recovery goes on with that.
 */
async function endLog({ log }: Plan, { runner, world }: Pick<Doing, "runner" | "world">): Promise<void> {
  if (log !== null) await runner.run(log.archive.close(), { phase: "locate", name: "close-log" });
  await world.ship?.();
}

interface Doing {
  readonly runner: Runner;
  readonly world: World;
  readonly scene: Scene;
}

/** The deed, and the shop going on around the hole. Returns the moment just before it, on the clock of the servers here. */
async function damage({ plan, kit, write }: Telling, { runner, world, scene }: Doing): Promise<string> {
  const reads = plan.log !== null || plan.backups.some(({ method }) => method.live !== undefined);
  const at = await freshInstant(reads ? (plan.engine.log?.resolutionMs ?? 1) : 1);
  for (const { part, options } of plan.disaster) {
    for (const line of part.lines(scene, options)) await runner.must(line, { phase: "damage", name: part.name });
  }
  const hit = await world.ledger.recordDamage(kit.damagedAtMs);
  write({ kind: "note", text: hit.length === 0 ? "the damage changed no row" : `the damage hit ${hit.join(", ")}` });
  await world.writeOn();
  // The clock starts here: what comes before is making the world, what comes after is what people would live through.
  write({ kind: "damage-timed", simulatedAt: new Date(kit.damagedAtMs).toISOString() });
  write({ kind: "mark", mark: "T0" });
  return at;
}

async function takeSteps(
  plan: Plan,
  name: Phase,
  { runner, scene }: { runner: Runner; scene: () => Scene },
): Promise<void> {
  for (const { part, options, phase } of plan.recovery) {
    if (phase !== name) continue;
    for (const line of part.lines(scene(), options)) await runner.must(line, { phase: name, name: part.name });
  }
}
