/** One place for the worlds that a run of the tests builds: the same small world is needed by many of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "fogbell-test-worlds-"));
  process.env.FOGBELL_TEST_WORLDS = folder;
  return () => rm(folder, { recursive: true, force: true });
}
