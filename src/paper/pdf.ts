/** The print page as a PDF, made in this process by typst: tagged, the same bytes for the same page, fonts inside. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UnavailableError } from "../errors.ts";
import { type Block, blocksOf, type Inline, plain } from "./blocks.ts";
import { withoutIdentity } from "./identity.ts";
import { paperLines } from "./print-html.ts";

export type Paper = "a4" | "us-letter";

/** A string of typst's; JSON's escapes are all among its own but for the form of code points. */
function literal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no picture
  const shown = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "\uFFFD");
  return `"${shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}

/** Every text goes in as a string: no character of it can mean anything. Each call ends with its own semicolon. */
function inlineTypst(inline: readonly Inline[]): string {
  return inline
    .map((part) => {
      if (part.kind === "code") return `#raw(${literal(part.text)});`;
      const pieces = part.text.split(/(_{4,})/).filter((piece) => piece !== "");
      return pieces
        .map((piece) => {
          if (/^_{4,}$/.test(piece)) return `#blank(${(piece.length / 5).toFixed(1)}cm);`;
          return part.strong ? `#strong(${literal(piece)});` : `#text(${literal(piece)});`;
        })
        .join("");
    })
    .join("");
}

/** In a narrow column a path goes on in the next line after a slash; typst breaks where there is an invisible space. */
const inCell = (inline: readonly Inline[]): Inline[] =>
  inline.map((part) => ({ ...part, text: part.text.replace(/([/@])(?=[\w.$-])/g, "$1\u200b") }));

/** A step stays on its page, but for one with so many lines that half a page would stay empty before it. */
const LONG_LINES = 10;
const isLong = (block: Block) => block.kind === "code" && paperLines(block.text).length > LONG_LINES;

/** The last line of a step never stands alone on the next page. */
const stepTypst = (blocks: readonly Block[]): string =>
  blocks
    .map((block, at) => (at === blocks.length - 2 ? `#block(sticky: true)[${blockTypst(block)}]` : blockTypst(block)))
    .join("\n");

function blockTypst(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `#heading(level: ${block.level})[${inlineTypst(block.inline)}]`;
    case "paragraph":
      return `#par[${inlineTypst(block.inline)}]`;
    case "code":
      return `#shell(${isLong(block)}, ${literal(paperLines(block.text).join("\n"))})`;
    case "rule":
      return "#cut";
    case "list":
      return block.items.map(({ box, inline }) => `#entry(${box})[${inlineTypst(inline)}]`).join("\n");
    case "table": {
      const isForm = block.head.every((cell) => plain(cell) === "");
      const columns = Math.max(block.head.length, 1);
      const cell = (inline: readonly Inline[]) => `[${inlineTypst(inCell(inline))}]`;
      const head = isForm
        ? ""
        : `table.header(${block.head.map((inline) => `[#strong[${inlineTypst(inline)}]]`).join(", ")}),`;
      const rows = block.rows.flatMap((row) => row.map(cell)).join(", ");
      return `#table(columns: (${Array(columns).fill("auto").join(", ")},), ${head} ${rows})`;
    }
    case "step":
      return `#step(${block.blocks.some(isLong)})[\n${stepTypst(block.blocks)}\n]`;
  }
}

const PREAMBLE = `
#set text(font: "DejaVu Sans", size: 9.5pt, lang: "en", ligatures: false)
#set par(leading: 0.52em, spacing: 0.62em)
#show heading: it => block(sticky: true, above: 1.2em, below: 0.6em, it)
#show heading.where(level: 1): set text(size: 16pt)
#show heading.where(level: 2): set text(size: 12.5pt)
#show raw: set text(font: "DejaVu Sans Mono", size: 8.5pt, ligatures: false)
#set table(stroke: 0.5pt + luma(110), inset: 3.5pt)
#show table: set text(size: 8.5pt)
#show table.cell: set par(justify: false)
#let blank(width) = box(width: width, height: 0.9em, stroke: (bottom: 0.6pt + black))
#let shell(long, code) = block(width: 100%, stroke: 0.5pt + luma(110), fill: luma(246), inset: 5pt, breakable: long,
  text(size: 8pt, font: "DejaVu Sans Mono", raw(code, block: true)))
#let cut = line(length: 100%, stroke: (thickness: 2pt, dash: "dashed"))
#let entry(box-before, body) = block(spacing: 0.6em, grid(columns: (1.3em, 1fr),
  if box-before { box(width: 0.85em, height: 0.85em, stroke: 0.8pt + black) } else { [•] }, body))
#let step(long, body) = block(breakable: long, above: 0.9em, stroke: (left: 2pt + black), inset: (left: 8pt), body)
#let frame(body) = block(width: 100%, breakable: false, stroke: 3pt + black, inset: 8pt, text(size: 14pt, body))
`;

function bodyTypst(blocks: readonly Block[]): string {
  const parts: string[] = [];
  let framed = false;
  for (const block of blocks) {
    if (block.kind === "heading" && framed) {
      parts.push("]");
      framed = false;
    }
    if (block.kind === "heading" && plain(block.inline) === "STOP") {
      parts.push("#frame[");
      framed = true;
    }
    parts.push(blockTypst(block));
  }
  return [...parts, ...(framed ? ["]"] : [])].join("\n\n");
}

/** The source that typst is given. */
export async function typstSource(markdown: string, title: string, paper: Paper): Promise<string> {
  const blocks = await blocksOf(withoutIdentity(markdown));
  return `#set document(title: ${literal(title)}, date: none)
#set page(paper: "${paper}", margin: (x: 1.5cm, top: 1.1cm, bottom: 1.3cm),
  footer: context [#set text(size: 8.5pt); #grid(columns: (1fr, auto), text(${literal(title)}), [page #counter(page).display() of #counter(page).final().first()])])
${PREAMBLE}
${bodyTypst(blocks)}
`;
}

/** Fonts of our own, so that a page looks the same on every machine. */
function fontFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
}

/** Throws UnavailableError where typst's native module does not run. */
export async function pdf(markdown: string, title: string, paper: Paper): Promise<Uint8Array> {
  const { NodeCompiler } = await import("@myriaddreamin/typst-ts-node-compiler").catch((error: unknown) => {
    throw new UnavailableError(`the PDF maker does not run on this machine: ${(error as Error).message}`, {
      code: "FB_NO_PDF",
      next: ["fogbell runbook build … --format html, and print it from a browser"],
    });
  });
  const compiler = NodeCompiler.create({ workspace: fontFolder(), fontArgs: [{ fontPaths: [fontFolder()] }] });
  // A fixed moment: without one, two runs differ.
  return compiler.pdf({ mainFileContent: await typstSource(markdown, title, paper) }, { creationTimestamp: 0 });
}
