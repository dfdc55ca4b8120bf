/** Builds a world: the application's database, a writer on the simulated timeline, backups of known age, the ledger. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { isGlobals } from "../backups/companions.ts";
import { Defect, UnavailableError, UsageError } from "../errors.ts";
import { sha256Of } from "../host/digest.ts";
import { quote } from "../host/sh.ts";
import type { Line, WorldStore } from "../parts.ts";
import { languageOf } from "../plan/capabilities.ts";
import type { Plan, PlannedBackup } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import { application, usesApplication } from "./application.ts";
import { type Archive, openArchive, type Shipped } from "./archive.ts";
import { withFault } from "./faults.ts";
import { openStores } from "./harm.ts";
import type { World, WorldKit } from "./kit.ts";
import type { Ledger } from "./ledger.ts";
import { ledgerFolderOf, type PreparedWorld } from "./prepared.ts";
import { ledgerOf, record, sizeOf } from "./recording.ts";
import { openReplicas, type Replicas, replicaPoints } from "./replicas.ts";
import { openRetention, type Retention } from "./retention.ts";
import { beginning, type Stretch, stamp, stretches } from "./timeline.ts";
import { OFFSITE } from "./two-stores.ts";

export type { World, WorldKit } from "./kit.ts";

const deed = (say: string, script: string): Line => ({ say, script, uses: ["BACKUP_DIR"], destroys: false });

const WORLD = { phase: "world" } as const;

/** A larger one takes longer to lay out than it is worth, and more of the disk. */
const LARGEST_KEPT_BYTES = 1024 ** 3;

/** What was built is told again by a run that lays it out; how it was built belongs to the run that did it. */
const KEPT_EVENTS: readonly EventBody["kind"][] = [
  "dataset-built",
  "backup-taken",
  "ledger-recorded",
  "writer-ran",
  "log-archived",
  "note",
];

const iso = (atMs: number) => new Date(atMs).toISOString();

/** What was built, and goes on living while the drill runs. */
interface Standing {
  readonly ledger: Ledger;
  readonly archive: Archive | null;
  readonly replicas: Replicas;
  readonly retention: Retention | null;
  readonly made: Set<string>;
  readonly names: Map<string, string>;
  expectedBytes: number;
  databaseBytes: number;
}

/** Builds everything up to the moment of the damage, or lays out what was built before. Throws UnavailableError when it cannot. */
export async function buildWorld(given: WorldKit): Promise<World> {
  const { plan, runner, damagedAtMs, ready } = given;
  const prepared = ready?.prepared;
  const writtenAt = new Map<string, string>(prepared?.writtenAt);
  const events: EventBody[] = [];
  const kit: WorldKit = {
    ...given,
    store: remembering(given.store, writtenAt),
    offsite: given.offsite === null ? null : remembering(given.offsite, writtenAt, OFFSITE),
    write: (body) => {
      events.push(body);
      given.write(body);
    },
  };
  const { afterDamageMs } = plan.scenario.world.writer;
  const folder = ledgerFolderOf(kit.folder);
  const stores = openStores(kit);
  const made = new Set<string>(prepared?.made);
  const standing: Standing = {
    ledger: await ledgerOf(given, prepared),
    archive: plan.log === null ? null : openArchive(kit, plan.log, (hash) => made.add(hash), prepared?.seen),
    replicas: openReplicas(kit),
    retention: await openRetention(kit, writtenAt),
    made,
    names: new Map(prepared?.names),
    expectedBytes: prepared?.expectedBytes ?? 0,
    databaseBytes: prepared?.databaseBytes ?? 0,
  };
  if (ready === null) {
    await build(kit, standing);
    await keep(kit, standing, { writtenAt, events, folder });
  } else {
    tellAgain(kit, ready);
  }
  if (given.isPlayed || usesApplication(plan)) await runner.must(application, { ...WORLD, name: "application" });
  const { ledger, archive, replicas, retention } = standing;
  const { harm, ...stocked } = stores.given(standing);
  return {
    ledger,
    expectedBytes: standing.expectedBytes,
    made,
    writtenAt,
    names: standing.names,
    get live() {
      return replicaPoints(replicas.all, { foundAtMs: damagedAtMs + afterDamageMs, bytes: standing.databaseBytes });
    },
    pruneOn: async () => retention?.prune(damagedAtMs + afterDamageMs + (plan.scenario.world.retention?.nextMs ?? 0)),
    ...stocked,
    harm: (deed) => (deed.kind === "no-replicas" ? replicas.lose() : harm(deed)),
    ship: archive === null ? null : async () => void (await archive.ship(damagedAtMs + afterDamageMs)),
    async writeOn() {
      const everyMs = plan.scenario.world.writer.everyMs;
      let fromMs = damagedAtMs;
      for (const backup of plan.backups.filter(({ ageMs }) => ageMs < 0)) {
        const toMs = damagedAtMs - backup.ageMs;
        await write(kit, { fromMs, toMs, everyMs });
        remember(standing, backup, await takeBackup(kit, { backup, atMs: toMs, archive }));
        fromMs = toMs;
      }
      if (afterDamageMs > 0) await write(kit, { fromMs, toMs: damagedAtMs + afterDamageMs, everyMs });
      await record(kit, ledger, { name: "truth", atMs: damagedAtMs + afterDamageMs });
      await replicas.arrive();
    },
  };
}

