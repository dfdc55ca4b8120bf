/** Sums that a job left beside its backups: read, so that a copy can be compared with what was once written down. Pure. */
import { baseName, folderOf } from "../host/key-parts.ts";
import type { StoredObject } from "../parts.ts";

/** By how many hexadecimal digits a sum has. */
const ALGORITHMS: Readonly<Record<number, string>> = {
  32: "md5",
  40: "sha1",
  64: "sha256",
  96: "sha384",
  128: "sha512",
};
const ENDING = /\.(?:md5|sha(?:1|256|384|512))(?:sum)?$/i;
const LIST = /(?:^|\/)(?:md5|sha(?:1|256|384|512))sums?(?:\.txt)?$/i;
/** A list of sums is a short text. */
const MOST_BYTES = 1024 * 1024;

export interface Sum {
  readonly algorithm: string;
  readonly hex: string;
}

/** Of a listing: for a key the objects that may hold its sum. */
export function sumsBeside(objects: readonly StoredObject[]): (key: string) => StoredObject[] {
  const own = new Map<string, StoredObject>();
  const lists = new Map<string, StoredObject>();
  for (const object of objects) {
    if (object.sizeBytes === 0 || object.sizeBytes > MOST_BYTES) continue;
    if (ENDING.test(object.key)) own.set(object.key.replace(ENDING, ""), object);
    else if (LIST.test(object.key)) lists.set(folderOf(object.key), object);
  }
  return (key) => [own.get(key), lists.get(folderOf(key))].filter((one) => one !== undefined);
}

/** `HEX  name`, `HEX *name`, `SHA256 (name) = HEX`, or the sum alone. */
const LINE = /^\\?([\da-f]{32,128})(?:\s+[ *]?(.+))?$|^[A-Z\d-]+ ?\((.+)\) ?= ?([\da-f]{32,128})$/i;

/** The sum of an object in such a text; null when it holds none of it, or of something else by that name. */
export function sumIn(text: string, key: string): Sum | null {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, first, name, named, second] = LINE.exec(line.trim()) ?? [];
    const hex = (first ?? second ?? "").toLowerCase();
    const algorithm = ALGORITHMS[hex.length];
    return algorithm === undefined ? [] : [{ algorithm, hex, name: name ?? named ?? null }];
  });
  const own = lines.find(({ name }) => name !== null && baseName(name.trim()) === baseName(key));
  const [only] = lines;
  const found = own ?? (lines.length === 1 && only?.name === null ? only : undefined);
  return found === undefined ? null : { algorithm: found.algorithm, hex: found.hex };
}
