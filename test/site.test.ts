/** The documents' site and the README's picture follow from what is committed, and no link in them leads nowhere. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { drillSvg } from "../scripts/drill-svg.ts";
import { buildSite, ownPages } from "../scripts/site.ts";

test("every link and every anchor leads somewhere", () => {
  const { files, broken } = buildSite(ownPages(resolve(".")), resolve("."));
  expect(broken).toEqual([]);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(["index.html", "style.css", "search.js", "docs-verify.html"]),
  );
});
test("a link that leads nowhere is named with its page", () => {
  const pages = [
    { path: "README.md", text: "# A\n\n[b](docs/b.md#there) [c](docs/b.md#gone) [d](docs/none.md)" },
    { path: "docs/b.md", text: "# B\n\n## There" },
  ];
  expect(buildSite(pages, resolve(".")).broken).toEqual(["README.md: docs/none.md", "README.md: docs/b.md#gone"]);
});
test("the README's picture is the committed sample, as the reporter shows it (node scripts/write-samples.ts)", () => {
  expect(readFileSync("docs/drill.svg", "utf8")).toBe(drillSvg("drop-table"));
});
