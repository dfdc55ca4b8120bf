/** What every reporter promises, over the same results, ordinary and hostile. Called once for each reporter of the catalogue. */
import { expect, test } from "vitest";
import type { Artifact, Reporter } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { ALL, RESULTS } from "../fakes/results.ts";

const CONTEXT = {
  environment: { GITHUB_STEP_SUMMARY: "/tmp/summary", GITHUB_WORKSPACE: "/home/runner/shop", GITHUB_RUN_ID: "7" },
  outFolder: "drill-results",
  workingFolder: "/home/runner/shop",
  color: false,
  shard: null,
  earlier: () => null,
};

/** As a call of Fogbell renders them; `context` in place of some of the usual surroundings. */
export const renderBy = (reporter: Reporter, results: readonly DrillResult[], context: object = {}) =>
  reporter.render(results, reporter.options.parse(reporter.optionsFrom?.({ ...CONTEXT, ...context }) ?? {}));

/** Each result alone, all together, none. */
export const SETS: readonly (readonly [string, readonly DrillResult[]])[] = [
  ...Object.entries(RESULTS).map(([name, result]) => [name, [result]] as const),
  ["all of them", ALL],
  ["none", []],
];

export function reporterContract(reporter: Reporter): void {
  test.each(SETS)("%s: the same results, the same bytes, and the results as they were", async (_name, results) => {
    const before = JSON.stringify(results);
    const first = await renderBy(reporter, results);
    expect(await renderBy(reporter, structuredClone(results))).toEqual(first);
    expect(JSON.stringify(results)).toBe(before);
  });
  test.each(SETS)("%s: text that ends with a newline, in files with plain names", async (_name, results) => {
    const artifacts = await renderBy(reporter, results);
    expect(artifacts.length).toBeGreaterThan(0);
    for (const { file, text } of artifacts) {
      expect(file).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(text.endsWith("\n")).toBe(true);
    }
    const names = artifacts.map(({ file }: Artifact) => file);
    expect(new Set(names).size).toBe(names.length);
  });
  test("no result is left out", async () => {
    const texts = (await renderBy(reporter, ALL)).map(({ text }) => text).join("");
    for (const id of ["slow-restore", "lost-rows", "no-answer", "refused", "drop-table"]) expect(texts).toContain(id);
  });
  test("nothing a result holds begins a line where a CI system looks for commands", async () => {
    const own = /^::(error|warning) (file=|title=)[^:\n]*::|^::(error|warning) title=/;
    // What goes to the log speaks to the CI system there, in words of its own.
    const begun = (await renderBy(reporter, ALL)).flatMap(({ text, to }) =>
      text.split(/\r\n|\r|\n/).filter((line) => line.trimStart().startsWith("::") && !(to === "log" && own.test(line))),
    );
    expect(begun).toEqual([]);
  });
}
