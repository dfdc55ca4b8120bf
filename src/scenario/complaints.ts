/** What the schema found wrong, said so that a person can mend it: at the right key, in plain words, with the nearest right one. Pure. */
import type { z } from "zod";
import type { Issue } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import type { Catalog, Part } from "../parts.ts";
import { type Path, type Positions, valueAt } from "./positions.ts";
import { optionShape, sharedMethods } from "./schema.ts";

export interface SchemaReading {
  readonly schema: z.ZodType;
  readonly catalog: Catalog;
  /** The file's value as parsed, before the schema. */
  readonly value: unknown;
  readonly positions: Positions;
}

/** A complaint with what kind of fault it is of. */
interface Complaint extends Issue {
  readonly kind: "unknown-key" | "missing" | "value";
}

/** Every complaint, and the keys that they are about; a misspelt key, which is also a missing one, is said once. */
export function complaints(
  faults: readonly z.core.$ZodIssue[],
  reading: SchemaReading,
): { issues: readonly Issue[]; subjects: readonly string[] } {
  const all = withoutEchoes(faults.flatMap((fault) => complaint(fault, reading)));
  return { issues: all.map(({ kind: _, ...issue }) => issue), subjects: all.map(subject) };
}

/** The key or value that a complaint is about: for a misspelt key, the one that was meant. */
function subject({ path, kind, suggestion }: Complaint): string {
  if (kind !== "unknown-key" || suggestion === undefined) return path;
  return path === "" ? suggestion : `${path}.${suggestion}`;
}

function withoutEchoes(issues: readonly Complaint[]): Complaint[] {
  const meant = new Set(issues.filter((issue) => subject(issue) !== issue.path).map(subject));
  return issues.filter(({ path, kind }) => !(meant.has(path) && kind === "missing"));
}

function complaint(fault: z.core.$ZodIssue, reading: SchemaReading): Complaint[] {
  if (fault.code === "unrecognized_keys") return fault.keys.map((key) => unknownKey(key, fault.path, reading));
  if (fault.code === "invalid_union" && fault.errors.length > 0) {
    // Of several shapes, the one that was meant is the one with the fewest complaints.
    const [fewest] = [...fault.errors].sort((a, b) => a.length - b.length);
    return (fewest ?? []).flatMap((inner) =>
      complaint({ ...inner, path: [...fault.path, ...inner.path] } as z.core.$ZodIssue, reading),
    );
  }
  const given = valueAt(reading.value, fault.path);
  if (given === undefined) return [missing(fault, reading)];
  const words = wordsOf(fault);
  const path = fault.path.map(String).join(".");
  const suggestion = typeof given === "string" ? nearest(given, words.map(String)) : undefined;
  const message =
    words.length > 0
      ? `${show(given)} is not known here; one of: ${words.map(asWritten).join(", ")}`
      : inPlainWords(fault, given);
  return [
    {
      ...reading.positions.at(fault.path),
      kind: "value",
      path,
      message: `${path}: ${message}`,
      ...(suggestion === undefined || suggestion === given ? {} : { suggestion }),
    },
  ];
}

/** The words that may stand where another one does: of an enum, a literal, or the word that tells shapes apart. */
function wordsOf(fault: z.core.$ZodIssue): readonly unknown[] {
  if (fault.code === "invalid_value") return fault.values;
  return fault.code === "invalid_union" && "options" in fault ? fault.options : [];
}

