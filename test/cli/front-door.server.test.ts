/** What people type before they have read anything: every answer has a code and what to type next. Starts no server. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { startFogbell } from "../support/fogbell.ts";

const fogbell = (...args: readonly string[]) => startFogbell(args).ended;

describe("what is typed wrongly", () => {
  const WRONG: readonly (readonly [words: string, code: string, next: string])[] = [
    ["schema foo", "FB_USAGE", "fogbell schema --help"],
    ["scenario list foo", "FB_USAGE", "fogbell scenario list --help"],
    ["--verison", "FB_USAGE", "fogbell --help"],
    ["-x", "FB_USAGE", "fogbell --help"],
    ["scenario --hlep", "FB_USAGE", "fogbell scenario --help"],
    ["help foo", "FB_COMMAND_UNKNOWN", "fogbell --help"],
    ["help scenario lnt", "FB_COMMAND_UNKNOWN", "fogbell scenario lint --help"],
    ["autocomplete foo", "FB_USAGE", "fogbell --help"],
    ["backups list", "FB_USAGE", "fogbell backups list --help"],
    ["report merge", "FB_USAGE", "fogbell report merge --help"],
  ];
  test.each(WRONG)("fogbell %s: our error, for people and as JSON", async (words, code, next) => {
    const ended = await fogbell(...words.split(" "));
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^Error: .+\n {7}\[FB_/);
    expect(ended.stderr).toContain(`[${code}]\nNext:\n  ${next}\n`);
    const json = await fogbell(...words.split(" "), "--json");
    expect([json.code, json.stderr]).toEqual([2, ""]);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code, exitCode: 2 } });
  });
});

describe("short flags", () => {
  test.each([
    ["-h", /USAGE\n {2}\$ fogbell \[COMMAND\]/],
    ["run -h", /USAGE\n {2}\$ fogbell run /],
    ["scenario -h", /USAGE\n {2}\$ fogbell scenario COMMAND/],
    ["-v", /^fogbell\/\d/],
  ])("fogbell %s", async (words, text) => {
    expect(await fogbell(...words.split(" "))).toMatchObject({ code: 0, stdout: expect.stringMatching(text) });
  });
});

test("a file of secrets reaches us, and not Node: it need not be on this machine", async () => {
  const { code, stdout } = await fogbell("schedule", "--systemd", "--secrets-file", "/nowhere/fogbell.env");
  expect([code, stdout]).toEqual([0, expect.stringContaining("EnvironmentFile=/nowhere/fogbell.env")]);
});

test("somebody who reads slowly gets all of it", async () => {
  const child = spawn(process.execPath, [resolve("bin/run.js"), "schema"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => child.once("close", done));
  // Longer than oclif would wait for its last words to be taken.
  await new Promise((done) => setTimeout(done, 11_000));
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  expect(await ended).toBe(0);
  expect(JSON.parse(Buffer.concat(pieces).toString())).toHaveProperty("$schema");
});
