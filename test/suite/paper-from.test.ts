/** Paper from kept run folders: found by scenario, written in every format, checked against the drills. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTemplates } from "../../src/paper/templates.ts";
import { findRun, historyOf, mustBeFolders, readHistory } from "../../src/suite/history.ts";
import { allRunbooks, checkRunbooks, runbookFrom, sessionFrom } from "../../src/suite/paper-from.ts";
import { keepKnown } from "../../src/verify/known.ts";

let results = "";
beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), "results-"));
  await mkdir(join(results, "one"));
  await cp("reports/samples/drop-table/journal.jsonl", join(results, "one", "journal.jsonl"));
});
afterEach(() => rm(results, { recursive: true, force: true }));

const request = () =>
  ({ name: "drop-table", results, formats: ["md", "html", "pdf"], paper: "a4", goodForMs: 86_400_000 }) as const;

describe("a runbook from a scenario's name", () => {
  test("in every format, from the newest drill that recovered", async () => {
    const made = await runbookFrom({ ...request(), stem: join(results, "paper", "drop-table") });
    expect(made.files.map((file) => file.split(".").at(-1))).toEqual(["md", "html", "pdf"]);
    const [markdown = "", html = "", pdf = ""] = await Promise.all(made.files.map((file) => readFile(file, "latin1")));
    expect(markdown).toContain("# Runbook: ");
    expect(html).toContain("<!doctype html>");
    expect(pdf.startsWith("%PDF-")).toBe(true);
    expect(markdown).toMatch(/Valid until \| \d{4}-\d\d-\d\d; drill again before then/);
  });
  test("names the sources of fogbell.yaml, with what was last found to hold there", async () => {
    const config = join(results, "fogbell.yaml");
    await writeFile(
      config,
      'version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    sources:\n      - { store: "s3://b/shop?endpoint=http://x", pattern: "daily/*" }\n      - { store: "directory:/mnt/usb" }\n',
    );
    const copy = {
      id: "daily/shop-1.dump",
      store: "s3://b/shop",
      momentAt: "2026-11-20T03:00:00.000Z",
      sizeBytes: 1,
      sha256: "x",
    };
    const found = {
      runId: "r",
      verifiedAt: "2026-11-20T04:00:00.000Z",
      because: "",
      rows: {},
      catalogue: {},
      behind: [],
      lags: {},
    };
    await keepKnown(results, "postgres Shop", [
      { ...copy, ...found, holds: true },
      { ...copy, ...found, id: "daily/shop-2.dump", momentAt: "2026-11-21T03:00:00.000Z", holds: false },
    ]);
    const { markdown } = await runbookFrom({ ...request(), config, stem: null });
    expect(markdown).toMatch(/\| s3:\/\/b\/shop daily\/.* \| 2026-11-20: daily\/shop-1\.dump \|/);
    expect(markdown).toMatch(/\| directory:\/mnt\/usb \|.*\| ______ \|\n/);
  });
  test("a scenario that nobody drilled, and a folder that is none, are said with what to type", async () => {
    await expect(findRun("no-such", { results })).rejects.toMatchObject({
      code: "FB_NO_JOURNAL",
      next: expect.arrayContaining(["fogbell run no-such"]),
    });
    await expect(findRun("no/such", { results })).rejects.toMatchObject({
      next: [`ls ${results}`],
    });
  });
  test("of an engine that it was not drilled on", async () =>
    expect(findRun("drop-table", { results, engine: "mariadb" })).rejects.toMatchObject({ code: "FB_NO_JOURNAL" }));
});

describe("history", () => {
  test("counts a run once, however often it lies there, and passes over what is none", async () => {
    await cp(join(results, "one"), join(results, "copy"), { recursive: true });
    await mkdir(join(results, "empty"));
    await writeFile(join(results, "note.txt"), "x");
    const { runs, lost } = await readHistory([results, results, "/nonexistent"]);
    expect([runs.length, lost.length]).toEqual([1, 0]);
  });
  test("of two copies of a run the whole one counts, wherever it lies", async () => {
    const journal = await readFile(join(results, "one", "journal.jsonl"), "utf8");
    await mkdir(join(results, "a-torn"));
    await writeFile(join(results, "a-torn", "journal.jsonl"), journal.slice(0, journal.length / 2));
    const { runs } = await readHistory([results]);
    expect(runs.map(({ result }) => result.verdict)).toEqual(["recovered"]);
  });
  test.each([
    ["its first line taken out", (text: string) => text.slice(text.indexOf("\n") + 1), /first line/],
    ["its first line changed beyond reading", (text: string) => `x${text}`, /first line/],
    ["nothing in it", () => "", /empty/],
  ])("a journal with %s is named and never passed over", async (_what, change, because) => {
    const file = join(results, "one", "journal.jsonl");
    await writeFile(file, change(await readFile(file, "utf8")));
    const { runs, lost } = await readHistory([results]);
    expect(runs).toEqual([]);
    expect(lost[0]).toMatchObject({ folder: join(results, "one"), because: expect.stringMatching(because) });
    expect((await historyOf(results, null)).text).toContain(`UNREADABLE  ${join(results, "one")}`);
    await expect(findRun(join(results, "one"), { results })).rejects.toMatchObject({ code: "FB_NO_JOURNAL" });
    const page = await sessionFrom({
      folders: [results],
      sinceMs: null,
      title: "T",
      scope: "x",
      formats: [],
      stem: null,
    });
    expect(page.markdown).toMatch(/Unreadable runs/);
    expect(page.markdown).not.toMatch(/None: the last run of every drill passed/);
  });
  test("a shard that is not there is an error", () =>
    expect(mustBeFolders([results, join(results, "shard-2")])).rejects.toMatchObject({ code: "FB_NO_FOLDER" }));
});

describe("checking", () => {
  test("a page that was just built is as drilled, until the drill is too old", async () => {
    const { files } = await runbookFrom({ ...request(), formats: ["md"], stem: join(results, "drop-table") });
    const drilledMs = Date.parse((await findRun("drop-table", { results })).result.endedAt);
    const check = (days: number) =>
      checkRunbooks({ pages: files, results, maxAgeMs: 90 * 86_400_000, nowMs: drilledMs + days * 86_400_000 });
    expect(await check(1)).toEqual([{ page: files[0], faults: [] }]);
    expect((await check(91))[0]?.faults).toHaveLength(1);
  });
  test("no page is an error and never a pass", async () => {
    const nothing = { results, maxAgeMs: 1, nowMs: 0 };
    await expect(checkRunbooks({ ...nothing, pages: [join(results, "nowhere")] })).rejects.toMatchObject({
      code: "FB_NO_PAGE",
    });
    await expect(checkRunbooks({ ...nothing, pages: [results] })).rejects.toMatchObject({ code: "FB_NO_PAGE" });
  });
});

test("a template or a part of one in ./runbooks takes the place of ours, and the others stay", async () => {
  await mkdir(join(results, "runbooks", "partials"), { recursive: true });
  await writeFile(join(results, "runbooks", "partials", "step.hbs"), "{{#each steps}}OURS {{say}}\n{{/each}}");
  const theirs = await readTemplates("runbooks", results);
  const ours = await readTemplates("runbooks", "/nonexistent");
  expect(theirs.partials.step).toContain("OURS");
  expect(theirs.page).toBe(ours.page);
});

describe("all of them", () => {
  test("a page for every drilled scenario and engine, and an index by what is seen", async () => {
    const folder = join(results, "paper");
    const { files } = await allRunbooks({ ...request(), formats: ["md"], folder });
    expect(files.map((file) => file.slice(folder.length + 1)).sort()).toEqual([
      "drop-table-postgres-15.md",
      "index.md",
    ]);
    expect(await readFile(join(folder, "index.md"), "utf8")).toMatch(
      /\| postgres 15 \| \[.*\]\(drop-table-postgres-15\.md\) \|/,
    );
  });
  test("of nothing is an error", async () => {
    const empty = await mkdtemp(join(tmpdir(), "empty-"));
    await expect(allRunbooks({ ...request(), results: empty, folder: empty })).rejects.toMatchObject({
      code: "FB_NO_JOURNAL",
    });
    await rm(empty, { recursive: true });
  });
  test("a database that the configuration does not have is said with the nearest", async () => {
    const config = join(results, "fogbell.yaml");
    await writeFile(config, "version: 1\ndatabases:\n  - { name: Shop, engine: postgres }\n");
    const made = await runbookFrom({ ...request(), config, stem: null });
    expect(made.markdown).toContain("| System | Shop |");
    await expect(runbookFrom({ ...request(), config, database: "Shap", stem: null })).rejects.toMatchObject({
      code: "FB_DATABASE_UNKNOWN",
      message: expect.stringContaining('did you mean "Shop"?'),
    });
  });
});
