/** Verdicts by themselves: which reasons are given, in which order, and which are left unsaid. */
import { describe, expect, test } from "vitest";
import type { FindingRecord } from "../../src/record.ts";
import { type Evidence, exitCodeOf, judge, worstExitCode } from "../../src/result/verdict.ts";

const found = (
  group: FindingRecord["group"],
  held: FindingRecord["held"],
  more: Partial<FindingRecord> = {},
): FindingRecord => ({ probe: "rows", subject: "orders", group, held, because: `it is ${held}`, line: 7, ...more });

const WELL = [found("healthy", "yes"), found("proof", "yes"), found("verify", "yes")];
const MEASURED = { rtaMs: 60_000, rpaMs: 1000, rowsMissing: 0, rowsAltered: 0, rowsExtra: 0 } as Evidence["measured"];
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  findings: WELL,
  problems: [],
  objectives: { rtoMs: 60_000, rpoMs: 1000 },
  measured: MEASURED,
  interrupted: false,
  brokeOff: null,
  ...more,
});
const problem = (makes: "void" | "lost" | "refused", message: string): Evidence["problems"][number] => ({
  code: "FB_X",
  message,
  next: [],
  makes,
  interrupted: false,
});

const PROVEN = "proven, within RTO and RPO; no row is missing, altered or extra";
const NO_GATE = "the health check before the damage wasn't run";
const NO_PROOF = "the damage was not proven";
const NOTHING = "nothing was verified";
const NO_RTA = "the RTA couldn't be measured: its start or its end was never reached";
const NO_RPA = "the RPA couldn't be measured: nothing shows how new the data is";

describe("a drill", () => {
  test.each<[string, Partial<Evidence>, string, string[]]>([
    ["as far as it may go, and no further", {}, "recovered", [PROVEN]],
    ["no gate", { findings: WELL.slice(1) }, "void", [NO_GATE]],
    ["no gate and nothing else", { findings: [] }, "void", [NO_GATE]],
    ["a gate alone", { findings: WELL.slice(0, 1) }, "void", [NO_PROOF]],
    ["nothing verified", { findings: WELL.slice(0, 2) }, "void", [NOTHING]],
    [
      "a gate that does not hold: nothing else is judged",
      { findings: [found("healthy", "no"), found("proof", "no"), found("verify", "no")] },
      "void",
      ["healthy: rows of orders: it is no"],
    ],
    [
      "a gate that holds in part: the proof is not judged either",
      { findings: [found("healthy", "yes"), found("healthy", "no"), found("proof", "no")] },
      "void",
      ["healthy: rows of orders: it is no"],
    ],
    [
      "a proof that holds in part",
      { findings: [...WELL.slice(0, 2), found("proof", "no"), found("verify", "no")] },
      "void",
      ["proof: rows of orders: it is no"],
    ],
    [
      "a gate that could not be told",
      { findings: [found("healthy", "unknown"), ...WELL] },
      "void",
      ["healthy: rows of orders: it is unknown"],
    ],
    [
      "a damage that did nothing: nothing could be lost",
      { findings: [found("healthy", "yes"), found("proof", "no"), found("verify", "no")] },
      "void",
      ["proof: rows of orders: it is no"],
    ],
    ["a no", { findings: [...WELL, found("verify", "no")] }, "lost", ["verify: rows of orders: it is no"]],
    [
      "a no behind an unknown: the worst comes first",
      { findings: [...WELL, found("verify", "unknown"), found("verify", "no")] },
      "lost",
      ["verify: rows of orders: it is no", "verify: rows of orders: it is unknown"],
    ],
    [
      "the drill's own question only",
      { findings: [...WELL.slice(0, 2), found("verify", "yes", { line: 0 })] },
      "void",
      [NOTHING],
    ],
    [
      "a no, and no clock: the clock is not asked any more",
      { findings: [...WELL, found("verify", "no")], measured: { ...MEASURED, rtaMs: null } },
      "lost",
      ["verify: rows of orders: it is no"],
    ],
    ["no RTA", { measured: { ...MEASURED, rtaMs: null } }, "void", [NO_RTA]],
    ["no RPA", { measured: { ...MEASURED, rpaMs: null } }, "void", [NO_RPA]],
    [
      "no RTA, and too much lost: void is worse than late",
      { measured: { ...MEASURED, rtaMs: null, rpaMs: 2000 } },
      "void",
      [NO_RTA, "RPA 2.0 s is more than the RPO of 1.0 s"],
    ],
    [
      "a millisecond late, twice",
      { measured: { ...MEASURED, rtaMs: 60_001, rpaMs: 1001 } },
      "late",
      ["RTA 1m 00s is longer than the RTO of 1m 00s", "RPA 1.0 s is more than the RPO of 1.0 s"],
    ],
    [
      "interrupted: said, and what was not asked is not counted against it",
      { interrupted: true, findings: [] },
      "void",
      ["the drill was interrupted"],
    ],
    ["interrupted after all was well", { interrupted: true }, "void", ["the drill was interrupted"]],
    ["broken off", { brokeOff: "the journal breaks off", findings: [] }, "void", ["the journal breaks off"]],
    [
      "ended by a problem: the first line of it is the reason, and nothing is missed",
      { problems: [problem("lost", "no backup\nmore of it")], findings: WELL.slice(0, 2) },
      "lost",
      ["no backup"],
    ],
    [
      "ended by two: the worse one first, whichever came first",
      { problems: [problem("void", "first"), problem("refused", "second"), problem("lost", "third")], findings: [] },
      "refused",
      ["second", "third", "first"],
    ],
    [
      "ended by a problem after a no: the no stays",
      { problems: [problem("void", "stopped")], findings: [...WELL, found("verify", "no")] },
      "lost",
      ["verify: rows of orders: it is no", "stopped"],
    ],
    [
      "ended by a problem, late by the clock: the clock is not asked",
      { problems: [problem("void", "stopped")], measured: { ...MEASURED, rtaMs: 90_000 } },
      "void",
      ["stopped"],
    ],
    [
      "the same reason twice is one",
      { findings: [...WELL, found("verify", "no"), found("verify", "no")] },
      "lost",
      ["verify: rows of orders: it is no"],
    ],
  ])("%s", (_what, more, verdict, reasons) => expect(judge(evidence(more))).toEqual({ verdict, reasons }));

  test.each<[string, Partial<Evidence["measured"]>, string]>([
    ["nobody compared", { rowsMissing: null, rowsAltered: null, rowsExtra: null }, "rows weren't compared"],
    ["one difference of three was not asked for", { rowsExtra: null }, "rows were compared only in part"],
    ...[
      { rowsMissing: null },
      { rowsAltered: null },
      { rowsMissing: null, rowsAltered: null },
      { rowsMissing: null, rowsExtra: null },
      { rowsAltered: null, rowsExtra: null },
    ].map((measured): [string, Partial<Evidence["measured"]>, string] => [
      JSON.stringify(measured),
      measured,
      "rows were compared only in part",
    ]),
    ...(
      [
        [3, 2, 1],
        [0, 0, 1],
        [1, 1, 2],
        [1, 2, 1],
        [2, 1, 1],
      ] as const
    ).map(([rowsMissing, rowsAltered, rowsExtra]): [string, Partial<Evidence["measured"]>, string] => [
      `${rowsMissing}, ${rowsAltered}, ${rowsExtra}`,
      { rowsMissing, rowsAltered, rowsExtra },
      `${rowsMissing} rows missing, ${rowsAltered} older and ${rowsExtra} extra, all within the loss the scenario allows`,
    ]),
  ])("what is said of rows: %s", (_what, measured, said) =>
    expect(judge(evidence({ measured: { ...MEASURED, ...measured } })).reasons).toEqual([
      `proven, within RTO and RPO; ${said}`,
    ]),
  );
});

