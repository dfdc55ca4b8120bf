import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { catalog } from "../../src/catalog.ts";
import { formatPage, jsonSchema } from "../../src/scenario/format-docs.ts";
import { scenarioSchema } from "../../src/scenario/schema.ts";
import { scenarioText } from "../../src/scenario/template.ts";

const validate = new Ajv({ strict: false }).compile(jsonSchema(catalog));
const good = await readFile("scenarios/drop-table.drill.yaml", "utf8");

/** Every key that may be left out is. */
const minimal = good
  .replace(/^(summary|story|tags):.*\n/gm, "")
  .replace(/ {2}(seed|writer|source):.*\n/g, "")
  .replace(", mtd: 4h", "")
  .replace(", rows: 200000", "")
  .replace(/abort:[\s\S]*/, "");

describe("one definition", () => {
  test("the committed schema and page are what it yields now (npm run docs)", async () => {
    expect(await readFile("docs/scenario.v1.schema.json", "utf8")).toBe(
      `${JSON.stringify(jsonSchema(catalog), null, 2)}\n`,
    );
    expect(await readFile("docs/scenario-format.md", "utf8")).toBe(formatPage(catalog));
  });
  test("it is draft-07 and closed", () => {
    const schema = jsonSchema(catalog);
    expect(schema.$schema).toContain("draft-07");
    expect(schema.additionalProperties).toBe(false);
  });
  test("every key has a description and an example", () => {
    const bare: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, inner] of Object.entries((node as { properties?: object }).properties ?? {})) {
        const { description, examples, const: fixed } = inner as Record<string, unknown>;
        if (description === undefined) bare.push(`${path}.${key}: description`);
        if (
          examples === undefined &&
          fixed === undefined &&
          (inner as { properties?: object }).properties === undefined
        )
          bare.push(`${path}.${key}: example`);
      }
      for (const [key, inner] of Object.entries(node)) look(inner, `${path}.${key}`);
    };
    look(jsonSchema(catalog), "");
    expect(bare).toEqual([]);
  });
  test("every key of the format itself that may be left out says what holds then", () => {
    const silent: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties = {}, required = [] } = node as { properties?: object; required?: readonly string[] };
      // Options of probes are their own files' matter.
      if ("probe" in properties) return;
      for (const [key, inner] of Object.entries(properties)) {
        const { default: value, description } = inner as { default?: unknown; description?: string };
        if (!required.includes(key) && value === undefined && !description?.includes("Default:"))
          silent.push(`${path}.${key}`);
      }
      for (const [key, inner] of Object.entries(node)) look(inner, `${path}.${key}`);
    };
    look(jsonSchema(catalog), "");
    expect(silent).toEqual([]);
  });
  test("defaults are told as people write them", () => {
    const text = JSON.stringify(jsonSchema(catalog));
    expect(text).toContain('"default":{"every":"1m","after-damage":"0s"}');
    expect(text).not.toContain('"default":60000');
  });
  test.each([
    ["the shipped scenario", good, true],
    ["a new one", scenarioText({ id: "own", table: "orders", folder: "." }), true],
    [
      "a new one with hostile names",
      scenarioText({ id: "own", table: 'or"de: rs # x', sql: ["a b.sql"], folder: "." }),
      true,
    ],
    ["an unknown key", good.replace("title:", "titel:"), false],
    ["an unknown probe", good.replace("probe: grants", "probe: grant"), false],
    ["a bad duration", good.replace("rto: 15m", "rto: 15"), false],
    ["a step without its word", good.replace("do: drop-table", "doo: drop-table"), false],
    ["a phase where none belongs", good.replace("do: drop-table", "phase: restore, do: drop-table"), false],
    ["two kinds of dataset", good.replace("rows: 200000", "rows: 200000, sql: [a.sql]"), false],
    ["too few rows", good.replace("rows: 200000", "rows: 10"), false],
    ["a wrong abort", good.replace("when: elapsed, over", "when: elapsed, under"), false],
    [
      "a control character in a name",
      good.replace("do: drop-table, table: $table", 'do: drop-table, table: "a\\nb"'),
      false,
    ],
    ["only what is required", minimal, true],
    ["an option of another probe", good.replace("{ probe: grants }", "{ probe: grants, max: 1h }"), false],
  ])("JSON Schema and loader agree: %s", (_name, text, valid) => {
    const value = parse(text);
    expect(validate(value)).toBe(valid);
    expect(scenarioSchema(catalog).safeParse(value).success).toBe(valid);
  });
});
