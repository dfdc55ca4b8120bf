/** What lies in a directory: files, and what is there and cannot be read, with the reason. */
import type { Dirent, Stats } from "node:fs";
import { lstat, readdir, readlink, realpath, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { UnreadableError } from "../errors.ts";
import { LABEL_NAME } from "../host/label.ts";
import { quote } from "../host/sh.ts";
import type { StoredObject, Unreadable } from "../parts.ts";
import { explain } from "./directory-errors.ts";

/** What a write is called until it is whole; a user's own `dump.part` is a file like any other. */
const UNFINISHED = /\.[0-9a-f]{8}\.part$/;

/** Files asked at once: a listing of thousands would take long one by one. */
const AT_ONCE = 32;

export function toObject(key: string, { size, mtime, mtimeMs, ino }: Stats): StoredObject {
  return { key, sizeBytes: size, modifiedAt: mtime.toISOString(), tag: `${ino}-${mtimeMs}-${size}` };
}

interface Below {
  readonly root: string;
  readonly signal: AbortSignal;
}

/** Something that is there and is no file that can be read. Its own time is told when it can be asked. */
async function unread({ root }: Below, path: string, key: string, unreadable: Unreadable): Promise<StoredObject> {
  const found = await lstat(path).catch(() => null);
  const named = key === "" ? relative(root, path).split(sep).join("/") : key;
  return { key: named, sizeBytes: 0, modifiedAt: (found?.mtime ?? new Date(0)).toISOString(), unreadable };
}

const SPECIAL: readonly (readonly [string, (entry: Dirent) => boolean])[] = [
  ["a named pipe", (entry) => entry.isFIFO()],
  ["a socket", (entry) => entry.isSocket()],
  ["a device", (entry) => entry.isBlockDevice() || entry.isCharacterDevice()],
];

/**
 * A link is not followed: what it points at is not in this store. One to something in it needs no word, because that is
 * listed itself.
 */
async function linked({ root }: Below, path: string): Promise<Unreadable | null> {
  const target = await readlink(path).catch(() => "");
  const real = await realpath(path).catch(() => null);
  if (real !== null && (real === root || real.startsWith(`${root}${sep}`))) return null;
  return real === null
    ? { kind: "link", because: `a link to ${target}, where nothing is`, next: [`ls -l ${quote(path)}`] }
    : {
        kind: "link",
        because: `a link to ${real}, outside of this store; links are not followed`,
        next: [`fogbell backups list --store ${quote(real)}`, `cp ${quote(real)} here, in place of the link`],
      };
}

/** A link whose end is not there, an unmounted disk, was one to a folder when its name has no ending. */
const leadsToFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => !basename(path).includes("."),
  );

/** Names that are no text came out of `readdir` with this in them. */
const REPLACED = "\ufffd";

/** Bytes of a name as a person can read them, and `printf` understand: `shop-\xe9.dump`. */
function escaped(name: Buffer): string {
  return [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join("");
}

const isText = (name: Buffer) => Buffer.from(name.toString("utf8")).equals(name);

/** Those entries of a folder whose names are no UTF-8: they cannot be opened by any text. */
async function nameless(below: Below, folder: string, odd: readonly Buffer[]): Promise<StoredObject[]> {
  return Promise.all(
    odd.map(async (name) => {
      const path = Buffer.concat([Buffer.from(join(folder, "/")), name]);
      const found = await lstat(path).catch(() => null);
      const key = `${relative(below.root, folder).split(sep).join("/")}/${escaped(name)}`.replace(/^\//, "");
      const because = "its name is not UTF-8";
      const next = [`convmv -f latin1 -t utf8 --notest ${quote(folder)}/*   # or rename it otherwise`];
      return {
        key,
        sizeBytes: found?.size ?? 0,
        modifiedAt: (found?.mtime ?? new Date(0)).toISOString(),
        unreadable: { kind: "name", because, next } as const,
      };
    }),
  );
}

/** What one entry that is no folder is; null when there is nothing to say of it. */
async function entryOf(below: Below, path: string, entry: Dirent): Promise<StoredObject | null> {
  const key = relative(below.root, path).split(sep).join("/");
  if (entry.isSymbolicLink()) {
    const unreadable = await linked(below, path);
    return unreadable === null ? null : unread(below, path, (await leadsToFolder(path)) ? `${key}/` : key, unreadable);
  }
  const special = SPECIAL.find(([, is]) => is(entry))?.[0];
  if (special !== undefined) {
    const unreadable = { kind: "special", because: `${special} and no file`, next: [`ls -l ${quote(path)}`] } as const;
    return unread(below, path, key, unreadable);
  }
  if (!entry.isFile()) return null;
  try {
    return toObject(key, await stat(path));
  } catch (error) {
    // Rotated away since the folder was read: not there, which is no fault of the store.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const explained = explain(error, { doing: `listing ${path}`, path, signal: below.signal, isOne: true });
    if (!(explained instanceof UnreadableError)) throw explained;
    const { kind, because, next } = explained;
    return unread(below, path, key, { kind, because, next });
  }
}

/** A folder's entries; what cannot be listed is one entry itself, unless it is the whole store. */
async function entriesOf(below: Below, folder: string): Promise<readonly Dirent[] | StoredObject> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const isOne = folder !== below.root;
    const explained = explain(error, { doing: `listing ${folder}`, path: folder, signal: below.signal, isOne });
    if (!(explained instanceof UnreadableError)) throw explained;
    const { kind, because, next } = explained;
    return unread(below, folder, `${relative(below.root, folder).split(sep).join("/")}/`, { kind, because, next });
  }
}

/** Everything below a folder of the store, in the order of names. */
export async function* walk(below: Below, folder: string = below.root): AsyncIterable<StoredObject> {
  below.signal.throwIfAborted();
  const entries = await entriesOf(below, folder);
  if (!("length" in entries)) return yield entries;
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  // Asked once more as bytes, where a name seems to be no text; it may also hold that very sign.
  const isSeen = sorted.some(({ name }) => name.includes(REPLACED));
  const bytes = isSeen ? await readdir(folder, { encoding: "buffer" }).catch(() => []) : [];
  const texts = new Set(bytes.filter(isText).map(String));
  for (let from = 0; from < sorted.length; from += AT_ONCE) {
    below.signal.throwIfAborted();
    const some = sorted
      .slice(from, from + AT_ONCE)
      .filter(
        ({ name }) => name !== LABEL_NAME && !UNFINISHED.test(name) && (!name.includes(REPLACED) || texts.has(name)),
      );
    const found = await Promise.all(
      some.map((entry) => (entry.isDirectory() ? null : entryOf(below, join(folder, entry.name), entry))),
    );
    for (const [index, entry] of some.entries()) {
      if (entry.isDirectory()) yield* walk(below, join(folder, entry.name));
      else if (found[index] != null) yield found[index];
    }
  }
  yield* await nameless(
    below,
    folder,
    bytes.filter((name) => !isText(name)),
  );
}
