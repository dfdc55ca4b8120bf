/** The print page and the PDF say what the markdown says, ask nothing of any network, and nothing breaks out of them. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { blocksOf, plain } from "../../src/paper/blocks.ts";
import { identityLine, printedCommands, readIdentity } from "../../src/paper/identity.ts";
import { pdf, typstSource } from "../../src/paper/pdf.ts";
import { CONTINUED, PAPER_COLUMNS, paperLines, printHtml } from "../../src/paper/print-html.ts";

const page = await readFile("runbooks/samples/drop-table.md", "utf8");
const EVIL = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "#panic() $x$ @ref <label> // not a comment /* nor this */",
  '] #read("/etc/passwd") [',
  "\\u{41} \\n \\",
  "{{constructor}} $" + "{PATH} `id`",
  "a | b",
];

describe("the print page", () => {
  test("holds every command of the page, and every step with its box", async () => {
    const html = await printHtml(page, "x");
    const decode = (text: string) =>
      text
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&amp;", "&");
    const printed = [...html.matchAll(/<pre tabindex="0"><code>([\s\S]*?)<\/code><\/pre>/g)].map(([, text = ""]) =>
      decode(text),
    );
    for (const command of printedCommands(page)) expect(printed).toContain(command);
    const steps = [...page.matchAll(/^- \[ \] \*\*\d+\. /gm)].length;
    expect([...html.matchAll(/<section class="step">/g)]).toHaveLength(steps);
    expect(steps).toBeGreaterThan(8);
  });
  test("asks nothing of a network and runs nothing", async () => {
    const html = await printHtml(page, "x");
    expect(html).not.toMatch(/<(script|link|img|iframe|object)\b|<[^>]*\son\w+=|@import|url\(|https?:/i);
    expect(html).toContain("default-src 'none'");
  });
  test("blanks are lines to write on, and none of them became emphasis", async () => {
    const html = await printHtml(page, "x");
    expect(html).not.toMatch(/_{4,}/);
    expect(html).not.toMatch(/<strong>[-: ]*<\/strong>/);
    expect([...html.matchAll(/class="blank"/g)].length).toBeGreaterThan(40);
  });
  test("the line for machines is not printed", async () => {
    expect(page).toContain("<!-- fogbell runbook ");
    expect(await printHtml(page, "x")).not.toContain("fogbell runbook {");
  });
  test.each(EVIL)("%s stays text", async (evil) => {
    const html = await printHtml(
      `# ${evil.replaceAll("<", "&lt;")}\n\n- [ ] **1. x**\n\n\`\`\`sh\n${evil}\n\`\`\`\n`,
      evil,
    );
    expect(html).not.toMatch(/<(script|img)\b/i);
    expect((html.match(/<h1/g) ?? []).length).toBe(1);
  });
});

describe("the PDF", () => {
  test("is the same, byte for byte, for the same page; tagged, with fonts inside", async () => {
    const [a, b] = [await pdf(page, "Runbook", "a4"), await pdf(page, "Runbook", "a4")];
    expect(Buffer.compare(a, b)).toBe(0);
    const text = Buffer.from(a).toString("latin1");
    expect(text.startsWith("%PDF-")).toBe(true);
    expect(text).toContain("/StructTreeRoot");
    expect(text).toContain("/FontFile");
    expect(Buffer.compare(a, await pdf(page, "Runbook", "us-letter"))).not.toBe(0);
  });

  test.each(["drop-table", "drop-table-mariadb"])("the page of %s is at most eight sheets of A4", async (name) => {
    const made = await pdf(await readFile(`runbooks/samples/${name}.md`, "utf8"), "Runbook", "a4");
    const pages =
      Buffer.from(made)
        .toString("latin1")
        .match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(3);
    expect(pages).toBeLessThanOrEqual(8);
  });

  test.each(EVIL)("%s goes in as a string and compiles", async (evil) => {
    const markdown = `# Title\n\n\`\`\`sh\n${evil}\n\`\`\`\n\n${evil.replaceAll("<", "&lt;")} \`code\`; and more\n`;
    const source = await typstSource(markdown, evil, "a4");
    expect((await pdf(markdown, evil, "a4")).length).toBeGreaterThan(1000);
    // Outside of string literals nothing of it is left.
    expect(source.replace(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain("panic");
    expect(source.replace(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain("passwd");
  });
});

describe("blocks", () => {
  test("a step reaches to the next one, and takes its command along", async () => {
    const blocks = await blocksOf(
      "- [ ] **1. Do it.**\n\n```sh\nls\n```\n\n  You see: x\n\n- [ ] **2. Next.**\n\n## End\n",
    );
    expect(blocks.map(({ kind }) => kind)).toEqual(["step", "step", "heading"]);
    const [first] = blocks;
    expect(first?.kind === "step" && first.blocks.map(({ kind }) => kind)).toEqual(["list", "code", "paragraph"]);
  });
  test("an empty head makes a form", async () => {
    const [table] = await blocksOf("| | |\n| --- | --- |\n| a | b |\n");
    expect(table?.kind === "table" && table.head.map(plain)).toEqual(["", ""]);
  });
  test("a line that does not fit on paper goes on in the next, and says so", () => {
    const [first, second] = paperLines("x".repeat(PAPER_COLUMNS + 5));
    expect(first).toBe(`${"x".repeat(PAPER_COLUMNS)} ${CONTINUED}`);
    expect(second).toBe("xxxxx");
    expect(paperLines("short")).toEqual(["short"]);
  });
});

test("no value can end the line for machines", () => {
  const evil = { scenario: "--> <b>", engine: "x", run: "-->", drilledAt: "", hash: "", steps: [] };
  const line = identityLine(evil);
  expect(line.match(/-->/g)).toHaveLength(1);
  expect(readIdentity(`text\n${line}\n`)).toEqual(evil);
  expect(readIdentity("text")).toBeNull();
});
