/** A promised availability, and what a recovery costs of it. */
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { budgetMsOf, sloCost, sloText } from "../../src/paper/slo.ts";
import type { DrillResult } from "../../src/record.ts";

const past = (
  medianRtaMs: number | null,
  worstRtaMs: number | null,
  slo: object | null = { percent: 99.9, perMs: 30 * 86_400_000 },
) => ({
  last: { objectives: { rtoMs: 1, rpoMs: 1, ...(slo === null ? {} : { slo }) } } as DrillResult,
  medianRtaMs,
  worstRtaMs,
});
const read = (slo: string) =>
  readConfig(
    "fogbell.yaml",
    `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    objectives: { slo: "${slo}" }\n`,
  ).config.databases[0]?.objectives.slo;

describe("an availability", () => {
  it("leaves so much downtime", () => {
    expect(budgetMsOf({ percent: 99.9, perMs: 30 * 86_400_000 }) / 60_000).toBeCloseTo(43.2);
    expect(read("99.9% per 30d")).toEqual({ percent: 99.9, perMs: 30 * 86_400_000 });
    expect(read("99% per 4w")).toEqual({ percent: 99, perMs: 28 * 86_400_000 });
  });
  it.each(["99.9", "100% per 30d", "99.9% per", "99.9% per 0d", "99.9% a month"])("isn't %s", (slo) =>
    expect(() => read(slo)).toThrow(/availability such as/),
  );
  it("is said with what a recovery costs of it, and how many fit", () => {
    expect(sloText(past(600_000, 1_200_000))).toBe(
      "99.9% per 30d leaves 43m 12s; a recovery costs 23 % of it (median RTA 10m 00s), 46 % at the worst (20m 00s); 2 fit at the worst, 4 at the median",
    );
    expect(sloCost(past(600_000, 1_200_000))).toMatchObject({ fit: 4, fitWorst: 2 });
    expect(sloText(past(600_000, 3_600_000))).toContain(
      "139 % at the worst (1h 00m); not even one recovery fits at its worst",
    );
    expect(sloText(past(1, 2))).toContain("under 0.1 % of it");
  });
  it("is said without a cost where nothing was timed, and not at all where nobody promised", () => {
    expect(sloText(past(null, null))).toBe("99.9% per 30d leaves 43m 12s; no recovery was timed");
    expect(sloText(past(1, 1, null))).toBeNull();
    expect(sloCost(past(1, 1, null))).toBeNull();
  });
});
