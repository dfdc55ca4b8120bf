/** Source text as a tree, for the rules that regular expressions over text cannot keep. */
import { parseAst } from "vitest/node";

/** A node as the parser gives it: what it is, where it stands, and whatever else belongs to its kind. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

/** Every node of a file, outer before inner, each told with those around it, innermost first. */
export function visit(text: string, see: (node: SyntaxNode, around: readonly SyntaxNode[]) => void): void {
  const walk = (value: unknown, around: readonly SyntaxNode[]): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one, around);
      return;
    }
    if (!isNode(value)) return;
    see(value, around);
    const inside = [value, ...around];
    for (const [key, inner] of Object.entries(value)) if (key !== "type") walk(inner, inside);
  };
  walk((parseAst(text, { lang: "ts" }) as unknown as SyntaxNode).body, []);
}

export const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** The text of a string or of a template without holes; undefined for everything else. */
export function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral") return undefined;
  const pieces = piecesOf(node);
  return pieces.length === 1 ? pieces[0] : undefined;
}

/** What stands between the holes of a template. */
export function piecesOf(template: SyntaxNode): string[] {
  return (template.quasis as { readonly value: { readonly cooked: string } }[]).map(({ value }) => value.cooked);
}

/** The last word of what a name or a path of names ends in: `because` of `one.finding?.because`. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Identifier") return node.name as string;
  if (node.type === "MemberExpression") return nameOf(node.property);
  return node.type === "ChainExpression" || node.type === "TSNonNullExpression" ? nameOf(node.expression) : undefined;
}

export interface Block {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** Every function and method of a file, each counted whole: what stands inside it counts for it, too. */
export function functionsIn(text: string): Block[] {
  const found: Block[] = [];
  visit(text, (node, [outer]) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
    const line = lineAt(text, node.start);
    const name = nameOf(node.id) ?? nameOf(outer?.key) ?? nameOf(outer?.id) ?? "";
    found.push({ name, line, lines: lineAt(text, node.end) - line + 1 });
  });
  return found;
}
