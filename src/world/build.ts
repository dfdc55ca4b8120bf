/** Builds a world: the application's database, a writer on the simulated timeline, backups of known age, the ledger. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UnavailableError, UsageError } from "../errors.ts";
import { sha256Of } from "../host/digest.ts";
import type { Line, RecoveryPoint, Server, WorldStore } from "../parts.ts";
import type { Plan, PlannedBackup } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import { type Archive, openArchive, type Shipped } from "./archive.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { openReplicas, replicaPoints } from "./replicas.ts";
import { openRetention } from "./retention.ts";
import type { Runner } from "./runner.ts";
import { beginning, type Stretch, stamp, stretches } from "./timeline.ts";

export interface WorldKit {
  readonly plan: Plan;
  readonly server: Server;
  readonly runner: Runner;
  readonly store: WorldStore;
  readonly write: (body: EventBody) => void;
  /** A folder of this run on the host, for the ledger. */
  readonly folder: string;
  /** Simulated moment of the damage, Unix milliseconds. */
  readonly damagedAtMs: number;
  /** Runs something while the side's places stand for those of the replica of this name. */
  readonly beside: <T>(replica: string, work: () => Promise<T>) => Promise<T>;
}

export interface World {
  readonly ledger: Ledger;
  /** Size of the database when its newest backup was taken, in bytes: what a restore should grow to. */
  readonly expectedBytes: number;
  /** Hashes of every file that this run's backups consist of. */
  readonly made: ReadonlySet<string>;
  /** Simulated moments, ISO 8601, at which this run's objects came to the store, by key. */
  readonly writtenAt: ReadonlyMap<string, string>;
  /** Moves what the server has archived of its log to the store; null when it archives none. */
  readonly ship: (() => Promise<void>) | null;
  /** Recovery points that run beside the database. */
  readonly live: readonly RecoveryPoint[];
  /** Lets the pruning job run if it is due and nobody froze it. */
  pruneOn(): Promise<void>;
  /** Key → name of the backup that brought it. */
  readonly names: ReadonlyMap<string, string>;
  /** Lets the writer go on after the damage, and records what it committed. */
  writeOn(): Promise<void>;
}

const deed = (say: string, script: string): Line => ({ say, script, uses: ["BACKUP_DIR"], destroys: false });

const iso = (atMs: number) => new Date(atMs).toISOString();

/** Builds everything up to the moment of the damage. Throws UnavailableError when the world cannot be made. */
export async function buildWorld(given: WorldKit): Promise<World> {
  const { plan, runner, damagedAtMs } = given;
  const { phrases } = plan.engine;
  const writtenAt = new Map<string, string>();
  const kit: WorldKit = { ...given, store: remembering(given.store, writtenAt) };
  const world = { phase: "world" } as const;
  const { everyMs, afterDamageMs } = plan.scenario.world.writer;
  const startMs = beginning(plan.backups, damagedAtMs, everyMs);

  await putScripts(kit);
  for (const line of await datasetLines(kit, startMs)) await runner.must(line, { ...world, name: "dataset" });
  await runner.must(phrases.createHeartbeat(), { ...world, name: "heartbeat" });
  const ledger = await openLedger(join(kit.folder, "ledger"), phrases, (line, sink) =>
    runner.ask(line, { ...world, name: "ledger" }, sink),
  );

  const write = async (stretch: Omit<Stretch, "end">) => {
    const ticks = Math.floor((stretch.toMs - stretch.fromMs) / stretch.everyMs);
    if (ticks === 0) return;
    const preset = "preset" in plan.dataset ? plan.dataset.preset : null;
    const { fromMs, toMs, everyMs: beatMs } = stretch;
    const request = { fromMs, toMs, everyMs: beatMs, preset, seed: plan.seed };
    await runner.must(phrases.writeTicks(request), { ...world, name: "writer" });
    kit.write({ kind: "writer-ran", simulatedFrom: iso(stretch.fromMs), simulatedTo: iso(stretch.toMs), ticks });
  };
  const record = async (name: string, atMs: number) => {
    const state = await ledger.record(name, atMs);
    const rows = [...state.tables.values()].reduce((sum, table) => sum + table.rows, 0);
    kit.write({ kind: "ledger-recorded", state: name, simulatedAt: iso(atMs), tables: state.tables.size, rows });
    return { tables: state.tables.size, rows };
  };

  const made = new Set<string>();
  const names = new Map<string, string>();
  let expectedBytes = 0;
  let size = { tables: 0, rows: 0 };
  const archive = plan.log === null ? null : openArchive(kit, plan.log, (hash) => made.add(hash));
  await archive?.clear();
  const logEveryMs = plan.log?.everyMs ?? null;
  const replicas = openReplicas(kit);
  const retention = await openRetention(kit, writtenAt);
  const timeline = { backups: plan.backups, damagedAtMs, everyMs, logEveryMs, afterDamageMs };
  for (const { end, ...stretch } of stretches(timeline)) {
    await write(stretch);
    size = await record("backup" in end ? `${end.kind} ${end.backup.name}` : end.kind, stretch.toMs);
    if (end.kind === "log") await archive?.close(stretch.toMs);
    if (end.kind === "hold") await replicas.hold(end.backup, stretch.toMs);
    if (end.kind !== "backup") continue;
    if (end.backup.method.live !== undefined) {
      await replicas.make(end.backup, stretch.toMs);
      continue;
    }
    expectedBytes = Number((await runner.must(phrases.databaseSize(), { ...world, name: "size" })).stdout.trim());
    for (const { key, sha256 } of await takeBackup(kit, { backup: end.backup, atMs: stretch.toMs, archive })) {
      made.add(sha256);
      // A repository's index is written again with each backup: it is nobody's.
      names.set(key, end.backup.name);
    }
  }
  await retention?.prune(damagedAtMs);
  const databaseBytes = Number((await runner.must(phrases.databaseSize(), { ...world, name: "size" })).stdout.trim());
  const dataset =
    "preset" in plan.dataset ? plan.dataset.preset : plan.dataset.sql.map((file) => basename(file)).join(", ");
  kit.write({ kind: "dataset-built", dataset, seed: plan.seed, ...size, databaseBytes });

  return {
    ledger,
    expectedBytes,
    made,
    writtenAt,
    names,
    get live() {
      return replicaPoints(replicas.all, { foundAtMs: damagedAtMs + afterDamageMs, bytes: databaseBytes });
    },
    pruneOn: async () => retention?.prune(damagedAtMs + afterDamageMs + (plan.scenario.world.retention?.nextMs ?? 0)),
    ship: archive === null ? null : async () => void (await archive.ship(damagedAtMs + afterDamageMs)),
    async writeOn() {
      if (afterDamageMs > 0) await write({ fromMs: damagedAtMs, toMs: damagedAtMs + afterDamageMs, everyMs });
      await record("truth", damagedAtMs + afterDamageMs);
      await replicas.arrive();
    },
  };
}

