/** The folder of a run on this host: downloads, the ledger, the world's own store. Labelled, and gone afterwards. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnavailableError } from "../errors.ts";
import type { RunLabel } from "../parts.ts";
import { explainDisk, isFull } from "./disk-fault.ts";
import { LABEL_NAME, parseLabel } from "./label.ts";
import { knownPlaces, notePlace } from "./scratch-places.ts";
import { quote } from "./sh.ts";

export interface Scratch extends AsyncDisposable {
  readonly folder: string;
}

/** Makes the folder. Throws UnavailableError when the disk or its rights do not allow it. */
export async function openScratch(label: RunLabel, parent: string = tmpdir()): Promise<Scratch> {
  let made: string | null = null;
  try {
    const folder = await mkdtemp(join(parent, "fogbell-"));
    made = folder;
    await chmod(folder, 0o700);
    await writeFile(join(folder, LABEL_NAME), JSON.stringify(label));
    await notePlace(parent);
    return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    // Without its label nobody would find it again.
    if (made !== null) await rm(made, { recursive: true, force: true }).catch(() => {});
    if (isFull(error)) throw explainDisk(error, { what: `a scratch folder in ${parent}`, folder: parent });
    throw new UnavailableError(`no scratch folder can be made in ${parent}: ${(error as Error).message}`, {
      code: "FB_SCRATCH",
      next: [`ls -ld ${quote(parent)}`, "export TMPDIR=…, a folder with room", "fogbell gc"],
      cause: error,
    });
  }
}

export interface LabelledFolder {
  readonly folder: string;
  readonly label: RunLabel;
}

/** Those of these folders that carry a label, with it. */
export async function withLabels(folders: readonly string[]): Promise<LabelledFolder[]> {
  const found: LabelledFolder[] = [];
  // One after the other: a file that could not be opened among too many would pass for no label.
  for (const folder of folders) {
    const label = parseLabel(await readFile(join(folder, LABEL_NAME), "utf8").catch(() => ""));
    if (label !== null) found.push({ folder, label });
  }
  return found;
}

/** Folders below these that carry a label, with it. Names do not matter. Default: everywhere runs kept theirs. */
export async function labelledFolders(parents?: readonly string[]): Promise<LabelledFolder[]> {
  const found: LabelledFolder[] = [];
  for (const parent of parents ?? (await knownPlaces())) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    found.push(...(await withLabels(entries.filter((one) => one.isDirectory()).map(({ name }) => join(parent, name)))));
  }
  return found;
}

/** Removes the folders of runs that are over. Returns what went. */
export async function sweepScratch(
  isOver: (label: RunLabel) => boolean,
  parents?: readonly string[],
): Promise<string[]> {
  const gone: string[] = [];
  for (const { folder, label } of await labelledFolders(parents)) {
    if (!isOver(label)) continue;
    await rm(folder, { recursive: true, force: true });
    gone.push(`folder ${folder}`);
  }
  return gone;
}
