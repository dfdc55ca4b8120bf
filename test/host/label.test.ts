import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isOver, makeLabel, parseLabel } from "../../src/host/label.ts";
import { openScratch, sweepScratch } from "../../src/host/scratch.ts";

const later = () => new Date(Date.now() + 3_600_000);
const DEAD = 2 ** 22 + 1;

test("a run of this process is not over, one past its time is, one of a dead process is", () => {
  const mine = makeLabel("a", later());
  expect(isOver(mine)).toBe(false);
  expect(isOver({ ...mine, expiresAt: new Date(0).toISOString() })).toBe(true);
  expect(isOver({ ...mine, pid: DEAD })).toBe(true);
});
test("a process id of another host says nothing", () =>
  expect(isOver({ runId: "a", expiresAt: later().toISOString(), pid: DEAD, host: `not-${hostname()}` })).toBe(false));
test.each(["", "{}", "null", '{"runId":1}', "no json"])("%j is no label", (text) =>
  expect(parseLabel(text)).toBeNull(),
);

test("sweeping goes by label, never by name", async () => {
  const parent = await mkdtemp(join(tmpdir(), "sweep-test-"));
  const dead = { ...makeLabel("dead", later()), pid: DEAD };
  const alive = await openScratch(makeLabel("alive", later()), parent);
  await openScratch(dead, parent);
  await mkdir(join(parent, "fogbell-looks-like-ours"));
  await writeFile(join(parent, "fogbell-looks-like-ours", "precious"), "x");
  expect(await sweepScratch((label) => isOver(label), [parent])).toHaveLength(1);
  expect((await readdir(parent)).sort()).toEqual([alive.folder.split("/").at(-1), "fogbell-looks-like-ours"].sort());
  await rm(parent, { recursive: true });
});
