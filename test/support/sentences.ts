/**
 * Where a sentence that this project wrote for people is read back by code: by a pattern that one of our own sentences
 * answers to, or by a question to what is called a sentence. Such code breaks when somebody improves the wording.
 */
import type { Source } from "./sources.ts";
import { lineAt, nameOf, piecesOf, type SyntaxNode, textOf, visit } from "./syntax.ts";

/** A place in a file that asks a text what it says. */
export interface Reading {
  readonly path: string;
  readonly line: number;
  readonly code: string;
}

/** Methods that look into a text. */
const LOOKS = [
  "startsWith",
  "endsWith",
  "includes",
  "indexOf",
  "lastIndexOf",
  "match",
  "matchAll",
  "replace",
  "replaceAll",
  "search",
  "split",
];
/** What a sentence for people is called in this project. */
const SENTENCE_NAMES = /^(because|message|remarks?|say|says|said|sentence|why|doubt|title|subject|reason|headline)$/;
/** Two plain words beside each other. */
const WORDS = /[A-Za-z]{2,} [A-Za-z]{2,}/;
/** A hole of a template, filled with something that most holes could hold. */
const FILLED = "x1";

interface Pattern {
  readonly place: Reading;
  readonly answers: (sentence: string) => boolean;
}

interface Texts {
  readonly sentences: string[];
  readonly patterns: Pattern[];
  /** Questions to what is called a sentence. */
  readonly asked: Reading[];
}

/** Whether it reads like words for people: no script and no statement. */
const isSentence = (text: string) =>
  !/[$;\n]/.test(text) && /[a-z]{2,} [a-z]{2,}/.test(text) && (text.match(/[A-Za-z']{2,}/g) ?? []).length >= 3;

/** Whether a text that is looked for would be found in a sentence: two words anywhere, one where it must begin or end. */
function answersTo(text: string, method: string): (sentence: string) => boolean {
  if (!/[A-Za-z]{4,}/.test(text)) return () => false;
  if (method === "startsWith") return (sentence) => sentence.startsWith(text);
  if (method === "endsWith") return (sentence) => sentence.endsWith(text);
  return (sentence) => WORDS.test(text) && sentence.includes(text);
}

/** Classes of characters, escapes and groups' marks: what is left of a pattern are the words that it looks for. */
const NO_WORDS = /\[(?:\\.|[^\]\\])*\]|\\[pP]\{\w+\}|\\.|\(\?<\w+>/g;

function answersToPattern({ pattern, flags }: { pattern: string; flags: string }): (sentence: string) => boolean {
  if (!/[A-Za-z]{4,}/.test(pattern.replace(NO_WORDS, " "))) return () => false;
  const compiled = new RegExp(pattern, flags.replace(/[gy]/g, ""));
  return (sentence) => WORDS.test(compiled.exec(sentence)?.[0] ?? "");
}

/** The sentences of a file, and what it looks for in texts. */
function textsOf({ path, text }: Source): Texts {
  const texts: Texts = { sentences: [], patterns: [], asked: [] };
  const placeOf = ({ start, end }: SyntaxNode): Reading => ({
    path,
    line: lineAt(text, start),
    code: text.slice(start, end).replace(/\s+/g, " ").slice(0, 120),
  });
  visit(text, (node) => {
    const said = textOf(node) ?? (node.type === "TemplateLiteral" ? piecesOf(node).join(FILLED) : undefined);
    if (said !== undefined && isSentence(said)) texts.sentences.push(said);
    if (node.type === "Literal" && node.regex !== undefined) {
      const answers = answersToPattern(node.regex as { pattern: string; flags: string });
      texts.patterns.push({ place: placeOf(node), answers });
    }
    for (const [of, by, method] of questionsIn(node)) {
      const sought = textOf(by);
      if (sought !== undefined) texts.patterns.push({ place: placeOf(node), answers: answersTo(sought, method) });
      // Its first line, or that it says nothing at all, is no question about its words.
      const isLayout = sought === "\n" || sought === "";
      if (SENTENCE_NAMES.test(nameOf(of) ?? "") && !isLayout) texts.asked.push(placeOf(node));
    }
  });
  return texts;
}

/** What is asked, by what, and how: `of.method(by)`, `by.test(of)`, `of === by`. */
function questionsIn(node: SyntaxNode): [of: unknown, by: unknown, method: string][] {
  if (node.type === "BinaryExpression" && /^[!=]==$/.test(node.operator as string)) {
    const { left, right } = node;
    if (textOf(left) !== undefined) return [[right, left, "==="]];
    return textOf(right) === undefined ? [] : [[left, right, "==="]];
  }
  if (node.type === "SwitchStatement") {
    const cases = node.cases as { readonly test: unknown }[];
    return cases.map(({ test }) => [node.discriminant, test, "==="]);
  }
  const callee = node.callee as SyntaxNode | undefined;
  if (node.type !== "CallExpression" || callee?.type !== "MemberExpression") return [];
  const method = nameOf(callee.property) ?? "";
  const [first] = node.arguments as SyntaxNode[];
  if (method === "test" || method === "exec") return [[first, undefined, method]];
  return LOOKS.includes(method) ? [[callee.object, first, method]] : [];
}

/** Every place that reads a sentence of the project's own, or one that may be. */
export function sentencesRead(sources: readonly Source[]): Reading[] {
  const all = sources.map(textsOf);
  const sentences = [...new Set(all.flatMap((one) => one.sentences))];
  const matching = all.flatMap(({ patterns }) =>
    patterns.filter(({ answers }) => sentences.some(answers)).map(({ place }) => place),
  );
  const once = new Map(
    [...matching, ...all.flatMap(({ asked }) => asked)].map((one) => [`${one.path}:${one.line}`, one]),
  );
  return [...once.values()];
}
