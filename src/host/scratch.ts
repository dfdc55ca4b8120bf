/** The folder of a run on this host: downloads, the ledger, the world's own store. Labelled, and gone afterwards. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnavailableError } from "../errors.ts";
import type { RunLabel } from "../parts.ts";
import { LABEL_NAME, parseLabel } from "./label.ts";

export interface Scratch extends AsyncDisposable {
  readonly folder: string;
}

/** Makes the folder. Throws UnavailableError when the disk or its rights do not allow it. */
export async function openScratch(label: RunLabel, parent: string = tmpdir()): Promise<Scratch> {
  try {
    const folder = await mkdtemp(join(parent, "fogbell-"));
    await chmod(folder, 0o700);
    await writeFile(join(folder, LABEL_NAME), JSON.stringify(label));
    return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    throw new UnavailableError(`no scratch folder can be made in ${parent}: ${(error as Error).message}`, {
      code: "FB_SCRATCH",
      next: ["set TMPDIR to a folder with room", "fogbell gc"],
      cause: error,
    });
  }
}

/** Folders below `parent` that carry a label, with it. Names do not matter. */
export async function labelledFolders(parent: string = tmpdir()): Promise<{ folder: string; label: RunLabel }[]> {
  const found: { folder: string; label: RunLabel }[] = [];
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(parent, entry.name);
    const label = parseLabel(await readFile(join(folder, LABEL_NAME), "utf8").catch(() => ""));
    if (label !== null) found.push({ folder, label });
  }
  return found;
}

/** Removes the folders of runs that are over. Returns what went. */
export async function sweepScratch(isOver: (label: RunLabel) => boolean, parent: string = tmpdir()): Promise<string[]> {
  const gone: string[] = [];
  for (const { folder, label } of await labelledFolders(parent)) {
    if (!isOver(label)) continue;
    await rm(folder, { recursive: true, force: true });
    gone.push(`folder ${folder}`);
  }
  return gone;
}
