/**
 * A scenario whose verification cannot see its own disaster, as far as the file shows it: every probe says which tables it
 * looks at, and none looks at the one that is harmed. What the file does not show is asked on the damaged state. Pure.
 */
import type { Action, Catalog, Part, Probe } from "../parts.ts";
import { type Path, valueAt } from "./positions.ts";

interface Read {
  readonly catalog: Catalog;
  list(...path: Path): readonly unknown[];
  blame(path: Path, message: string): void;
}

/** The same table, however much of its name is written. */
const bare = (table: string) => (table.startsWith("public.") ? table.slice("public.".length) : table);
const holds = (tables: readonly string[], table: string) => tables.some((one) => bare(one) === bare(table));

/** A step or a question with its options; null when it is none, or does not read: that is said elsewhere. */
function told<P extends Part>(
  parts: readonly P[],
  written: unknown,
  word: string,
): { part: P; options: unknown } | null {
  const part = parts.find(({ name }) => name === valueAt(written, [word]));
  if (part === undefined || typeof written !== "object" || written === null) return null;
  const { [word]: _name, phase: _phase, ...options } = written as Record<string, unknown>;
  const read = part.options.safeParse(options);
  return read.success ? { part, options: read.data } : null;
}

function sees({ part, options }: { part: Probe; options: unknown }, table: string): boolean {
  const sight = part.sees?.(options);
  if (sight === undefined) return true;
  return "only" in sight ? holds(sight.only, table) : !holds(sight.allBut, table);
}

/** Blames a verification of which no probe looks at the table that the disaster harms. */
export function sight({ list, blame, catalog }: Read): void {
  const asked = [...list("verify"), ...list("reopened")];
  const probes = asked.map((one) => told(catalog.probes, one, "probe"));
  if (asked.length === 0 || probes.some((one) => one === null)) return;
  const harmed = list("disaster", "steps").map((step) => {
    const deed = told<Action>(catalog.actions, step, "do");
    return deed?.part.hits?.(deed.options);
  });
  // A deed that may harm anything is seen by whoever looks at anything.
  const [first] = harmed;
  if (first === undefined || harmed.includes(undefined)) return;
  const isSeen = harmed.some((table) => table !== undefined && probes.some((one) => one !== null && sees(one, table)));
  if (!isSeen)
    blame(
      ["verify"],
      `verify: no probe looks at ${bare(first)}, which the disaster harms; a recovery that does nothing would pass`,
    );
}
