/** What each format promises its readers, over results ordinary and hostile. What all reporters promise: `contract/reporter.ts`. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Reporter } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { renderBy, SETS } from "../contract/reporter.ts";
import { ALL, RESULTS } from "../fakes/results.ts";

async function textOf(name: string, results: readonly DrillResult[], context: object = {}): Promise<string> {
  const reporter = catalog.reporters.find((one) => one.name === name);
  if (reporter === undefined) throw new Error(`no reporter ${name}`);
  return (await renderBy(reporter, results, context))[0]?.text ?? "";
}
test("the catalogue has the eight that the conventions name", () => {
  expect(catalog.reporters.map(({ name }) => name)).toEqual([
    "pretty",
    "line",
    "json",
    "junit",
    "ctrf",
    "markdown",
    "github",
    "metrics",
  ]);
});

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}
/** A strict parser: throws on everything that is not well-formed. */
function parseXml(xml: string): Element {
  const parser = new SaxesParser();
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [], text: "" };
    stack.at(-1)?.children.push(element);
    stack.push(element);
  });
  parser.on("text", (text) => {
    const top = stack.at(-1);
    if (top !== undefined) top.text += text;
  });
  parser.on("closetag", () => void stack.pop());
  parser.write(xml).close();
  return root.children[0] as Element;
}
const casesIn = (suite: Element) => suite.children.filter(({ name }) => name === "testcase");

describe("junit", () => {
  test.each(SETS)("%s: valid XML, with counts that are those of the cases", async (_name, results) => {
    const root = parseXml(await textOf("junit", results));
    expect(root.name).toBe("testsuites");
    expect(root.children.map(({ name }) => name)).toEqual(results.map(() => "testsuite"));
    let tests = 0;
    for (const suite of root.children) {
      const cases = casesIn(suite);
      const having = (kind: string) =>
        cases.filter(({ children }) => children.some(({ name }) => name === kind)).length;
      expect(suite.attributes).toMatchObject({
        tests: String(cases.length),
        failures: String(having("failure")),
        errors: String(having("error")),
        skipped: String(having("skipped")),
      });
      expect(suite.attributes.time).toMatch(/^\d+\.\d{3}$/);
      const names = cases.map(({ attributes }) => attributes.name);
      expect(new Set(names).size).toBe(names.length);
      tests += cases.length;
    }
    expect(root.attributes.tests).toBe(String(tests));
  });
  test("a drill is green only when it is recovered; void is an error, lost and late are failures", async () => {
    const root = parseXml(await textOf("junit", ALL));
    for (const [at, result] of ALL.entries()) {
      const { failures, errors } = root.children[at]?.attributes ?? {};
      expect(Number(failures) + Number(errors) > 0, result.runId).toBe(result.verdict !== "recovered");
      const verdict = casesIn(root.children[at] as Element).find(({ attributes }) => attributes.name === "verdict");
      const kind = verdict?.children.map(({ name }) => name).find((name) => name !== "system-out");
      const wanted = { recovered: undefined, late: "failure", lost: "failure", void: "error", refused: "error" };
      expect(kind).toBe(wanted[result.verdict]);
    }
  });
  test("what is not passed says why, in the message that lists show and in full", async () => {
    for (const result of ALL) {
      const [suite] = parseXml(await textOf("junit", [result])).children;
      for (const one of casesIn(suite as Element)) {
        const [said] = one.children.filter(({ name }) => ["failure", "error", "skipped"].includes(name));
        if (said === undefined) continue;
        const why = `${result.runId}: ${one.attributes.name}`;
        expect(said.attributes.message, why).toBeTruthy();
        if (said.name !== "skipped") expect(said.text, why).toContain(said.attributes.message);
      }
      const verdict = casesIn(suite as Element).find(({ attributes }) => attributes.name === "verdict");
      const [told] = verdict?.children ?? [];
      expect(told?.text.startsWith(`${result.verdict}: `), result.runId).toBe(true);
      if (result.verdict !== "recovered") {
        expect(told?.attributes.type).toBe(result.verdict);
        expect(told?.attributes.message?.length).toBeGreaterThan(result.verdict.length + 2);
      }
    }
    const [lost] = parseXml(await textOf("junit", [RESULTS.lost as DrillResult])).children;
    const failures = casesIn(lost as Element).flatMap(({ children }) =>
      children.filter(({ name }) => name === "failure"),
    );
    expect(failures.map(({ attributes }) => [attributes.type, attributes.message])).toEqual([
      ["verify", "rows says no"],
      ["verdict", "lost: verify: rows of orders: rows says no"].with(0, "lost"),
    ]);
  });
  test("RTA and RPA stand in the properties, and again in the output of the suite", async () => {
    const [suite] = parseXml(await textOf("junit", [RESULTS.recovered as DrillResult])).children;
    const properties = suite?.children.find(({ name }) => name === "properties")?.children ?? [];
    const numbers = Object.fromEntries(properties.map(({ attributes }) => [attributes.name, attributes.value]));
    expect(numbers).toMatchObject({ rtaMs: "12000", rpaMs: "2400000", verdict: "recovered" });
    expect(suite?.children.at(-1)?.text).toContain("rtaMs: 12000");
  });
  test("a question's line in the YAML stands at its case", async () => {
    const [suite] = parseXml(await textOf("junit", [RESULTS.lost as DrillResult])).children;
    const bad = casesIn(suite as Element).find(({ children }) => children.some(({ name }) => name === "failure"));
    expect(bad?.attributes).toMatchObject({ line: "41", file: "x.drill.yaml", name: "verify: rows (orders) #2" });
  });
});

