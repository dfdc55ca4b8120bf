/**
 * From a store to this host's scratch folder: ranges in parallel, each retried and resumed, the whole hashed. Memory
 * holds a few chunks, however large the backup. A fetch that was cut off goes on where it stopped.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FogbellError, UnavailableError } from "../errors.ts";
import { allDone } from "../host/all-done.ts";
import { explainDisk, roomIn } from "../host/disk-fault.ts";
import type { Link } from "../host/link.ts";
import { makeFolder } from "../host/make-folder.ts";
import { abortable, pause } from "../host/stream.ts";
import { formatBytes } from "../host/units.ts";
import type { Store, StoredObject } from "../parts.ts";
import type { Progress } from "../record.ts";
import { fileNames } from "./file-names.ts";
import { finishedBefore, openPartial, type Partial, type PartialRequest, statePath } from "./partial.ts";
import { unreadableError } from "./unreadable.ts";

const RANGE_BYTES = 8 * 1024 * 1024;
const PARALLEL = 4;
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 200;
const PIECES_A_SECOND = 4;
/** Room to leave on the disk beyond the copy itself. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** Below the folder of a fetch: where the pieces of the log go, and what only goes with a backup. */
export const LOG_FOLDER = "log";
export const BESIDE_FOLDER = "beside";

export interface FetchRequest {
  readonly store: Store;
  readonly objects: readonly StoredObject[];
  /** Pieces of the log that go with them; they come to lie in a folder of their own. */
  readonly log?: readonly StoredObject[];
  /** What goes with the backup and is none of it: roles. In a folder of its own, too. */
  readonly beside?: readonly StoredObject[];
  /** Made when missing. Members of one backup share a folder in it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
  /** What all of it comes through, when it may not be faster than that; the same for several fetches. */
  readonly link?: Link | null;
  /** Ranges at once. */
  readonly parallel?: number;
  /** Room in the folder; asked of its disk when not told. */
  readonly freeBytes?: number;
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

interface Run {
  readonly request: FetchRequest;
  retries: number;
  doneBytes: number;
  readonly totalBytes: number;
}

/** What a fetch tells of itself, as progress under a label; its time counts from now. */
export function fetchProgress(label: string, onProgress: (progress: Progress) => void): FetchRequest["onProgress"] {
  const beganMs = performance.now();
  return ({ doneBytes, totalBytes }) =>
    onProgress({ kind: "progress", label, doneBytes, totalBytes, elapsedMs: performance.now() - beganMs });
}

/** What an error of the scratch disk means. Everything else passes unchanged. */
const explainScratch = (thrown: unknown, folder: string): unknown =>
  explainDisk(thrown, {
    what: `the copy in ${folder}`,
    folder,
    larger: "export TMPDIR=… (a folder on a larger disk)",
    code: "FB_SCRATCH",
  });

async function onDisk<T>(work: Promise<T>, folder: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainScratch(error, folder);
  }
}

/** What lies there already, whole or in part, needs no second room. */
async function bytesThere(path: string): Promise<number> {
  const found = await Promise.all([`${path}.part`, path].map((file) => stat(file).catch(() => null)));
  return Math.max(...found.map((one) => (one === null ? 0 : one.blocks * 512)));
}

async function assertRoom({ folder, freeBytes }: FetchRequest, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = freeBytes ?? bavail * bsize;
  if (free >= neededBytes + SPARE_BYTES) return;
  throw new UnavailableError(
    `fetching needs ${formatBytes(neededBytes)} and some spare; ${formatBytes(free)} are free in ${folder}`,
    { code: "FB_DISK_FULL", next: roomIn(folder) },
  );
}

/** Over a slow link a chunk takes long: cut, so that it flows evenly and one sees that it does. */
function* pieces(chunk: Uint8Array, link: Link | null): Iterable<Uint8Array> {
  const most = link === null ? chunk.length : Math.max(1024, Math.floor(link.bytesPerSecond / PIECES_A_SECOND));
  for (let from = 0; from < chunk.length; from += most) yield chunk.subarray(from, from + most);
}

interface RangeRequest {
  readonly at: number;
  readonly to: number;
  readonly write: (bytes: Uint8Array, at: number) => Promise<void>;
}

/** Fetches one range into its place in the file, however often the connection breaks. Throws when it never comes whole. */
async function fetchRange(run: Run, object: StoredObject, { at: from, to, write }: RangeRequest): Promise<void> {
  const { store, signal, onProgress, link = null } = run.request;
  const short = (what: string) => new UnavailableError(`${object.key} ${what}`, { code: "FB_STORE_UNREADABLE" });
  let at = from;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const chunk of abortable(store.read(object, at, to), signal)) {
        // It would be written over the range that follows.
        if (at + chunk.length > to) throw short(`went on after byte ${to}`);
        for (const piece of pieces(chunk, link)) {
          await link?.take(piece.length, signal);
          await write(piece, at);
          at += piece.length;
          run.doneBytes += piece.length;
          onProgress({ doneBytes: run.doneBytes, totalBytes: run.totalBytes });
        }
      }
      if (at === to) return;
      throw short(`ended at byte ${at} of ${to}`);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (attempt >= ATTEMPTS || isFinal(error)) throw error;
      run.retries += 1;
      await pause(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    }
  }
}

