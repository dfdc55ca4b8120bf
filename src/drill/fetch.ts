/**
 * From a store to this host's scratch folder: ranges in parallel, each retried and resumed, the whole hashed. Memory
 * holds a few chunks, however large the backup. A fetch that was cut off goes on where it stopped.
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { FogbellError, UnavailableError } from "../errors.ts";
import { formatBytes } from "../host/units.ts";
import type { Store, StoredObject } from "../parts.ts";

const RANGE_BYTES = 8 * 1024 * 1024;
const PARALLEL = 4;
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 200;
/** Room to leave on the disk beyond the copy itself. */
const SPARE_BYTES = 64 * 1024 * 1024;

export interface FetchRequest {
  readonly store: Store;
  readonly objects: readonly StoredObject[];
  /** Made when missing. Members of one backup land side by side in it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

export interface Fetched {
  readonly files: readonly {
    readonly key: string;
    readonly path: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
  readonly bytes: number;
  readonly retries: number;
  /** Of one object its own hash, of several the hash of their names and hashes. */
  readonly sha256: string;
}

function diskFull(folder: string, error?: unknown): UnavailableError {
  return new UnavailableError(`the disk of ${folder} is full`, {
    code: "FB_DISK_FULL",
    next: ["free some room", "fogbell gc", "set TMPDIR to a larger disk"],
    cause: error,
  });
}

async function assertRoom(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= neededBytes + SPARE_BYTES) return;
  throw new UnavailableError(
    `fetching needs ${formatBytes(neededBytes)} and some spare; ${formatBytes(free)} are free in ${folder}`,
    { code: "FB_DISK_FULL", next: ["free some room", "fogbell gc", "set TMPDIR to a larger disk"] },
  );
}

/** Which ranges of a partial copy are done; valid only for the very object it was begun with. */
interface Partial {
  readonly of: string;
  readonly done: number[];
}

async function readPartial(file: string, of: string): Promise<Partial> {
  try {
    const partial = JSON.parse(await readFile(file, "utf8")) as Partial;
    if (partial.of === of) return partial;
  } catch {
    // None, or not readable: begin anew.
  }
  return { of, done: [] };
}

interface Run {
  readonly request: FetchRequest;
  retries: number;
  doneBytes: number;
  readonly totalBytes: number;
}

/** Fetches one range into its place in the file, however often the connection breaks. Throws when it never comes whole. */
async function fetchRange(
  run: Run,
  object: StoredObject,
  range: { at: number; to: number; write: (bytes: Uint8Array, at: number) => Promise<void> },
): Promise<void> {
  const { store, signal } = run.request;
  let at = range.at;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      for await (const chunk of store.read(object, at, range.to)) {
        signal.throwIfAborted();
        await range.write(chunk, at);
        at += chunk.length;
        run.doneBytes += chunk.length;
        run.request.onProgress({ doneBytes: run.doneBytes, totalBytes: run.totalBytes });
      }
      if (at === range.to) return;
      throw new UnavailableError(`${object.key} ended at byte ${at} of ${range.to}`, { code: "FB_STORE_UNREADABLE" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw diskFull(run.request.folder, error);
      if (signal.aborted || attempt >= ATTEMPTS || isFinal(error)) throw error;
      run.retries += 1;
      await wait(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    }
  }
}

/** Errors that trying again cannot mend. */
function isFinal(error: unknown): boolean {
  return error instanceof FogbellError && error.code !== "FB_STORE_UNREADABLE";
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

async function fetchObject(run: Run, object: StoredObject, path: string): Promise<string> {
  const part = `${path}.part`;
  const state = `${path}.state.json`;
  const partial = await readPartial(
    state,
    `${object.key} ${object.version ?? ""} ${object.sizeBytes} ${object.tag ?? object.modifiedAt}`,
  );
  const done = new Set(partial.done);
  const handle = await open(part, done.size > 0 ? "r+" : "w", 0o600);
  try {
    const ranges = Array.from({ length: Math.ceil(object.sizeBytes / RANGE_BYTES) }, (_, index) => index);
    const ends = (index: number) => Math.min(object.sizeBytes, (index + 1) * RANGE_BYTES);
    for (const index of done) run.doneBytes += ends(index) - index * RANGE_BYTES;
    const todo = ranges.filter((index) => !done.has(index));
    const worker = async () => {
      for (let index = todo.shift(); index !== undefined; index = todo.shift()) {
        const write = async (bytes: Uint8Array, at: number) => void (await handle.write(bytes, 0, bytes.length, at));
        await fetchRange(run, object, { at: index * RANGE_BYTES, to: ends(index), write });
        partial.done.push(index);
        await writeFile(state, JSON.stringify(partial));
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: PARALLEL }, worker));
    const failed = ended.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    await handle.sync();
  } finally {
    await handle.close();
  }
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(part)) hash.update(chunk as Uint8Array);
  await rename(part, path);
  await rm(state, { force: true });
  return hash.digest("hex");
}

/**
 * Fetches every object of a recovery point. Throws UnavailableError when the store or the disk fails; what was fetched
 * by then stays in the folder, and the same call goes on from it.
 */
export async function fetchToScratch(request: FetchRequest): Promise<Fetched> {
  const { objects, folder } = request;
  await mkdir(folder, { recursive: true });
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await assertRoom(folder, totalBytes);
  const run: Run = { request, retries: 0, doneBytes: 0, totalBytes };
  const files: Fetched["files"][number][] = [];
  for (const object of objects) {
    const path = join(folder, basename(object.key));
    const sha256 = await fetchObject(run, object, path);
    files.push({ key: object.key, path, sizeBytes: object.sizeBytes, sha256 });
  }
  const [only] = files;
  const all = createHash("sha256")
    .update(files.map((file) => `${basename(file.key)} ${file.sha256}\n`).join(""))
    .digest("hex");
  return {
    files,
    bytes: totalBytes,
    retries: run.retries,
    sha256: files.length === 1 && only !== undefined ? only.sha256 : all,
  };
}