/** What this run made, and what the scenario calls it. Roles go with a backup and are none. */
function remember({ made, names }: Standing, backup: PlannedBackup, shipped: Shipped): void {
  for (const { key, sha256 } of shipped) {
    made.add(sha256);
    // A repository's index is written again with each backup: it is nobody's.
    if (!isGlobals(key)) names.set(key, backup.name);
  }
}

/** Lets the writer commit from one moment to another. */
async function write(
  { plan, runner, write: tell }: WorldKit,
  { fromMs, toMs, everyMs }: Omit<Stretch, "end">,
): Promise<void> {
  const ticks = Math.floor((toMs - fromMs) / everyMs);
  if (ticks === 0) return;
  const preset = "preset" in plan.dataset ? plan.dataset.preset : null;
  const line = plan.engine.phrases.writeTicks({ fromMs, toMs, everyMs, preset, seed: plan.seed });
  await runner.must(line, { ...WORLD, name: "writer" });
  tell({ kind: "writer-ran", simulatedFrom: iso(fromMs), simulatedTo: iso(toMs), ticks });
}

/** Data, then the timeline from one backup to the next, up to the damage. */
async function build(kit: WorldKit, standing: Standing): Promise<void> {
  const { plan, runner, damagedAtMs } = kit;
  const { phrases } = plan.engine;
  const { ledger, archive, replicas, retention } = standing;
  const { everyMs, afterDamageMs } = plan.scenario.world.writer;
  await putScripts(kit);
  const startMs = beginning(plan.backups, damagedAtMs, everyMs);
  for (const line of await datasetLines(kit, startMs)) await runner.must(line, { ...WORLD, name: "dataset" });
  await runner.must(phrases.createHeartbeat(), { ...WORLD, name: "heartbeat" });
  await archive?.clear();
  const logEveryMs = plan.log?.everyMs ?? null;
  const timeline = { backups: plan.backups, damagedAtMs, everyMs, logEveryMs, afterDamageMs };
  let size = { tables: 0, rows: 0 };
  for (const { end, ...stretch } of stretches(timeline)) {
    await write(kit, stretch);
    const name = "backup" in end ? `${end.kind} ${end.backup.name}` : end.kind;
    const { tables, rows } = await record(kit, ledger, { name, atMs: stretch.toMs });
    size = { tables: tables.size, rows };
    if (end.kind === "log") await archive?.close(stretch.toMs);
    if (end.kind === "hold") await replicas.hold(end.backup, stretch.toMs);
    if (end.kind !== "backup") continue;
    if (end.backup.method.live !== undefined) {
      await replicas.make(end.backup, stretch.toMs);
      continue;
    }
    standing.expectedBytes = await sizeOf(kit);
    remember(standing, end.backup, await takeBackup(kit, { backup: end.backup, atMs: stretch.toMs, archive }));
  }
  await retention?.prune(damagedAtMs);
  standing.databaseBytes = await sizeOf(kit);
  const { databaseBytes } = standing;
  kit.write({ kind: "dataset-built", dataset: datasetName(plan.dataset), seed: plan.seed, ...size, databaseBytes });
}

