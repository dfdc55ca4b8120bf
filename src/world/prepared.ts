/**
 * Worlds that were built before. Building the same world twice is waste: everything up to the moment of the damage is
 * kept (the server's folders, the backups, the ledger) and laid out again for the next run of the same scenario. Nothing
 * that is measured is ever kept: the damage and all that follows happen anew each time.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { UnavailableError } from "../errors.ts";
import { allDone } from "../host/all-done.ts";
import { makeFolder } from "../host/make-folder.ts";
import type { Command, Line, Places, RunRequest, Server, WorldStore } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import type { SavedLedger } from "./ledger.ts";

/** Together they take no more room than this; the one that was used longest ago goes first. */
const MOST_BYTES = 4 * 1024 ** 3;

/** What a run needs to go on from where another one stood when it was about to do the damage. */
export interface Prepared {
  readonly runId: string;
  readonly preparedAt: string;
  /** Simulated moment of the damage, Unix milliseconds. */
  readonly damagedAtMs: number;
  readonly expectedBytes: number;
  readonly databaseBytes: number;
  readonly made: readonly string[];
  readonly names: readonly (readonly [string, string])[];
  readonly writtenAt: readonly (readonly [string, string])[];
  readonly seen: readonly (readonly [string, string])[];
  readonly ledger: SavedLedger;
  /** What was written down while it was built: its data, its backups, its writer. */
  readonly events: readonly EventBody[];
}

export interface PreparedWorlds {
  /** The world of this plan, or null when none was kept. */
  find(plan: Plan): Promise<PreparedWorld | null>;
  /** Keeps a world. Whatever goes wrong, the run goes on: then it is built again next time. */
  keep(plan: Plan, kit: KeepKit): Promise<void>;
}

export interface PreparedWorld {
  readonly prepared: Prepared;
  /** Lays it out, all at the same time: the server's folders in place of an empty one, the backups, the ledger's files. */
  layOut(to: { server: Server; store: WorldStore; ledgerFolder: string }): Promise<void>;
}

/** Where a run keeps the files of its ledger, in its own folder. */
export const ledgerFolderOf = (folder: string): string => join(folder, "ledger");

export interface KeepKit {
  readonly server: Server;
  readonly store: WorldStore;
  readonly ledgerFolder: string;
  readonly prepared: Prepared;
  readonly places: Places;
  readonly signal: AbortSignal;
}

/**
 * The server's folders, in two parts that are laid out at the same time: they are some thousand small files, and making a
 * file keeps one processor busy.
 */
const PARTS = [0, 1] as const;
type PartNumber = (typeof PARTS)[number];
const imageOf = (part: PartNumber) => `server.${part}.tar.zst`;

/** Functions are told by their text: another version of Fogbell makes another world. */
const told = (_key: string, value: unknown) => (typeof value === "function" ? String(value) : value);

/** The same key, the same world. `build` tells one version of this program from another. */
export function worldKey(plan: Plan, build: string): string {
  const { scenario, engine, version, spec, seed, dataset, database, log, backups } = plan;
  const { file, world } = scenario;
  const parts = {
    build,
    engine: engine.name,
    version,
    spec,
    seed,
    dataset,
    database,
    log,
    backups,
    world,
    folder: dirname(file),
  };
  return createHash("sha256").update(JSON.stringify(parts, told)).digest("hex").slice(0, 32);
}

/**
 * A replica is a second server that runs: it cannot be kept. A file of the user's may change: neither can what it made.
 * Of the stores only the main one is kept.
 */
function isKeepable({ backups, dataset }: Plan): boolean {
  return (
    "preset" in dataset &&
    backups.every(({ method, offsite }) => method.live === undefined && method.scripts === undefined && !offsite)
  );
}

/**
 * About half of the files: an inode's number is a file's own, whoever lists them and in whatever order. The folders, with
 * their rights, come first in each part: a program that unpacks a file into a folder which the other one makes in that
 * moment gives up. Zeros are left out: some servers fill a log of hundreds of megabytes with them.
 */
const pack = (part: PartNumber): Line => ({
  say: `Keep the world as it is now, part ${part + 1} of ${PARTS.length}.`,
  script: `cd "$(dirname "$SCRATCH")" && {
find data scratch archive -type d
find data scratch archive ! -type d -printf '%i %p\\n' |
  awk '$1 % ${PARTS.length} == ${part} { sub(/^[0-9]+ /, ""); print }'
} | tar -c -S --hole-detection=raw -f - -I 'zstd -q -1' --no-recursion -T -`,
  uses: ["SCRATCH"],
  destroys: false,
});

/** Fed with the part's image, which never lies there as a file: it would be written and read for nothing. */
const unpack = (part: PartNumber): Line => ({
  say: `Lay out a world that was built before, part ${part + 1} of ${PARTS.length}.`,
  script: `cd "$(dirname "$SCRATCH")" && tar -x -p -I 'zstd -dq' -f -`,
  uses: ["SCRATCH"],
  destroys: false,
});

const asCommand = (line: Line, id: string): Command => ({ ...line, id, phase: "world" });

