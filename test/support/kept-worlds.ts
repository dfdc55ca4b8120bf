/**
 * Where a run of the tests keeps what it throws away. Worlds are shared: the same small world is needed by many tests.
 * All of it is in memory when there is room: clusters are a thousand small files each, made and removed all the time.
 */
import { statfsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** Several times what the whole run holds at its fullest: 1.3 GB, by `df`, three workers, two processors. */
const ROOM_BYTES = 6 * 1024 ** 3;

/** Whether files in memory can be made in numbers and run as programs: a container's `/dev/shm` is small and `noexec`. */
async function holdsInMemory(): Promise<boolean> {
  if (process.env.TMPDIR !== undefined) return false;
  try {
    const mount = (await readFile("/proc/mounts", "utf8")).split("\n").find((line) => line.split(" ")[1] === MEMORY);
    const { bavail, bsize } = statfsSync(MEMORY);
    return (
      mount !== undefined &&
      !mount.includes("noexec") &&
      Math.min(bavail * bsize, process.availableMemory()) >= ROOM_BYTES
    );
  } catch {
    return false;
  }
}

export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join((await holdsInMemory()) ? MEMORY : tmpdir(), "fogbell-test-"));
  // The accounts that own the servers pass through it.
  await chmod(folder, 0o755);
  process.env.TMPDIR = folder;
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  process.env.FOGBELL_TEST_WORLDS = await mkdtemp(join(folder, "worlds-"));
  return () => rm(folder, { recursive: true, force: true });
}
