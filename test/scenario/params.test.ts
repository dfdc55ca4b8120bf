/** Names that a scenario leaves open: filled in everywhere they stand, quoted in SQL only, and complained about when wrong. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { parseSet } from "../../src/cli/set-flag.ts";
import { ScenarioError } from "../../src/errors.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario, readScenario } from "../../src/scenario/load.ts";

const FILE = "scenarios/corrupt-migration.drill.yaml";
const text = await readFile(FILE, "utf8");
const scenario = await loadScenario(FILE, catalog);
const optionsOf = (of: { readonly disaster: readonly { options: unknown }[] }) =>
  of.disaster[0]?.options as { sql: string };

const complaint = (change: (text: string) => string): string => {
  try {
    readScenario(FILE, change(text), catalog);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("params", () => {
  it("mean what the scenario says where nobody told", () => {
    expect(scenario.params.map(({ name, value, choose }) => [name, value, choose])).toEqual([
      ["table", "customers", "referred-table"],
      ["column", "name", "text-column"],
    ]);
    expect(optionsOf(plan(scenario, catalog)).sql).toContain("UPDATE customers SET display_name = left(name, 12)");
  });

  it("are written in SQL as the engine writes names, and elsewhere as they are", () => {
    const set = { table: 'Kun"den', column: "voller name" };
    const postgres = plan(scenario, catalog, { engine: "postgres", set });
    expect(optionsOf(postgres).sql).toContain('UPDATE "public"."Kun""den" SET display_name = left("voller name", 12)');
    expect(postgres.healthy[0]?.options).toMatchObject({ table: 'Kun"den' });
    expect(optionsOf(plan(scenario, catalog, { engine: "mariadb", set })).sql).toContain(
      'UPDATE `Kun"den` SET display_name = left(`voller name`, 12)',
    );
  });

  it("make a drill of their own, in the history", () => {
    expect(plan(scenario, catalog, { set: { table: "staff" } }).variant).toBe("table staff");
    expect(plan(scenario, catalog).variant).toBeNull();
  });

  it("are named when they are unknown, with the nearest", () => {
    expect(() => plan(scenario, catalog, { set: { tabel: "x" } })).toThrow(
      /no param "tabel"; did you mean "table"\?; it has table, column/,
    );
  });

  it("are complained about where they are used and not declared, or declared and not used", () => {
    expect(complaint((one) => one.replace("table: $table, min", "table: $tabel, min"))).toMatch(
      /there is no param "tabel"; params are table, column \(did you mean "table"\?\)/,
    );
    const more =
      '  column: { value: name, choose: text-column, say: "x" }\n  other: { value: y, choose: largest-table, say: "z" }\n';
    expect(complaint((one) => one.replace(/ {2}column: .*\n/, more))).toMatch(/nothing in the scenario uses \$other/);
    expect(complaint((one) => one.replace("referred-table", "parent-table"))).toMatch(/belongs to a table/);
  });

  it("leave a dollar alone that is no name of theirs", () => {
    const quoted = text.replace("UPDATE $table SET $column = display_name", () => "SELECT $$x$$, $1, $tag$y$tag$");
    const read = readScenario(FILE, quoted, catalog);
    expect(JSON.stringify(read.wrongMove)).toContain("SELECT $$x$$, $1, $tag$y$tag$");
  });

  it("are what every shipped story is about that can be drilled on somebody's own database", async () => {
    const all = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
    expect(all.filter(({ params }) => params.length === 0).map(({ id }) => id)).toEqual([
      "delete-with-cascade",
      "some-tenants-deleted",
      "tests-truncate-production",
    ]);
  });
});

describe("--set", () => {
  it("reads names and values", () => {
    expect(parseSet(["table=a=b", "column=x y"])).toEqual({ table: "a=b", column: "x y" });
  });
  it.each(["table", "=x", "table=", "Table=x"])("refuses %s", (one) => {
    expect(() => parseSet([one])).toThrow(/is not a name and a value/);
  });
  it("refuses a name that is told twice", () => {
    expect(() => parseSet(["table=a", "table=b"])).toThrow(/told twice/);
  });
});

describe("on-own", () => {
  const STORY = `
on-own:
  recovery:
    source: SOURCE
    steps: [{ phase: restore, do: restore-beside }]
`;
  const told = async (source: string) => {
    const text = await readFile("scenarios/drop-table.drill.yaml", "utf8");
    return readScenario("drop-table.drill.yaml", text + STORY.replace("SOURCE", source), catalog);
  };

  it("stands in place of the scenario's own sections, and only of those it tells", async () => {
    const scenario = await told("nightly");
    expect(scenario.onOwn?.recovery).toMatchObject({ source: "nightly", steps: [{ do: "restore-beside" }] });
    expect(scenario.onOwn?.verify).toBeUndefined();
    expect(scenario.recovery.steps.length).toBeGreaterThan(1);
    expect(scenario.onOwn?.recovery?.steps[0]?.line).toBeGreaterThan(scenario.recovery.steps[0]?.line ?? 0);
  });

  it.each([
    ["nightli", /on-own\.recovery\.source: no backup is called "nightli"/],
    ["newest-clean", /on-own\.recovery\.clean must say what a clean copy is/],
    ["none", /on-own\.recovery\.source is none, and restore-beside needs something restored/],
  ])("is checked as they are: source %s", async (source, message) => {
    const error = await told(source).catch((one: ScenarioError) => one);
    expect(error).toBeInstanceOf(ScenarioError);
    expect((error as ScenarioError).issues.map((one) => one.message).join("\n")).toMatch(message);
  });
});
