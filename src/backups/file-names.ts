/** Names for fetched files: a key is the store's business, a file name is ours, and a hostile key must not choose a path. */
import { sha256 } from "../host/digest.ts";

/** File systems take 255 bytes; the rest is for the endings of an unfinished copy. */
const LONGEST_BYTES = 200;

/** One plain name for a part of a key: no path, no control character, not hidden under `.` or `..`, not too long. */
function plainName(part: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const name = part.replace(/[\u0000-\u001f\u007f\\/]/g, "_");
  const isFine = name !== "" && name !== "." && name !== ".." && Buffer.byteLength(name) <= LONGEST_BYTES;
  return isFine ? name : `object-${sha256(part).slice(0, 12)}`;
}

/** How many folders, from the top, all keys have in common. */
function sharedDepth(keys: readonly (readonly string[])[]): number {
  const [first = []] = keys;
  const depth = first.findIndex((part, index) =>
    keys.some((parts) => index >= parts.length - 1 || parts[index] !== part),
  );
  return depth < 0 ? first.length : depth;
}

/**
 * Paths below the folder of a fetch, one for each key, in order. One object keeps its base name; the members of a
 * backup of several keep their folders, from the last that they all share. Two of the same name are told apart by their
 * keys' hashes.
 */
export function fileNames(keys: readonly string[]): string[] {
  const split = keys.map((key) => key.split("/"));
  const from = keys.length > 1 ? Math.max(0, sharedDepth(split) - 1) : (split[0]?.length ?? 1) - 1;
  const all = split.map((parts) => parts.slice(from).map(plainName));
  // A folder's name is no file's, whichever comes first.
  const taken = new Set(all.flatMap((parts) => parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"))));
  return all.map((parts, index) => {
    const folders = parts.slice(0, -1).map((part) => `${part}/`);
    const last = parts.at(-1) ?? "";
    // With the names that its unfinished copy will have.
    const names = (name: string) => [name, `${name}.part`, `${name}.state.json`].map((one) => folders.join("") + one);
    const isTaken = names(last).some((one) => taken.has(one));
    const name = isTaken ? `${sha256(keys[index] ?? "").slice(0, 8)}-${last}` : last;
    for (const one of names(name)) taken.add(one);
    return folders.join("") + name;
  });
}
