/** What several drills say together: failures stay in, contended times stay out, and a thin line is no forecast. */
import { describe, expect, test } from "vitest";
import { forecast } from "../../src/paper/forecast.ts";
import { pastOf, trendOf } from "../../src/paper/past.ts";
import { forecastText, renderReport } from "../../src/paper/report.ts";
import { renderSession } from "../../src/paper/session.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { END, finding, stamped, WELL } from "../fakes/events.ts";

const good = deriveResult(stamped([...WELL, ...END]));
const GB = 1e9;

interface Change {
  readonly day?: number;
  readonly rtaMs?: number | null;
  readonly gb?: number;
  readonly verdict?: DrillResult["verdict"];
  readonly contended?: boolean;
  readonly interrupted?: boolean;
  readonly id?: string;
}

let runs = 0;
const drill = (change: Change = {}): DrillResult => {
  const {
    day = 1,
    rtaMs = 1000,
    gb = 1,
    verdict = "recovered",
    contended = false,
    interrupted = false,
    id = "x",
  } = change;
  runs += 1;
  return {
    ...good,
    runId: `r${runs}`,
    endedAt: new Date(Date.UTC(2026, 10, day)).toISOString(),
    verdict,
    interrupted,
    scenario: { ...good.scenario, id, contended },
    measured: { ...good.measured, rtaMs },
    dataset: { dataset: "shop", seed: 1, tables: 7, rows: 10, databaseBytes: gb * GB },
  };
};

describe("past", () => {
  test("failures count, and the last success is when it was", () => {
    const [past] = pastOf([drill({ day: 3, verdict: "lost", rtaMs: null }), drill({ day: 1 }), drill({ day: 2 })]);
    expect(past).toMatchObject({ drills: 3, recovered: 2, timed: 2, lastSuccess: "2026-11-02T00:00:00.000Z" });
    expect(past?.last.verdict).toBe("lost");
  });
  test("one that ran beside others counts, its time does not; one that a person interrupted counts for nothing", () => {
    const [past] = pastOf([
      drill({ rtaMs: 100 }),
      drill({ rtaMs: 9000, contended: true }),
      drill({ interrupted: true, verdict: "void" }),
    ]);
    expect(past).toMatchObject({ drills: 2, timed: 1, medianRtaMs: 100, worstRtaMs: 100 });
  });
  test("scenarios, engines and methods are told apart", () => {
    const variant = { ...drill(), scenario: { ...good.scenario, id: "x", variant: "physical" } };
    expect(pastOf([drill(), drill({ id: "y" }), variant]).map(({ name }) => name)).toHaveLength(3);
  });
  test.each([
    [[1000, 1000, 1050], /within 10 %/],
    [[1000, 1000, 1500], /50 % longer than the median of 2/],
    [[1000, 1000, 500], /50 % shorter/],
    [[1000], /none yet/],
  ])("the trend of %j", (times, words) => {
    const [past] = pastOf(times.map((rtaMs, day) => drill({ day: day + 1, rtaMs })));
    expect(past && trendOf(past)).toMatch(words);
  });
});