function unknownKey(key: string, path: Path, reading: SchemaReading): Complaint {
  const place = path.map(String).join(".");
  const here = valueAt(reading.value, path);
  const known = knownKeys(path, reading);
  const free = known.filter((one) => valueAt(here, [one]) === undefined);
  const suggestion = nearest(key, free);
  const inside = place === "" ? "" : ` in ${place}`;
  return {
    ...reading.positions.atKey(path, key),
    kind: known.includes(key) ? "value" : "unknown-key",
    path: place,
    message: known.includes(key)
      ? `key "${key}" does not go with the others${inside}`
      : `unknown key "${key}"${inside}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** A key that is not there; when one that tells shapes apart is misspelt, no other complaint names it. */
function missing(fault: z.core.$ZodIssue, reading: SchemaReading): Complaint {
  const path = fault.path.map(String).join(".");
  const around = fault.path.slice(0, -1);
  const key = String(fault.path.at(-1));
  const here = valueAt(reading.value, around);
  const typed =
    fault.code === "invalid_union" && typeof here === "object" && here !== null
      ? Object.keys(here).find((one) => nearest(one, [key]) !== undefined)
      : undefined;
  if (typed === undefined)
    return { ...reading.positions.at(fault.path), kind: "missing", path, message: `${path} is missing` };
  return {
    ...reading.positions.atKey(around, typed),
    kind: "unknown-key",
    path: around.map(String).join("."),
    message: `unknown key "${typed}" in ${around.map(String).join(".")}`,
    suggestion: key,
  };
}

const NAMES: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

const show = (given: unknown) => (typeof given === "string" ? `"${given}"` : kindOf(given));

/** In YAML, 15 and "15" are not the same. */
const asWritten = (word: unknown) =>
  typeof word === "string" && /^[A-Za-z][\w-]*$/.test(word) ? word : JSON.stringify(word);

function kindOf(given: unknown): string {
  if (given === null) return "nothing";
  if (Array.isArray(given)) return "a list";
  if (typeof given === "number") return `the number ${given}`;
  if (typeof given === "boolean") return String(given);
  return typeof given === "object" ? "a map" : `"${String(given)}"`;
}

function inPlainWords(fault: z.core.$ZodIssue, given: unknown): string {
  // A field's own words are better than ours; zod's defaults begin like these.
  if (!/^(Invalid input|Too (small|big))/.test(fault.message)) return fault.message;
  if (fault.code === "invalid_type") return `${NAMES[fault.expected] ?? fault.expected} is needed, not ${show(given)}`;
  if (fault.code === "too_small") {
    if (fault.origin === "array") return `at least ${plural(Number(fault.minimum), "entry", "entries")} needed`;
    if (fault.origin === "string") return `at least ${plural(Number(fault.minimum), "character", "characters")} needed`;
    return `at least ${fault.minimum} is needed`;
  }
  if (fault.code === "too_big") {
    return fault.origin === "string"
      ? `at most ${plural(Number(fault.maximum), "character", "characters")} allowed`
      : `at most ${fault.maximum} is allowed`;
  }
  return fault.message;
}

const plural = (count: number, one: string, many: string) => (count === 1 ? `1 ${one} is` : `${count} ${many} are`);

/** Keys that an object at this path may have, as far as the schema can tell. */
function knownKeys(path: Path, { schema, catalog, value }: SchemaReading): readonly string[] {
  const own =
    partKeys(catalog, valueAt(value, path), path) ?? engineKeys(catalog, valueAt(value, path.slice(0, -1)), path);
  if (own !== undefined) return own;
  let type: unknown = schema;
  for (const key of path) type = step(type, key);
  return Object.keys(objectShape(type) ?? {});
}

/** Keys of what a backup is told for one engine only. */
function engineKeys(catalog: Catalog, backup: unknown, path: Path): readonly string[] | undefined {
  const engine = catalog.engines.find(({ name }) => name === path.at(-1));
  const method = engine?.methods.find(({ name }) => name === valueAt(backup, ["method"]));
  return method === undefined ? undefined : Object.keys(optionShape(method));
}

/** Keys of a step, probe or backup whose part is known: its options, and what stands beside them. */
function partKeys(catalog: Catalog, here: unknown, path: Path): readonly string[] | undefined {
  const of = (parts: readonly Part[], word: string, ...beside: readonly string[]) => {
    const part = parts.find(({ name }) => name === valueAt(here, [word]));
    return part === undefined ? undefined : [word, ...beside, ...Object.keys(optionShape(part))];
  };
  return (
    of(catalog.probes, "probe") ??
    of(catalog.actions, "do", ...(path.includes("recovery") || path[0] === "wrong-move" ? ["phase"] : [])) ??
    of(sharedMethods(catalog), "method", "name", "age", "decoy", "fault")
  );
}

type Def = { innerType?: unknown; element?: unknown; options?: readonly unknown[] };
const defOf = (type: unknown): Def => (type as { _zod?: { def?: Def } } | undefined)?._zod?.def ?? {};

function objectShape(type: unknown): Record<string, unknown> | undefined {
  const shape = (type as { shape?: Record<string, unknown> } | undefined)?.shape;
  if (shape !== undefined) return shape;
  const { innerType, options } = defOf(type);
  if (innerType !== undefined) return objectShape(innerType);
  if (options === undefined) return undefined;
  return Object.assign({}, ...options.map((option) => objectShape(option) ?? {})) as Record<string, unknown>;
}

function step(type: unknown, key: PropertyKey): unknown {
  const { innerType, element } = defOf(type);
  if (typeof key === "number") return element ?? (innerType === undefined ? undefined : step(innerType, key));
  return objectShape(type)?.[key as string];
}
