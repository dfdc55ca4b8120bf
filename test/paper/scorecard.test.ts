import { describe, expect, test } from "vitest";
import { isAsDesigned, scorecardPage, scorecardRow, scorecardText, tally } from "../../src/paper/scorecard.ts";
import type { DrillResult } from "../../src/record.ts";
import { ALL, RESULTS } from "../fakes/results.ts";

const of = (...names: string[]) => names.map((name) => RESULTS[name] as DrillResult);
const PAGE = { heading: 1, isFolded: false, limitBytes: Number.POSITIVE_INFINITY } as const;

describe("a scorecard", () => {
  test("counts every drill, the worst first", () => {
    expect(tally(of("recovered", "late", "refused", "recovered"))).toBe("1 refused, 1 late, 2 recovered");
    expect(tally([])).toBe("nothing was drilled");
  });
  test("says nothing of design where every drill is made to recover", () => {
    const text = scorecardText(of("recovered", "late"));
    expect(text).not.toMatch(/design/i);
    expect(text).toContain("2 drills: 1 late, 1 recovered");
  });
  test("tells what was designed from what was not, in both directions", () => {
    const results = of("recovered", "lost, as designed", "recovered, and should not have been");
    expect(results.map(isAsDesigned)).toEqual([true, true, false]);
    const text = scorecardText(results);
    expect(text).toMatch(/^Verdict +Designed +Drill/);
    expect(text).toMatch(/^lost +lost +wrong-move on postgres 15 /m);
    expect(text).toMatch(/^recovered +lost, NOT so +too-easy on postgres 15 /m);
    expect(text).toContain("3 drills: 1 lost, 2 recovered; 1 not as designed");
    expect(text).toContain("recovered: too-easy on postgres 15: proven");
    expect(scorecardText(of("lost, as designed"))).toContain("all as designed");
  });
  test("for programs: a row for each, null where nothing was measured", () => {
    expect(scorecardRow(RESULTS["void, nothing asked"] as DrillResult)).toMatchObject({
      verdict: "void",
      designed: "recovered",
      rtaMs: null,
      rpaMs: null,
      rowsLost: null,
      rtoMs: 60_000,
    });
    expect(scorecardRow(RESULTS.recovered as DrillResult)).toMatchObject({ rtaMs: 12_000, rowsLost: 3 });
  });
  test("as a page: the worst first, and no cell too many in any row of the table", () => {
    const page = scorecardPage(ALL, PAGE);
    const rows = page.split("\n").filter((line) => /^\| (Verdict|---|\*\*)/.test(line));
    const table = rows.slice(0, ALL.length + 2);
    expect(new Set(table.map((row) => row.replaceAll("\\|", "").split("|").length)).size).toBe(1);
    const verdicts = table.slice(2).map((row) => /\*\*(\w+)\*\*/.exec(row)?.[1]);
    expect([verdicts[0], verdicts.at(-1)]).toEqual(["refused", "recovered"]);
  });
});