function datasetName(dataset: Plan["dataset"]): string {
  if ("backup" in dataset) return dataset.backup;
  return "preset" in dataset ? dataset.preset : dataset.sql.map((file) => basename(file)).join(", ");
}

/** Keeps what was built for the next run. Whatever goes wrong with that is a note, and no reason to end a drill. */
async function keep(
  { plan, server, store, worlds, runId, damagedAtMs, signal, write: tell }: WorldKit,
  { ledger, archive, made, names, expectedBytes, databaseBytes }: Standing,
  told: { writtenAt: ReadonlyMap<string, string>; events: readonly EventBody[]; folder: string },
): Promise<void> {
  if (worlds === null || databaseBytes > LARGEST_KEPT_BYTES) return;
  const prepared = {
    runId,
    preparedAt: new Date().toISOString(),
    damagedAtMs,
    expectedBytes,
    databaseBytes,
    made: [...made],
    names: [...names],
    writtenAt: [...told.writtenAt],
    seen: archive?.seen() ?? [],
    ledger: ledger.save(),
    events: told.events.filter(({ kind }) => KEPT_EVENTS.includes(kind)),
  };
  try {
    const places = { SCRATCH: server.folders.scratch };
    await worlds.keep(plan, { server, store, ledgerFolder: told.folder, prepared, places, signal });
  } catch (error) {
    signal.throwIfAborted();
    tell({ kind: "note", text: `this world could not be kept for the next run: ${(error as Error).message}` });
  }
}

/** It was laid out when the sandbox was opened. */
function tellAgain({ write: tell }: WorldKit, { prepared }: PreparedWorld): void {
  for (const event of prepared.events) tell(event);
  tell({
    kind: "note",
    text:
      `the world was not built again: data, backups and ledger up to the damage are those that run ${prepared.runId} ` +
      `built at ${prepared.preparedAt}; everything that is measured happened in this run`,
  });
}

/** A store that notes when, on the simulated timeline, each object came to it. */
function remembering(store: WorldStore, writtenAt: Map<string, string>, prefix = ""): WorldStore {
  return {
    ...store,
    async write(key, body, at) {
      const stored = await store.write(key, body, at);
      if (at !== undefined) writtenAt.set(`${prefix}${stored.key}`, at.toISOString());
      return stored;
    },
  };
}

/** The user's own scripts, under their own names, in one folder. Throws UsageError for one that is not there. */
async function putScripts({ plan, server }: WorldKit): Promise<void> {
  const files = plan.backups.flatMap(({ method, options }) => method.scripts?.(options).files ?? []);
  for (const file of new Set(files)) {
    const path = resolve(dirname(plan.scenario.file), file);
    const found = await stat(path).catch(() => null);
    if (found === null) {
      throw new UsageError(`script not found: ${path}`, {
        code: "FB_SCRIPT_MISSING",
        next: [`ls -l ${quote(path)}`, `mend world.backups in ${plan.scenario.file}: paths are relative to it`],
      });
    }
    await server.put(`${server.folders.scratch}/scripts/${basename(path)}`, createReadStream(path), found.size);
  }
}

