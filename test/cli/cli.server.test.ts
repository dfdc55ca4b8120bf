/** The program as a person starts it: exit codes, clean stdout, Ctrl-C, kill -9, gc. Runs what `npm run build` made. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labelledFolders } from "../../src/host/scratch.ts";
import type { DrillEvent, DrillResult } from "../../src/record.ts";
import { deriveResult, readJournal } from "../../src/result/result.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { SMALL } from "../support/play.ts";

const BIN = resolve("bin/run.js");
let folder: string;
beforeAll(async () => {
  if (!existsSync("dist/main.js")) throw new Error("npm run build first");
  folder = await mkdtemp(join(tmpdir(), "cli-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
function start(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended>; seen: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: resolve("."),
    env: { ...process.env, CI: "true", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    for (const one of waiting) if (stderr.includes(one.text)) one.resolve();
  });
  return {
    child,
    ended: new Promise((done) => child.once("close", (code) => done({ code, stdout, stderr }))),
    seen: (text) => new Promise((done) => waiting.push({ text, resolve: done })),
  };
}
const fogbell = (...args: string[]) => start(args).ended;
const run = (out: string, ...more: string[]) => [
  "run",
  SMALL,
  "--sandbox",
  "local",
  "--out",
  join(folder, out),
  ...more,
];
async function onlyRun(out: string): Promise<{ runId: string; events: DrillEvent[] }> {
  const [runId = ""] = await readdir(join(folder, out));
  return { runId, events: readJournal(await readFile(join(folder, out, runId, "journal.jsonl"), "utf8")) };
}
async function leftOf(runId: string): Promise<string[]> {
  return [
    ...(await processesOf(runId)).map(String),
    ...(await labelledFolders()).filter(({ label }) => label.runId === runId).map((one) => one.folder),
  ];
}

describe("a drill", () => {
  test("--json: the result alone on stdout, the story on stderr, the paper in the run folder", async () => {
    const { code, stdout, stderr } = await fogbell(...run("json", "--json"));
    const result = JSON.parse(stdout) as DrillResult;
    expect([code, result.verdict, result.schemaVersion]).toEqual([0, "recovered", 1]);
    expect(stderr).toContain("✓ restore");
    expect(stderr).not.toContain("\u001b");
    const { runId } = await onlyRun("json");
    expect((await readdir(join(folder, "json", runId))).sort()).toEqual([
      "journal.jsonl",
      "report.md",
      "result.json",
      "runbook.md",
    ]);
    expect(JSON.parse(await readFile(join(folder, "json", runId, "result.json"), "utf8"))).toEqual(result);
    expect(await leftOf(runId)).toEqual([]);
    const again = await fogbell("report", "build", join(folder, "json", runId));
    expect(again.stdout.trim()).toBe((await readFile(join(folder, "json", runId, "report.md"), "utf8")).trim());
  });
  test("secrets in the environment are in nothing that was written", async () => {
    const secret = "planted/S3cret+value";
    const { ended } = start(run("secret"), { AWS_SECRET_ACCESS_KEY: secret, PGPASSWORD: "planted-password" });
    const { stdout, stderr } = await ended;
    const { runId } = await onlyRun("secret");
    const files = await Promise.all(
      (await readdir(join(folder, "secret", runId))).map((file) =>
        readFile(join(folder, "secret", runId, file), "utf8"),
      ),
    );
    for (const text of [stdout, stderr, ...files]) expect(text).not.toMatch(/planted/);
  });
  test("two scenarios in one call, each with its folder", async () => {
    const { code, stdout } = await fogbell(
      "run",
      SMALL,
      SMALL,
      "--sandbox",
      "local",
      "--out",
      join(folder, "two"),
      "--json",
    );
    expect([code, (JSON.parse(stdout) as unknown[]).length, (await readdir(join(folder, "two"))).length]).toEqual([
      0, 2, 2,
    ]);
  });
  test("--keep leaves the sandbox, says so, and gc takes it", async () => {
    const { code, stderr } = await fogbell(...run("keep", "--keep", "--json"));
    expect([code, stderr.includes("✓ cleanup")]).toEqual([0, true]);
    const { runId } = await onlyRun("keep");
    expect((await leftOf(runId)).length).toBeGreaterThan(0);
    await fogbell("gc");
    expect(await leftOf(runId)).toEqual([]);
  });
});

describe("interrupted", () => {
  test("Ctrl-C once: cleaned up, written down, 130", async () => {
    const { child, ended, seen } = start(run("once"));
    await seen("✓ world");
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain("stopping and cleaning up");
    const { runId, events } = await onlyRun("once");
    expect(events.map(({ kind }) => kind).slice(-4)).toEqual([
      "phase-began",
      "cleaned-up",
      "phase-ended",
      "drill-ended",
    ]);
    expect(deriveResult(events)).toMatchObject({ verdict: "void", interrupted: true });
    expect(existsSync(join(folder, "once", runId, "report.md"))).toBe(true);
    expect(await leftOf(runId)).toEqual([]);
  });
  test("Ctrl-C twice: gone at once, and gc leaves nothing", async () => {
    const { child, ended, seen } = start(run("twice"));
    await seen("backup     nightly");
    child.kill("SIGINT");
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGINT"), 50);
    expect((await ended).code).toBe(130);
    const { runId } = await onlyRun("twice");
    await fogbell("gc");
    expect(await leftOf(runId)).toEqual([]);
  });
  test("kill -9: the journal is there up to it, and gc leaves nothing", async () => {
    const { child, ended, seen } = start(run("nine"));
    await seen("✓ world");
    child.kill("SIGKILL");
    await ended;
    const { runId, events } = await onlyRun("nine");
    expect((await leftOf(runId)).length).toBeGreaterThan(0);
    const { stdout } = await fogbell("gc");
    expect(stdout).toContain("removed");
    expect(await leftOf(runId)).toEqual([]);
    expect(deriveResult(events)).toMatchObject({ verdict: "void", reasons: [expect.stringContaining("breaks off")] });
    const report = await fogbell("report", "build", join(folder, "nine", runId));
    expect(report.stdout).toContain("The drill ended before it could clean up");
  });
});

describe("what is wrong is said on stderr, with the exit code and what to type", () => {
  const bad = async (name: string, change: (text: string) => string) => {
    const file = join(folder, `${name}.drill.yaml`);
    await writeFile(
      file,
      change((await readFile("scenarios/drop-table.drill.yaml", "utf8")).replace("id: drop-table", `id: ${name}`)),
    );
    return file;
  };
  test.each<[string, readonly string[], number, RegExp]>([
    ["an unknown command", ["rnu"], 2, /rnu/],
    ["an unknown flag", ["run", "drop-table", "--frob"], 2, /FB_USAGE/],
    ["a flag's wrong value", ["run", "drop-table", "--sandbox", "cloud"], 2, /cloud/],
    ["no scenario", ["run"], 2, /FB_NOTHING_TO_RUN/],
    ["a tag nobody has", ["run", "--tag", "nothing"], 2, /FB_NOTHING_TO_RUN/],
    ["a misspelt scenario", ["run", "drop-tabel"], 2, /did you mean "drop-table"/],
    ["a missing file", ["run", "./none.drill.yaml"], 2, /FB_SCENARIO_NOT_FOUND/],
    ["too few rows", ["run", "drop-table", "--rows", "1"], 2, /FB_USAGE/],
    ["a store nobody knows", ["run", "drop-table", "--store", "ftp://x"], 2, /FB_STORE_URL/],
    ["a store that is not there", ["backups", "list", "--store", "directory:/no/such"], 4, /FB_STORE_MISSING/],
    ["a folder without a journal", ["report", "build", "/tmp"], 2, /FB_NO_JOURNAL/],
  ])("%s", async (_name, args, code, message) => {
    const ended = await fogbell(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
    expect(ended.stdout).toBe("");
  });
  test("an unknown key: file, line, column, and the right word", async () => {
    const file = await bad("typo", (text) => text.replace("objectives:", "objectivs:"));
    const { code, stderr } = await fogbell("run", file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/typo\.drill\.yaml:9:1 {2}unknown key "objectivs" \(did you mean "objectives"\?\)/);
    const lint = await fogbell("scenario", "lint", file, "--json");
    expect(lint.code).toBe(2);
    expect(JSON.parse(lint.stdout)).toMatchObject([{ issues: [{ line: 9 }] }]);
  });
  test("errors are JSON under --json", async () => {
    const { code, stdout } = await fogbell("run", "drop-tabel", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([2, { error: { code: "FB_SCENARIO_NOT_FOUND", exitCode: 2 } }]);
  });
  test("no Docker: void's exit code, and both ways out", async () => {
    const { ended } = start(["run", "drop-table", "--sandbox", "docker", "--out", join(folder, "nodocker")], {
      DOCKER_HOST: "unix:///no/such/socket",
    });
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(4);
    expect(stderr).toContain("no Docker engine answers");
    expect(stdout).toMatch(/VOID[\s\S]*next: fogbell run --sandbox local/);
    expect((await onlyRun("nodocker")).events.map(({ kind }) => kind)).toEqual([
      "drill-began",
      "problem",
      "phase-began",
      "cleaned-up",
      "phase-ended",
      "drill-ended",
    ]);
  });
  test("a dataset that is not there: void, written down", async () => {
    const file = await bad("nodata", (text) =>
      text.replace("dataset: { preset: shop, rows: 200000 }", "dataset: { sql: [nowhere.sql] }"),
    );
    const { code, stderr } = await fogbell("run", file, "--sandbox", "local", "--out", join(folder, "nodata"));
    expect(stderr).toContain("dataset file not found");
    expect(code).toBe(4);
    expect((await onlyRun("nodata")).events.at(-1)?.kind).toBe("drill-ended");
  });
});

describe("everything else that a newcomer types", () => {
  test("--dry-run starts nothing and names everything", async () => {
    const { code, stdout } = await fogbell("run", "drop-table", "--dry-run", "--out", join(folder, "dry"));
    expect(code).toBe(0);
    for (const word of ["fogbell/postgres:15", "nightly", "DROP TABLE", "CONNECTION LIMIT 0"])
      expect(stdout).toContain(word);
    expect(existsSync(join(folder, "dry"))).toBe(false);
  });
  test("a new scenario lints and runs", async () => {
    await fogbell("scenario", "new", "lost-payments", "--table", "payments", "--out", folder);
    const file = join(folder, "lost-payments.drill.yaml");
    expect((await fogbell("scenario", "lint", file)).code).toBe(0);
    const { code, stdout } = await fogbell(
      "run",
      file,
      "--sandbox",
      "local",
      "--rows",
      "3000",
      "--out",
      join(folder, "new"),
    );
    expect([code, stdout.includes("RECOVERED")]).toEqual([0, true]);
    expect((await fogbell("scenario", "new", "lost-payments", "--out", folder)).code).toBe(2);
  });
  test.each([
    ["scenario", "list"],
    ["scenario", "show", "drop-table"],
    ["schema"],
    ["schema", "--docs"],
    ["schema", "--config"],
    ["doctor"],
    ["--help"],
    ["run", "--help"],
    ["--version"],
    ["autocomplete", "script", "bash"],
  ])("%s %s %s", async (...args) => {
    const { code, stdout } = await fogbell(...args.filter((arg) => arg !== undefined));
    expect([code, stdout.length > 10]).toEqual([0, true]);
  });
  test("schema --config prints the one of fogbell.yaml that is committed, alone on standard output", async () => {
    const { stdout } = await fogbell("schema", "--config");
    expect(stdout).toBe(await readFile("docs/fogbell.v1.schema.json", "utf8"));
    expect(JSON.parse((await fogbell("schema", "--config", "--json")).stdout)).toEqual(JSON.parse(stdout));
    expect((await fogbell("schema", "--config", "--docs")).code).toBe(2);
  });
  test("backups are listed by content and fetched by name", async () => {
    const store = join(folder, "store");
    const { mkdir } = await import("node:fs/promises");
    await mkdir(store);
    await writeFile(
      join(store, "shop-20261120T130000Z.txt"),
      "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18\n\n-- PostgreSQL database dump complete\n",
    );
    const listed = await fogbell("backups", "list", "--store", `directory:${store}`);
    expect(listed.stdout).toMatch(/postgres 15\.18 logical plain .* yes .*shop-20261120T130000Z\.txt/);
    const fetched = await fogbell(
      "backups",
      "fetch",
      "shop-20261120T130000Z.txt",
      "--store",
      `directory:${store}`,
      "--to",
      join(folder, "fetched"),
    );
    expect([fetched.code, existsSync(join(folder, "fetched", "shop-20261120T130000Z.txt"))]).toEqual([0, true]);
    expect(
      (await fogbell("backups", "fetch", "shop-20261120T130000Z.tx", "--store", `directory:${store}`, "--to", folder))
        .stderr,
    ).toContain("did you mean");
  });
});
