/** A world that was built before is the same world: what is lost, found and proven in it is the same, to the row. */
import { appendFile, mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import type { DrillResult } from "../../src/record.ts";
import { preparedWorlds, pruneWorlds } from "../../src/world/prepared.ts";
import { some } from "../support/long.ts";
import { play } from "../support/play.ts";

const sandbox = "local";
let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "worlds-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const kept = async () => (await readdir(root)).filter((name) => !name.startsWith("."));
const built = ({ commands }: DrillResult) => commands.filter(({ command }) => command.phase === "world");
const reused = ({ notes }: DrillResult) => notes.filter((note) => note.startsWith("the world was not built again"));

const nothing = (plan: Plan): Plan => ({
  ...plan,
  recovery: plan.recovery.filter(({ part }) => !["restore-beside", "copy-table-back"].includes(part.name)),
});

describe.each(
  some(
    "worlds laid out again",
    [
      ["postgres", "logical"],
      ["postgres", "repository"],
      ["mariadb", "physical, incremental"],
    ] as const,
    3,
  ),
)("%s, %s", (engine, variant) => {
  test("the second run lays out what the first one built, and says so", async () => {
    const on = { sandbox, engine, variant, worlds: preparedWorlds(root, "one build") };
    const { result: first } = await play(on);
    const { result: second } = await play(on);
    expect(first.verdict).toBe("recovered");
    expect(second.reasons).toEqual(first.reasons);
    expect([reused(first).length, reused(second).length]).toEqual([0, 1]);
    expect(reused(second)[0]).toContain(`run ${first.runId} built`);
    expect(second.measured).toMatchObject({
      rpaMs: first.measured.rpaMs,
      rowsMissing: first.measured.rowsMissing,
      rowsExtra: 0,
    });
    expect(second.backups).toEqual(first.backups);
    expect(second.dataset).toEqual(first.dataset);
    expect(second.damagedAtSimulated).toBe(first.damagedAtSimulated);
    // Of the world nothing ran but what comes after the damage.
    expect(built(second).some(({ command }) => command.id.startsWith("world.dataset"))).toBe(false);
    expect(await kept()).toHaveLength(1);
    expect(second.cleanup?.failed).toEqual([]);
  });
});

describe("a kept world", () => {
  const worlds = () => preparedWorlds(root, "one build");
  test("is another build's no more, proves no recovery that did not happen, and is void when it was cut off", async () => {
    await play({ sandbox, worlds: worlds() });
    const { result: other } = await play({ sandbox, worlds: preparedWorlds(root, "another build") });
    expect([reused(other), (await kept()).length]).toEqual([[], 2]);

    const { result: unrecovered } = await play({ sandbox, worlds: worlds(), change: nothing });
    expect([reused(unrecovered).length, unrecovered.verdict]).toEqual([1, "lost"]);

    for (const name of await kept()) await truncate(join(root, name, "server.0.tar.zst"), 100_000);
    const { result: cut } = await play({ sandbox, worlds: worlds() });
    expect(cut.verdict).toBe("void");
    expect(cut.reasons[0]).toContain("Lay out a world that was built before");
    expect(cut.next).toContain("fogbell gc --worlds");
    expect(await pruneWorlds(root, 0)).toHaveLength(2);
    expect((await play({ sandbox, worlds: worlds() })).result.verdict).toBe("recovered");
  });
  test("a world with a replica is not kept: a running server cannot be", async () => {
    await play({ sandbox, variant: "replica, delayed", worlds: preparedWorlds(root, "one build") });
    expect(await kept()).toEqual([]);
  });
  test("when nothing can be kept, the drill goes on, and says so", async () => {
    const file = join(root, "file");
    await writeFile(file, "");
    const { result } = await play({ sandbox, worlds: preparedWorlds(file, "one build") });
    expect(result.verdict).toBe("recovered");
    expect(result.notes.join("\n")).toContain("could not be kept");
  });
  test("the one used longest ago goes first", async () => {
    for (const [name, bytes] of [
      ["old", 10],
      ["new", 20],
    ] as const) {
      const folder = join(root, name);
      await mkdir(folder);
      for (const part of [0, 1]) await appendFile(join(folder, `server.${part}.tar.zst`), "x".repeat(bytes / 2));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // What a drill beside this one is packing stays; what a killed one left goes.
    const [packing, left] = [join(root, ".packing"), join(root, ".left")];
    for (const folder of [packing, left]) await mkdir(folder);
    await utimes(left, 0, 0);
    const gone = await pruneWorlds(root, 25);
    expect([...gone].sort()).toEqual([`prepared world ${left}`, `prepared world ${join(root, "old")}`]);
    expect(await readdir(root)).toContain(".packing");
    expect(await kept()).toEqual(["new"]);
  });
});
