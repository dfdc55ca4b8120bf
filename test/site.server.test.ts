/** The documents' site as a reader meets it: opened from files, searched, on a phone and in the dark. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSite, ownPages } from "../scripts/site.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
let browser: Browser;
let folder = "";

beforeAll(async () => {
  const executablePath = BROWSERS.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error("no Chromium: scripts/provision.sh installs one");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  folder = await mkdtemp(join(tmpdir(), "site-"));
  for (const [name, text] of buildSite(ownPages(resolve(".")), resolve(".")).files)
    await writeFile(join(folder, name), text);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ["a desk", { width: 1280, height: 900 }, "light"],
  ["a phone in the dark", { width: 390, height: 800 }, "dark"],
] as const)(
  "on %s: a search leads to its heading, and nothing is wider than the screen",
  async (_, viewport, colorScheme) => {
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(pathToFileURL(join(folder, "index.html")).href);
    await page.fill("input[type=search]", "FB_COPY_EMPTY");
    await page.click("#found a");
    await page.waitForURL(/docs-errors\.html#/);
    expect(await page.locator("h1").first().textContent()).toContain("Error");
    // Tables scroll by themselves; the page does not.
    expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  },
);