describe("somebody's own backup", () => {
  const own = (more: Partial<Evidence> = {}) =>
    judge(evidence({ isVerify: true, findings: [found("verify", "yes", { line: 0 })], ...more }));
  test("needs no gate and no proof, and claims nothing of rows", () =>
    expect(own()).toEqual({
      verdict: "recovered",
      reasons: [expect.stringMatching(/^restored, (\d+) of \1 checks passed, within RTO and RPO$/)],
    }));
  test("of which nothing was asked is void", () =>
    expect(own({ findings: [] })).toEqual({ verdict: "void", reasons: [NOTHING] }));
  test("is lost by one no, and the clock is not asked then", () =>
    expect(own({ findings: [found("verify", "no")], measured: { ...MEASURED, rpaMs: 2000 } })).toEqual({
      verdict: "lost",
      reasons: ["verify: rows of orders: it is no"],
    }));
  test("is late by the clock", () =>
    expect(own({ measured: { ...MEASURED, rpaMs: 2000 } })).toEqual({
      verdict: "late",
      reasons: ["RPA 2.0 s is more than the RPO of 1.0 s"],
    }));
  test("that ended early says why, and is not late as well", () => {
    const problems = [problem("void", "the disk is full")];
    expect(own({ problems, findings: [] })).toEqual({ verdict: "void", reasons: ["the disk is full"] });
    expect(own({ problems, measured: { ...MEASURED, rpaMs: 2000 } })).toEqual({
      verdict: "void",
      reasons: ["the disk is full"],
    });
  });
});

describe("exit codes", () => {
  const of = (verdict: "recovered" | "late" | "lost" | "void" | "refused", more = {}) => ({
    verdict,
    interrupted: false,
    problems: [],
    ...more,
  });
  const defect = { problems: [{ ...problem("void", "x"), code: "FB_DEFECT" }] };
  test("of one", () =>
    expect([
      exitCodeOf(of("recovered")),
      exitCodeOf(of("lost")),
      exitCodeOf(of("late")),
      exitCodeOf(of("void")),
      exitCodeOf(of("refused")),
      exitCodeOf(of("lost", { interrupted: true })),
      exitCodeOf(of("void", defect)),
      exitCodeOf(of("void", { ...defect, interrupted: true })),
      exitCodeOf(of("void", { problems: [problem("void", "x")] })),
    ]).toEqual([0, 1, 3, 4, 5, 130, 70, 130, 4]));
  test("of several: an interruption, then a defect of ours, then the worst", () => {
    const all = [of("recovered"), of("late"), of("void"), of("lost"), of("refused")];
    expect(all.map((_, at) => worstExitCode(all.slice(0, at + 1)))).toEqual([0, 3, 4, 1, 5]);
    expect(worstExitCode([...all, of("void", defect)])).toBe(70);
    expect(worstExitCode([of("void", { interrupted: true }), ...all, of("void", defect)])).toBe(130);
    expect(worstExitCode([])).toBe(2);
  });
});
