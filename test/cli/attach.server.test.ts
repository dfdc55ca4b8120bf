/** A verify that outlives its terminal: left with Ctrl-C, the terminal closed, taken up again, ended, killed hard. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DrillResult } from "../../src/record.ts";
import { stamp } from "../../src/world/timeline.ts";
import { testFolder } from "../support/dumps.ts";
import { startFogbell } from "../support/fogbell.ts";
import { openTerminal } from "../support/tmux.ts";

const STAMP = stamp(Date.now() - 3_600_000);
const rows = Array.from({ length: 5000 }, (_, id) => `${id}\t${"x".repeat(50)}`).join("\n");
const DUMP = `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.1\n-- Dumped by pg_dump version 15.1\n
CREATE TABLE public.t (id integer PRIMARY KEY, v text);\nCOPY public.t (id, v) FROM stdin;\n${rows}\n\\.\n\n
--\n-- PostgreSQL database dump complete\n--\n\n`;

let folder: Awaited<ReturnType<typeof testFolder>>;
const results = () => join(folder.path, "drill-results");
beforeAll(async () => {
  folder = await testFolder();
  await mkdir(join(folder.path, "backups"));
  await writeFile(join(folder.path, "backups", `shop-${STAMP}.sql`), DUMP);
});
afterAll(async () => {
  await fogbell("gc");
  await folder[Symbol.asyncDispose]();
});

const start = (...args: string[]) => startFogbell(args, {}, folder.path);
const fogbell = (...args: string[]) => start(...args).ended;
const verify = (speed: string, more = "") =>
  `verify --store directory:${join(folder.path, "backups")} --sandbox local --trust-backups --bandwidth ${speed} --detach${more}`;
const begin = async (speed: string) => {
  const { code, stdout } = await fogbell(...verify(speed, " --json").split(" "));
  expect(code).toBe(0);
  return JSON.parse(stdout) as { id: string; pid: number; folder: string };
};

test("nothing was detached yet, and what cannot begin says so here and now", async () => {
  expect(await fogbell("attach")).toMatchObject({ code: 2, stderr: expect.stringContaining("FB_NOT_DETACHED") });
  expect((await fogbell("verify", "--detach")).stderr).toContain("FB_NO_SOURCES");
  await writeFile(join(folder.path, "bad.yaml"), "version: 2\n");
  const bad = await fogbell("verify", "--detach", "--config", "bad.yaml");
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining("FB_CONFIG_INVALID") });
  expect(await fogbell("run", "no-such-scenario", "--detach")).toMatchObject({ code: 2 });
  expect(await readdir(folder.path)).not.toContain("drill-results");
});

test("a terminal is left, closed, and another one tells the end", async () => {
  const terminal = await openTerminal("detach", folder.path);
  await terminal.type(`fogbell ${verify("25KB/s")}`);
  const shown = await terminal.sees(/Detached as \S+, process \d+/);
  const [, id = "", pid = ""] = /Detached as (\S+), process (\d+)/.exec(shown) ?? [];
  await terminal.type(`fogbell attach ${id}; echo "code $?"`);
  await terminal.sees(/fetch: Download the chosen copy/);
  await terminal.press("C-c");
  expect(await terminal.sees(/code \d+/)).toMatch(/You left; the run goes on[\s\S]*code 130/);
  await terminal.type(`fogbell attach ${id}`);
  await terminal.sees(/You left[\s\S]*fetch: Download the chosen copy/);
  await terminal.drop();
  expect(() => process.kill(Number(pid), 0)).not.toThrow();
  const attached = start("attach", id);
  await attached.seen("Download the chosen copy");
  const { code, stdout, stderr } = await attached.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/GOOD {2}shop: /);
  expect(stderr).toMatch(/✓ fetch [\s\S]*✓ verify/);
  // Afterwards, by the id of the verify itself: the result, and no second showing of how it went.
  const runs = (await readdir(results())).filter((name) => /^\d/.test(name));
  expect(runs).toHaveLength(1);
  const again = await fogbell("attach", join("drill-results", runs[0] ?? ""), "--json");
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout) as DrillResult).toMatchObject({ verdict: "recovered", runId: runs[0] });
  expect(again.stderr).not.toContain("✓ fetch");
});

test("ended from elsewhere it cleans up and is interrupted", async () => {
  const { id, folder: own } = await begin("10KB/s");
  const following = start("attach", id);
  await following.seen("Download the chosen copy");
  expect((await fogbell("attach", "--stop")).code).toBe(130);
  const { code, stdout, stderr } = await following.ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/interrupted by SIGINT/);
  expect(stderr).toMatch(/✓ cleanup/);
  expect((await readFile(join(own, "exit"), "utf8")).trim()).toBe("130");
});

test("killed hard: whoever follows is told, and whoever asks later", async () => {
  const { id, pid } = await begin("10KB/s");
  const following = start("attach", id);
  await following.seen("Download the chosen copy");
  process.kill(pid, "SIGKILL");
  const { code, stdout, stderr } = await following.ended;
  expect(code).toBe(4);
  expect(stderr).toMatch(/process \d+ of the detached run .* is gone and left no exit code[\s\S]*FB_DETACHED_GONE/);
  expect(stdout).toMatch(/CAN'T TELL[\s\S]*the journal breaks off/);
  expect(await fogbell("attach", id, "--json")).toMatchObject({ code: 4 });
});
