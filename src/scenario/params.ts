/**
 * What a scenario leaves open: the table, the column that its story is about. Each has the value that the scenario's own
 * world gives it, and a rule by which one is chosen in a database that nobody described. `$table` stands for it. Pure.
 */
import { z } from "zod";
import { nearest } from "../host/near-miss.ts";
import { type Binding, PARAM_RULES, type ParamRule } from "./param-rules.ts";
import { type Path, valueAt } from "./positions.ts";

const NAME = /^[a-z][a-z0-9_]*$/;
const described = <T extends z.ZodType>(type: T, text: string, ...examples: unknown[]): T =>
  type.describe(text).meta({ description: text, examples }) as T;

/** The key `params` of the format. @internal */
export const paramsSchema = z.record(
  z.string().regex(NAME, "lower-case letters, digits and _ are needed"),
  z.strictObject({
    value: described(z.string().min(1).max(127), "What it is in the scenario's own world.", "orders"),
    choose: described(
      z.enum(Object.keys(PARAM_RULES) as [ParamRule, ...ParamRule[]]),
      "How one is chosen in a database that nobody described.",
      "referred-table",
    ),
    say: described(z.string().min(1).max(120), "What it is to the story.", "the table that is dropped"),
  }),
);

/** The names that a file declares, as far as they can be read. */
function declared(value: unknown): string[] {
  const params = valueAt(value, ["params"]);
  return typeof params === "object" && params !== null && !Array.isArray(params) ? Object.keys(params) : [];
}

/** What every declared name means where nobody said otherwise. */
export function ownValues(value: unknown): Record<string, string> {
  return Object.fromEntries(
    declared(value).flatMap((name) => {
      const own = valueAt(value, ["params", name, "value"]);
      return typeof own === "string" ? [[name, own]] : [];
    }),
  );
}

/** Keys whose text is SQL: names in it are written as the engine writes them. */
const SQL_KEYS: ReadonlySet<PropertyKey> = new Set(["sql", "ask", "seed", "stray", "where"]);
const isSql = (path: Path) =>
  SQL_KEYS.has(path.at(-1) ?? "") ||
  ((path.at(-2) === "tables" || path.at(-2) === "only") && typeof path.at(-1) === "string");
const WORD = /\$([a-z][a-z0-9_]*)/g;

function filled(text: string, { values, quoted }: Binding, sql: boolean): string {
  return text.replaceAll(WORD, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return whole;
    return sql && quoted !== null ? quoted(name, value) : value;
  });
}

/** A parsed file with every `$name` that it declares filled in; `params` themselves stay as they are. @internal */
export function bound(value: unknown, binding: Binding): unknown {
  if (Object.keys(binding.values).length === 0) return value;
  // What contains itself is complained about elsewhere, and left as it is here.
  const above = new Set<object>();
  const fill = (one: unknown, path: Path): unknown => {
    if (typeof one === "string") return filled(one, binding, isSql(path));
    if (typeof one !== "object" || one === null || above.has(one)) return one;
    if (path.length === 1 && path[0] === "params") return one;
    above.add(one);
    const made = Array.isArray(one)
      ? one.map((item, index) => fill(item, [...path, index]))
      : Object.fromEntries(
          Object.entries(one).map(([key, item]) => [filled(key, binding, false), fill(item, [...path, key])]),
        );
    above.delete(one);
    return made;
  };
  return fill(value, []);
}

interface Rules {
  readonly value: unknown;
  blame(path: Path, message: string, suggestion?: string): void;
}

interface Text {
  readonly text: string;
  readonly path: Path;
}

/** Every text of the file with where it stands. */
function textsIn(value: unknown, path: Path = [], above: ReadonlySet<unknown> = new Set()): Text[] {
  if (typeof value === "string") return [{ text: value, path }];
  if (typeof value !== "object" || value === null || above.has(value)) return [];
  if (path.length === 1 && path[0] === "params") return [];
  const inside = new Set(above).add(value);
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index], inside));
  return Object.entries(value).flatMap(([key, item]) => [
    { text: key, path: [...path, key] },
    ...textsIn(item, [...path, key], inside),
  ]);
}

/** Names that are used and not declared, or declared and not used; columns of no table. @internal */
export function params({ value, blame }: Rules): void {
  const known = declared(value);
  const used = new Set<string>();
  for (const { text, path } of known.length === 0 ? [] : textsIn(value)) {
    for (const [whole, name = ""] of text.matchAll(WORD)) {
      used.add(name);
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      // In SQL and in shell a dollar may mean something else; alone, or nearly a name that is declared, it is a slip.
      if (whole !== text && near === undefined) continue;
      blame(path, `${path.map(String).join(".")}: there is no param "${name}"; params are ${known.join(", ")}`, near);
    }
  }
  for (const name of known.filter((one) => !used.has(one)))
    blame(["params", name], `params.${name}: nothing in the scenario uses $${name}`);
  const rules = known.map((name) => valueAt(value, ["params", name, "choose"]) as ParamRule);
  const isTable = (rule: ParamRule) => rule === "referred-table" || rule === "largest-table";
  for (const [index, rule] of rules.entries())
    if (rule in PARAM_RULES && rule !== "app-role" && !isTable(rule) && !rules.some(isTable))
      blame(["params", known[index] ?? ""], `params.${known[index]}: it belongs to a table, and no param is one`);
}
