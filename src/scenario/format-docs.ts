/** The JSON Schema of the scenario format and its documentation page, both from the one definition. Pure. */
import { z } from "zod";
import { DURATION_PATTERN, SIZE_PATTERN } from "../host/units.ts";
import type { Catalog, Part } from "../parts.ts";
import { BACKUP_KEYS, optionShape, scenarioSchema } from "./schema.ts";

interface Node {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
  [key: string]: unknown;
}

/** zod drops the examples of what it transforms; they are of what people write, and stay. */
function toSchema(type: z.ZodType): Node {
  return z.toJSONSchema(type, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: node }) => {
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) node.examples = examples;
    },
  }) as Node;
}

/** Draft-07, of what people write: durations as text. The YAML language server understands no newer draft. */
export function jsonSchema(catalog: Catalog): Node {
  const schema = toSchema(scenarioSchema(catalog));
  return { ...schema, $id: "https://fogbell.invalid/scenario.v1.schema.json", title: "Fogbell scenario, version 1" };
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (node.anyOf !== undefined || node.oneOf !== undefined) return "one of several";
  if (node.type === "array") return `list of ${typeOf(node.items ?? {})}`;
  if (node.pattern === DURATION_PATTERN.source) return "duration";
  if (node.pattern === SIZE_PATTERN.source) return "size";
  return typeof node.type === "string"
    ? ({ object: "map", integer: "whole number", boolean: "true or false", string: "text" }[node.type] ?? node.type)
    : "any";
}

/** Told in full in the table; the others are told part by part, below it. */
const UNIONS: ReadonlySet<string> = new Set(["world.dataset", "abort"]);

function rows(node: Node, prefix: string): string[] {
  const properties = Object.entries(node.properties ?? {});
  return properties.flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const needed = node.required?.includes(key)
      ? "required"
      : inner.default === undefined
        ? "optional"
        : `default \`${JSON.stringify(inner.default)}\``;
    const example = inner.examples?.[0] === undefined ? "" : `\`${JSON.stringify(inner.examples[0])}\``;
    const row = `| \`${path}\` | ${typeOf(inner)} | ${needed} | ${inner.description ?? ""} | ${example} |`;
    return [
      row,
      ...(inner.properties === undefined ? [] : rows(inner, path)),
      ...(inner.items?.properties === undefined ? [] : rows(inner.items, `${path}[]`)),
      ...(UNIONS.has(path) ? variants(inner).flatMap((one) => rows(one, path)) : []),
      ...(UNIONS.has(path) ? variants(inner.items ?? {}).flatMap((one) => rows(one, `${path}[]`)) : []),
    ];
  });
}

const variants = (node: Node): Node[] => node.anyOf ?? node.oneOf ?? [];

const HEAD = "| Key | Type | | What it is | Example |\n| --- | --- | --- | --- | --- |";

function partTable(part: Part): string {
  const node = toSchema(z.strictObject(optionShape(part)));
  const own = rows(node, "");
  return `### \`${part.name}\`\n\n${part.summary}\n\n${own.length === 0 ? "No options." : `${HEAD}\n${own.join("\n")}`}`;
}

/** docs/scenario-format.md. */
export function formatPage(catalog: Catalog): string {
  const schema = jsonSchema(catalog);
  const parts = (title: string, text: string, all: readonly Part[]) => [`## ${title}`, text, ...all.map(partTable)];
  const methods = catalog.engines.flatMap((engine) => engine.methods);
  return `${[
    "# The scenario format, version 1",
    "Made from the definition in `src/scenario/schema.ts` and the options of the parts by `npm run docs`; do not edit. A file is called `<id>.drill.yaml`, is YAML 1.2, and knows no other keys than these. Durations are `250ms`, `15m`, `1h30m`, `61d`; sizes `500MB`, `5GiB`.",
    "For completion in an editor, begin the file with `# yaml-language-server: $schema=` and the path of `scenario.v1.schema.json`, which `fogbell schema` prints.",
    "## Keys",
    `${HEAD}\n${rows(schema, "").join("\n")}`,
    ...parts(
      "Actions",
      "What `disaster.steps` and `recovery.steps` can `do`. A recovery step also has a `phase`: contain, preserve, restore, reopen or normal.",
      catalog.actions,
    ),
    ...parts(
      "Probes",
      "What `healthy`, `disaster.proof` and `verify` can ask. A probe that cannot tell is never a pass.",
      catalog.probes,
    ),
    ...parts(
      "Backup methods",
      `What \`world.backups\` can be made with. Beside the method's own options stand:\n\n${HEAD}\n${rows(toSchema(z.strictObject(BACKUP_KEYS)), "").join("\n")}`,
      methods,
    ),
  ].join("\n\n")}\n`;
}
