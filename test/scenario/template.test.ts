import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { newScenario } from "../../src/scenario/template.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenario-new-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("what is written is valid", () => {
  test.each([
    ["a preset", { preset: "shop", table: "payments" }],
    ["a name that YAML would take for something else", { table: "yes", title: 'a "title": # {x}' }],
    ["the longest name", { table: "x".repeat(127) }],
  ])("%s", async (_name, wanted) => {
    const file = await newScenario({ id: "own", folder, ...wanted }, catalog);
    const scenario = await loadScenario(file, catalog);
    expect(scenario.disaster.steps[0]?.options).toEqual({ table: wanted.table });
  });
  test("SQL files are found from the scenario, wherever it goes", async () => {
    const sql = join(folder, "a b.sql");
    await writeFile(sql, "");
    const file = await newScenario({ id: "own", folder: join(folder, "deep", "er"), sql: [sql], table: "t" }, catalog);
    expect((await loadScenario(file, catalog)).world.dataset).toEqual({ sql: [sql] });
  });
});

describe("what cannot be written is said, and nothing is", () => {
  test.each([
    ["a bad id", { id: "Bad_Id" }, "FB_SCENARIO_ID"],
    ["a preset nobody has", { preset: "shopp" }, "FB_SCENARIO_INVALID"],
    ["a table no database could have", { table: "a\nb" }, "FB_SCENARIO_INVALID"],
    ["SQL that is not there", { sql: ["nowhere.sql"] }, "FB_DATASET_MISSING"],
    ["a folder that cannot be", { folder: "/dev/null/x" }, "FB_USAGE"],
  ])("%s", async (_name, wanted, code) => {
    const asked = { id: "own", folder, table: "orders", ...wanted };
    await expect(newScenario(asked, catalog)).rejects.toMatchObject({ code, exitCode: 2 });
    expect(await readdir(folder)).toEqual([]);
  });
  test("an existing file is left as it is", async () => {
    const file = join(folder, "own.drill.yaml");
    await writeFile(file, "mine");
    await expect(newScenario({ id: "own", folder, table: "orders" }, catalog)).rejects.toMatchObject({
      code: "FB_EXISTS",
    });
    expect(await readFile(file, "utf8")).toBe("mine");
  });
});
