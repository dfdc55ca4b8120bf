/** Backups in a directory of this machine. Opened for recovery it only reads; a world writes below its own prefix. */
import { randomBytes } from "node:crypto";
import { constants, createWriteStream, type Stats } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { defineStore } from "../define.ts";
import { RefusedError, UnavailableError, UnreadableError, UsageError } from "../errors.ts";
import { assertInner } from "../host/inner-key.ts";
import { LABEL_NAME, parseLabel } from "../host/label.ts";
import { quote } from "../host/sh.ts";
import { abortable } from "../host/stream.ts";
import type { RunLabel, Store, StoredObject, WorldStore } from "../parts.ts";
import { explain } from "./directory-errors.ts";
import { toObject, walk } from "./directory-list.ts";

const options = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("The directory.")
    .meta({ examples: ["/var/backups"] }),
});
type Options = z.infer<typeof options>;

const CHUNK_BYTES = 256 * 1024;
/** A key's file. Throws RefusedError for a key that leads out of the directory, by its own words or through a link. */
async function fileOf(root: string, key: string): Promise<string> {
  assertInner(key, root);
  let file = root;
  for (const segment of key.split("/")) {
    file = join(file, segment);
    const found = await lstat(file).catch(() => null);
    if (found === null) break;
    if (found.isSymbolicLink()) {
      throw new RefusedError(`the key "${key}" goes through a link in ${root}`, { code: "FB_KEY_ESCAPES" });
    }
  }
  return join(root, key);
}