describe("ctrf", () => {
  const schema = JSON.parse(readFileSync("node_modules/ctrf/dist/ctrf-schema-0.0.json", "utf8")) as object;
  const validate = new Ajv({ strict: false, formats: { uuid: true, "date-time": true, uri: true } }).compile(schema);
  interface Ctrf {
    runId: string;
    results: {
      summary: Record<string, number>;
      tests: { name: string; status: string; suite: string[] }[];
      environment: object;
    };
  }
  test.each(SETS)("%s: holds to the format's own schema, and counts what it lists", async (_name, results) => {
    const report = JSON.parse(await textOf("ctrf", results)) as Ctrf;
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    const { summary, tests } = report.results;
    for (const status of ["passed", "failed", "skipped", "pending", "other"])
      expect(summary[status]).toBe(tests.filter((one) => one.status === status).length);
    expect([summary.tests, summary.suites]).toEqual([tests.length, results.length]);
  });
  test("what could not be judged is other, never passed", async () => {
    const { tests } = (JSON.parse(await textOf("ctrf", [RESULTS["void, nothing asked"] as DrillResult])) as Ctrf)
      .results;
    expect(tests.find(({ name }) => name === "verdict")?.status).toBe("other");
  });
  test("shards of one pipeline share its run, and say which they are", async () => {
    const of = async (at: number, shard: string | null) =>
      JSON.parse(await textOf("ctrf", [ALL[at] as DrillResult], { shard })) as Ctrf;
    const [one, other] = [await of(0, "1/2"), await of(1, "2/2")];
    expect([one.runId, other.runId]).toEqual(["7", "7"]);
    expect([one.results.environment, other.results.environment]).toMatchObject([
      { shardId: "1/2" },
      { shardId: "2/2" },
    ]);
    expect(validate(one)).toBe(true);
    expect((await of(0, null)).results.environment).not.toHaveProperty("shardId");
  });
});

/** The text exposition format, line by line, as Prometheus' own parser takes it apart. */
function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const typed = new Set<string>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const type = /^# TYPE ([a-z_]+) gauge$/.exec(line);
    if (type?.[1] !== undefined) {
      expect(typed.has(type[1]), `${type[1]} is announced once`).toBe(false);
      typed.add(type[1]);
      continue;
    }
    if (/^# HELP [a-z_]+ [^\\]+$/.test(line)) continue;
    const sample = /^([a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\} (-?[0-9.e+]+)$/.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name = "", labels = "", value = ""] = sample ?? [];
    expect([...typed]).toContain(name);
    expect(samples.has(`${name}{${labels}}`), line).toBe(false);
    samples.set(`${name}{${labels}}`, Number(value));
  }
  return samples;
}
const SERIES = 'scenario="drop-table",engine="postgres",version="15"';

