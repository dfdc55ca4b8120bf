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
  const taken = new Set<string>();
  return split.map((parts, index) => {
    const below = parts.slice(from).map(plainName);
    const folders = below.slice(0, -1).map((name) => `${name}/`);
    let name = folders.join("") + below.at(-1);
    // With the names that its unfinished copy will have.
    const all = () => [name, `${name}.part`, `${name}.state.json`];
    if (all().some((one) => taken.has(one)))
      name = `${folders.join("")}${sha256(keys[index] ?? "").slice(0, 8)}-${below.at(-1)}`;
    for (const one of all()) taken.add(one);
    return name;
  });
}
