/**
 * The documents as a small site that needs no server: every page is made of the same markdown that is read in the
 * repository, the search looks into an index beside it, and links that lead nowhere end the build.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path/posix";
import markdownIt from "markdown-it";
import { escapeHtml } from "../src/paper/html-head.ts";
import { LOOK } from "../src/paper/look.ts";

export interface SitePage {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

interface Entry {
  readonly page: string;
  readonly file: string;
  readonly anchor: string;
  readonly heading: string;
  readonly text: string;
}

const STYLE = `${LOOK}
body { margin: 0; font: 1rem/1.55 var(--text); }
header { position: sticky; top: 0; background: var(--bg); border-bottom: 1px solid var(--line); padding: .6rem 1rem; display: flex;
  gap: 1rem; align-items: center; flex-wrap: wrap; z-index: 1; } header a { font-weight: 700; text-decoration: none; }
input { font: inherit; padding: .3rem .6rem; flex: 1; min-width: 12rem; color: inherit; background: var(--soft); border: 1px solid var(--line);
  border-radius: .3rem; } #found { flex-basis: 100%; max-height: 60vh; overflow: auto; margin: 0; padding-left: 1.2rem; }
#found:empty { display: none; } #found small { display: block; opacity: .8; }
.sheet { display: flex; gap: 2rem; max-width: 78rem; margin: 0 auto; padding: 1rem; } nav { flex: 0 0 13rem; font-size: .92rem; }
nav ul { list-style: none; padding: 0; } nav li { margin: .25rem 0; } nav [aria-current] { font-weight: 700; }
main { flex: 1; min-width: 0; max-width: 60rem; } main table { display: block; overflow-x: auto; font-size: .92rem; }
main img { max-width: 100%; } h2 { margin-top: 2rem; border-bottom: 1px solid var(--line); } :target { scroll-margin-top: 5rem; }
h1, h2, h3, h4 { scroll-margin-top: 5rem; }
@media (max-width: 48rem) { .sheet { display: block; } nav { border-bottom: 1px solid var(--line); } }
@media print { header, nav { display: none; } }
`;

/** Runs in the reader's browser: every word that was typed must stand in the heading or in the text. */
const SEARCH = `
const box = document.querySelector("input"), list = document.querySelector("#found");
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  list.replaceChildren();
  if (words.length === 0) return;
  const hits = window.FOGBELL_INDEX.map((one) => {
    const heading = one.heading.toLowerCase(), text = one.text.toLowerCase();
    const all = words.every((word) => heading.includes(word) || text.includes(word));
    return [all ? 1 + words.filter((word) => heading.includes(word)).length * 10 : 0, one];
  }).filter(([score]) => score > 0).sort((a, b) => b[0] - a[0]).slice(0, 12);
  for (const [, one] of hits) {
    const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
    link.href = one.file + (one.anchor ? "#" + one.anchor : "");
    link.textContent = one.page === one.heading ? one.page : one.page + ": " + one.heading;
    const at = Math.max(0, one.text.toLowerCase().indexOf(words[0]) - 40);
    small.textContent = one.text.slice(at, at + 140);
    item.append(link, small);
    list.append(item);
  }
  if (hits.length === 0) list.append(Object.assign(document.createElement("li"), { textContent: "Nothing found." }));
});
`;

/** As GitHub makes them, so that one link works in both places. */
function slugs(): (text: string) => string {
  const used = new Map<string, number>();
  return (text) => {
    const stem = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    const count = used.get(stem) ?? 0;
    used.set(stem, count + 1);
    return count === 0 ? stem : `${stem}-${count}`;
  };
}

const fileOf = (path: string) =>
  path === "README.md" ? "index.html" : `${path.replace(/\.md$/, "").replaceAll("/", "-")}.html`;
const titleOf = ({ text, path }: SitePage) => /^# (.+)$/m.exec(text)?.[1]?.replaceAll("`", "") ?? path;

/** The files of the site by name, and every link that leads nowhere. */
export function buildSite(pages: readonly SitePage[], root: string): { files: Map<string, string>; broken: string[] } {
  const files = new Map<string, string>();
  const broken: string[] = [];
  const index: Entry[] = [];
  const anchors = new Map<string, Set<string>>();
  const links: { from: string; path: string; anchor: string }[] = [];
  const known = new Set(pages.map(({ path }) => path));

  for (const page of pages) {
    const md = markdownIt({ html: false, linkify: false });
    const tokens = md.parse(page.text, {});
    const slug = slugs();
    const own = new Set<string>();
    let entry = { page: titleOf(page), file: fileOf(page.path), anchor: "", heading: titleOf(page), text: "" };
    index.push(entry);
    for (const [at, token] of tokens.entries()) {
      if (token.type === "heading_open") {
        const heading = (tokens[at + 1]?.children ?? []).map(({ content }) => content).join("");
        const anchor = slug(heading);
        token.attrSet("id", anchor);
        own.add(anchor);
        entry = { page: titleOf(page), file: fileOf(page.path), anchor, heading, text: "" };
        index.push(entry);
      } else if (token.type === "inline" || token.type === "fence") entry.text += ` ${token.content}`;
      for (const child of token.children ?? []) {
        const name = child.type === "link_open" ? "href" : child.type === "image" ? "src" : null;
        const target = name === null ? null : String(child.attrGet(name) ?? "") || null;
        if (name === null || target === null || /^[a-z]+:/.test(target)) continue;
        const [file = "", anchor = ""] = target.split("#");
        const path = file === "" ? page.path : normalize(join(dirname(page.path), decodeURI(file)));
        if (known.has(path)) {
          links.push({ from: page.path, path, anchor });
          child.attrSet(name, `${fileOf(path)}${anchor === "" ? "" : `#${anchor}`}`);
        } else if (existsSync(join(root, path))) child.attrSet(name, join("..", path));
        else broken.push(`${page.path}: ${target}`);
      }
    }
    anchors.set(page.path, own);
    files.set(fileOf(page.path), pageHtml(page, md.renderer.render(tokens, md.options, {}), pages));
  }
  for (const { from, path, anchor } of links)
    if (anchor !== "" && anchors.get(path)?.has(anchor) !== true)
      broken.push(`${from}: ${relative(dirname(from), path)}#${anchor}`);
  files.set("search.js", `window.FOGBELL_INDEX = ${JSON.stringify(index)};\n${SEARCH}`);
  files.set("style.css", STYLE);
  return { files, broken };
}

function pageHtml(page: SitePage, body: string, pages: readonly SitePage[]): string {
  const menu = pages.map((one) => {
    const here = one.path === page.path ? ' aria-current="page"' : "";
    return `<li><a href="${fileOf(one.path)}"${here}>${escapeHtml(titleOf(one))}</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(titleOf(page))}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><a href="index.html">Fogbell</a><input type="search" aria-label="Search the documents" placeholder="Search"><ul id="found"></ul></header>
<div class="sheet">
<nav aria-label="Documents"><ul>${menu.join("")}</ul></nav>
<main>
${body}</main>
</div>
<script src="search.js"></script>
</body>
</html>
`;
}

/** The pages of this repository, in the order of the menu. */
export function ownPages(root: string): SitePage[] {
  const order = [
    "README.md",
    ...[
      "verify",
      "own-disaster",
      "config",
      "scenarios",
      "reading-a-drill",
      "runbook",
      "report",
      "gameday",
      "ci",
      "tutorial",
    ].map((name) => `docs/${name}.md`),
    ...["scenario-format", "methods", "errors", "terms", "stories", "engines", "release", "README"].map(
      (name) => `docs/${name}.md`,
    ),
    ...["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
  ];
  return order.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}