describe("metrics", () => {
  test.each(SETS)("%s: the exposition format, base units, no sample twice", async (_name, results) => {
    const samples = parseMetrics(await textOf("metrics", results));
    for (const name of samples.keys())
      expect(name).toMatch(/^fogbell_(\w+_(seconds|bytes|info)|verdict|rows|contended)\{/);
    expect([...samples.values()].every(Number.isFinite)).toBe(true);
  });
  test("seconds, and one verdict of five", async () => {
    const samples = parseMetrics(await textOf("metrics", [RESULTS.recovered as DrillResult]));
    expect(samples.get(`fogbell_rta_seconds{${SERIES}}`)).toBe(12);
    expect(samples.get(`fogbell_rpa_seconds{${SERIES}}`)).toBe(2400);
    expect(samples.get(`fogbell_objective_seconds{${SERIES},objective="rto"}`)).toBe(60);
    expect(samples.get(`fogbell_phase_duration_seconds{${SERIES},phase="restore"}`)).toBe(1.2345);
    const verdicts = [...samples].filter(([name]) => name.startsWith("fogbell_verdict"));
    expect(verdicts.length).toBe(5);
    expect(verdicts.filter(([, value]) => value === 1).map(([name]) => name)).toEqual([
      `fogbell_verdict{${SERIES},verdict="recovered"}`,
    ]);
  });
  test("a night that failed keeps the moment of the last success, and other drills keep theirs", async () => {
    const success = `fogbell_last_success_timestamp_seconds{${SERIES}}`;
    const good = await textOf("metrics", [RESULTS.recovered as DrillResult, RESULTS.lost as DrillResult]);
    const before = parseMetrics(good);
    const after = parseMetrics(
      await textOf("metrics", [RESULTS["void, nothing asked"] as DrillResult], { earlier: () => good }),
    );
    expect(before.get(success)).toBeGreaterThan(1e9);
    expect(after.get(success)).toBe(before.get(success));
    expect(after.get(`fogbell_rta_seconds{${SERIES}}`)).toBeUndefined();
    const other = 'fogbell_last_run_timestamp_seconds{scenario="lost-rows",engine="postgres",version="15"}';
    expect(after.get(other)).toBe(before.get(other));
    expect([...after.keys()].filter((name) => name.includes("lost-rows"))).toEqual([other]);
  });
});

describe("github", () => {
  const parts = async (results: readonly DrillResult[], context: object = {}) => {
    const reporter = catalog.reporters.find(({ name }) => name === "github") as Reporter;
    const [summary, annotations] = await renderBy(reporter, results, context);
    return { summary, lines: annotations?.text.trimEnd().split("\n") ?? [] };
  };
  test("an error on the YAML line of what failed, a warning for late, nothing for recovered", async () => {
    const { lines } = await parts([RESULTS.recovered, RESULTS.late, RESULTS.lost] as DrillResult[]);
    expect(lines).toEqual([
      "::error file=x.drill.yaml,line=41,title=lost%3A lost-rows on postgres 15::verify: rows of orders: rows says no",
      expect.stringMatching(/^::warning file=x\.drill\.yaml,line=1,title=late%3A slow-restore on postgres 15::RTA /),
    ]);
  });
  test("files are named from the checkout; one that lies elsewhere is not named", async () => {
    const at = (file: string) => ({
      ...(RESULTS.lost as DrillResult),
      scenario: { ...(RESULTS.lost as DrillResult).scenario, file },
    });
    const [inside] = (await parts([at("/home/runner/shop/drills/a.drill.yaml")])).lines;
    expect(inside).toMatch(/^::error file=drills\/a\.drill\.yaml,line=41,/);
    const [deep] = (await parts([at("a.drill.yaml")], { workingFolder: "/home/runner/shop/deep" })).lines;
    expect(deep).toMatch(/^::error file=deep\/a\.drill\.yaml,line=41,/);
    for (const file of ["/usr/lib/node_modules/fogbell/scenarios/a.drill.yaml", "../a.drill.yaml"])
      expect((await parts([at(file)])).lines[0]).toMatch(/^::error title=/);
  });
  test("ten of a kind at most, none silently dropped", async () => {
    const many = Array.from({ length: 25 }, (_, at) => ({
      ...(RESULTS.lost as DrillResult),
      scenario: { ...(RESULTS.lost as DrillResult).scenario, id: `drill-${at}` },
    }));
    const { lines } = await parts(many);
    expect(lines.length).toBe(10);
    expect(lines[9]).toMatch(/^::error title=16 more drills::lost: drill-9 on postgres 15%0A.*drill-24/);
  });
  test("the summary is appended to the job's, and stays below what GitHub drops", async () => {
    const long = { ...(RESULTS.lost as DrillResult), reasons: Array.from({ length: 500 }, () => "ß".repeat(100)) };
    const { summary } = await parts(Array.from({ length: 30 }, () => long));
    expect(summary?.to).toEqual({ endOf: "/tmp/summary" });
    expect(Buffer.byteLength(summary?.text ?? "")).toBeLessThan(1_000_000);
    expect(summary?.text).toMatch(/\d+ more drills aren't shown here/);
    expect((summary?.text.match(/^\| \*\*lost\*\*/gm) ?? []).length).toBe(30);
  });
  test("outside GitHub it is a file", async () => {
    expect((await parts(ALL, { environment: {} })).summary?.to).toBeUndefined();
  });
});

describe("pages", () => {
  test.each(["markdown", "github"])("%s: nothing hostile becomes markup", async (name) => {
    const text = await textOf(name, [RESULTS.hostile as DrillResult]);
    const outside = text.replace(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    const tags = [...outside.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag);
    expect(tags.filter((tag) => !/^<\/?(details|summary)>$/.test(tag))).toEqual([]);
    expect(outside).not.toMatch(/^# heading|^- item$/m);
    for (const line of outside.split("\n").filter((one) => one.startsWith("| ")))
      expect(line.replaceAll("\\|", "").split("|").length, line).toBeOneOf([9, 6, 4]);
  });
});