describe("forecast", () => {
  const on = (...sizes: [number, number][]) => sizes.map(([gb, rtaMs]) => drill({ gb, rtaMs }));
  test("a line through exact points finds what made them, and where it crosses", () => {
    const line = forecast(on([1, 12_000], [2, 22_000], [4, 42_000]), 102_000);
    if (line.kind !== "line") throw new Error(line.because);
    expect([line.sizes, line.drills]).toEqual([3, 3]);
    expect(line.fixedMs).toBeCloseTo(2000, 3);
    expect(line.msPerGb).toBeCloseTo(10_000, 3);
    expect(line.errorMs).toBeCloseTo(0, 3);
    expect(line.crossesAtBytes).toBeCloseTo(10 * GB, -3);
  });
  test("scatter makes the safe size smaller than the crossing", () => {
    const line = forecast(on([1, 13_000], [2, 20_000], [4, 43_000], [3, 31_000]), 102_000);
    expect(line.kind === "line" && (line.safeUntilBytes ?? 0) < (line.crossesAtBytes ?? 0)).toBe(true);
    expect(line.kind === "line" && line.errorMs).toBeGreaterThan(1000);
  });
  test("too few sizes, or too close together: no forecast, and what to do", () => {
    expect(forecastText(forecast(on([1, 1], [1.01, 2], [1.02, 3]), 10))).toMatch(
      /none: .* 1 of at least 3 sizes: use --rows/,
    );
    expect(forecastText(forecast(on([1, 1], [1.2, 2], [1.4, 3]), 10))).toMatch(/lie too close together/);
  });
  test("lost and contended drills are no points", () => {
    const points = [...on([1, 1000], [2, 2000]), drill({ gb: 8, contended: true }), drill({ gb: 9, verdict: "lost" })];
    expect(forecast(points, 10_000).kind).toBe("none");
  });
  test("what does not grow is said, and the objective is promised no further than ten times what was drilled", () => {
    const text = forecastText(forecast(on([1, 5000], [2, 5000], [4, 5000]), 60_000));
    expect(text).toMatch(/growth with data size can't be separated/);
    expect(text).toMatch(/95 % confidence the RTO holds up to 37\.3 GiB \(ten times the largest drill/);
  });
  test("from a few small drills nothing is promised for a large database", () => {
    // A tenth of a per cent of scatter on 10 to 35 MB: two standard errors would promise gigabytes.
    const line = forecast(on([0.01, 2900], [0.02, 3010], [0.03, 3090], [0.035, 3160]), 900_000);
    if (line.kind !== "line") throw new Error(line.because);
    expect(line.reachBytes).toBeCloseTo(0.35 * GB, 3);
    expect(Math.max(line.safeUntilBytes, line.crossesAtBytes ?? 0)).toBeLessThanOrEqual(0.35 * GB);
    expect(forecastText(line)).toMatch(/for more, drill at larger sizes/);
  });
  test("three points count their error by Student's t with one degree of freedom", () => {
    const line = forecast(on([1, 12_000], [2, 22_500], [4, 42_000]), 60_000);
    if (line.kind !== "line") throw new Error(line.because);
    // Worked by hand: residuals -214, 321, -107 ms; sigma 401 ms; at 4 GB sqrt(1 + 1/3 + 2.79/4.67) = 1.389; t = 12.706.
    expect(line.errorMs).toBeGreaterThan(6800);
    expect(line.errorMs).toBeLessThan(7300);
    expect(line.safeUntilBytes).toBeLessThan((line.crossesAtBytes ?? 0) * 0.9);
  });
  test("an objective that no size keeps", () =>
    expect(forecastText(forecast(on([1, 5000], [2, 6000], [4, 8000]), 100))).toMatch(/missed at every size/));
});

describe("the report", async () => {
  const templates = await readTemplates("reports", "/nonexistent");
  test("shows the history, the failed drills too", async () => {
    const lost = { ...drill({ verdict: "lost", rtaMs: null }), runId: "that-one", scenario: good.scenario };
    const page = await renderReport(good, templates, [lost, good]);
    expect(page).toMatch(/\| 2 \| 1 \|/);
    expect(page).toMatch(/that-one \| lost/);
    expect(page).toContain("| HIPAA |");
    expect(page).not.toMatch(/compl(y|ies) with/);
  });
  test("of a failed drill gives each reason an owner to be filled in", async () => {
    const lost = deriveResult(stamped([...WELL, finding("verify", "rows", "no"), ...END]));
    expect(await renderReport(lost, templates)).toMatch(
      /## Findings and actions[\s\S]*verify: rows of orders[^|]*\| _{10,} \|/,
    );
  });
});

describe("a session", async () => {
  const templates = await readTemplates("reports", "/nonexistent", "session.md.hbs");
  test("names what is open first", async () => {
    const page = await renderSession([drill(), drill({ id: "y", verdict: "late", day: 2 })], templates, {
      title: "T",
      scope: "all",
    });
    expect(page).toMatch(/1 of 2 drills passed/);
    expect(page).toMatch(/## Open problems[\s\S]*y on postgres 15 \| late/);
  });
  test("hostile names stay names", async () => {
    const page = await renderSession([drill({ id: "x|<b>`\n# owned" })], templates, { title: "<script>", scope: "`" });
    expect(page).not.toMatch(/<script|^# owned|<b>/m);
  });
});