async function assertDone(
  server: Server,
  line: Line,
  { places, source }: Pick<RunRequest, "places" | "source">,
): Promise<void> {
  const signal = new AbortController().signal;
  const command = asCommand(line, "prepared");
  const outcome = await server.run({ command, places, signal, ...(source === undefined ? {} : { source }) });
  if (outcome.exitCode === 0) return;
  throw new UnavailableError(`"${line.say}" failed: ${outcome.stderrTail.trim()}`, {
    code: "FB_WORLD",
    next: ["fogbell gc --worlds", "fogbell run --fresh-world …"],
  });
}

function open(folder: string, prepared: Prepared): PreparedWorld {
  async function fill(server: Server, part: PartNumber): Promise<void> {
    const source = createReadStream(join(folder, imageOf(part)));
    await assertDone(server, unpack(part), { places: { SCRATCH: server.folders.scratch }, source });
  }
  async function stock(store: WorldStore): Promise<void> {
    for (const [key, at] of prepared.writtenAt)
      await store.write(key, createReadStream(join(folder, "store", key)), new Date(at));
  }
  return {
    prepared,
    layOut: ({ server, store, ledgerFolder }) =>
      allDone([
        ...PARTS.map((part) => fill(server, part)),
        stock(store),
        cp(ledgerFolderOf(folder), ledgerFolder, { recursive: true }),
      ]),
  };
}

/** Longer than any world takes to be packed: what is older was left behind by a run that was killed. */
const MAKING_MS = 60 * 60 * 1000;

/** Whether another drill is packing it at this moment: drills may run beside each other. */
async function isBeingMade(root: string, name: string): Promise<boolean> {
  if (!name.startsWith(".")) return false;
  const found = await stat(join(root, name)).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs < MAKING_MS;
}

/** Removes kept worlds, the one used longest ago first, until at most `bytes` are left. Returns what went. */
export async function pruneWorlds(root: string, bytes: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await readdir(root).catch(() => [])) if (!(await isBeingMade(root, name))) names.push(name);
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(root, name);
      const images = await Promise.all(PARTS.map((part) => stat(join(folder, imageOf(part))))).catch(() => []);
      const size = images.reduce((sum, image) => sum + image.size, 0);
      return { folder, mtimeMs: images[0]?.mtimeMs ?? 0, size };
    }),
  );
  const gone: string[] = [];
  let left = found.reduce((sum, { size }) => sum + size, 0);
  for (const { folder, size } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (left <= bytes && size > 0) continue;
    await rm(folder, { recursive: true, force: true });
    left -= size;
    gone.push(`prepared world ${folder}`);
  }
  return gone;
}

async function packInto(
  file: string,
  part: PartNumber,
  { server, places, signal }: Pick<KeepKit, "server" | "places" | "signal">,
): Promise<void> {
  const image = createWriteStream(file);
  // Listened to from the beginning: an error that nobody hears ends the program.
  const written = finished(image);
  written.catch(() => {});
  const sink = (chunk: Uint8Array) => void image.write(chunk);
  const packed = await server.run({ command: asCommand(pack(part), `pack-${part}`), places, signal, sink });
  image.end();
  await written;
  if (packed.exitCode !== 0) throw new UnavailableError(packed.stderrTail, { code: "FB_WORLD" });
}

/** `root` is a folder of the user's cache; `build` tells one version of this program from another. */
export function preparedWorlds(root: string, build: string): PreparedWorlds {
  const folderOf = (plan: Plan) => join(root, worldKey(plan, build));
  return {
    async find(plan) {
      if (!isKeepable(plan)) return null;
      const folder = folderOf(plan);
      const text = await readFile(join(folder, "prepared.json"), "utf8").catch(() => null);
      if (text === null) return null;
      const now = new Date();
      await utimes(join(folder, imageOf(0)), now, now);
      return open(folder, JSON.parse(text) as Prepared);
    },
    async keep(plan, { server, store, ledgerFolder, prepared, places, signal }) {
      if (!isKeepable(plan)) return;
      const beside = join(root, `.${randomBytes(6).toString("hex")}`);
      try {
        await makeFolder(join(beside, "store"));
        await assertDone(server, plan.spec.shutDown, { places });
        try {
          await allDone(PARTS.map((part) => packInto(join(beside, imageOf(part)), part, { server, places, signal })));
        } finally {
          await assertDone(server, plan.spec.start, { places });
        }
        const stored = new Set<string>();
        for await (const object of store.list("")) {
          stored.add(object.key);
          const file = join(beside, "store", object.key);
          await mkdir(dirname(file), { recursive: true });
          await pipeline(store.read(object), createWriteStream(file));
        }
        await cp(ledgerFolder, ledgerFolderOf(beside), { recursive: true });
        // What was pruned since is not there to be laid out.
        const writtenAt = prepared.writtenAt.filter(([key]) => stored.has(key));
        await writeFile(join(beside, "prepared.json"), JSON.stringify({ ...prepared, writtenAt }));
        await rename(beside, folderOf(plan)).catch(() => {});
        await pruneWorlds(root, MOST_BYTES);
      } finally {
        await rm(beside, { recursive: true, force: true });
      }
    },
  };
}
