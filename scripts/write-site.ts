/** Writes the documents as a site into `site/`, to be opened as files: `npm run docs`. Ends with 1 where a link is broken. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSite, ownPages } from "./site.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { files, broken } = buildSite(ownPages(root), root);
mkdirSync(`${root}/site`, { recursive: true });
for (const [name, text] of files) writeFileSync(`${root}/site/${name}`, text);
for (const link of broken) process.stderr.write(`broken link: ${link}\n`);
if (broken.length > 0) process.exitCode = 1;
else process.stdout.write(`wrote site/index.html and ${files.size - 1} more files\n`);
