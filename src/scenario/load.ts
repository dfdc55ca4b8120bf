/** Reads a scenario file and names everything that is wrong with it, each with file, line and column. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";
import { type Issue, ScenarioError, UsageError } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import { nearest } from "../host/near-miss.ts";
import type { Catalog, Part } from "../parts.ts";
import { contradictions } from "./contradictions.ts";
import {
  optionShape,
  type Scenario,
  type ScenarioInput,
  scenarioSchema,
  type ToldProbe,
  type ToldStep,
} from "./schema.ts";

/** No honest scenario comes near; a file that does is a mistake or an attack. */
const LARGEST_BYTES = 1024 * 1024;
/** YAML aliases can multiply: nine nested lists of nine make a billion. */
const MOST_ALIASES = 50;

export type Path = readonly PropertyKey[];

/** Finds where a path of the parsed value stands in the text. */
export interface Positions {
  at(path: Path): { line: number; column: number };
  /** Of the key itself, for keys that should not be there. */
  atKey(path: Path, key: string): { line: number; column: number };
}

function positionsOf(document: Document, counter: LineCounter): Positions {
  const where = (node: unknown) => {
    const offset = isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const nodeAt = (path: Path): unknown => {
    let node: unknown = document.contents;
    for (const part of path) {
      const inner = isMap(node) || isSeq(node) ? node.get(part, true) : undefined;
      if (inner === undefined) return node;
      node = inner;
    }
    return node;
  };
  return {
    at: (path) => where(nodeAt(path)),
    atKey: (path, key) => {
      const node = nodeAt(path);
      const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
      return where(pair?.key ?? node);
    },
  };
}

async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new UsageError(`no scenario file ${file}`, {
      code: "FB_SCENARIO_NOT_FOUND",
      next: ["fogbell scenario list"],
    });
  }
  if (found.size > LARGEST_BYTES) {
    throw new ScenarioError(file, [
      {
        line: 1,
        column: 1,
        path: "",
        message: `the file has ${found.size} bytes; a scenario has at most ${LARGEST_BYTES}`,
      },
    ]);
  }
  return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
}

/** The parsed value with its positions. Throws ScenarioError for anything that is not one YAML 1.2 map. */
function parse(file: string, text: string): { value: unknown; positions: Positions } {
  const counter = new LineCounter();
  const document = parseDocument(text, { version: "1.2", lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings].map((fault): Issue => {
    const { line, col } = counter.linePos(fault.pos[0]);
    return { line: Math.max(1, line), column: Math.max(1, col), path: "", message: fault.message };
  });
  if (faults.length > 0) throw new ScenarioError(file, faults);
  if (!isMap(document.contents)) {
    throw new ScenarioError(file, [
      {
        line: 1,
        column: 1,
        path: "",
        message: text.trim() === "" ? "the file is empty" : "a map of keys is needed at the top",
      },
    ]);
  }
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), positions: positionsOf(document, counter) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ScenarioError(file, [
      { line: 1, column: 1, path: "", message: `the file's aliases multiply too far: ${why}` },
    ]);
  }
}

/** The words that may stand at a place, for suggestions. */
function knownWords(catalog: Catalog, path: Path): readonly string[] {
  const key = path.at(-1);
  if (key === "probe") return catalog.probes.map(({ name }) => name);
  if (key === "do") return catalog.actions.map(({ name }) => name);
  if (key === "method") return catalog.engines.flatMap(({ methods }) => methods.map(({ name }) => name));
  return [];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** Keys that an object at this path may have, as far as the schema can tell. */
function knownKeys(schema: z.ZodType, catalog: Catalog, value: unknown, path: Path): readonly string[] {
  const here = valueAt(value, path) as Record<string, unknown> | undefined;
  const part = partOf(catalog, here);
  if (part !== undefined)
    return ["phase", "do", "probe", "name", "method", "age", "decoy", ...Object.keys(optionShape(part))];
  let type: unknown = schema;
  for (const key of path) type = step(type, key);
  const shape = objectShape(type);
  return shape === undefined ? [] : Object.keys(shape);
}

function partOf(catalog: Catalog, here: Record<string, unknown> | undefined): Part | undefined {
  if (here === undefined || here === null) return undefined;
  return (
    catalog.probes.find(({ name }) => name === here.probe) ??
    catalog.actions.find(({ name }) => name === here.do) ??
    catalog.engines.flatMap(({ methods }) => methods).find(({ name }) => name === here.method)
  );
}

type Def = { innerType?: unknown; element?: unknown; options?: readonly unknown[]; in?: unknown };
const defOf = (type: unknown): Def => ((type as { _zod?: { def?: Def } } | undefined)?._zod?.def ?? {}) as Def;

function objectShape(type: unknown): Record<string, unknown> | undefined {
  const shape = (type as { shape?: Record<string, unknown> } | undefined)?.shape;
  if (shape !== undefined) return shape;
  const { innerType, options } = defOf(type);
  if (innerType !== undefined) return objectShape(innerType);
  if (options !== undefined)
    return Object.assign({}, ...options.map((option) => objectShape(option) ?? {})) as Record<string, unknown>;
  return undefined;
}

function step(type: unknown, key: PropertyKey): unknown {
  const { innerType, element } = defOf(type);
  if (typeof key === "number") return element ?? (innerType === undefined ? undefined : step(innerType, key));
  return objectShape(type)?.[key as string];
}

interface Reading {
  readonly schema: z.ZodType;
  readonly catalog: Catalog;
  readonly value: unknown;
  readonly positions: Positions;
}

function issuesFrom(fault: z.core.$ZodIssue, reading: Reading): Issue[] {
  const { schema, catalog, value, positions } = reading;
  const path = fault.path.map(String).join(".");
  if (fault.code === "unrecognized_keys") {
    const known = knownKeys(schema, catalog, value, fault.path);
    return fault.keys.map((key) => {
      const suggestion = nearest(key, known);
      return {
        ...positions.atKey(fault.path, key),
        path,
        message: `unknown key "${key}"${path === "" ? "" : ` in ${path}`}`,
        ...(suggestion === undefined ? {} : { suggestion }),
      };
    });
  }
  if (fault.code === "invalid_union" && fault.errors.length > 0) {
    // Of several shapes, the one whose keys were meant is the one with the fewest complaints.
    const [fewest] = [...fault.errors].sort((a, b) => a.length - b.length);
    return (fewest ?? []).flatMap((inner) =>
      issuesFrom({ ...inner, path: [...fault.path, ...inner.path] } as z.core.$ZodIssue, reading),
    );
  }
  const given = valueAt(value, fault.path);
  const words = fault.code === "invalid_value" ? fault.values.map(String) : knownWords(catalog, fault.path);
  const suggestion = typeof given === "string" ? nearest(given, words) : undefined;
  const choice = words.length > 0 ? `; one of: ${words.join(", ")}` : "";
  const missing = given === undefined && (fault.code === "invalid_type" || fault.code === "invalid_union");
  const message = missing
    ? `${path} is missing`
    : words.length > 0
      ? `${path}: "${String(given)}" is not known here${choice}`
      : `${path}: ${fault.message}`;
  return [{ ...positions.at(fault.path), path, message, ...(suggestion === undefined ? {} : { suggestion }) }];
}

/** Loads and checks a scenario. Throws ScenarioError with every problem, UsageError when there is no such file. */
export async function loadScenario(file: string, catalog: Catalog): Promise<Scenario> {
  const text = await readText(file);
  const { value, positions } = parse(file, text);
  const schema = scenarioSchema(catalog);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const reading = { schema, catalog, value, positions };
    throw new ScenarioError(
      file,
      sorted(withoutEchoes(parsed.error.issues.flatMap((issue) => issuesFrom(issue, reading)))),
    );
  }
  const wrong = contradictions(parsed.data, basename(file), positions);
  if (wrong.length > 0) throw new ScenarioError(file, sorted(wrong));
  return toScenario(parsed.data, { file, text, positions, catalog });
}

