/** What is remembered of verifies: bounded, never a definition, and never lost to a bad night. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { baselineFor, type KnownCopy, keepKnown, readKnown, slug } from "../../src/verify/known.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbell-known-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const copy = (night: number, holds = true, id = "latest.dump"): KnownCopy => ({
  id,
  store: "s",
  momentAt: new Date(Date.UTC(2026, 0, night)).toISOString(),
  sizeBytes: 1,
  sha256: "x",
  runId: `run-${night}`,
  verifiedAt: new Date(Date.UTC(2026, 0, night, 5)).toISOString(),
  holds,
  because: holds ? "" : "cut off",
  rows: holds ? { t: night } : {},
  catalogue: {},
  behind: [],
  lags: {},
});

test("one name that holds another copy each night is as many copies; a bad night takes no good one away", async () => {
  await keepKnown(folder, "a", [copy(1)]);
  await keepKnown(folder, "a", [copy(2, false)]);
  const known = await readKnown(folder, "a");
  expect(known.map(({ holds }) => holds)).toEqual([false, true]);
  expect(baselineFor(known, copy(3).momentAt)?.rows).toEqual({ t: 1 });
  // A younger copy is no measure for an older one.
  expect(baselineFor(known, "2025-12-01T00:00:00.000Z")).toBeNull();
  await keepKnown(folder, "a", [{ ...copy(2), rows: { t: 9 } }]);
  expect((await readKnown(folder, "a")).map(({ rows }) => rows)).toEqual([{ t: 9 }, { t: 1 }]);
});
test("numbers of the newest are kept, of older ones only that they held", async () => {
  await keepKnown(
    folder,
    "b",
    Array.from({ length: 450 }, (_, night) => copy(night + 1)),
  );
  const known = await readKnown(folder, "b");
  expect(known).toHaveLength(400);
  expect(known.filter(({ rows }) => Object.keys(rows).length > 0)).toHaveLength(20);
  expect(known[0]?.runId).toBe("run-450");
});
test("a file that cannot be read is as good as none, and is written anew", async () => {
  await keepKnown(folder, "c", [copy(1)]);
  const { readdir } = await import("node:fs/promises");
  const [name = ""] = (await readdir(join(folder, ".verified"))).filter((one) => one.startsWith("c-"));
  await writeFile(join(folder, ".verified", name), "{");
  expect(await readKnown(folder, "c")).toEqual([]);
  await keepKnown(folder, "c", [copy(2)]);
  expect(await readKnown(folder, "c")).toHaveLength(1);
});
test.each([
  ["Shop (EU)", "shop-eu"],
  ["../../etc", "etc"],
])("%s is filed as %s", (name, filed) => expect(slug(name)).toBe(filed));
test("a name without letters is filed all the same", () => expect(slug("商店")).toMatch(/^database-[0-9a-f]{8}$/));
test("what several machines found is read together, and the latest of one copy counts", async () => {
  await keepKnown(folder, "d", [copy(1)]);
  await keepKnown(folder, "d", [copy(2)], "1/2");
  await keepKnown(folder, "d", [{ ...copy(1, false), verifiedAt: "2026-03-01T00:00:00.000Z" }], "2/2");
  expect((await readKnown(folder, "d")).map(({ momentAt, holds }) => [momentAt.slice(0, 10), holds])).toEqual([
    ["2026-01-02", true],
    ["2026-01-01", false],
  ]);
});
test("what is found at the same time is kept, all of it", async () => {
  const nights = Array.from({ length: 8 }, (_, night) => copy(night + 1));
  await Promise.all(nights.map((one) => keepKnown(folder, "e", [one])));
  expect(await readKnown(folder, "e")).toHaveLength(8);
});
