/**
 * A page of markdown as the blocks that print needs. Markdown stays the source of record: the print page and the PDF are
 * made of what a person can read in the file, and of nothing else. Pure.
 */
import type { Token } from "markdown-it";

/** A run of text within a block. */
export type Inline =
  | { readonly kind: "text"; readonly text: string; readonly strong: boolean }
  | { readonly kind: "code"; readonly text: string };

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly inline: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly inline: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly { readonly box: boolean; readonly inline: readonly Inline[] }[] }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "rule" }
  /** A numbered step with all that belongs to it, which no page may tear. */
  | { readonly kind: "step"; readonly blocks: readonly Block[] };

const BOX = /^\[[ x]\] /;
const STEP = /^\d+\. /;

function inlineOf(token: Token | undefined): Inline[] {
  const parts: Inline[] = [];
  let strong = false;
  const add = (text: string) => {
    if (text !== "") parts.push({ kind: "text", text, strong });
  };
  for (const child of token?.children ?? []) {
    if (child.type === "strong_open") strong = true;
    else if (child.type === "strong_close") strong = false;
    else if (child.type === "code_inline") parts.push({ kind: "code", text: child.content });
    else if (child.type === "softbreak" || child.type === "hardbreak") add(" ");
    else add(child.content);
  }
  return parts;
}

/** The inline token that a block holds, between its opening and its closing one. */
const within = (tokens: readonly Token[], at: number) => tokens[at + 1];

function tableOf(tokens: readonly Token[], from: number): { block: Block; end: number } {
  const rows: Inline[][][] = [];
  let at = from;
  for (; tokens[at]?.type !== "table_close"; at++) {
    const { type } = tokens[at] as Token;
    if (type === "tr_open") rows.push([]);
    if (type === "th_open" || type === "td_open") rows.at(-1)?.push(inlineOf(within(tokens, at)));
  }
  const [head = [], ...body] = rows;
  return { block: { kind: "table", head, rows: body }, end: at };
}

function listOf(tokens: readonly Token[], from: number): { block: Block; end: number } {
  const items: { box: boolean; inline: Inline[] }[] = [];
  const level = tokens[from]?.level ?? 0;
  let at = from;
  for (; !(tokens[at]?.type.endsWith("list_close") && tokens[at]?.level === level); at++) {
    if (tokens[at]?.type !== "inline") continue;
    const inline = inlineOf(tokens[at]);
    const [first] = inline;
    const box = first?.kind === "text" && BOX.test(first.text);
    if (box && first?.kind === "text") inline[0] = { ...first, text: first.text.replace(BOX, "") };
    items.push({ box, inline: inline.filter((part) => part.text !== "") });
  }
  return { block: { kind: "list", items }, end: at };
}

const isStep = (block: Block) => {
  if (block.kind !== "list") return false;
  const [first] = block.items[0]?.inline ?? [];
  return first?.kind === "text" && first.strong && STEP.test(first.text);
};

/** A step reaches to the next list, heading or rule. */
function gathered(blocks: readonly Block[]): Block[] {
  const pages: Block[] = [];
  let step: Block[] | null = null;
  for (const block of blocks) {
    if (isStep(block)) {
      step = [block];
      pages.push({ kind: "step", blocks: step });
    } else if (step !== null && (block.kind === "paragraph" || block.kind === "code")) step.push(block);
    else {
      step = null;
      pages.push(block);
    }
  }
  return pages;
}

/** Reads the markdown that our templates write: headings, paragraphs, tick lists, tables, fences and rules. */
export async function blocksOf(markdown: string): Promise<Block[]> {
  const { default: markdownIt } = await import("markdown-it");
  const tokens: Token[] = markdownIt({ html: false, linkify: false, typographer: false }).parse(markdown, {});
  const blocks: Block[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.type === "heading_open")
      blocks.push({ kind: "heading", level: Number(token.tag.slice(1)), inline: inlineOf(within(tokens, at)) });
    else if (token.type === "paragraph_open") blocks.push({ kind: "paragraph", inline: inlineOf(within(tokens, at)) });
    else if (token.type === "fence" || token.type === "code_block")
      blocks.push({ kind: "code", language: token.info, text: token.content.replace(/\n$/, "") });
    else if (token.type === "hr") blocks.push({ kind: "rule" });
    else if (token.type === "table_open" || token.type.endsWith("list_open")) {
      const { block, end } = (token.type === "table_open" ? tableOf : listOf)(tokens, at);
      blocks.push(block);
      at = end;
    }
  }
  return gathered(blocks);
}

/** The text of a run, without its dress. */
export const plain = (inline: readonly Inline[]): string => inline.map(({ text }) => text).join("");