/** A misspelt key is also a missing one; saying it once is enough. */
function withoutEchoes(issues: readonly Issue[]): Issue[] {
  const meant = new Set(
    issues.flatMap(({ path, suggestion }) =>
      suggestion === undefined ? [] : [path === "" ? suggestion : `${path}.${suggestion}`],
    ),
  );
  return issues.filter(({ path, message }) => !(meant.has(path) && message.endsWith("is missing")));
}

function sorted(issues: readonly Issue[]): Issue[] {
  return [...issues].sort((a, b) => a.line - b.line || a.column - b.column);
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly positions: Positions;
  readonly catalog: Catalog;
}

/** The keys that belong to the part itself, parsed by its own schema already. */
function without(item: object, ...keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)));
}

function toScenario(input: ScenarioInput, { file, text, positions }: Source): Scenario {
  const line = (...path: Path) => positions.at(path).line;
  const tellProbes = (items: readonly unknown[], ...path: Path): ToldProbe[] =>
    items.map((item, index) => {
      const told = item as { probe: string };
      return { probe: told.probe, options: without(told, "probe"), line: line(...path, index) };
    });
  const tellSteps = (items: readonly unknown[], ...path: Path): ToldStep[] =>
    items.map((item, index) => {
      const told = item as { do: string; phase: ToldStep["phase"] };
      return { do: told.do, phase: told.phase, options: without(told, "do", "phase"), line: line(...path, index) };
    });
  const { rto, rpo, mtd } = input.objectives;
  const { dataset, writer, seed } = input.world;
  return {
    file,
    sha256: sha256(text),
    id: input.id,
    title: input.title,
    summary: input.summary,
    story: input.story,
    tags: input.tags,
    engines: Object.fromEntries(
      Object.entries(input.engines).filter(([, versions]) => versions !== undefined),
    ) as Record<string, string[]>,
    objectives: { rtoMs: rto, rpoMs: rpo, ...(mtd === undefined ? {} : { mtdMs: mtd }) },
    world: {
      seed,
      dataset: "sql" in dataset ? { ...dataset, sql: dataset.sql.map((one) => resolve(dirname(file), one)) } : dataset,
      writer: { everyMs: writer.every, afterDamageMs: writer["after-damage"] },
      backups: (input.world.backups as { name: string; method: string; age: number; decoy: boolean }[]).map(
        (backup) => ({
          name: backup.name,
          method: backup.method,
          ageMs: backup.age,
          decoy: backup.decoy,
          options: without(backup, "name", "method", "age", "decoy"),
        }),
      ),
    },
    healthy: tellProbes(input.healthy, "healthy"),
    disaster: {
      steps: tellSteps(input.disaster.steps, "disaster", "steps"),
      proof: tellProbes(input.disaster.proof, "disaster", "proof"),
    },
    recovery: { source: input.recovery.source, steps: tellSteps(input.recovery.steps, "recovery", "steps") },
    verify: tellProbes(input.verify, "verify"),
    abort: {
      elapsedMs: input.abort.find((one) => one.when === "elapsed")?.over,
      diskFreeBytes: input.abort.find((one) => one.when === "disk-free")?.under,
    },
  };
}
