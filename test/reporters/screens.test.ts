/**
 * What people see in a terminal of 80, 100 and 200 columns, kept as files beside this test: whoever changes a word or a
 * table sees in the diff what becomes of each width. `npx vitest run --project pure test/reporters/screens.test.ts -u` renews.
 */
import { describe, expect, test } from "vitest";
import { scorecardText } from "../../src/paper/scorecard.ts";
import type { DrillResult } from "../../src/record.ts";
import { summary } from "../../src/reporters/screen.ts";
import { historyLines } from "../../src/suite/history.ts";
import type { DatabaseOverview, PointRow } from "../../src/verify/overview.ts";
import { overviewText } from "../../src/verify/overview-text.ts";
import { RESULTS } from "../fakes/results.ts";

const WIDTHS = [80, 100, 200] as const;
const well = RESULTS.recovered as DrillResult;
const COPY = "nightly/shop-production-20261127T021500Z.dump";

/** The same record as a verify of somebody's own backup. */
const verifyOf = (
  verdict: DrillResult["verdict"],
  reasons: readonly string[],
  next: readonly string[],
): DrillResult => ({
  ...well,
  runId: "20261128-021500-3f9c2a",
  scenario: { ...well.scenario, kind: "verify", id: "verify-shop", title: "shop" },
  verdict,
  reasons,
  next,
  notes: [
    "roles and accounts that the backup refers to but doesn't contain, created here for the restore: app, readonly",
  ],
  sources: [{ id: COPY, chosen: true } as DrillResult["sources"][number]],
  measured: { ...well.measured, rtaMs: 247_000, rpaMs: 71_760_000 },
  objectives: { rtoMs: 14_400_000, rpoMs: 90_000_000 },
});
const GOOD = verifyOf("recovered", ["restored, 10 of 10 checks passed, within RTO and RPO"], []);
const BAD = verifyOf(
  "lost",
  [
    `${COPY} is bad: cut off at line 337, in the middle of a table's rows. The newest good one is nightly/shop-production-20261126T021500Z.dump, 1d 20h old`,
  ],
  [
    "check the backup job: its newest backup is bad",
    "fogbell backups fetch nightly/shop-production-20261126T021500Z.dump --store directory:/var/backups --to .",
  ],
);

const point = (night: number, more: Partial<PointRow>): PointRow => ({
  id: `nightly/shop-production-202611${night}T021500Z.dump`,
  store: "directory:/var/backups",
  method: "logical",
  format: "custom",
  serverVersion: "15.18",
  momentAt: `2026-11-${night}T02:15:00.000Z`,
  momentFrom: "name",
  momentLatestAt: `2026-11-${night}T02:15:00.000Z`,
  momentDoubt: null,
  isAhead: false,
  reachAt: `2026-11-${night}T02:15:00.000Z`,
  ageMs: (28 - night) * 86_400_000 + 28_000_000,
  sizeBytes: 1_234_567_890,
  sizeOfUsual: 100,
  expiresAt: null,
  expiresBy: null,
  lockedUntil: null,
  lockedBy: null,
  unusable: null,
  unreadable: null,
  storageClass: null,
  deletedAt: null,
  verified: null,
  ...more,
});
const known = (holds: boolean, because: string): PointRow["verified"] => ({
  at: "2026-11-28T08:00:00.000Z",
  holds,
  runId: "20261128-080000-3f9c2a",
  because,
  sha256: "",
});
const OVERVIEW: DatabaseOverview = {
  name: "shop",
  engine: "postgres",
  coverage: null,
  points: [
    point(28, {
      sizeOfUsual: 9,
      sizeBytes: 111_000_000,
      verified: known(false, "cut off at line 337, in the middle of a table's rows"),
    }),
    point(27, { verified: known(true, "") }),
    point(25, { expiresAt: "2026-11-29T02:15:00.000Z", expiresBy: "the bucket's rule old-backups" }),
  ],
  gaps: [
    { store: "", pattern: "nightly/*.dump", fromAt: "2026-11-25T02:15:00Z", toAt: "2026-11-27T02:15:00Z", missing: 1 },
  ],
  answers: [
    {
      asked: "yesterday",
      id: "nightly/shop-production-20261127T021500Z.dump",
      beforeMs: 28_000_000,
      verified: "holds",
    },
    { asked: "last-week", id: null, beforeMs: null, verified: null },
  ],
  lossMs: 28_000_000,
  verifiedLossMs: 114_400_000,
  unknown: [{ key: "nightly/README.txt", because: "it is text" }],
  newer: [],
};

const SCREENS: Readonly<Record<string, (width: number) => string>> = {
  "verify-good": (columns) => summary(GOOD, { folder: "drill-results", color: false, columns }),
  "verify-bad": (columns) => summary(BAD, { folder: "drill-results", color: false, columns }),
  "drill-recovered": (columns) => summary(well, { folder: "drill-results", color: false, columns }),
  scorecard: (columns) =>
    scorecardText([well, RESULTS.lost, RESULTS.late, RESULTS["lost, as designed"]] as DrillResult[], columns),
  backups: (columns) => overviewText(OVERVIEW, columns),
  history: (columns) => historyLines([well, RESULTS.lost, GOOD, BAD] as DrillResult[], columns).join("\n"),
};

describe.each(WIDTHS)("at %i columns", (width) => {
  test.each(Object.entries(SCREENS))("%s", async (name, screen) => {
    const text = screen(width);
    // Commands and paths are copied, so they stay whole; a single word cannot be broken.
    for (const line of text.split("\n"))
      if (!/^ *(next|read) /.test(line.replace("next:", "next "))) expect(line.length).toBeLessThanOrEqual(width);
    await expect(`${text}\n`).toMatchFileSnapshot(`screens/${name}-${width}.txt`);
  });
});

test("the verdict has its colour, and nothing has one where colours are off", () => {
  const first = (result: DrillResult, color: boolean) => summary(result, { folder: "out", color }).split("\n")[1] ?? "";
  const painted = (code: number, word: string) => `\u001b[${code}m${word}\u001b[0m  `;
  expect(first(GOOD, true)).toContain(painted(32, "GOOD"));
  expect(first(BAD, true)).toContain(painted(31, "BAD"));
  expect(first(verifyOf("late", ["RPA"], []), true)).toContain(painted(33, "LATE"));
  expect(first(verifyOf("void", ["no sandbox"], []), true)).toContain(painted(33, "CAN'T TELL"));
  for (const one of [GOOD, BAD]) expect(summary(one, { folder: "out", color: false })).not.toContain("\u001b");
});
