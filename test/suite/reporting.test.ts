import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { catalog } from "../../src/catalog.ts";
import { defineReporter } from "../../src/define.ts";
import type { Reporter } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { defaultReporters, openReporting, type ReportingRequest } from "../../src/suite/reporting.ts";
import { assertAudience } from "../../src/suite/with-terminal.ts";
import { END, stamped, WELL } from "../fakes/events.ts";
import { RESULTS } from "../fakes/results.ts";

const folder = await mkdtemp(join(tmpdir(), "reporting-"));
afterAll(() => rm(folder, { recursive: true }));
const DRILL = { runId: "r1", name: "drop-table on postgres 15", contended: false };
const events = stamped([...WELL, ...END]);
const good = RESULTS.recovered as DrillResult;

function surroundings(isTty = false, environment: Record<string, string> = {}) {
  const screen: string[] = [];
  const printed: string[] = [];
  return {
    told: {
      environment,
      screen: { write: (text: string) => screen.push(text), isTty, color: false, now: () => 0 },
      print: (text: string) => void printed.push(text),
      printsColor: false,
    },
    screen: () => screen.join(""),
    printed: () => printed.join(""),
  };
}
let count = 0;
async function report(more: Partial<ReportingRequest>, results: readonly DrillResult[] = [good]) {
  const around = surroundings();
  const outFolder = join(folder, `out-${++count}`);
  const request = {
    reporters: catalog.reporters,
    named: [],
    outFolder,
    json: false,
    surroundings: around.told,
    ...more,
  };
  const reporting = await openReporting(request);
  for (const event of events) reporting.onEvent(event, DRILL);
  await reporting.finish(results);
  reporting.close();
  return { ...around, outFolder };
}
const part = (name: string, more: Partial<Reporter>): Reporter =>
  defineReporter({
    name,
    summary: "For a test.",
    options: z.strictObject({}),
    gives: [],
    needs: [],
    render: async () => [{ file: `${name}.txt`, text: `${name}\n` }],
    ...more,
  });

describe("without a name", () => {
  test.each<[boolean, Record<string, string>, string[]]>([
    [true, {}, ["pretty"]],
    [false, {}, ["line"]],
    [false, { GITHUB_ACTIONS: "true" }, ["line", "github"]],
  ])("a terminal: %j, with %j: %j", (isTty, environment, names) => {
    expect(defaultReporters(catalog.reporters, surroundings(isTty, environment).told)).toEqual(names);
  });
  test("drills are followed on standard error, the verdict stands on standard output", async () => {
    const { screen, printed } = await report({});
    expect(screen()).toContain("drop-table  A hot table");
    expect(printed()).toContain("RECOVERED  drop-table on postgres 15");
  });
  test("under --json standard output is left alone", async () => {
    expect((await report({ json: true })).printed()).toBe("");
  });
});

