/**
 * Folders that a user named, made with what is missing above them. Node's recursive mkdir never comes back where mkdir
 * says that something is missing although all above is there, as below /proc: it goes round and burns a core.
 */
import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Whether it is a folder; null when it is not there, or nobody may know. */
export const isFolder = (path: string): Promise<boolean | null> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => null,
  );

/** Makes a folder, one level at a time from the first that is there. Throws what mkdir throws. */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  let at = resolve(folder);
  for (; at !== dirname(at) && (await isFolder(at)) === null; at = dirname(at)) missing.unshift(at);
  if (missing.length === 0 && (await isFolder(at)) !== true) missing.push(at);
  for (const level of missing) {
    await mkdir(level).catch(async (error: NodeJS.ErrnoException) => {
      // Somebody else was quicker.
      if (error.code !== "EEXIST" || (await isFolder(level)) !== true) throw error;
    });
  }
}