async function datasetLines({ plan, server }: WorldKit, untilMs: number): Promise<readonly Line[]> {
  const { phrases } = plan.engine;
  if ("preset" in plan.dataset) {
    return phrases.preset({ name: plan.dataset.preset, rows: plan.dataset.rows, seed: plan.seed, untilMs });
  }
  if ("backup" in plan.dataset) throw new Defect("somebody's own database is restored, and not built");
  const names: string[] = [];
  for (const [index, file] of plan.dataset.sql.entries()) {
    const name = `${index + 1}-${basename(file)}`;
    const found = await stat(file).catch(() => null);
    if (found === null) {
      throw new UsageError(`dataset file not found: ${file}`, {
        code: "FB_DATASET_MISSING",
        next: [`ls -l ${quote(file)}`, `mend world.dataset.sql in ${plan.scenario.file}`],
      });
    }
    await server.put(`${server.folders.scratch}/${name}`, createReadStream(file), found.size);
    names.push(name);
  }
  return languageOf(plan.engine).loadSql(names);
}

interface TakeRequest {
  readonly backup: PlannedBackup;
  /** Simulated, Unix milliseconds. */
  readonly atMs: number;
  readonly archive: Archive | null;
}

/** Takes one backup with the engine's own tools and brings its files to the store. Returns them. */
async function takeBackup(kit: WorldKit, { backup, atMs, archive }: TakeRequest): Promise<Shipped> {
  const { plan, runner } = kit;
  const step = { phase: "world", name: `backup-${backup.name}` } as const;
  const stem = `${plan.database}-${stamp(atMs)}`;
  await runner.must(deed("Make room for a backup.", 'mkdir "$BACKUP_DIR"'), step);
  for (const line of backup.method.backup(stem, backup.options)) await runner.must(line, step);
  const ofRepository = backup.method.repository !== undefined && archive !== null;
  const shipped = ofRepository ? await archive.ship(atMs) : await moveFiles(kit, backup, atMs);
  // A script that made nothing may have said that all is well: that is for the recovery to find out.
  if (shipped.length === 0 && backup.method.scripts === undefined)
    throw new UnavailableError(`backup ${backup.name} made no file`, { code: "FB_WORLD" });
  await runner.must(deed("Clear the backup's folder.", 'rm -r "$BACKUP_DIR"'), step);
  const own = shipped.filter(({ key }) => !isGlobals(key));
  kit.write({
    kind: "backup-taken",
    name: backup.name,
    method: backup.method.name,
    simulatedAt: iso(atMs),
    ageMs: backup.ageMs,
    keys: shipped.map(({ key }) => key),
    sizeBytes: own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sha256: own.map(({ sha256 }) => sha256).join(" "),
    decoy: backup.decoy,
  });
  return shipped;
}

/** From the backup's folder in the sandbox to its folder in the store. */
async function moveFiles(
  { runner, server, store: main, offsite }: WorldKit,
  { name, fault, offsite: isOffsite }: PlannedBackup,
  atMs: number,
): Promise<Shipped> {
  const store = isOffsite && offsite !== null ? offsite : main;
  const step = { phase: "world", name: `backup-${name}` } as const;
  const folder = `${server.folders.scratch}/backup`;
  const list = deed("List the files of the backup.", 'cd "$BACKUP_DIR" && find . -type f -exec stat -c "%s %n" {} +');
  const files = (await runner.must(list, step)).stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
  const moved: { key: string; sizeBytes: number; sha256: string }[] = [];
  const sizeOfFile = (file: string) => Number(file.split(" ")[0]);
  const largest = Math.max(0, ...files.map(sizeOfFile));
  for (const file of files) {
    const path = file.slice(file.indexOf(" ") + 1).replace(/^\.\//, "");
    const sizeBytes = sizeOfFile(file);
    // What breaks off is the one that takes long; what is small came through before.
    const own = fault === "truncated" && sizeBytes < largest ? null : fault;
    const hash = sha256Of(withFault(server.get(`${folder}/${path}`), own, sizeBytes));
    const stored = await store.write(`${name}/${path}`, hash.stream, new Date(atMs));
    const key = store === offsite ? `${OFFSITE}${stored.key}` : stored.key;
    moved.push({ key, sizeBytes: stored.sizeBytes, sha256: await hash.digest });
  }
  return moved;
}