describe("named", () => {
  test("several at once, one file each; folders are made; the screen is not left empty", async () => {
    const at = (file: string) => join(folder, "several/deep", file);
    const files = ["json=a.json", "junit=b.xml", "ctrf=c.json", "markdown=d.md", "metrics=e.prom", "github=f.md"];
    const named = files.map((one) => one.replace("=", `=${at("")}/`));
    const { screen } = await report({ named });
    expect((await readdir(at(""))).sort()).toEqual(["a.json", "b.xml", "c.json", "d.md", "e.prom", "f.md"]);
    expect(await readFile(at("b.xml"), "utf8")).toContain("<testsuite ");
    expect(JSON.parse(await readFile(at("a.json"), "utf8"))).toMatchObject({ verdict: "recovered" });
    expect(screen()).toContain("drop-table  A hot table");
  });
  test("without a file: below the folder of results, and where is said", async () => {
    const { outFolder, screen } = await report({ named: ["junit", "line"] });
    expect(await readdir(outFolder)).toEqual(["junit.xml"]);
    expect(screen()).toContain(`wrote ${join(outFolder, "junit.xml")}`);
  });
  test("a screen reporter with a file writes there as it goes, and the verdict at the end", async () => {
    const file = join(folder, "log.txt");
    await report({ named: [`line=${file}`] });
    const text = await readFile(file, "utf8");
    expect(text.indexOf("A hot table")).toBeLessThan(text.indexOf("RECOVERED"));
  });
  test("a name and - : standard output", async () => {
    expect((await report({ named: ["ctrf=-", "line"] })).printed()).toMatch(/^\{\n {2}"reportFormat": "CTRF"/);
  });
  test("metrics: the moment of the last success outlives a bad night", async () => {
    const file = join(folder, "shop.prom");
    await report({ named: [`metrics=${file}`] });
    const success = /^fogbell_last_success_timestamp_seconds\{scenario="drop-table".*$/m;
    const before = success.exec(await readFile(file, "utf8"))?.[0];
    await report({ named: [`metrics=${file}`] }, [RESULTS["void, nothing asked"] as DrillResult]);
    const text = await readFile(file, "utf8");
    expect(success.exec(text)?.[0]).toBe(before);
    expect(text).toContain('verdict="void"} 1');
  });
  test("github: the summary is appended, annotations go to standard error", async () => {
    const summaryFile = join(folder, "summary.md");
    await writeFile(summaryFile, "from another step\n");
    const around = surroundings(false, { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summaryFile });
    await report({ surroundings: around.told, json: true }, [RESULTS.lost as DrillResult]);
    expect(await readFile(summaryFile, "utf8")).toMatch(/^from another step\n### Fogbell: 1 lost\n/);
    expect(around.screen()).toMatch(/^::error file=x\.drill\.yaml,line=41/m);
    expect(around.printed()).toBe("");
  });
  test.each<[string, string[], RegExp]>([
    ["a name nobody knows", ["junti"], /no reporter "junti"; did you mean "junit"\?/],
    ["no file", ["junit="], /no file behind/],
    ["a folder", [`junit=${folder}`], /it is a folder/],
    ["a file in a file", ["junit=/dev/null/x.xml"], /cannot be written to \/dev\/null\/x\.xml/],
    ["where no folder is made", ["junit=/proc/fogbell/x.xml"], /cannot be written to \/proc\/fogbell\/x\.xml: ENOENT/],
    ["two for one file", [`junit=${folder}/x`, `ctrf=${folder}/x`], /two reporters would write/],
  ])("%s is found out before the first drill", async (_name, named, message) => {
    await expect(report({ named })).rejects.toThrow(message);
  });
  test("so far as that can be, also where nothing is begun", () => {
    const assert = (named: readonly string[], json = false) =>
      assertAudience({ reporters: catalog.reporters, named, json, receivers: {} });
    expect(() => assert(["foo"])).toThrow(/no reporter "foo"/);
    expect(() => assert([`junit=${folder}/x`, `ctrf=${folder}/x`])).toThrow(/two reporters would write/);
    expect(() => assert(["junit=-"], true)).toThrow(/--json keeps standard output/);
    expect(() => assert([`junit=${folder}/untouched/x.xml`])).not.toThrow();
    expect(existsSync(join(folder, "untouched"))).toBe(false);
  });
  test("standard output cannot be a report's and the result's", async () => {
    await expect(report({ named: ["junit=-"], json: true })).rejects.toThrow(/--json keeps standard output/);
  });
});

describe("a reporter that throws", () => {
  test("while it follows: loses its seat, aloud, once; the others stay, and so do the drills", async () => {
    let heard = 0;
    const broken = part("broken", {
      follow: () => ({
        onEvent: () => {
          heard += 1;
          throw new Error("out of tune");
        },
        close: () => {
          throw new Error("and slams the door");
        },
      }),
    });
    const { screen, printed, outFolder } = await report({
      reporters: [...catalog.reporters, broken],
      named: ["broken", "line", "junit"],
    });
    expect(heard).toBe(1);
    expect(screen().match(/reporter broken lost its seat: out of tune\. The drills go on/g)?.length).toBe(1);
    expect(screen()).not.toContain("slams");
    expect(printed()).toContain("RECOVERED");
    expect(await readdir(outFolder)).toEqual(["junit.xml"]);
  });
  test("while it sits down, or while it writes: the same", async () => {
    const late = part("late", { render: () => Promise.reject(new Error("no ink")) });
    const early = part("early", {
      follow: () => {
        throw new Error("no chair");
      },
    });
    const { screen, outFolder } = await report({
      reporters: [...catalog.reporters, late, early],
      named: ["late", "early", "line", "junit"],
    });
    expect(screen().match(/lost its seat/g)?.length).toBe(2);
    expect(screen()).toMatch(/late lost its seat: no ink/);
    expect(screen()).toMatch(/early lost its seat: no chair/);
    expect(await readdir(outFolder)).toEqual(["junit.xml"]);
  });
});
