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
    ["an option of another probe", good.replace("{ probe: grants }", "{ probe: grants, max: 1h }"), false],
  ])("JSON Schema and loader agree: %s", (_name, text, valid) => {
    const value = parse(text);
    expect(validate(value)).toBe(valid);
    expect(scenarioSchema(catalog).safeParse(value).success).toBe(valid);
  });
});
