/**
 * Production as the newest copy has it: fetched, read to its end, restored in the drill's own server by the way in which
 * copies are verified, written into the ledger. From there on it is a drill like any other, and this copy is nobody's source.
 */
import { join } from "node:path";
import { fetchToScratch } from "../backups/fetch.ts";
import type { OwnWorld, StandIn, StandInKit } from "../drill/own-world.ts";
import { bring } from "../drill/source.ts";
import { Defect, RefusedError, UnavailableError } from "../errors.ts";
import { formatBytes } from "../host/units.ts";
import type { BackupFacts, Method, Phase, Places, PlaceTable, RecoveryPoint } from "../parts.ts";
import { languageOf } from "../plan/capabilities.ts";
import { chooseParams, readSurvey } from "../plan/choose-params.ts";
import type { Plan, PlannedOwn } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import { createRunner, type Runner } from "../run/runner.ts";
import { placesOf } from "../verify/places.ts";
import { readCopy } from "../verify/read-copy.ts";
import { prepareCopy, restoreCopy } from "../verify/restore-copy.ts";
import { withFault } from "../world/faults.ts";
import type { World, WorldKit } from "../world/kit.ts";
import { openLedger } from "../world/ledger.ts";
import { ledgerFolderOf } from "../world/prepared.ts";
import { openReplicas, replicaPoints } from "../world/replicas.ts";
import { openRetention } from "../world/retention.ts";
import { type OwnSource, type OwnStock, openOwnStock } from "./own-stock.ts";

const WORLD = { phase: "world" } as const;

/** Steps that are no part of the recovery are written down as the world's: those that make production, all but a few. */
function asWorld(write: (body: EventBody) => void, but: readonly Phase[] = []): (body: EventBody) => void {
  const renamed = (id: string) => (but.some((phase) => id.startsWith(`${phase}.`)) ? id : `world.own.${id}`);
  return (body) => {
    if (body.kind === "command-began" && !but.includes(body.command.phase))
      write({ ...body, command: { ...body.command, id: renamed(body.command.id), phase: "world" } });
    else if (body.kind === "command-ended") write({ ...body, commandId: renamed(body.commandId) });
    else write(body);
  };
}

interface Making extends StandInKit {
  readonly own: PlannedOwn;
  readonly stock: OwnStock;
}

function methodOf({ plan }: StandInKit, { method }: BackupFacts): Method {
  const found = plan.engine.methods.find(({ name }) => name === method);
  if (found === undefined) throw new Defect(`no method ${method} although it recognised the backup`);
  return found;
}

const valuesOf = (table: PlaceTable): Places =>
  Object.fromEntries(Object.entries(table).map(([name, { value }]) => [name, value]));

/** Fetches the newest copy, and says what came. */
async function fetchProduction({
  own,
  stock,
  write,
  link,
  folder,
  signal,
  onProgress,
}: Making): Promise<readonly string[]> {
  const { production } = own.database;
  const to = join(folder, "production");
  const fetched = await fetchToScratch({
    store: stock.layerOf(production),
    objects: production.objects,
    log: production.log,
    beside: production.globals === undefined ? [] : [production.globals],
    folder: to,
    link,
    signal,
    onProgress: ({ doneBytes, totalBytes }) =>
      onProgress({ kind: "progress", label: "Fetch the newest copy.", doneBytes, totalBytes, elapsedMs: 0 }),
  });
  write({
    kind: "note",
    text: `production stands for ${production.id}, ${formatBytes(fetched.bytes)}, of ${production.reach.at}: nothing is recovered from it`,
  });
  return fetched.files.map(({ path }) => path);
}

/** Restores it under the database's own name. Throws UnavailableError when it does not come up whole: then nothing is drilled. */
async function restoreProduction(making: Making): Promise<void> {
  const { own, plan, server, folder, signal, onProgress } = making;
  const { production, engine, database } = own.database;
  const paths = await fetchProduction(making);
  const copy = await bring({ server }, production, { folder: join(folder, "production"), paths });
  const method = methodOf(making, production.facts);
  if (method.side === "server")
    throw new UnavailableError(`${production.id} is a copy of files, and production is made of dumps only so far`, {
      code: "FB_OWN_UNFIT",
      next: [`fogbell verify ${own.database.name}`],
    });
  const candidate = { point: production, storeUrl: making.stock.urlOf(production) };
  const { globals } = copy;
  const table = placesOf({ engine, candidate, server, method, copy, globals, database });
  const places = { ...valuesOf(table), SIDE_DATABASE: database };
  const write = asWorld(making.write);
  const runner = createRunner({
    server,
    places: () => places,
    signal,
    readErrors: engine.readErrors,
    write,
    onProgress,
  });
  const task = { engine, database: plan.database };
  const reading = { task, index: 0, write, signal };
  const given = { candidate, facts: production.facts, paths: paths.slice(0, production.objects.length) };
  const read = await readCopy(reading, { runner }, given, method);
  const failed = read.found?.because ?? (await restoreCopy(reading, runner, { candidate, method, ...read }));
  if (failed === null) return;
  throw new UnavailableError(`${production.id}, the newest copy, cannot stand for production: ${failed}`, {
    code: "FB_OWN_UNFIT",
    next: [
      `fogbell verify ${own.database.name}`,
      `fogbell run ${plan.scenario.id} --on ${own.database.name} --production yesterday`,
    ],
  });
}

