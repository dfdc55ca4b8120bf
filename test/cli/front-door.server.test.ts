/** What people type before they have read anything: every answer has a code and what to type next. Starts no server. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

describe("backups", () => {
  const folder = mkdtempSync(join(tmpdir(), "front-door-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const nowhere = mkdtempSync(join(folder, "no-file-"));
  const config = join(folder, "fogbell.yaml");
  beforeAll(() =>
    writeFileSync(
      config,
      `version: 1\ndatabases:\n  - name: lst\n    engine: postgres\n    sources: [{ store: "directory:${folder}" }]\n`,
    ),
  );
  test("a database that is none may be a command", async () => {
    const { stderr, ...ended } = await fogbell("backups", "fetsh", "--config", config);
    expect(ended).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/no database "fetsh".*; or is the command "backups fetch" meant\?/);
    expect(stderr).toContain("[FB_DATABASE_UNKNOWN]\nNext:\n  fogbell backups fetch --help\n");
    expect((await startFogbell(["backups", "lst"], {}, folder).ended).code).toBe(0);
    expect((await startFogbell(["backups", "lst"], {}, nowhere).ended).stderr).toContain('"backups list" meant?');
  });
});

describe("scenario lint", () => {
  test("a file that is not there: an error without a place in it, and the others are still looked at", async () => {
    const { code, stderr, stdout } = await fogbell("scenario", "lint", "drop-tabel.yaml", "scenarios", "drop-table");
    expect([code, stdout]).toEqual([2, expect.stringContaining("drop-table.drill.yaml: valid")]);
    expect(stderr).toContain("[FB_SCENARIO_NOT_FOUND]\nNext:\n  fogbell scenario show drop-table\n");
    expect(stderr).toContain("Error: scenarios is a folder, not a scenario file\n");
    const json = await fogbell("scenario", "lint", "drop-tabel.yaml", "drop-table", "--json");
    expect(JSON.parse(json.stdout)).toEqual([
      { file: "drop-tabel.yaml", issues: [], error: expect.objectContaining({ code: "FB_SCENARIO_NOT_FOUND" }) },
      { file: expect.stringContaining("drop-table.drill.yaml"), issues: [] },
    ]);
  });
});

test.each([
  [[], "--database shop --to x/shop-1.ledger.json.gz -- pg_dump --snapshot={snapshot} -Fc -f x/shop-1.dump shop"],
  [
    ["--engine", "mariadb"],
    "--engine mariadb --database shop --to x/shop-1.ledger.json.gz -- mariadb-dump --single-transaction --result-file=x/shop-1.sql shop",
  ],
])("ledger record without a command shows one: %j", async (more, line) => {
  const own = ["--database", "shop", "--to", "x/shop-1.ledger.json.gz"];
  const { code, stderr } = await fogbell("ledger", "record", ...more, ...own);
  expect(code).toBe(2);
  expect(stderr).toContain(`[FB_USAGE]\nNext:\n  fogbell ledger record ${line}\n`);
});

describe("a dry run", () => {
  test.each([
    ["--reporter foo", "FB_REPORTER_UNKNOWN"],
    ["--store foo:bar", "FB_STORE_URL"],
    ["--notify-slack foo", "FB_NOTIFY_URL"],
  ])("refuses what the run would refuse: %s", async (flags, code) => {
    const { stderr, ...ended } = await fogbell("run", "drop-table", "--dry-run", ...flags.split(" "));
    expect(ended).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`[${code}]`);
  });
  test("names the store", async () => {
    const { stdout } = await fogbell("run", "drop-table", "--dry-run", "--store", "s3://drills/fogbell");
    expect(stdout).toMatch(/^Store {5}s3:\/\/drills\/fogbell, below a prefix of the run$/m);
    const json = await fogbell("run", "drop-table", "--dry-run", "--store", "s3://drills/fogbell", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject([{ store: "s3://drills/fogbell" }]);
  });
});

describe("several drills", () => {
  const out = mkdtempSync(join(tmpdir(), "front-door-"));
  afterAll(() => rmSync(out, { recursive: true }));
  /** Void at once: no Docker engine answers. */
  const run = (...args: readonly string[]) =>
    startFogbell(["run", ...args, "--sandbox", "docker", "--out", join(out, "results")], {
      DOCKER_HOST: "unix:///no/such/socket",
    }).ended;

  test("--all beside a name is a mistake", async () => {
    expect(await run("--all", "drop-table")).toMatchObject({ code: 2, stderr: expect.stringContaining("[FB_USAGE]") });
  });
  test("--last-failed, where nothing was ever drilled, is no pass", async () => {
    const { code, stderr } = await run("--last-failed");
    expect([code, stderr]).toEqual([2, expect.stringContaining("[FB_NOTHING_TO_RUN]")]);
  });
  test("--bail: what is behind the first that failed is named, and not run", async () => {
    const { code, stdout, stderr } = await run("drop-table", "truncated-dump", "wrong-tab-delete", "--bail", "--json");
    const results = JSON.parse(stdout) as { scenario: { id: string } }[];
    expect([code, results.map(({ scenario }) => scenario.id)]).toEqual([4, ["drop-table"]]);
    expect(stderr).toContain(
      "Not run, because of --bail: truncated-dump on postgres 15, wrong-tab-delete on postgres 15\n",
    );
  });
  test("--last-failed: what failed, and nothing else", async () => {
    const { code, stdout, stderr } = await run("--last-failed", "--json");
    const { results, notRun } = JSON.parse(stdout) as { results: { scenario: { id: string } }[]; notRun: string[] };
    expect([code, results.map(({ scenario }) => scenario.id), notRun]).toEqual([4, ["drop-table"], []]);
    expect(stderr).toMatch(/Not run again: in \S+results, \d+ have no result there\./);
    expect((await run("--last-failed", "truncated-dump")).code).toBe(2);
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
