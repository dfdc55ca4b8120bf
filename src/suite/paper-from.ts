/** Paper from run folders: the journal read again, the result derived again, the page rendered again. */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { checkPage } from "../paper/check.ts";
import { type Paper, pdf } from "../paper/pdf.ts";
import { printHtml } from "../paper/print-html.ts";
import { renderReport } from "../paper/report.ts";
import { renderRunbook } from "../paper/runbook.ts";
import { readTemplates } from "../paper/templates.ts";
import { findRun, readHistory } from "./history.ts";

export interface ReportRequest {
  readonly folder: string;
  readonly results: string;
  readonly out?: string | undefined;
}

/** Throws UsageError when the folder holds no journal that begins. */
export async function reportFrom({ folder, results, out }: ReportRequest): Promise<{ text: string; runId: string }> {
  const { result } = await findRun(folder, { results });
  const text = await renderReport(result, await readTemplates("reports"));
  if (out !== undefined) await writeAtomic(out, text);
  return { text, runId: result.runId };
}

export const FORMATS = ["md", "html", "pdf"] as const;
export type Format = (typeof FORMATS)[number];

export interface RunbookRequest {
  /** A run folder, or a scenario's id. */
  readonly name: string;
  readonly engine?: string | undefined;
  readonly results: string;
  readonly formats: readonly Format[];
  readonly paper: Paper;
  readonly goodForMs: number;
  /** File without its ending; null returns the markdown only. */
  readonly stem: string | null;
}

export interface Made {
  readonly runId: string;
  readonly scenario: string;
  readonly markdown: string;
  readonly files: readonly string[];
}

/** The runbook of a drill, with normal times from all kept drills like it. Throws UsageError when there is no such drill. */
export async function runbookFrom(request: RunbookRequest): Promise<Made> {
  const { result } = await findRun(request.name, request);
  const past = (await readHistory([request.results])).map((run) => run.result);
  const markdown = await renderRunbook(result, await readTemplates("runbooks"), { past, goodForMs: request.goodForMs });
  const title = `Runbook: ${result.scenario.id} on ${result.scenario.engine} ${result.scenario.version}`;
  const files: string[] = [];
  const { stem } = request;
  if (stem !== null) {
    await mkdir(dirname(stem), { recursive: true });
    for (const format of request.formats) {
      const file = `${stem}.${format}`;
      if (format === "md") await writeAtomic(file, markdown);
      else if (format === "html") await writeAtomic(file, await printHtml(markdown, title));
      else await writeFile(file, await pdf(markdown, title, request.paper));
      files.push(file);
    }
  }
  return { runId: result.runId, scenario: result.scenario.id, markdown, files };
}

export interface CheckRequest {
  /** Pages, or folders of pages. */
  readonly pages: readonly string[];
  readonly results: string;
  readonly maxAgeMs: number;
  readonly nowMs: number;
}

export interface Checked {
  readonly page: string;
  readonly faults: readonly string[];
}

async function pagesIn(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new UsageError(`no page ${path}`, {
      code: "FB_NO_PAGE",
      next: ["fogbell runbook build drop-table --out runbooks/drop-table.md"],
    });
  }
  if (!found.isDirectory()) return [path];
  return (await readdir(path)).filter((name) => name.endsWith(".md")).map((name) => join(path, name));
}

/** Each page with what is wrong with it. Throws UsageError when there is no page at all. */
export async function checkRunbooks({ pages, results, maxAgeMs, nowMs }: CheckRequest): Promise<Checked[]> {
  const files = (await Promise.all(pages.map(pagesIn))).flat();
  if (files.length === 0) {
    throw new UsageError(`no page of markdown in ${pages.join(", ")}`, {
      code: "FB_NO_PAGE",
      next: ["fogbell runbook build drop-table --out runbooks/drop-table.md"],
    });
  }
  const past = (await readHistory([results])).map((run) => run.result);
  return Promise.all(
    files.map(async (page) => ({
      page,
      faults: checkPage(await readFile(page, "utf8"), past, { nowMs, maxAgeMs }),
    })),
  );
}