function assertSame(object: StoredObject, found: Stats): void {
  if (object.tag === undefined || toObject(object.key, found).tag === object.tag) return;
  throw new UnavailableError(`${object.key} changed while it was being read`, {
    code: "FB_OBJECT_CHANGED",
    next: ["find out who writes to this store, then run again"],
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a range; a file that ends early or was changed since it was listed is an error, never a short answer. Asked of
 * one open file before and after, so that neither a replacement nor a writer in place goes unnoticed.
 */
async function* readRange(root: string, object: StoredObject, { from, to, signal }: Range): AsyncIterable<Uint8Array> {
  const doing = `reading ${object.key} in ${root}`;
  if (object.unreadable !== undefined)
    throw new UnreadableError(`${doing}: ${object.unreadable.because}`, object.unreadable);
  const file = await fileOf(root, object.key);
  signal.throwIfAborted();
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(async (error: unknown) => {
    // A disk that is not mounted any more has lost no backup.
    await openRoot(root);
    throw explain(error, { doing, path: file, signal, isOne: true, isRead: true });
  });
  try {
    assertSame(object, await handle.stat());
    for (let at = from; at < to; ) {
      signal.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) {
        assertSame(object, await handle.stat());
        throw new UnavailableError(`${doing}: it ended at byte ${at} of ${to}`, { code: "FB_STORE_UNREADABLE" });
      }
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    assertSame(object, await handle.stat());
  } catch (error) {
    throw explain(error, { doing, path: file, signal, isOne: true, isRead: true });
  } finally {
    await handle.close();
  }
}

function reader(root: string, signal: AbortSignal): Store {
  return {
    // As a URL, so that a printed line can be typed.
    place: `directory:${root.replace(/[%?#]/g, encodeURIComponent)}`,
    async *list(prefix) {
      for await (const object of walk({ root, signal })) {
        // A folder that cannot be listed hides what lies below it.
        const isHiding = object.unreadable !== undefined && object.key.endsWith("/") && prefix.startsWith(object.key);
        if (object.key.startsWith(prefix) || isHiding) yield object;
      }
    },
    read: (object, from = 0, to = object.sizeBytes) => readRange(root, object, { from, to, signal }),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function openRoot(path: string): Promise<string> {
  const root = await realpath(resolve(path)).catch(() => null);
  if (root !== null && (await lstat(root)).isFile()) {
    throw new UnavailableError(`${path} is a file: a store is the folder that it lies in`, {
      code: "FB_STORE_MISSING",
      next: [`fogbell backups list --store ${quote(dirname(root))}`],
    });
  }
  if (root === null || !(await lstat(root)).isDirectory()) {
    throw new UnavailableError(`no directory ${path}`, { code: "FB_STORE_MISSING", next: [`ls -ld ${quote(path)}`] });
  }
  return root;
}

/** Written beside and renamed: a key is there whole or not at all. */
async function writeFileAt(
  file: string,
  body: AsyncIterable<Uint8Array>,
  { at, signal }: { at: Date | undefined; signal: AbortSignal },
): Promise<Stats> {
  const beside = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await pipeline(abortable(body, signal), createWriteStream(beside, { flags: "wx" }));
    if (at !== undefined) await utimes(beside, at, at);
    await rename(beside, file);
    return await stat(file);
  } catch (error) {
    await rm(beside, { force: true });
    throw explain(error, { doing: `writing ${file}`, path: file, signal });
  }
}

/** The label goes last, so that an interrupted removal is found again. */
async function removeRun(root: string): Promise<void> {
  try {
    for (const name of await readdir(root)) {
      if (name !== LABEL_NAME) await rm(join(root, name), { recursive: true, force: true });
    }
    await rm(root, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new UnavailableError(`${root} could not be removed: ${(error as Error).message}`, {
      code: "FB_STORE_CLEANUP",
      next: [`fogbell gc --store ${quote(`directory:${dirname(root)}`)}`],
      cause: error,
    });
  }
}

async function openForWorld({ path }: Options, label: RunLabel, signal: AbortSignal): Promise<WorldStore> {
  const above = await openRoot(path);
  assertInner(label.runId, above);
  const root = join(above, label.runId);
  try {
    await mkdir(root);
    await writeFile(join(root, LABEL_NAME), JSON.stringify(label));
  } catch (error) {
    throw explain(error, { doing: `writing to ${root}`, path: root, signal });
  }
  return {
    ...reader(root, signal),
    write: async (key, body, at) => toObject(key, await writeFileAt(await fileOf(root, key), body, { at, signal })),
    remove: async (key) => {
      const file = await fileOf(root, key);
      await rm(file, { force: true }).catch((error: unknown) => {
        throw explain(error, { doing: `removing ${file}`, path: file, signal });
      });
    },
    readOnly: () => reader(root, signal),
    [Symbol.asyncDispose]: () => removeRun(root),
  };
}

async function sweep({ path }: Options, isOver: (label: RunLabel) => boolean): Promise<readonly string[]> {
  const root = await openRoot(path);
  const gone: string[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(root, entry.name);
    const label = parseLabel(await readFile(join(folder, LABEL_NAME), "utf8").catch(() => ""));
    // A label that was copied elsewhere does not make that place a run's.
    if (label === null || label.runId !== entry.name || !isOver(label)) continue;
    await removeRun(folder);
    gone.push(`backups in ${folder}`);
  }
  return gone;
}

/** The path of `directory:/abs` or `file:/abs`. Throws UsageError for anything that would be silently left out. */
function fromUrl(url: URL): Options | null {
  if (url.protocol !== "directory:" && url.protocol !== "file:") return null;
  const wrong = (message: string, meant = "directory:/var/backups") =>
    new UsageError(message, { code: "FB_STORE_URL", next: [meant] });
  if (url.host !== "") throw wrong("a directory store needs an absolute path");
  if (!url.pathname.startsWith("/")) {
    throw wrong("a directory store needs an absolute path", `directory:${resolve(url.pathname)}`);
  }
  if (url.search !== "" || url.hash !== "") {
    throw wrong("a directory store knows no options; in its path, write ? as %3F and # as %23");
  }
  try {
    return { path: decodeURIComponent(url.pathname) };
  } catch {
    throw wrong("the path of this directory store cannot be decoded; write % as %25");
  }
}

export const directory = defineStore<Options>({
  name: "directory",
  summary: "A directory of this machine.",
  options,
  fromUrl,
  open: async ({ path }, signal) => reader(await openRoot(path), signal),
  openForWorld,
  sweep,
});
