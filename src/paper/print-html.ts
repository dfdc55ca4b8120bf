/** A page for the printer: one HTML file with everything in it, that asks nothing of any network and runs no script. Pure. */
import { type Block, blocksOf, type Inline, plain } from "./blocks.ts";
import { escapeHtml, htmlHead } from "./html-head.ts";
import { withoutIdentity } from "./identity.ts";
import { LOOK } from "./look.ts";

/** More columns than this do not fit on paper; what follows is marked as the same line. */
export const PAPER_COLUMNS = 76;
export const CONTINUED = "↵ same line";

/** Lines as paper takes them: a longer one goes on in the next, and says so. */
export function paperLines(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const pieces: string[] = [];
    for (let rest = line; ; rest = rest.slice(PAPER_COLUMNS)) {
      pieces.push(rest.slice(0, PAPER_COLUMNS));
      if (rest.length <= PAPER_COLUMNS)
        return pieces.map((piece, i) => (i < pieces.length - 1 ? `${piece} ${CONTINUED}` : piece));
    }
  });
}

/** A path goes on in the next line after a slash, and is never broken inside a name. */
const breakable = (html: string) => html.replace(/([/@])(?=[\w.$-])/g, "$1<wbr>");

function inlineHtml(inline: readonly Inline[]): string {
  return inline
    .map((part) => {
      // Underscores stand for a line to write on.
      const text = breakable(escapeHtml(part.text)).replace(
        /_{4,}/g,
        (blank) => `<span class="blank" style="width:${Math.max(2, blank.length / 5)}cm"></span>`,
      );
      if (part.kind === "code") return `<code>${escapeHtml(part.text)}</code>`;
      return part.strong ? `<strong>${text}</strong>` : text;
    })
    .join("");
}

type Row = readonly (readonly Inline[])[];

/** A head without words heads nothing. */
const headCells = (row: Row) =>
  row.map((cell) => (plain(cell) === "" ? "<td></td>" : `<th scope="col">${inlineHtml(cell)}</th>`)).join("");

/** With the words of its head on each cell: on a phone a row stands as lines, and each line says what it is. */
const cells = (row: Row, head: Row) =>
  row
    .map((cell, at) => {
      const label = plain(head[at] ?? []);
      return `<td${label === "" ? "" : ` data-label="${escapeHtml(label)}"`}>${inlineHtml(cell)}</td>`;
    })
    .join("");

/** Anchors for headings, unique within a page. */
function anchors(): (text: string) => string {
  const used = new Map<string, number>();
  return (text) => {
    const stem =
      text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "") || "section";
    const count = (used.get(stem) ?? 0) + 1;
    used.set(stem, count);
    return count === 1 ? stem : `${stem}-${count}`;
  };
}

function blockHtml(block: Block, anchor: (text: string) => string): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level} id="${anchor(plain(block.inline))}">${inlineHtml(block.inline)}</h${block.level}>`;
    case "paragraph":
      return `<p>${inlineHtml(block.inline)}</p>`;
    case "code":
      return `<pre tabindex="0"><code>${escapeHtml(paperLines(block.text).join("\n"))}</code></pre>`;
    case "rule":
      return "<hr>";
    case "list":
      return `<ul>${block.items
        .map(({ box, inline }) => `<li${box ? ' class="box"' : ""}>${inlineHtml(inline)}</li>`)
        .join("")}</ul>`;
    case "table": {
      // A table whose head is empty is a form.
      const isForm = block.head.every((cell) => plain(cell) === "");
      const head = isForm ? "" : `<thead><tr>${headCells(block.head)}</tr></thead>`;
      const rows = block.rows.map((row) =>
        isForm && row[0] !== undefined
          ? `<tr><th scope="row">${inlineHtml(row[0])}</th>${cells(row.slice(1), [])}</tr>`
          : `<tr>${cells(row, block.head)}</tr>`,
      );
      return `<table>${head}<tbody>${rows.join("")}</tbody></table>`;
    }
    case "step":
      return `<section class="step">${block.blocks.map((inner) => blockHtml(inner, anchor)).join("\n")}</section>`;
  }
}

const STYLE = `${LOOK}
body { font: 12pt/1.35 var(--text); max-width: 19cm; margin: 0 auto; padding: 1cm .5cm; }
h1 { font-size: 20pt; } h2 { font-size: 15pt; margin: 1.4em 0 .5em; border-bottom: 2px solid var(--fg); }
p { margin: .45em 0; orphans: 3; widows: 3; }
pre { font: 9.5pt/1.35 var(--code); padding: .5em .7em; margin: .4em 0; white-space: pre; break-inside: avoid; }
ul { list-style: none; margin: .4em 0; padding: 0; } li { margin: .25em 0; padding-left: 1.6em; text-indent: -1.6em; }
li.box::before { content: "☐"; font-size: 1.25em; display: inline-block; width: 1.28em; text-indent: 0; }
li:not(.box)::before { content: "•"; display: inline-block; width: 1.6em; text-indent: 0; }
table { margin: .5em 0; font-size: 10.5pt; }
.step { break-inside: avoid; border-left: 3px solid var(--fg); padding: .1em 0 .2em .7em; margin: .9em 0; font-size: 13pt; }
.step p { font-size: 11.5pt; }
.stop { border: 4px solid var(--fg); padding: .2em .8em; margin: 1em 0; font-size: 17pt; break-inside: avoid; }
.stop h2 { border: 0; margin: .2em 0; font-size: 26pt; }
.rule { border: 0; border-top: 3px dashed var(--fg); margin: 1em 0; }
hr { border: 0; border-top: 3px dashed var(--fg); }
@page { size: auto; margin: 1.6cm 1.5cm; @bottom-right { content: "page " counter(page) " of " counter(pages); font: 9pt sans-serif; } }
@media print { body { max-width: none; padding: 0; } pre { overflow: visible; } }
@media screen and (max-width: 600px) { body { padding: .6rem; font-size: 11pt; }
  table, tbody, tr, th, td { display: block; border: 0; } thead { display: none; }
  tr { border: 1px solid var(--line); margin: .4em 0; padding: .2em .4em; } th, td { padding: .15em .2em; }
  td[data-label]::before { content: attr(data-label) ": "; font-weight: bold; } .blank { min-width: 40%; } }
`;

/** The section under this heading stands in a frame that is read at arm's length. */
const FRAMED = "STOP";

function bodyHtml(blocks: readonly Block[]): string {
  const anchor = anchors();
  let framed = false;
  const parts: string[] = [];
  for (const block of blocks) {
    if (block.kind === "heading" && framed) {
      parts.push("</div>");
      framed = false;
    }
    if (block.kind === "heading" && plain(block.inline) === FRAMED) {
      parts.push('<div class="stop">');
      framed = true;
    }
    parts.push(blockHtml(block, anchor));
  }
  return [...parts, ...(framed ? ["</div>"] : [])].join("\n");
}

/** Blocks alone, for another page around them. */
export function blocksHtml(blocks: readonly Block[]): string {
  const anchor = anchors();
  return blocks.map((block) => blockHtml(block, anchor)).join("\n");
}

/** The whole page. `title` stands in the window and in the PDF that a browser makes of it. */
export async function printHtml(markdown: string, title: string): Promise<string> {
  const blocks = await blocksOf(withoutIdentity(markdown));
  return `${htmlHead(title, STYLE)}
<body>
<main>
${bodyHtml(blocks)}
</main>
</body>
</html>
`;
}
