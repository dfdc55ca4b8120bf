/**
 * Where a part, an engine or one of its programs is named in code that should not know it. What can be plugged in is
 * named in its own folder and in the catalogue; whoever else names it has a case for it, and misses the next one.
 */
import type { Catalog } from "../../src/parts.ts";
import { MEANING } from "../../src/plan/capabilities.ts";
import type { Source } from "./sources.ts";
import { lineAt, nameOf, piecesOf, type SyntaxNode, textOf, visit } from "./syntax.ts";

export interface Naming {
  readonly path: string;
  readonly line: number;
  readonly named: string;
}

/** What a variable is called that holds a part or the name of one. */
const HOLDS_NAME = /^(name|probe|method|engine|action|do|reporter|sandbox|store|part)$/;
/** Not an engine's own: whatever has a shell has them. */
const COMMON_PROGRAMS = new Set(["perl"]);

/** Engines, and the programs that they and their methods need: `psql` as a word, `pg_dump` also in `pg_dumpall`. */
function engineWords({ engines }: Catalog): RegExp {
  const words = engines.flatMap((engine) => [
    engine.name,
    ...engine.versions.flatMap(
      (version) => engine.server(version, engine.options.parse({}), { ...engine.methods[0]?.settings }).binaries,
    ),
    ...engine.methods.flatMap(({ programs = [] }) => programs),
  ]);
  const own = [...new Set(words)].filter((word) => !COMMON_PROGRAMS.has(word));
  return new RegExp(`(?<![A-Za-z0-9])(${own.sort((a, b) => b.length - a.length).join("|")})`, "i");
}

/** Every other part, and every method. */
const partNames = (catalog: Catalog): ReadonlySet<string> =>
  new Set(
    [
      ...catalog.engines.flatMap(({ methods }) => methods),
      ...catalog.actions,
      ...catalog.probes,
      ...catalog.copyProbes,
      ...catalog.checkProbes,
      ...catalog.stores,
      ...catalog.sandboxes,
      ...catalog.reporters,
    ]
      .map(({ name }) => name)
      // A capability is what an engine knows; that a probe of that name asks for it is meant.
      .filter((name) => !(name.includes("-") && name in MEANING)),
  );

/** Whether a text stands for a part: compared with what holds a name, or the value or key of what does. */
function standsForPart(node: SyntaxNode, text: string, [outer, , further]: readonly SyntaxNode[]): boolean {
  if (text.includes("-")) return outer?.type !== "TSLiteralType";
  if (outer?.type === "BinaryExpression" && outer.operator !== "in") {
    const other = outer.left === node ? outer.right : outer.left;
    return HOLDS_NAME.test(nameOf(other) ?? "");
  }
  if (outer?.type === "VariableDeclarator") return true;
  if (outer?.type === "Property") return HOLDS_NAME.test(nameOf(outer.key) ?? "");
  const call = further?.type === "CallExpression" ? further : undefined;
  if (outer?.type !== "ArrayExpression" || call === undefined) return false;
  return (call.arguments as SyntaxNode[]).some((one) => HOLDS_NAME.test(nameOf(one) ?? ""));
}

/** Every place that names one. Comments do not count. */
export function partsNamed(sources: readonly Source[], catalog: Catalog): Naming[] {
  const words = engineWords(catalog);
  const names = partNames(catalog);
  return sources.flatMap(({ path, text }) => {
    const found: Naming[] = [];
    visit(text, (node, around) => {
      const line = lineAt(text, node.start);
      const regex = (node.regex as { readonly pattern: string } | undefined)?.pattern;
      const said = regex ?? textOf(node) ?? (node.type === "TemplateLiteral" ? piecesOf(node).join(" ") : undefined);
      if (said === undefined) return;
      const word = words.exec(said)?.[1];
      if (word !== undefined) found.push({ path, line, named: word });
      else if (names.has(said) && standsForPart(node, said, around)) found.push({ path, line, named: said });
    });
    return found;
  });
}
