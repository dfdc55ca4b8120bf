import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRunning, ownStart } from "../../src/host/process-alive.ts";
import { findDetached, follow, lastWords, resultsOf } from "../../src/suite/attach.ts";
import { listDetached, readDetached, wordsOf } from "../../src/suite/detached-run.ts";

const never = new AbortController().signal;
let results = "";
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), "detached-"));
});
afterAll(() => rm(results, { recursive: true }));

const MINE = { version: 1, command: "verify", pid: process.pid, startedAt: ownStart(), host: hostname() };

/** The folder of a detached run, as its process leaves it. */
async function detached(id: string, { facts = {}, exit = "" }: { facts?: object; exit?: string } = {}) {
  const folder = join(results, ".detached", id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "process.json"), JSON.stringify({ ...MINE, ...facts }));
  if (exit !== "") await writeFile(join(folder, "exit"), exit);
  return folder;
}
const stateOf = async (folder: string) => (await readDetached(folder))?.state;

test("a process is told from another of its number, and from one that is only an entry in the table", async () => {
  expect(isRunning(process.pid, ownStart())).toBe(true);
  expect(isRunning(process.pid, null)).toBe(true);
  expect(isRunning(2 ** 30, null)).toBe(false);
  if (ownStart() === null) return;
  expect(isRunning(process.pid, "1")).toBe(false);
  const child = spawn("sleep", ["60"]);
  expect(isRunning(child.pid ?? 0, null)).toBe(true);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  expect(isRunning(child.pid ?? 0, null)).toBe(false);
});
test("how it stands: it goes on, ended, is gone, or nobody here can know", async () => {
  expect(await stateOf(await detached("a"))).toEqual({ is: "running" });
  expect(await stateOf(await detached("b", { exit: "3\n" }))).toEqual({ is: "ended", exitCode: 3 });
  expect(await stateOf(await detached("c", { facts: { pid: 2 ** 30 } }))).toEqual({ is: "gone" });
  expect(await stateOf(await detached("d", { facts: { host: "another" } }))).toEqual({ is: "elsewhere" });
  expect(await readDetached(results)).toBeNull();
  expect((await listDetached(results)).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
});
test("--detach is not handed on, and nothing behind -- is touched", () => {
  expect(wordsOf(["verify", "--detach", "Shop"], "/f")).toEqual(["verify", "Shop", "--detached-as", "/f"]);
  expect(wordsOf(["run", "x", "--detach", "--", "--detach"], "/f")).toEqual([
    ...["run", "x", "--detached-as", "/f", "--", "--detach"],
  ]);
});
test("what is meant: the newest, one by its id, one by a drill of it; else the nearest name is said", async () => {
  await writeFile(join(await detached("20261121-120000-aaaaaa", { exit: "0" }), "runs"), "run-1\nrun-2\n");
  await detached("20261121-130000-bbbbbb", { exit: "0" });
  const id = async (name?: string) => (await findDetached(name, results)).id;
  expect(await id("20261121-120000-aaaaaa")).toBe("20261121-120000-aaaaaa");
  expect(await id(join(results, "run-2"))).toBe("20261121-120000-aaaaaa");
  await expect(id("run-3")).rejects.toMatchObject({
    code: "FB_NOT_DETACHED",
    message: expect.stringMatching(/mean run-/),
  });
  await expect(findDetached(undefined, join(results, "none"))).rejects.toThrow(/no run was detached in/);
});
test("a journal is passed on as it grows, no half line of it, and an end in the middle is the end", async () => {
  const folder = await detached("e");
  await mkdir(join(results, "run-9"));
  const journal = join(results, "run-9", "journal.jsonl");
  const scenario = { id: "verify-shop", engine: "postgres", version: "15", contended: false };
  const line = (event: object) => `${JSON.stringify({ seq: 0, at: "", monotonicMs: 0, prev: "", ...event })}\n`;
  const heard: string[] = [];
  const run = await readDetached(folder);
  if (run === null) throw new Error("no folder");
  const following = follow(run, {
    signal: never,
    onEvent: (event, drill) => {
      heard.push(`${drill.name} ${event.kind}`);
      if (event.kind === "drill-began") appendFileSync(journal, '"kind":"note","text":"ü"}\n');
      if (event.kind === "note") appendFileSync(join(folder, "exit"), "1\n");
    },
  });
  await writeFile(journal, `${line({ kind: "drill-began", scenario })}{"seq":1,`);
  await writeFile(join(folder, "runs"), "run-9\n");
  expect((await following).state).toEqual({ is: "ended", exitCode: 1 });
  expect(heard).toEqual(["verify-shop on postgres 15 drill-began", "verify-shop on postgres 15 note"]);
});
test("whoever leaves is not told an end, and a run that came to nothing leaves its last words", async () => {
  const leaving = new AbortController();
  const folder = await detached("f");
  const run = await readDetached(folder);
  if (run === null) throw new Error("no folder");
  const following = follow(run, { signal: leaving.signal, onEvent: () => {} });
  leaving.abort(new Error("left"));
  await expect(following).rejects.toThrow("left");
  await writeFile(join(folder, "output.log"), "Error: no directory\n");
  expect(await lastWords(run)).toBe("Error: no directory");
  expect(await resultsOf(run)).toEqual([]);
  expect(await readdir(folder)).not.toContain("exit");
});
