/** The Common Test Report Format: one JSON shape for all test tools. `other` is what could not be judged. */
import { z } from "zod";
import { defineReporter } from "../define.ts";
import { drillName } from "../paper/scorecard.ts";
import type { DrillResult } from "../record.ts";
import { type Case, type CaseStatus, casesOf, durationMsOf } from "./cases.ts";

/** The version of the format that this file writes. */
const SPEC_VERSION = "0.0.0";

const STATUS: Readonly<Record<CaseStatus, "passed" | "failed" | "skipped" | "other">> = {
  passed: "passed",
  failed: "failed",
  skipped: "skipped",
  error: "other",
};

const options = z.strictObject({
  /** The same for all shards of one pipeline; null: the first drill's. */
  runId: z.string().nullable().default(null),
  buildUrl: z.string().nullable().default(null),
  commit: z.string().nullable().default(null),
  branchName: z.string().nullable().default(null),
  shardId: z.string().nullable().default(null),
});
type Options = z.infer<typeof options>;

const whole = Math.round;

function test(one: Case, result: DrillResult): object {
  const { scenario } = result;
  const suite = drillName(scenario);
  return {
    testId: `${suite} / ${one.name}`,
    name: one.name,
    status: STATUS[one.status],
    duration: whole(one.durationMs),
    suite: [suite, one.group],
    ...(one.message === "" ? {} : { message: one.message }),
    ...(one.line > 0 ? { line: one.line } : {}),
    rawStatus: one.group === "verdict" ? result.verdict : one.status,
    filePath: scenario.file,
    extra: { runId: result.runId, ...(Object.keys(one.measured).length > 0 ? { measured: one.measured } : {}) },
  };
}

function summary(results: readonly DrillResult[], cases: readonly Case[]): object {
  const count = (status: CaseStatus) => cases.filter((one) => one.status === status).length;
  const moments = results.flatMap(({ beganAt, endedAt }) => [Date.parse(beganAt), Date.parse(endedAt)]);
  const [start, stop] = moments.length === 0 ? [0, 0] : [Math.min(...moments), Math.max(...moments)];
  return {
    tests: cases.length,
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    pending: 0,
    other: count("error"),
    suites: results.length,
    start,
    stop,
    duration: whole(results.reduce((sum, result) => sum + durationMsOf(result), 0)),
  };
}

/** What was measured of each drill, beside the tests, where the format has no place for it. */
function drillFacts({ runId, scenario, verdict, reasons, measured, objectives }: DrillResult): object {
  return { runId, drill: drillName(scenario), contended: scenario.contended, verdict, reasons, measured, objectives };
}

function environment(results: readonly DrillResult[], told: Options): object {
  const host = results[0]?.host ?? {};
  const entries = Object.entries({
    buildUrl: told.buildUrl,
    commit: told.commit,
    branchName: told.branchName,
    shardId: told.shardId,
    osPlatform: host.system ?? null,
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

export const ctrfReporter = defineReporter<Options>({
  name: "ctrf",
  summary: "CTRF JSON: a test for each question, phase and objective, with what was measured.",
  options,
  optionsFrom({ environment: env, shard }) {
    const github = env.GITHUB_RUN_ID === undefined ? null : `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`;
    return {
      runId: env.GITHUB_RUN_ID ?? env.CI_PIPELINE_ID ?? null,
      buildUrl: env.CI_JOB_URL ?? (github === null ? null : `${github}/actions/runs/${env.GITHUB_RUN_ID}`),
      commit: env.GITHUB_SHA ?? env.CI_COMMIT_SHA ?? null,
      shardId: shard,
      branchName: env.GITHUB_REF_NAME ?? env.CI_COMMIT_REF_NAME ?? null,
    };
  },
  async render(results, told) {
    const version = results[0]?.fogbellVersion;
    const report = {
      reportFormat: "CTRF",
      specVersion: SPEC_VERSION,
      runId: told.runId ?? results[0]?.runId ?? "none",
      generatedBy: "fogbell",
      results: {
        tool: { name: "fogbell", ...(version === undefined ? {} : { version }) },
        summary: summary(results, results.flatMap(casesOf)),
        tests: results.flatMap((result) => casesOf(result).map((one) => test(one, result))),
        environment: environment(results, told),
        extra: { drills: results.map(drillFacts) },
      },
    };
    return [{ file: "ctrf.json", text: `${JSON.stringify(report, null, 2)}\n` }];
  },
});
