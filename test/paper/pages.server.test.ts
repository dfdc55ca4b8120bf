/** The pages as a person meets them: opened by a real browser, on a desktop, on a phone, on paper, in the dark. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printHtml } from "../../src/paper/print-html.ts";
import { renderReport } from "../../src/paper/report.ts";
import { reportHtml, sessionHtml } from "../../src/paper/report-html.ts";
import { renderSession } from "../../src/paper/session.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult } from "../../src/record.ts";
import { deriveResult, readJournal } from "../../src/result/result.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sample = deriveResult(readJournal(await readFile("reports/samples/drop-table/journal.jsonl", "utf8")));
const EVIL = "</script><img src=x onerror=alert(1)>\"'`|";
const another = (runId: string, change: Partial<DrillResult>): DrillResult => ({ ...sample, runId, ...change });
const past = [
  another("a", { endedAt: "2026-09-01T00:00:00.000Z" }),
  another("b", { endedAt: "2026-10-01T00:00:00.000Z", verdict: "lost", reasons: [`rows: ${EVIL}`] }),
  another("c", { endedAt: "2026-10-02T00:00:00.000Z", scenario: { ...sample.scenario, id: EVIL, title: EVIL } }),
  sample,
];

let browser: Browser;
let folder = "";
const files: Record<string, string> = {};

beforeAll(async () => {
  const executablePath = BROWSERS.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error("no Chromium: scripts/provision.sh installs one");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  folder = await mkdtemp(join(tmpdir(), "pages-"));
  const nowhere = "/nonexistent";
  const report = await renderReport(sample, await readTemplates("reports", nowhere), past);
  const told = { title: `Drills ${EVIL}`, scope: "all" };
  const session = await renderSession(past, await readTemplates("reports", nowhere, "session.md.hbs"), told);
  const pages = {
    runbook: await printHtml(await readFile("runbooks/samples/drop-table.md", "utf8"), "Runbook"),
    report: await reportHtml(sample, report, past),
    session: await sessionHtml(past, session, told),
  };
  for (const [name, html] of Object.entries(pages)) {
    files[name] = join(folder, `${name}.html`);
    await writeFile(files[name], html);
  }
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Seen {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page and keeps what the browser complains about and every request that leaves it. */
async function open(name: string, size: { width: number; height: number }, dark = false): Promise<Seen> {
  const context = await browser.newContext({ viewport: size, colorScheme: dark ? "dark" : "light", bypassCSP: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const own = pathToFileURL(files[name] as string).href;
  page.on("request", (request) => {
    if (request.url() !== own) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(own);
  return { page, complaints };
}

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const names = ["runbook", "report", "session"];

describe.each(names)("%s", (name) => {
  test.each([
    ["on a desktop", DESKTOP, false],
    ["on a phone", PHONE, false],
    ["in the dark", DESKTOP, true],
  ] as const)("%s: no complaint, no request, and nothing runs out of the side", async (_where, size, dark) => {
    const { page, complaints } = await open(name, size, dark);
    expect(complaints).toEqual([]);
    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  test.each([
    ["light", false],
    ["dark", true],
  ] as const)("accessible, %s, by axe's rules for WCAG 2.2 AA", async (_scheme, dark) => {
    const { page } = await open(name, DESKTOP, dark);
    await page.evaluate(axe);
    const found = (await page.evaluate(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    )) as { violations: { id: string; nodes: { html: string }[] }[] };
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`)).toEqual([]);
    await page.context().close();
  });

  test("on a phone every drawing that is shown is shown in its own size, its text as large as it was drawn", async () => {
    const { page } = await open(name, PHONE);
    const shown = (await page.evaluate(`[...document.querySelectorAll("figure svg")]
      .map((svg) => [svg.getBoundingClientRect().width, svg.viewBox.baseVal.width])
      .filter(([width]) => width > 0)`)) as [number, number][];
    const figures = (await page.evaluate('document.querySelectorAll("figure").length')) as number;
    expect(shown).toHaveLength(figures);
    for (const [width, drawn] of shown) expect(width / drawn).toBeGreaterThan(0.95);
    await page.context().close();
  });

  test("printed on A4 and on Letter", async () => {
    const { page } = await open(name, DESKTOP);
    for (const format of ["A4", "Letter"] as const) {
      const bytes = await page.pdf({ format, preferCSSPageSize: false });
      expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
    }
    await page.context().close();
  });
});

test("on paper no step of the runbook is torn: none is higher than a page", async () => {
  const { page } = await open("runbook", { width: 718, height: 1000 });
  await page.emulateMedia({ media: "print" });
  const heights = (await page.evaluate(
    "[...document.querySelectorAll('.step')].map((step) => step.getBoundingClientRect().height)",
  )) as number[];
  expect(heights.length).toBeGreaterThan(8);
  // A4 less its margins, at 96 dots an inch.
  expect(Math.max(...heights)).toBeLessThan(1000);
  await page.context().close();
});

test("every chart says in words what it shows", async () => {
  const { page } = await open("report", DESKTOP);
  const charts = (await page.evaluate(
    "[...document.querySelectorAll('figure.chart')].map((one) => [one.querySelector('svg').getAttribute('role'), one.querySelector('svg').getAttribute('aria-label'), one.querySelector('details p').textContent])",
  )) as [string, string, string][];
  expect(charts.length).toBe(4);
  for (const [role, label, words] of charts) {
    expect(role).toBe("img");
    expect(label).toContain(words);
    expect(words.length).toBeGreaterThan(20);
  }
  await page.context().close();
});