/** Errors that trying again cannot mend. */
function isFinal(error: unknown): boolean {
  return error instanceof FogbellError && error.code !== "FB_STORE_UNREADABLE";
}

async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** All ranges that are not there yet, some at once. The first that fails for good ends the others after their range. */
async function fetchRanges(run: Run, object: StoredObject, partial: Partial): Promise<void> {
  const { folder, parallel = PARALLEL } = run.request;
  const end = (index: number) => Math.min(object.sizeBytes, (index + 1) * RANGE_BYTES);
  for (const index of partial.done) run.doneBytes += end(index) - index * RANGE_BYTES;
  const write = (bytes: Uint8Array, at: number) => onDisk(partial.write(bytes, at), folder);
  const count = Math.ceil(object.sizeBytes / RANGE_BYTES);
  const todo = Array.from({ length: count }, (_, index) => index).filter((index) => !partial.done.has(index));
  const worker = async () => {
    try {
      for (let index = todo.shift(); index !== undefined; index = todo.shift()) {
        await fetchRange(run, object, { at: index * RANGE_BYTES, to: end(index), write });
        partial.record(index);
      }
    } finally {
      todo.length = 0;
    }
  };
  await allDone(Array.from({ length: parallel }, worker));
}

async function fetchObject(run: Run, object: StoredObject, path: string): Promise<string> {
  const { store, signal } = run.request;
  const { key, version = null, sizeBytes, tag, modifiedAt } = object;
  const of = JSON.stringify([store.place, key, version, sizeBytes, tag ?? modifiedAt, RANGE_BYTES]);
  const request: PartialRequest = { path, of, sizeBytes, rangeBytes: RANGE_BYTES };
  const before = await finishedBefore(request);
  if (before !== null && (await hashFile(path, signal)) === before) {
    run.doneBytes += sizeBytes;
    return before;
  }
  await using partial = await openPartial(request);
  await fetchRanges(run, object, partial);
  await partial.finish(null);
  const sha256 = await hashFile(partial.file, signal);
  await partial.finish(sha256);
  await rename(partial.file, path);
  return sha256;
}

/**
 * Fetches every object of a recovery point. Throws UnavailableError when the store or the disk fails; what was fetched
 * by then stays in the folder, and the same call goes on from it.
 */
export async function fetchToScratch(request: FetchRequest): Promise<Fetched> {
  const { folder, signal } = request;
  const log = request.log ?? [];
  const beside = request.beside ?? [];
  const objects = [...request.objects, ...log, ...beside];
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const run: Run = { request, retries: 0, doneBytes: 0, totalBytes };
  const files: Fetched["files"][number][] = [];
  const paths = [
    ...fileNames(request.objects.map(({ key }) => key)),
    ...fileNames(log.map(({ key }) => basename(key))).map((name) => join(LOG_FOLDER, name)),
    ...fileNames(beside.map(({ key }) => basename(key))).map((name) => join(BESIDE_FOLDER, name)),
  ].map((name) => join(folder, name));
  try {
    signal.throwIfAborted();
    // Some are listed without a size, and would come as empty files.
    for (const { key, unreadable } of objects) if (unreadable !== undefined) throw unreadableError(key, unreadable);
    for (const parent of new Set([folder, ...paths.map(dirname)])) await makeFolder(parent);
    const there = await Promise.all(paths.map(bytesThere));
    await assertRoom(request, Math.max(0, totalBytes - there.reduce((sum, bytes) => sum + bytes, 0)));
    for (const [index, object] of objects.entries()) {
      const path = paths[index] ?? "";
      const sha256 = await fetchObject(run, object, path);
      files.push({ key: object.key, path, sizeBytes: object.sizeBytes, sha256 });
    }
    // Only now: until the last object is there, the state of the first says that it need not come again.
    for (const path of paths) await rm(statePath(path), { force: true });
  } catch (error) {
    throw signal.aborted ? signal.reason : explainScratch(error, folder);
  }
  const [only] = files;
  const all = createHash("sha256")
    .update(files.map((file) => `${basename(file.key)} ${file.sha256}\n`).join(""))
    .digest("hex");
  const sha256 = files.length === 1 && only !== undefined ? only.sha256 : all;
  return { files, bytes: totalBytes, retries: run.retries, sha256 };
}
