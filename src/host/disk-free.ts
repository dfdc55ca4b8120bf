/** How much room a disk has: what is watched while something fills it. */
import { statfs } from "node:fs/promises";

/** What is free on the disk of a folder, and how large it is, in bytes: endless where that cannot be asked. */
export async function diskOf(folder: string): Promise<{ free: number; total: number }> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return { free: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY };
  }
}
