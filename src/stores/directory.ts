/** Backups in a directory of this machine. Opened for recovery it only reads; a world writes below its own prefix. */
import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { RefusedError, UnavailableError, UsageError } from "../errors.ts";
import { LABEL_NAME, parseLabel } from "../host/label.ts";
import { defineStore, type RunLabel, type Store, type StoredObject, type WorldStore } from "../parts.ts";

const options = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("The directory.")
    .meta({ examples: ["/var/backups"] }),
});
type Options = z.infer<typeof options>;

/** A key's file. Throws RefusedError for a key that leads out of the directory. */
function fileOf(root: string, key: string): string {
  const file = resolve(root, key);
  if (!file.startsWith(root + sep) || key.includes("\0")) {
    throw new RefusedError(`the key "${key}" leads out of ${root}`, { code: "FB_KEY_ESCAPES" });
  }
  return file;
}

async function describeFile(root: string, key: string): Promise<StoredObject> {
  const { size, mtime, mtimeMs, ino } = await stat(join(root, key));
  return { key, sizeBytes: size, modifiedAt: mtime.toISOString(), tag: `${ino}-${mtimeMs}-${size}` };
}

async function* walk(root: string, folder: string): AsyncIterable<StoredObject> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UnavailableError(`cannot list ${folder}: ${error.message}`, {
      code: "FB_STORE_UNREADABLE",
      next: ["check the path and its rights"],
    });
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    // Links are not followed: what they point at is not in this store.
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile() && entry.name !== LABEL_NAME && !entry.name.endsWith(".part")) {
      yield await describeFile(root, relative(root, path).split(sep).join("/"));
    }
  }
}

/** Reads a range; a file that ends early or was changed since it was listed is an error, never a short answer. */
async function* readRange(root: string, object: StoredObject, from: number, to: number): AsyncIterable<Uint8Array> {
  const file = fileOf(root, object.key);
  const now = await describeFile(root, object.key).catch((error: NodeJS.ErrnoException) => {
    throw new UnavailableError(`cannot read ${object.key}: ${error.message}`, { code: "FB_STORE_UNREADABLE" });
  });
  if (object.tag !== undefined && now.tag !== object.tag) {
    throw new UnavailableError(`${object.key} changed while it was being read`, {
      code: "FB_OBJECT_CHANGED",
      next: ["find out who writes to this store, then run again"],
    });
  }
  if (to <= from) return;
  let read = 0;
  for await (const chunk of createReadStream(file, { start: from, end: to - 1 })) {
    read += (chunk as Uint8Array).length;
    yield chunk as Uint8Array;
  }
  if (read !== to - from)
    throw new UnavailableError(`${object.key} ended after ${read} of ${to - from} bytes`, {
      code: "FB_STORE_UNREADABLE",
    });
}

function reader(root: string): Store {
  return {
    place: `directory:${root}`,
    async *list(prefix) {
      for await (const object of walk(root, root)) if (object.key.startsWith(prefix)) yield object;
    },
    read: (object, from = 0, to = object.sizeBytes) => readRange(root, object, from, to),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function openRoot(path: string): Promise<string> {
  const root = await realpath(resolve(path)).catch(() => null);
  if (root === null || !(await lstat(root)).isDirectory()) {
    throw new UnavailableError(`no directory ${path}`, { code: "FB_STORE_MISSING", next: ["check the path"] });
  }
  return root;
}

async function openForWorld({ path }: Options, label: RunLabel): Promise<WorldStore> {
  const above = await openRoot(path);
  const root = join(above, label.runId);
  await mkdir(root);
  await writeFile(join(root, LABEL_NAME), JSON.stringify(label));
  return {
    ...reader(root),
    async write(key, body, at) {
      const file = fileOf(root, key);
      const beside = `${file}.${randomBytes(4).toString("hex")}.part`;
      await mkdir(dirname(file), { recursive: true });
      try {
        await pipeline(body, createWriteStream(beside, { flags: "wx" }));
        if (at !== undefined) await utimes(beside, at, at);
        await rename(beside, file);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
      return describeFile(root, key);
    },
    readOnly: () => reader(root),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function sweep({ path }: Options, isOver: (label: RunLabel) => boolean): Promise<readonly string[]> {
  const root = await openRoot(path);
  const gone: string[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(root, entry.name);
    const label = parseLabel(await readFile(join(folder, LABEL_NAME), "utf8").catch(() => ""));
    if (label === null || !isOver(label)) continue;
    await rm(folder, { recursive: true, force: true });
    gone.push(`backups in ${folder}`);
  }
  return gone;
}

export const directory = defineStore<Options>({
  name: "directory",
  summary: "A directory of this machine.",
  options,
  gives: [],
  needs: [],
  fromUrl(url) {
    if (url.protocol !== "directory:" && url.protocol !== "file:") return null;
    const path = decodeURIComponent(url.pathname);
    if (path === "" || url.host !== "") {
      throw new UsageError("a directory store needs an absolute path", {
        code: "FB_STORE_URL",
        next: ["directory:/var/backups"],
      });
    }
    return { path };
  },
  open: async ({ path }) => reader(await openRoot(path)),
  openForWorld,
  sweep,
});
