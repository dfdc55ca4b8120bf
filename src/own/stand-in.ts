/**
 * Production as the newest copy has it: fetched, read to its end, restored in the drill's own server by the way in which
 * copies are verified, written into the ledger. From there on it is a drill like any other, and this copy is nobody's source.
 */
import type { OwnSources, OwnWorld, StandIn, StandInKit } from "../drill/own-world.ts";
import { Defect, RefusedError, UnavailableError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import type { Outcome, RecoveryPoint, StoreDeed } from "../parts.ts";
import { copyLanguageOf, languageOf, methodOf } from "../plan/capabilities.ts";
import { chooseParams, readSurvey } from "../plan/choose-params.ts";
import type { Plan, PlannedOwn } from "../plan/plan.ts";
import type { Runner } from "../run/runner.ts";
import { readCopy } from "../verify/read-copy.ts";
import { prepareCopy } from "../verify/restore-copy.ts";
import { application, usesApplication } from "../world/application.ts";
import { withFault } from "../world/faults.ts";
import { once } from "../world/harm.ts";
import type { World, WorldKit } from "../world/kit.ts";
import type { Ledger } from "../world/ledger.ts";
import { ledgerOf, record, sizeOf } from "../world/recording.ts";
import { openReplicas, replicaPoints } from "../world/replicas.ts";
import { openRetention } from "../world/retention.ts";
import { type OwnSource, openOwnStock } from "./own-stock.ts";
import { asWorld, type Making, restoreProduction } from "./production.ts";

const WORLD = { phase: "world" } as const;

function assertTold({ exitCode }: Pick<Outcome, "exitCode">, what: string): void {
  if (exitCode === 0) return;
  throw new UnavailableError(`the restored database couldn't be asked ${what}`, {
    code: "FB_OWN_UNFIT",
    next: ["fogbell doctor"],
  });
}

/** Which tables the story is about, chosen in what was restored. */
async function aboutTables(
  making: Making,
  runner: Runner,
  tables: ReadonlyMap<string, { rows: number }>,
): Promise<Plan> {
  const { plan, own, write } = making;
  const copies = copyLanguageOf(plan.engine);
  const survey = await runner.ask(copies.survey(), { ...WORLD, name: "survey" });
  assertTold(survey, "how its tables refer to each other");
  const asksRoles = plan.scenario.params.some(({ choose }) => choose === "app-role");
  const roles = asksRoles ? await runner.ask(copies.surveyRoles(), { ...WORLD, name: "survey-roles" }) : null;
  if (roles !== null) assertTold(roles, "which accounts may use it");
  const rowsOf = new Map([...tables].map(([table, { rows }]) => [table, rows]));
  const { values, because } = chooseParams({
    params: plan.scenario.params,
    told: own.told,
    tables: readSurvey(survey.stdout, rowsOf),
    roles: (roles?.stdout ?? "").split("\n").filter((role) => role !== ""),
    fullName: languageOf(plan.engine).fullName,
  });
  for (const text of because) write({ kind: "note", text });
  return own.about(values);
}

/** What is spoiled before anybody knows of it, in the layer: as the story's jobs left it. */
async function spoil({ own, stock, write }: Making): Promise<void> {
  const { older } = own.database;
  const faulty = own.standings.filter(({ fault }) => fault !== null);
  for (const { point, fault } of faulty) {
    const layer = stock.layerOf(point);
    for (const object of point.objects) {
      const body = withFault(layer.read(object), fault, object.sizeBytes);
      await layer.write(object.key, body, new Date(object.modifiedAt));
    }
    write({ kind: "note", text: `${point.id} was spoiled for this drill (${fault}), in a layer over its store` });
  }
  // A story in which no backup is any good has no other.
  if (faulty.length === 0 || faulty.length < own.standings.length) return;
  for (const point of older.filter((one) => !faulty.some((other) => other.point === one)))
    for (const { key } of point.objects) await stock.layerOf(point).remove(key);
  write({ kind: "note", text: `the other copies are hidden for this drill: the story has none` });
}

/** Backups that a story names, where they lie. */
function namedPoint({ own }: Making, backup: string): RecoveryPoint {
  const found = own.standings.find(({ name }) => name === backup)?.point;
  if (found === undefined) throw new Defect(`no copy stands for ${backup}`);
  return found;
}

/** The place that the newest copy lies in is closed: nothing in it is listed any more, as far as this drill sees. */
async function loseMain({ own, stock, write }: Making): Promise<void> {
  const { production, older } = own.database;
  const main = stock.layerOf(production);
  for (const { store, objects, log, globals } of [production, ...older])
    if (store === production.store)
      for (const { key } of [...objects, ...log, ...(globals === undefined ? [] : [globals])]) await main.remove(key);
  write({ kind: "note", text: `${stock.urlOf(production)} is empty for this drill, in a layer over it` });
}

/** What a world's stores do, over somebody's own. */
function storesOf(
  making: Making,
): Pick<World, "stock" | "bring"> & { harm(deed: Exclude<StoreDeed, { kind: "no-replicas" }>): Promise<void> } {
  const { stock, server, damagedAtMs, write } = making;
  return {
    stock: stock.main.readOnly(),
    async bring(backup) {
      const point = namedPoint(making, backup);
      const [object, ...others] = point.objects;
      if (object === undefined || others.length > 0)
        throw new UnavailableError(`${point.id} is no single file that somebody could take by mistake`, {
          code: "FB_OWN_UNFIT",
          next: [],
        });
      const path = `${server.folders.scratch}/taken/${object.key.split("/").at(-1)}`;
      await server.put(path, stock.layerOf(point).read(object), object.sizeBytes);
      return path;
    },
    async harm(deed) {
      if (deed.kind === "lose-main" || deed.kind === "delete-all") return loseMain(making);
      const point = namedPoint(making, deed.backup);
      for (const { key } of point.objects)
        await stock.layerOf(point).write(key, once(deed.content), new Date(damagedAtMs));
      write({ kind: "note", text: `${point.id} was written over, in a layer over its store` });
    },
  };
}

/** A dump as a person puts it over the living database. */
function overOf(making: Making, backup: string) {
  const { facts } = namedPoint(making, backup);
  const method = methodOf(making.plan.engine, facts);
  const [outer] = facts.packing;
  const told = method.options.safeParse({ format: facts.format, compress: typeof outer === "string" ? outer : "none" });
  const bare = told.success ? told : method.options.safeParse({ compress: typeof outer === "string" ? outer : "none" });
  return bare.success ? (method.over?.(bare.data) ?? []) : [];
}

/** Production in the ledger, and the story about its tables. */
interface Known {
  readonly ledger: Ledger;
  readonly about: Plan;
  readonly databaseBytes: number;
}

async function getToKnow(making: Making): Promise<Known> {
  const { own, runner, write, damagedAtMs } = making;
  const ledger = await ledgerOf(making);
  const { tables, rows } = await record(making, ledger, { name: "production", atMs: damagedAtMs });
  const about = await aboutTables(making, runner, tables);
  if (making.isPlayed || usesApplication(about)) await runner.must(application, { ...WORLD, name: "application" });
  const databaseBytes = await sizeOf(making);
  write({ kind: "dataset-built", dataset: own.database.name, seed: 0, tables: tables.size, rows, databaseBytes });
  return { ledger, about, databaseBytes };
}

/** The world of such a drill: its replicas and its pruning are made, everything else is there. */
async function worldOf(making: Making, { ledger, about, databaseBytes }: Known): Promise<World> {
  const { own, stock, damagedAtMs } = making;
  const kit: WorldKit = { ...making, plan: about, store: stock.main, offsite: null, ready: null, worlds: null };
  const replicas = openReplicas(kit);
  for (const backup of about.backups) await replicas.make(backup, damagedAtMs);
  const bornAt = own.database.older.flatMap(({ objects, moment }) =>
    objects.map(({ key }) => [key, moment.at] as const),
  );
  const retention = await openRetention(kit, new Map(bornAt));
  const stores = storesOf(making);
  return {
    ledger,
    expectedBytes: databaseBytes,
    made: new Set(),
    writtenAt: new Map(),
    ship: null,
    get live() {
      return replicaPoints(replicas.all, { foundAtMs: damagedAtMs, bytes: databaseBytes });
    },
    pruneOn: async () => retention?.prune(damagedAtMs + (about.scenario.world.retention?.nextMs ?? 0)),
    names: new Map(own.standings.map(({ name, point }) => [point.objects[0]?.key ?? "", name])),
    async writeOn() {
      await record(making, ledger, { name: "truth", atMs: damagedAtMs });
      await replicas.arrive();
    },
    ...stores,
    harm: (deed) => (deed.kind === "no-replicas" ? replicas.lose() : stores.harm(deed)),
  };
}

/** How its copies are found and read. */
function sourcesOf({ plan, own, stock, write, signal, runnerFor }: Making): OwnSources {
  // Reading the chosen copy is the recovery's; making ready for it is what the drill's own server lacks.
  const runner = runnerFor(asWorld(write, ["fetch"]));
  const task = { engine: plan.engine, database: plan.database };
  return {
    production: own.database.production,
    stock: async () => ({ points: await stock.list(), unknown: [] }),
    storeOf: (point) => stock.layerOf(point),
    urlOf: (point) => (point.facts.isLive === true ? "" : stock.urlOf(point)),
    async read(point, paths, id) {
      const index = Number(/\.(\d+)$/.exec(id)?.[1] ?? 1) - 1;
      const reading = { task, index, write, signal };
      const given = { candidate: { point }, facts: point.facts, paths };
      const read = await readCopy(reading, { runner }, given, methodOf(plan.engine, point.facts));
      if (read.found === null) await prepareCopy(reading, runner, read);
      return { fault: read.found, point: { ...point, facts: read.facts } };
    },
  };
}

/** Records what a copy that was restored beside holds, once. */
function recordingCopies({ atSide, signal }: Making, { ledger }: Known): StandIn["restored"] {
  const restored = new Set<string>();
  return async ({ id, reach }) => {
    if (restored.has(id)) return;
    // Where it is not there yet, the next step asks again; where nothing was restored at all, nothing explains a loss.
    const isThere = await atSide(() => ledger.recordCopy(id, Date.parse(reach.at))).then(
      () => true,
      () => false,
    );
    signal.throwIfAborted();
    if (isThere) restored.add(id);
  };
}

async function makeStandIn(making: Making): Promise<StandIn> {
  await restoreProduction(making);
  const known = await getToKnow(making);
  await spoil(making);
  return {
    world: await worldOf(making, known),
    plan: known.about,
    over: (backup) => overOf(making, backup),
    restored: recordingCopies(making, known),
    sources: sourcesOf(making),
  };
}

/** Throws RefusedError where such a backup could reach out. */
function assertCutOff({ opensForeign, plan }: StandInKit, { database: { name } }: PlannedOwn): void {
  if (opensForeign) return;
  throw new RefusedError("somebody's own backup can hold commands, and this sandbox is not cut off from the machine", {
    code: "FB_FOREIGN_BACKUP",
    next: [
      `fogbell run ${quote(plan.scenario.id)} --on ${quote(name)} --sandbox docker`,
      "if you know what's in the backup, add --trust-backups",
    ],
  });
}

export function ownWorld(own: PlannedOwn, sources: readonly OwnSource[]): OwnWorld {
  return {
    async standIn(kit) {
      assertCutOff(kit, own);
      return makeStandIn({ ...kit, own, stock: openOwnStock(sources, own.database.engine, kit.store) });
    },
  };
}
