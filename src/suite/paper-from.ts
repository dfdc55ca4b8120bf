/** Paper from run folders: the journal read again, the result derived again, the page rendered again. */

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fitter } from "../backups/patterns.ts";
import { type ConfiguredDatabase, databaseOf, loadConfig } from "../config/config.ts";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";
import { checkPage } from "../paper/check.ts";
import { inline } from "../paper/format.ts";
import type { RunbookFacts } from "../paper/page-facts.ts";
import { type Paper, pdf } from "../paper/pdf.ts";
import { printHtml } from "../paper/print-html.ts";
import { renderReport, reportPageOf } from "../paper/report.ts";
import { reportHtml, sessionHtml } from "../paper/report-html.ts";
import { renderRunbook } from "../paper/runbook.ts";
import { renderSession } from "../paper/session.ts";
import { readTemplates } from "../paper/templates.ts";
import type { DrillResult } from "../record.ts";
import { makeOutFolder } from "../run/out-folder.ts";
import { readCoverage } from "../verify/coverage.ts";
import { readKnown } from "../verify/known.ts";
import { findRun, type LostRun, readHistory } from "./history.ts";

export interface ReportRequest {
  /** A run folder or a scenario's id. */
  readonly name: string;
  readonly engine?: string | undefined;
  readonly results: string;
  readonly formats: readonly ("md" | "html")[];
  /** File without its ending; null returns the markdown only. */
  readonly stem: string | null;
}

async function writePages(
  stem: string,
  formats: readonly ("md" | "html")[],
  { markdown, html }: { markdown: string; html: () => Promise<string> },
): Promise<string[]> {
  await makeOutFolder(dirname(stem));
  const files: string[] = [];
  for (const format of formats) {
    const file = `${stem}.${format}`;
    await writeAtomic(file, format === "md" ? markdown : await html());
    files.push(file);
  }
  return files;
}

/** The report of one drill, among its own kind. Throws UsageError when there is no such drill. */
export async function reportFrom(request: ReportRequest): Promise<Made> {
  const { result } = await findRun(request.name, request);
  const past = (await readHistory([request.results])).runs.map((run) => run.result);
  const markdown = await renderReport(
    result,
    await readTemplates("reports", process.cwd(), reportPageOf(result)),
    past,
  );
  const { stem, formats } = request;
  const html = () => reportHtml(result, markdown, past);
  const files = stem === null ? [] : await writePages(stem, formats, { markdown, html });
  return { runId: result.runId, scenario: result.scenario.id, markdown, files };
}

export interface SessionRequest {
  readonly folders: readonly string[];
  /** Only drills that ended at or after this moment, Unix milliseconds; null takes all. */
  readonly sinceMs: number | null;
  readonly title: string;
  readonly scope: string;
  readonly formats: readonly ("md" | "html")[];
  readonly stem: string | null;
}

/** Several drills on one page. Throws UsageError when there is none: an empty page would look like a quiet month. */
export async function sessionFrom(
  request: SessionRequest,
): Promise<Omit<Made, "runId" | "scenario"> & { drills: number; lost: readonly LostRun[] }> {
  const { folders, sinceMs, title, scope, stem, formats } = request;
  const { runs, lost } = await readHistory(folders);
  const all = runs.map((run) => run.result);
  const results = all.filter(({ endedAt }) => sinceMs === null || Date.parse(endedAt) >= sinceMs);
  if (results.length === 0 && lost.length === 0) {
    throw new UsageError(`no drill in ${folders.join(", ")} for ${scope}`, {
      code: "FB_NO_JOURNAL",
      next: ["fogbell run --all", "name the folders that hold run folders"],
    });
  }
  const templates = await readTemplates("reports", process.cwd(), "session.md.hbs");
  const coverage = (await Promise.all(folders.map(readCoverage))).flat();
  const markdown = await renderSession(results, templates, { title, scope, lost, coverage });
  const html = () => sessionHtml(results, markdown, { title, lost: lost.length });
  const files = stem === null ? [] : await writePages(stem, formats, { markdown, html });
  return { markdown, files, drills: results.length, lost };
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
  /** A `fogbell.yaml`; undefined takes the one of the working directory when there is one. */
  readonly config?: string | undefined;
  /** Which of its databases the page is for; undefined takes the only one of the engine. */
  readonly database?: string | undefined;
  /** File without its ending; null returns the markdown only. */
  readonly stem: string | null;
}

export interface Made {
  readonly runId: string;
  readonly scenario: string;
  readonly markdown: string;
  readonly files: readonly string[];
}

const withoutQuery = (url: string) => url.split("?")[0];

/** Where the backups lie that `fogbell verify` looks at, and what it last found to hold there. */
async function sourcesOf({ name, engine, sources }: ConfiguredDatabase, results: string) {
  const known = await readKnown(results, `${engine} ${name}`);
  return sources.map(({ store, pattern }) => {
    const fits = pattern === undefined ? () => true : fitter(pattern);
    const held = known.find((one) => one.holds && withoutQuery(one.store) === withoutQuery(store) && fits(one.id));
    return {
      place: `${withoutQuery(store)}${pattern === undefined ? "" : ` ${pattern}`}`,
      verified: held === undefined ? undefined : `${held.verifiedAt.slice(0, 10)}: ${held.id}`,
    };
  });
}

