/**
 * Where runs of this account keep their folders: `TMPDIR` may have been another one when a run was killed than it is for
 * whoever cleans up after it. A folder is noted before anything is in it, and forgotten when it is gone itself.
 */
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { writeAtomic } from "./atomic-file.ts";
import { cacheFolder } from "./cache-folder.ts";
import { isFolder, makeFolder } from "./make-folder.ts";

const notes = () => join(cacheFolder(), "scratch-places");

async function noted(): Promise<string[]> {
  const text = await readFile(notes(), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

/** Those that are still there, and where folders are made now. Each once. */
export async function knownPlaces(): Promise<string[]> {
  const places = [...new Set([tmpdir(), ...(await noted())].map((place) => resolve(place)))];
  const are = await Promise.all(places.map(isFolder));
  return places.filter((_, at) => are[at] === true);
}

/** Where the cache cannot be written nothing is noted: no reason to end a run. */
export async function notePlace(place: string): Promise<void> {
  const before = await noted();
  if (before.includes(resolve(place))) return;
  const places = new Set([...(await knownPlaces()), resolve(place)]);
  try {
    await makeFolder(dirname(notes()));
    await writeAtomic(notes(), [...places, ""].join("\n"));
  } catch {}
}
