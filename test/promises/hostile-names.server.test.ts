/**
 * Names that mean harm, of a file and of everything in a dump: escapes that drive a terminal, markup for a page, lines that a
 * CI system takes for orders. Whatever something is called, no terminal, reporter's file or page holds it as it was.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../support/dumps.ts";
import { startFogbell } from "../support/fogbell.ts";

const FILE = "<img src=x onerror=alert(1)>\u001b[31m|`x`](javascript:1)\n::error::pwned\u0007-20261127-110000.sql";
const called = (tag: string) => `"<${tag}>alert(1)</${tag}>\u001b]0;own\u0007|x\`\n::error::pwned%0A"`;
const TABLE = `public.${called("script")}`;

const DUMP = `--
-- PostgreSQL database dump
--

-- Dumped from database version 15.4
-- Dumped by pg_dump version 15.4

SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE ${TABLE} (id integer NOT NULL, at timestamp with time zone);
CREATE TABLE public.child (id integer NOT NULL, p integer);

COPY ${TABLE} (id, at) FROM stdin;
1\t2026-11-27 01:00:00+00
\\.

COPY public.child (id, p) FROM stdin;
1\t7
\\.

ALTER TABLE ONLY ${TABLE} ADD CONSTRAINT ${called("b")} PRIMARY KEY (id);
ALTER TABLE ONLY public.child ADD CONSTRAINT ${called("i")} FOREIGN KEY (p) REFERENCES ${TABLE}(id);

--
-- PostgreSQL database dump complete
--

`;

const REPORTERS = ["junit=j.xml", "markdown=m.md", "github=g.txt", "ctrf=c.json", "metrics=p.prom", "json=r.json"];

test("no name is seen as more than a name", { timeout: 120_000 }, async () => {
  await using folder = await testFolder();
  const cwd = join(folder.path, "work");
  await mkdir(cwd);
  await mkdir(join(folder.path, "store"));
  await writeFile(join(folder.path, "store", FILE), DUMP);
  const flags = ["--store", "../store", "--sandbox", "local", "--trust-backups", "--reporter", "pretty"];
  const reporters = REPORTERS.flatMap((one) => ["--reporter", one]);
  const verified = await startFogbell(["verify", ...flags, ...reporters], {}, cwd).ended;
  // The row without its parent makes it bad, and names the keys.
  expect(verified.code, verified.stderr).toBe(1);
  const results = join(cwd, "drill-results");
  const [run = ""] = (await readdir(results)).filter((name) => /^\d/.test(name));
  const built = await startFogbell(["report", "build", join(results, run), "--out", "page.html"], {}, cwd).ended;
  expect(built.code, built.stderr).toBe(0);
  const page = await readFile(join(cwd, "page.html"), "utf8");
  const files = REPORTERS.map((one) => one.replace(/.*=/, ""));
  const texts = [verified.stdout, verified.stderr, page, await readFile(join(results, run, "report.md"), "utf8")];
  for (const file of files) texts.push(await readFile(join(cwd, file), "utf8"));
  for (const text of texts) {
    expect([text.includes("\u001b"), text.includes("\u0007")]).toEqual([false, false]);
    // On a page a line means nothing.
    if (text !== page) expect(text).not.toMatch(/^::error::pwned/m);
  }
  // Between quotes of an attribute it is text.
  expect(page.replaceAll(/"[^"]*"/g, "")).not.toMatch(/<img src=x|<script>alert|<i>alert/);
  expect(page).toContain("&lt;img src=x");
  const [junit = "", markdown = ""] = await Promise.all(
    ["j.xml", "m.md"].map((file) => readFile(join(cwd, file), "utf8")),
  );
  for (const text of [junit, markdown]) expect(text).not.toMatch(/<img src|<script|<i>/);
});
