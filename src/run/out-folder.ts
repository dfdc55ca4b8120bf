/** Folders that a call writes into, made when they are missing; where they cannot be, that is said before anything runs. */
import { UsageError } from "../errors.ts";
import { explainDisk, isFull } from "../host/disk-fault.ts";
import { makeFolder } from "../host/make-folder.ts";
import { quote } from "../host/sh.ts";

/** Throws UsageError FB_OUT_FOLDER; UnavailableError when the disk is full. */
export async function makeOutFolder(folder: string, flag = "--out"): Promise<void> {
  await makeFolder(folder).catch((error: NodeJS.ErrnoException) => {
    if (isFull(error))
      throw explainDisk(error, { what: `the folder ${folder}`, folder, larger: `name another folder with ${flag}` });
    throw new UsageError(`the folder ${folder} cannot be made: ${error.code ?? error.message}`, {
      code: "FB_OUT_FOLDER",
      next: [`ls -ld ${quote(folder)}`, `name another folder with ${flag}`],
      cause: error,
    });
  });
}