/** A store that notes when, on the simulated timeline, each object came to it. */
function remembering(store: WorldStore, writtenAt: Map<string, string>): WorldStore {
  return {
    ...store,
    async write(key, body, at) {
      const stored = await store.write(key, body, at);
      if (at !== undefined) writtenAt.set(stored.key, at.toISOString());
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
        next: [`mend world.backups in ${plan.scenario.file}: paths are relative to it`],
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
  const names: string[] = [];
  for (const [index, file] of plan.dataset.sql.entries()) {
    const name = `${index + 1}-${basename(file)}`;
    const found = await stat(file).catch(() => null);
    if (found === null) {
      throw new UsageError(`dataset file not found: ${file}`, {
        code: "FB_DATASET_MISSING",
        next: [`mend world.dataset.sql in ${plan.scenario.file}`],
      });
    }
    await server.put(`${server.folders.scratch}/${name}`, createReadStream(file), found.size);
    names.push(name);
  }
  return phrases.loadSql(names);
}

interface TakeRequest {
  readonly backup: PlannedBackup;
  /** Simulated, Unix milliseconds. */
  readonly atMs: number;
  readonly archive: Archive | null;
}

/** Takes one backup with the engine's own tools and brings its files to the store. Returns them, but those that hold roles only. */
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
  const own = shipped.filter(({ key }) => !key.includes(".globals."));
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
  return own;
}

/** From the backup's folder in the sandbox to its folder in the store. */
async function moveFiles({ runner, server, store }: WorldKit, { name }: PlannedBackup, atMs: number): Promise<Shipped> {
  const step = { phase: "world", name: `backup-${name}` } as const;
  const folder = `${server.folders.scratch}/backup`;
  const list = deed("List the files of the backup.", 'cd "$BACKUP_DIR" && find . -type f -exec stat -c "%s %n" {} +');
  const files = (await runner.must(list, step)).stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
  const moved: { key: string; sizeBytes: number; sha256: string }[] = [];
  for (const file of files) {
    const path = file.slice(file.indexOf(" ") + 1).replace(/^\.\//, "");
    const hash = sha256Of(server.get(`${folder}/${path}`));
    const { key, sizeBytes } = await store.write(`${name}/${path}`, hash.stream, new Date(atMs));
    moved.push({ key, sizeBytes, sha256: await hash.digest });
  }
  return moved;
}
