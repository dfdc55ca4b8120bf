/** Names of pieces of a server's log, as it calls them and as people's jobs call them once they are packed. Pure. */
import { baseName } from "../host/key-parts.ts";
import type { Stream } from "../host/packing.ts";
import type { Engine, LogArchive, StoredObject } from "../parts.ts";

/** What stands around a piece, by the end of its name. */
type Wrapping =
  | { readonly is: "packed"; readonly by: Stream }
  /** In words: `packed with brotli`. */
  | { readonly is: "unread"; readonly form: string }
  /** A program is still receiving it. */
  | { readonly is: "unfinished" };

const packed = (by: Stream): Wrapping => ({ is: "packed", by });
const unread = (form: string): Wrapping => ({ is: "unread", form });

const ENDINGS: Readonly<Record<string, Wrapping>> = {
  gz: packed("gzip"),
  gzip: packed("gzip"),
  zst: packed("zstd"),
  zstd: packed("zstd"),
  bz2: packed("bzip2"),
  xz: packed("xz"),
  lz4: packed("lz4"),
  br: unread("packed with brotli"),
  lzma: unread("packed with lzma"),
  lzo: unread("packed with lzop"),
  lz: unread("packed with lzip"),
  z: unread("packed with compress"),
  sz: unread("packed with Snappy"),
  snappy: unread("packed with Snappy"),
  "7z": unread("packed with 7-Zip"),
  zip: unread("packed with zip"),
  rar: unread("packed with RAR"),
  qp: unread("packed with qpress"),
  gpg: unread("encrypted with OpenPGP (gpg)"),
  pgp: unread("encrypted with OpenPGP (gpg)"),
  asc: unread("encrypted with OpenPGP (gpg)"),
  age: unread("encrypted with age"),
  aes: unread("encrypted"),
  enc: unread("encrypted"),
  partial: { is: "unfinished" },
};

/** A piece as it lies in a store. */
export interface LogPiece {
  readonly object: StoredObject;
  /** What the server calls it. */
  readonly name: string;
  /** Null: as the server wrote it, as far as the name tells. */
  readonly wrapping: Wrapping | null;
}

/** A key as a piece of this log; null: it is none. What is packed in several layers is as far away as the outermost. */
export function pieceOf(log: LogArchive, object: StoredObject): LogPiece | null {
  let name = baseName(object.key);
  let wrapping: Wrapping | null = null;
  while (!log.isPiece(name)) {
    const dot = name.lastIndexOf(".");
    const found = dot < 0 ? undefined : ENDINGS[name.slice(dot + 1).toLowerCase()];
    if (found === undefined) return null;
    if (wrapping === null || (wrapping.is === "packed" && found.is !== "packed")) wrapping = found;
    name = name.slice(0, dot);
  }
  return { object, name, wrapping };
}

/** Whether a key is that of a piece of log, packed or not. */
export const isPieceOf = (engines: readonly Engine[], key: string): boolean =>
  engines.some(({ log }) => log !== undefined && pieceOf(log, { key } as StoredObject) !== null);

/** Folders that only say when, or where in the log: `2026-11-27`, `0000000100000000`. */
const NUMBER = /^([\d_.:TZ-]+|[0-9A-F]{16}|wal_\d+)$/;

/** The folders of a key that can tell whose it is. */
export const foldersOf = (key: string): string[] =>
  key
    .split("/")
    .slice(0, -1)
    .filter((one) => !NUMBER.test(one));

const wordsIn = (text: string): Set<string> =>
  new Set(
    text
      .toLowerCase()
      .split(/[^\p{L}\d]+/u)
      .filter((one) => /\p{L}/u.test(one)),
  );

/** How near a folder of pieces is to a backup: by the folders that they share, then by words of their names. */
export function nearness(lead: string, folders: readonly string[]): number {
  const own = foldersOf(lead);
  const apart = folders.findIndex((one, index) => own[index] !== one);
  const shared = apart < 0 ? folders.length : apart;
  const [words, theirs] = [wordsIn(lead), wordsIn(folders.slice(shared).join("/"))];
  const common = [...theirs].filter((one) => words.has(one)).length;
  return shared * 100 + common * 10 - (theirs.size - common) * 0.01;
}
