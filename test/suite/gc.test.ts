import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { makeLabel } from "../../src/host/label.ts";
import { openScratch } from "../../src/host/scratch.ts";
import { knownPlaces } from "../../src/host/scratch-places.ts";
import type { Catalog, RunLabel, SandboxDriver } from "../../src/parts.ts";
import { collectGarbage, findGarbage } from "../../src/suite/gc.ts";

const later = new Date(Date.now() + 3_600_000);
const alive = makeLabel("alive", later);
const dead = { ...alive, runId: "dead", pid: 2 ** 22 + 1 };

/** A sandbox that holds what these runs left. */
function holding(labels: RunLabel[]): SandboxDriver {
  return {
    async sweep(isOver: (label: RunLabel) => boolean) {
      const gone = labels.filter(isOver);
      for (const label of gone) labels.splice(labels.indexOf(label), 1);
      return gone.map(({ runId }) => `container of ${runId}`);
    },
  } as Partial<SandboxDriver> as SandboxDriver;
}
const broken = { sweep: () => Promise.reject(new Error("the engine refuses")) } as unknown as SandboxDriver;
const request = (...sandboxes: SandboxDriver[]) => ({
  catalog: { sandboxes, stores: [] } as unknown as Catalog,
  storeUrl: null,
});

/** Folders are looked for where the machine keeps temporary ones; this test has its own. */
async function inOwnFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gc-test-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await openScratch(dead);
    await openScratch(alive);
    await act(folder);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true });
  }
}

test("asked what would go, it names dead runs once, and removes nothing", () =>
  inOwnFolder(async (folder) => {
    const labels = [dead, alive];
    expect(await findGarbage(request(holding(labels)))).toEqual([dead]);
    expect(labels).toEqual([dead, alive]);
    expect(await readdir(folder)).toHaveLength(2);
  }));
test("what goes is what dead runs left, everywhere", () =>
  inOwnFolder(async (folder) => {
    const labels = [dead, alive];
    expect(await collectGarbage(request(holding(labels)))).toEqual([
      "container of dead",
      expect.stringContaining(`folder ${folder}`),
    ]);
    expect(labels).toEqual([alive]);
    expect(await readdir(folder)).toHaveLength(1);
  }));
test("also of a run whose temporary folders were elsewhere", async () => {
  let elsewhere = "";
  await inOwnFolder(async (folder) => {
    elsewhere = folder;
    process.env.TMPDIR = dirname(folder);
    expect(await collectGarbage(request())).toEqual([expect.stringContaining(`folder ${folder}`)]);
    expect(await readdir(folder)).toHaveLength(1);
  });
  expect(await knownPlaces()).not.toContain(elsewhere);
});
test("what cannot be removed in one place keeps nothing from going in the others, and is said", () =>
  inOwnFolder(async (folder) => {
    const labels = [dead];
    await expect(collectGarbage(request(broken, holding(labels)))).rejects.toThrow("the engine refuses");
    expect(labels).toEqual([]);
    expect(await readdir(folder)).toHaveLength(1);
  }));
