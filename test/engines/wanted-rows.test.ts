/** Rows that are wanted of the recovery point: a condition filters the table that it is told of, and no other. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { languageOf } from "../../src/plan/capabilities.ts";

const repairing = catalog.engines.filter(({ phrases }) => phrases.repairRows !== undefined);
const THEIRS = "issue_id IN (SELECT i.id FROM issues i\nJOIN projects p ON p.id = i.project_id WHERE p.archived)";

test("several engines repair rows", () => expect(repairing.length).toBeGreaterThanOrEqual(3));

describe.each(repairing.map((engine) => ({ engine, name: engine.name })))("$name", ({ engine }) => {
  const lines = (only?: Record<string, string>) =>
    languageOf(engine).repairRows({ tables: { projects: "1 = 0", comments: "1 = 0" }, strangers: "leave", only });
  const [copy = "", ...rest] = lines({ comments: THEIRS }).map(({ script }) => script);

  test("only the table that is told of is filtered, where it is copied out", () => {
    expect(copy.split("issue_id IN")).toHaveLength(2);
    expect(copy.indexOf("projects")).toBeLessThan(copy.indexOf("issue_id IN"));
    expect(rest.join("\n")).not.toContain("issue_id IN");
  });
  test("a condition of several lines is printed as it was written, none of them too wide", () => {
    expect(copy.split("\n").filter((line) => line.length > 76)).toEqual([]);
    expect(copy).not.toContain("i JOIN projects");
  });
  test("without one everything is wanted", () => {
    expect(lines().map(({ script }) => script)).toEqual(lines({}).map(({ script }) => script));
    expect(lines()[0]?.script).not.toContain("where=");
  });
});
