/** The alert rules and the dashboard's queries, run by promtool against the metrics that Fogbell writes. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { catalog } from "../../src/catalog.ts";
import type { GateReport } from "../../src/gated.ts";
import type { DrillResult } from "../../src/record.ts";
import { RESULTS } from "../fakes/results.ts";

const exec = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "monitoring-"));
afterAll(() => rm(folder, { recursive: true }));
const RULES = resolve("examples/prometheus-rules.yml");
const DAY = 86_400;

/** promtool's time begins at 0, so the runs end there, too. */
const EPOCH = new Date(0).toISOString();
/** What the made-up results leave out. */
const FETCHED = {
  sources: [{ chosen: true, ageMs: 3_600_000 }],
  fetched: { sourceId: "a", bytes: 5_000_000, sha256: "", retries: 0 },
} as unknown as Pick<DrillResult, "sources" | "fetched">;
const GATE: GateReport = {
  passes: false,
  file: "fogbell.yaml",
  askedAt: EPOCH,
  lost: [],
  rows: [
    {
      database: "Shop",
      engine: "postgres",
      asked: "verify",
      fault: null,
      because: "",
      runId: "r",
      ageMs: 1000,
      maxAgeMs: 2000,
      next: [],
      line: 3,
    },
    {
      database: "Billing",
      engine: "postgres",
      asked: "verify",
      fault: "never",
      because: "",
      runId: null,
      ageMs: null,
      maxAgeMs: 2000,
      next: [],
      line: 9,
    },
  ],
};
const metrics = catalog.reporters.find(({ name }) => name === "metrics");

/** What Fogbell writes of these results and a gate, as series that never change. */
async function seriesOf(names: readonly string[]): Promise<object[]> {
  const results = names.map((name): DrillResult => ({ ...(RESULTS[name] as DrillResult), ...FETCHED, endedAt: EPOCH }));
  const [drills] = (await metrics?.render(results, { before: null })) ?? [];
  const [all] = (await metrics?.renderGate?.(GATE, { before: drills?.text ?? "" })) ?? [];
  return (all?.text ?? "").split("\n").flatMap((line) => {
    const [, series, value] = /^(fogbell_\w+\{.*\}) (\S+)$/.exec(line) ?? [];
    return series === undefined ? [] : [{ series, values: `${value}+0x2000` }];
  });
}

async function promtool(...words: string[]): Promise<string> {
  return exec("promtool", words, { cwd: folder }).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(stdout + stderr);
    },
  );
}

async function tested(tests: object): Promise<string> {
  const file = join(folder, "test.yml");
  await writeFile(file, stringify({ rule_files: [RULES], evaluation_interval: "1h", tests: [tests] }));
  return promtool("test", "rules", file);
}

// As provision does it, where it is missing.
beforeAll(() => exec("bash", ["scripts/promtool.sh"]));

describe("the alert rules", () => {
  it("are rules", async () => expect(await promtool("check", "rules", RULES)).toContain("SUCCESS"));

  const alerts = async (names: readonly string[], evalTime: string) => {
    const { groups } = parse(await readFile(RULES, "utf8")) as { groups: { rules: { alert: string }[] }[] };
    const all = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const input_series = await seriesOf(names);
    // One that doesn't fire passes with nothing expected; one that does fails by its name.
    const alert_rule_test = all.map((alertname) => ({ eval_time: evalTime, alertname, exp_alerts: [] }));
    const said = await tested({ interval: "1h", input_series, alert_rule_test }).catch((error: Error) => error.message);
    const firing = all.filter((alertname) => new RegExp(`alertname: ?${alertname}\\b`).test(said));
    if (firing.length === 0 && !said.includes("SUCCESS")) throw new Error(said);
    return firing;
  };
  it("fire for what is bad, late, refused, near its objective and failing at the gate", async () => {
    expect(await alerts(["lost", "late", "refused"], "1h")).toEqual([
      "FogbellBackupBad",
      "FogbellLate",
      "FogbellNearRto",
      "FogbellGateFails",
    ]);
  });
  it("say nothing of what is good, until it is two days old", async () => {
    expect(await alerts(["recovered"], "1h")).toEqual(["FogbellGateFails"]);
    expect(await alerts(["recovered"], "3d")).toEqual([
      "FogbellNotProvenLately",
      "FogbellSilent",
      "FogbellGateFails",
      "FogbellGateSilent",
    ]);
  });
  it("wait a night with what could not be told", async () => {
    expect(await alerts(["void, could not tell"], "2h")).toEqual(["FogbellGateFails"]);
    expect(await alerts(["void, could not tell"], "30h")).toContain("FogbellCannotTell");
  });
  it("fire when nothing arrives at all", async () => {
    const test = {
      interval: "1h",
      input_series: [],
      alert_rule_test: [
        {
          eval_time: "1h",
          alertname: "FogbellSilent",
          exp_alerts: [
            {
              exp_labels: { severity: "critical" },
              exp_annotations: { summary: "Fogbell hasn't run for two days, or its metrics don't arrive" },
            },
          ],
        },
      ],
    };
    expect(await tested(test)).toContain("SUCCESS");
  });
});

describe("the dashboard", () => {
  it("asks queries that each find something in what Fogbell writes", async () => {
    const { panels } = JSON.parse(await readFile("examples/grafana-dashboard.json", "utf8")) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(8);
    const promql_expr_test = queries.map((expr) => ({
      expr: `count(${expr}) > bool 0`,
      eval_time: `${DAY / 3600}h`,
      exp_samples: [{ labels: "{}", value: 1 }],
    }));
    expect(
      await tested({ interval: "1h", input_series: await seriesOf(["recovered", "late", "lost"]), promql_expr_test }),
    ).toContain("SUCCESS");
  });
  it("would notice a query that finds nothing", async () => {
    const promql_expr_test = [
      { expr: "count(fogbell_nonsense) > bool 0", eval_time: "1h", exp_samples: [{ labels: "{}", value: 1 }] },
    ];
    await expect(
      tested({ interval: "1h", input_series: await seriesOf(["recovered"]), promql_expr_test }),
    ).rejects.toThrow(/nonsense/);
  });
});
