import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { type Issue, ScenarioError, UsageError } from "../../src/errors.ts";
import { listScenarios, resolveScenario } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";

let folder: string;
let good: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenario-test-"));
  good = await readFile("scenarios/drop-table.drill.yaml", "utf8");
});
afterAll(() => rm(folder, { recursive: true }));

async function issuesOf(text: string): Promise<readonly Issue[]> {
  const file = join(folder, "drop-table.drill.yaml");
  await writeFile(file, text);
  try {
    await loadScenario(file, catalog);
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.issues;
    throw error;
  }
}
const lineOf = (text: string) => good.split("\n").findIndex((line) => line.includes(text)) + 1;

describe("what is right", () => {
  test("every shipped scenario loads", async () => {
    for (const file of await listScenarios()) expect((await loadScenario(file, catalog)).id).toBeTruthy();
  });
  test("durations become milliseconds, steps know their line, hyphenated options stay", async () => {
    const scenario = await loadScenario("scenarios/drop-table.drill.yaml", catalog);
    expect(scenario.objectives).toEqual({ rtoMs: 900_000, rpoMs: 3_600_000, mtdMs: 14_400_000 });
    expect(scenario.disaster.steps[0]).toMatchObject({
      do: "drop-table",
      options: { table: "orders" },
      line: lineOf("do: drop-table"),
    });
    expect(scenario.verify[0]?.options).toEqual({ tables: ["orders"], "allow-loss": 43_200_000 });
    expect(scenario.world.backups.map(({ name, decoy }) => [name, decoy])).toEqual([
      ["nightly", false],
      ["hourly", false],
      ["old-export", true],
    ]);
    expect(scenario.abort).toEqual({ elapsedMs: 3_600_000, diskFreeBytes: 1024 ** 3 });
  });
  test("a byte order mark and Windows line ends do no harm", async () =>
    expect(await issuesOf(`\uFEFF${good.replaceAll("\n", "\r\n")}`)).toEqual([]));
});

describe("what is wrong is named, with its place and the nearest right word", () => {
  test.each([
    ["unknown key at the top", "title:", "titel:", /unknown key "titel"/, "title"],
    ["unknown key in objectives", "rto: 15m", "rtoo: 15m", /unknown key "rtoo"/, "rto"],
    ["unknown option of a probe", "allow-loss: 12h", "allow-los: 12h", /unknown key "allow-los"/, "allow-loss"],
    [
      "unknown probe",
      "probe: sequences-ahead",
      "probe: sequence-ahead",
      /"sequence-ahead" is not known here/,
      "sequences-ahead",
    ],
    ["unknown action", "do: stop-writers", "do: stop-writer", /"stop-writer" is not known here/, "stop-writers"],
    [
      "unknown method",
      "name: nightly, method: logical",
      "name: nightly, method: logicl",
      /"logicl" is not known here/,
      "logical",
    ],
    ["unknown version", 'postgres: ["15", "17", "18"]', 'postgres: ["16"]', /"16" is not known here/, undefined],
  ])("%s", async (_name, right, wrong, message, suggestion) => {
    const [issue, ...more] = await issuesOf(good.replace(right, wrong));
    expect(more).toEqual([]);
    expect(issue?.message).toMatch(message);
    expect(issue?.line).toBe(lineOf(right));
    if (suggestion !== undefined) expect(issue?.suggestion).toBe(suggestion);
  });
  test.each([
    ["wrong type", "seed: 4242", 'seed: "many"', /seed/],
    ["duration without unit", "rto: 15m", "rto: 15", /rto/],
    ["a duration that is none", "rto: 15m", "rto: soon", /a duration such as/],
    ["two backups of one name", "name: hourly", "name: nightly", /two backups are called "nightly"/],
    ["a source that is not there", "source: newest-verified", "source: weekly", /no backup is called "weekly"/],
    ["an id that is not the file's", "id: drop-table", "id: drop-tables", /drop-tables\.drill\.yaml/],
    ["an RTO beyond the MTD", "mtd: 4h", "mtd: 1m", /longer than the maximum tolerable downtime/],
    ["another version of the format", "version: 1", "version: 2", /version/],
  ])("%s", async (_name, right, wrong, message) => {
    const issues = await issuesOf(good.replace(right, wrong));
    expect(issues.map((issue) => issue.message).join("\n")).toMatch(message);
    expect(issues[0]?.line).toBeGreaterThan(0);
  });
  test("all of it at once, in the order of the file", async () => {
    const bad = good
      .replace("title:", "titel:")
      .replace("seed: 4242", "seed: -1")
      .replace("do: drop-side", "do: drop-sides");
    const issues = await issuesOf(bad);
    expect(issues.length).toBeGreaterThanOrEqual(3);
    expect(issues.map(({ line }) => line)).toEqual([...issues.map(({ line }) => line)].sort((a, b) => a - b));
  });
  test("a proof that is missing", async () => {
    const without = good.replace(/ {2}# Must hold before the clock[\s\S]*?table: \$table }\n/, "");
    expect((await issuesOf(without)).map(({ message }) => message)).toEqual([
      expect.stringMatching(/disaster\.proof is missing/),
    ]);
  });
});

describe("what is no scenario at all", () => {
  test.each([
    ["empty", "", /empty/],
    ["a list", "- 1\n", /map of keys/],
    ["a duplicate key", "version: 1\nversion: 1\n", /unique|duplicate/i],
    ["tabs", "version:\t1\n\tid: x\n", /tab/i],
    ["broken", "version: [1\n", /./],
  ])("%s", async (_name, text, message) =>
    expect((await issuesOf(text)).map((issue) => issue.message).join()).toMatch(message),
  );

  test("an alias bomb is refused before it grows", async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(", ")}]`,
    );
    const began = performance.now();
    const issues = await issuesOf(`a0: &a0 lol\n${levels.join("\n")}\n`);
    expect(issues[0]?.message).toMatch(/aliases multiply/);
    expect(performance.now() - began).toBeLessThan(2000);
  });
  test("a file of a megabyte", async () =>
    expect((await issuesOf(`# ${"x".repeat(1024 * 1024)}\n`))[0]?.message).toMatch(/at most/));
  test("a missing file", async () =>
    await expect(loadScenario(join(folder, "none.drill.yaml"), catalog)).rejects.toThrow(UsageError));
  test("a folder, with what to type instead", async () => {
    const wanted = {
      code: "FB_SCENARIO_NOT_FOUND",
      message: `${folder}/ is a folder, not a scenario file`,
      next: [`fogbell scenario lint ${folder}/*.drill.yaml`, `fogbell run ${folder}/*.drill.yaml`],
    };
    await expect(loadScenario(`${folder}/`, catalog)).rejects.toMatchObject(wanted);
    await expect(resolveScenario("scenarios")).rejects.toMatchObject({ message: /scenarios is a folder/ });
  });
  test("a misspelt id", async () =>
    await expect(resolveScenario("drop-tabel")).rejects.toThrow(/did you mean "drop-table"/));
});
