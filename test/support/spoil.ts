/** What happens to files on a disk, done on purpose: for tests that must see it. */
import { open, rename } from "node:fs/promises";

/** One bit of one byte turns; `at` counts from the start. */
export async function spoilByte(file: string, at: number): Promise<void> {
  const handle = await open(file, "r+");
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 0x10]), 0, 1, at);
  await handle.close();
}

/** Two files change places. */
export async function swap(a: string, b: string): Promise<void> {
  await rename(a, `${a}.x`);
  await rename(b, a);
  await rename(`${a}.x`, b);
}
