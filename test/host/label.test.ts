import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { isOver, makeLabel, parseLabel } from "../../src/host/label.ts";
import { ownStart } from "../../src/host/process-alive.ts";
import { openScratch, sweepScratch } from "../../src/host/scratch.ts";

const later = () => new Date(Date.now() + 3_600_000);
const DEAD = 2 ** 22 + 1;

const AFTER_7_HOURS = new Date(Date.now() + 7 * 3_600_000);
const AFTER_A_YEAR = new Date(Date.now() + 365 * 86_400_000);

describe("a run of this machine is as long as its process lives", () => {
  const mine = makeLabel("a", later());
  test("whatever its age and whatever the clock says", () => {
    for (const now of [new Date(), AFTER_7_HOURS, AFTER_A_YEAR]) expect(isOver(mine, now)).toBe(false);
    expect(isOver({ ...mine, expiresAt: new Date(0).toISOString() })).toBe(false);
  });
  test("and is over when that is gone, or another has its number now", () => {
    expect(isOver({ ...mine, pid: DEAD })).toBe(true);
    if (ownStart() === null) return;
    expect(isOver({ ...mine, startedAt: `${mine.startedAt}1` })).toBe(true);
    expect(isOver({ ...mine, startedAt: `another-boot:${mine.startedAt?.split(":").slice(1).join(":")}` })).toBe(true);
  });
  test("and is over when only its entry in the table is left, which nobody collects", async () => {
    // The shell becomes another program before its child ends, and that one never asks for it.
    const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    await vi.waitFor(() => expect(isOver({ ...mine, pid, startedAt: null })).toBe(true), 5000);
    // Its entry is still there: it is over for what it is, not because it is gone.
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill();
  });
});

describe("of a run elsewhere nobody here can tell: it is over when its time is up", () => {
  const theirs = { ...makeLabel("a"), pid: DEAD, host: `not-${hostname()}` };
  test("on another machine", () => {
    expect(isOver(theirs)).toBe(false);
    expect(isOver(theirs, AFTER_7_HOURS)).toBe(false);
    expect(isOver(theirs, AFTER_A_YEAR)).toBe(true);
  });
  test("in a container that has this machine's name", () => {
    if (ownStart() === null) return;
    const inside = { ...theirs, host: hostname(), startedAt: (ownStart() ?? "").replace(/:\d+:/, ":1:") };
    expect(isOver(inside, AFTER_7_HOURS)).toBe(false);
    expect(isOver(inside, AFTER_A_YEAR)).toBe(true);
  });
});
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
