/** A file is there whole or not at all: written beside, flushed, renamed. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

/** Throws what the system said, and leaves nothing beside. */
export async function writeAtomic(file: string, text: string | Uint8Array): Promise<void> {
  const beside = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    const handle = await open(beside, "wx");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