/** Which tables the story is about, chosen in what was restored. */
async function aboutTables(
  making: Making,
  runner: Runner,
  tables: ReadonlyMap<string, { rows: number }>,
): Promise<Plan> {
  const { plan, own, write } = making;
  const { copies } = plan.engine;
  const survey = await runner.ask(copies.survey(), { ...WORLD, name: "survey" });
  if (survey.exitCode !== 0)
    throw new UnavailableError("the restored database does not tell what its tables are to each other", {
      code: "FB_OWN_UNFIT",
      next: ["fogbell doctor"],
    });
  const rowsOf = new Map([...tables].map(([table, { rows }]) => [table, rows]));
  const { values, because } = chooseParams({
    params: plan.scenario.params,
    told: own.told,
    tables: readSurvey(survey.stdout, rowsOf),
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

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** Backups that a story names, where they lie. */
function namedPoint({ own }: Making, backup: string): RecoveryPoint {
  const found = own.standings.find(({ name }) => name === backup)?.point;
  if (found === undefined) throw new Defect(`no copy stands for ${backup}`);
  return found;
}

/** What a world's stores do, over somebody's own. */
function storesOf(making: Making): Pick<World, "stock" | "bring" | "harm"> {
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
      if (deed.kind === "lose-main") throw new Defect("a store of somebody's own cannot be lost yet");
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
  const method = methodOf(making, facts);
  const [outer] = facts.packing;
  const told = method.options.safeParse({ format: facts.format, compress: typeof outer === "string" ? outer : "none" });
  const bare = told.success ? told : method.options.safeParse({ compress: typeof outer === "string" ? outer : "none" });
  return bare.success ? (method.over?.(bare.data) ?? []) : [];
}

async function makeStandIn(making: Making): Promise<StandIn> {
  const { plan, runner, runnerFor, beside, atSide, own, stock, write, damagedAtMs, folder, server, signal } = making;
  // Reading the chosen copy is the recovery's; making ready for it is what the drill's own server lacks.
  const reader = runnerFor(asWorld(write, ["fetch"]));
  const { phrases } = plan.engine;
  await restoreProduction(making);
  const ledger = await openLedger(ledgerFolderOf(folder), phrases, (line, sink) =>
    runner.ask(line, { ...WORLD, name: "ledger" }, sink),
  );
  const record = async (name: string) => {
    const { tables } = await ledger.record(name, damagedAtMs);
    const rows = [...tables.values()].reduce((sum, table) => sum + table.rows, 0);
    const simulatedAt = new Date(damagedAtMs).toISOString();
    write({ kind: "ledger-recorded", state: name, simulatedAt, tables: tables.size, rows });
    return { tables, rows };
  };
  const { tables, rows } = await record("production");
  const about = await aboutTables(making, runner, tables);
  const asked = await runner.must(phrases.databaseSize(), { ...WORLD, name: "size" });
  const databaseBytes = Number(asked.stdout.trim());
  write({ kind: "dataset-built", dataset: own.database.name, seed: 0, tables: tables.size, rows, databaseBytes });
  await spoil(making);
  const worldKit: WorldKit = {
    plan: about,
    server,
    runner,
    store: stock.main,
    offsite: null,
    write,
    folder,
    damagedAtMs,
    beside,
    ready: null,
    isPlayed: making.isPlayed,
    worlds: null,
    runId: making.runId,
    signal,
  };
  const replicas = openReplicas(worldKit);
  for (const backup of about.backups) await replicas.make(backup, damagedAtMs);
  const bornAt = own.database.older.flatMap(({ objects, moment }) =>
    objects.map(({ key }) => [key, moment.at] as const),
  );
  const retention = await openRetention(worldKit, new Map(bornAt));
  const restored = new Set<string>();
  const world: World = {
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
      await record("truth");
      await replicas.arrive();
    },
    ...storesOf(making),
  };
  return {
    world,
    plan: about,
    over: (backup) => overOf(making, backup),
    async restored(point) {
      if (restored.has(point.id)) return;
      // Where it is not there yet, the next step asks again; where nothing was restored at all, nothing explains a loss.
      const isThere = await atSide(() => ledger.recordCopy(point.id, Date.parse(point.reach.at))).then(
        () => true,
        () => false,
      );
      signal.throwIfAborted();
      if (isThere) restored.add(point.id);
    },
    sources: {
      production: own.database.production,
      stock: async () => ({ points: await stock.list(), unknown: [] }),
      storeOf: (point) => stock.layerOf(point),
      urlOf: (point) => (point.facts.isLive === true ? "" : stock.urlOf(point)),
      async read(point, paths, id) {
        const method = methodOf(making, point.facts);
        const task = { engine: plan.engine, database: plan.database };
        const index = Number(/\.(\d+)$/.exec(id)?.[1] ?? 1) - 1;
        const reading = { task, index, write, signal };
        const read = await readCopy(
          reading,
          { runner: reader },
          { candidate: { point }, facts: point.facts, paths },
          method,
        );
        if (read.found === null) await prepareCopy(reading, reader, read);
        return { fault: read.found, point: { ...point, facts: read.facts } };
      },
    },
  };
}

/** Throws RefusedError where such a backup could reach out. */
function assertCutOff({ opensForeign }: StandInKit): void {
  if (opensForeign) return;
  throw new RefusedError("somebody's own backup can hold commands, and this sandbox is not cut off from the machine", {
    code: "FB_FOREIGN_BACKUP",
    next: ["fogbell run --sandbox docker …", "--trust-backups, when you know what is in it"],
  });
}

export function ownWorld(own: PlannedOwn, sources: readonly OwnSource[]): OwnWorld {
  return {
    async standIn(kit) {
      assertCutOff(kit);
      return makeStandIn({ ...kit, own, stock: openOwnStock(sources, own.database.engine, kit.store) });
    },
  };
}
