/** Names for fetched files: a key is the store's business, a file name is ours, and a hostile key must not choose a path. */
import { basename, dirname } from "node:path/posix";
import { sha256 } from "../host/digest.ts";

/** File systems take 255 bytes; the rest is for the endings of an unfinished copy. */
const LONGEST_BYTES = 200;

/** One plain name for a key's last part: no path, no control character, not hidden under `.` or `..`, not too long. */
function plainName(key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const name = basename(key).replace(/[\u0000-\u001f\u007f\\/]/g, "_");
  const isFine = name !== "" && name !== "." && name !== ".." && Buffer.byteLength(name) <= LONGEST_BYTES;
  return isFine ? name : `object-${sha256(key).slice(0, 12)}`;
}

/**
 * Paths below the folder of a fetch, one for each key, in order. One object keeps its base name; the members of a
 * backup of several share a folder named as theirs was. Two of the same name are told apart by their keys' hashes.
 */
export function fileNames(keys: readonly string[]): string[] {
  const [first = ""] = keys;
  const above = dirname(first);
  const isFolder = keys.length > 1 && above !== "." && keys.every((key) => dirname(key) === above);
  const folder = isFolder ? `${plainName(above)}/` : "";
  const taken = new Set<string>();
  return keys.map((key) => {
    let name = plainName(key);
    // With the names that its unfinished copy will have.
    const all = () => [name, `${name}.part`, `${name}.state.json`];
    if (all().some((one) => taken.has(one))) name = `${sha256(key).slice(0, 8)}-${name}`;
    for (const one of all()) taken.add(one);
    return folder + name;
  });
}