/** What the page says of the real database. Throws UsageError when a database is named that the file does not have. */
async function factsFrom(
  { config: file, database: name, results }: Pick<RunbookRequest, "config" | "database" | "results">,
  engine: string,
): Promise<RunbookFacts> {
  const config = await loadConfig(file);
  if (config === null) return {};
  const known = databaseOf(config, { name, engine });
  if (known === null && name !== undefined) {
    const names = config.databases.map((one) => one.name);
    const near = nearest(name, names);
    throw new UsageError(
      `no database "${name}" in the configuration${near === undefined ? "" : `; did you mean "${near}"?`}`,
      {
        code: "FB_DATABASE_UNKNOWN",
        next: [...new Set([near ?? names[0] ?? "", ...names])].map((one) => `--database ${quote(one)}`),
      },
    );
  }
  const { runbook, contacts } = config;
  return {
    system: known?.name,
    environment: known?.environment,
    host: known?.host,
    database: known?.database,
    size: known?.size,
    rows: known?.rows ?? {},
    contacts,
    breakGlass: runbook["break-glass"],
    channel: runbook.channel,
    offline: runbook.offline,
    copies: [...(known === null ? [] : await sourcesOf(known, results)), ...runbook.copies],
  };
}

export interface AllRequest extends Omit<RunbookRequest, "name" | "stem"> {
  readonly folder: string;
}

/** A page for every drilled scenario on every engine, and an index to find the right one by what is seen. */
export async function allRunbooks(request: AllRequest): Promise<{ files: readonly string[] }> {
  const { folder, results } = request;
  const runs = (await readHistory([results])).runs
    .map(({ result }) => result.scenario)
    .filter(({ kind }) => kind !== "verify");
  const drilled = new Map(
    runs
      .filter(({ engine }) => request.engine === undefined || request.engine.startsWith(engine))
      .map((scenario) => [`${scenario.id} ${scenario.engine}@${scenario.version}`, scenario] as const),
  );
  if (drilled.size === 0) {
    throw new UsageError(`no drill is kept in ${results}`, { code: "FB_NO_JOURNAL", next: ["fogbell run --all"] });
  }
  const files: string[] = [];
  const rows: string[] = [];
  for (const { id, engine, version, title, symptom } of drilled.values()) {
    const name = `${id}-${engine}-${version}`;
    const made = await runbookFrom({ ...request, name: id, engine: `${engine}@${version}`, stem: join(folder, name) });
    files.push(...made.files);
    rows.push(
      `| ${inline(symptom ?? title)} | ${inline(engine)} ${inline(version)} | [${inline(title)}](${name}.${request.formats[0] ?? "md"}) |`,
    );
  }
  const index = [
    "# Runbooks",
    "",
    "Begin with what you see. When nothing here fits, stop what writes, freeze what prunes, and call a second person.",
    "",
    "| You see | Engine | Page |",
    "| --- | --- | --- |",
    ...rows.sort(),
    "",
  ].join("\n");
  const file = join(folder, "index.md");
  await writeAtomic(file, index);
  return { files: [...files, file] };
}

/** A page that was drilled on a database is that database's, whatever else the file tells of. */
async function ownFacts(request: RunbookRequest, { engine, own }: DrillResult["scenario"]): Promise<RunbookFacts> {
  if (own === undefined) return factsFrom(request, engine);
  const config = await loadConfig(request.config);
  const isTold = config?.databases.some(({ name }) => name === own.name) ?? false;
  const facts = isTold ? await factsFrom({ ...request, database: own.name }, engine) : {};
  return { ...facts, system: own.name, database: facts.database ?? own.database };
}

/** The runbook of a drill, with normal times from all kept drills like it. Throws UsageError when there is no such drill. */
export async function runbookFrom(request: RunbookRequest): Promise<Made> {
  const { result } = await findRun(request.name, { ...request, own: request.database });
  const past = (await readHistory([request.results])).runs.map((run) => run.result);
  const own = result.scenario.own?.name;
  if (own !== undefined && request.database !== undefined && own !== request.database) {
    throw new UsageError(`the drill ${result.runId} stood on ${own}: a page for ${request.database} needs its own`, {
      code: "FB_PAGE_OTHER_DATABASE",
      next: [`fogbell run ${result.scenario.id} --on ${quote(request.database)}`, `--database ${quote(own)}`],
    });
  }
  const facts = await ownFacts(request, result.scenario);
  const markdown = await renderRunbook(result, await readTemplates("runbooks"), {
    past,
    goodForMs: request.goodForMs,
    facts,
  });
  const title = `Runbook: ${result.scenario.id} on ${result.scenario.engine} ${result.scenario.version}`;
  const files: string[] = [];
  const { stem } = request;
  if (stem !== null) {
    await makeOutFolder(dirname(stem));
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
  const past = (await readHistory([results])).runs.map((run) => run.result);
  return Promise.all(
    files.map(async (page) => ({
      page,
      faults: checkPage(await readFile(page, "utf8"), past, { nowMs, maxAgeMs }),
    })),
  );
}
