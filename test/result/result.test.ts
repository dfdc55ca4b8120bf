import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventBody } from "../../src/record.ts";
import { deriveResult, readJournal } from "../../src/result/result.ts";
import { exitCodeOf, WORST_FIRST, worstExitCode } from "../../src/result/verdict.ts";
import { END, finding, journalText, stamped, WELL } from "../fakes/events.ts";

const derive = (bodies: readonly EventBody[]) => deriveResult(stamped(bodies));
const well = [...WELL, ...END];
const without = (...kinds: ((body: EventBody) => boolean)[]) => well.filter((body) => !kinds.some((is) => is(body)));
const is = (group: string) => (body: EventBody) => body.kind === "finding" && body.group === group;
const problem = (makes: "void" | "lost" | "refused", interrupted = false): EventBody => ({
  kind: "problem",
  code: "FB_X",
  message: `it is ${makes}`,
  next: ["do this"],
  makes,
  interrupted,
});

describe("verdict", () => {
  test("claims nothing of rows that no probe compared", () => {
    const said = (rows: Readonly<Record<string, number>>) =>
      derive([
        ...without(is("verify")).slice(0, -END.length),
        finding("verify", "heartbeat-gap", "yes", { measured: { gapMs: 1 } }),
        finding("verify", "rows", "yes", { measured: rows }),
        ...END,
      ]).reasons;
    expect(said({})).toEqual(["proven, within RTO and RPO; rows weren't compared"]);
    expect(said({ rowsMissing: 0 })).toEqual(["proven, within RTO and RPO; rows were compared only in part"]);
    expect(said({ rowsMissing: 0, rowsAltered: 0, rowsExtra: 0 })).toEqual([
      "proven, within RTO and RPO; no row is missing, altered or extra",
    ]);
    expect(said({ rowsMissing: 2, rowsAltered: 1, rowsExtra: 0 })).toEqual([
      expect.stringContaining("2 rows missing, 1 older and 0 extra, all within the loss"),
    ]);
  });
  test("a drill that went well", () => {
    const result = derive(well);
    expect(result.verdict).toBe("recovered");
    expect(result.measured).toMatchObject({
      rtaMs: 8000,
      rpaMs: 2_400_000,
      wrtMs: 1000,
      rowsMissing: 2,
      rowsAltered: 1,
      rowsExtra: 0,
    });
    expect(exitCodeOf(result)).toBe(0);
  });
  test.each<[string, readonly EventBody[], string, number]>([
    ["no gate", without(is("healthy")), "void", 4],
    ["a broken baseline", [...WELL.slice(0, 1), finding("healthy", "x", "no"), ...WELL.slice(1), ...END], "void", 4],
    ["damage that was not proven", without(is("proof")), "void", 4],
    ["damage that did nothing", [...WELL.slice(0, 3), finding("proof", "table-missing", "no"), ...END], "void", 4],
    ["nothing verified", without(is("verify")), "void", 4],
    [
      "only the drill's own finding",
      [...without(is("verify")), finding("verify", "source-unchanged", "yes", { line: 0 })],
      "void",
      4,
    ],
    ["a probe that could not tell", [...WELL, finding("verify", "grants", "unknown"), ...END], "void", 4],
    ["a probe that said no", [...WELL, finding("verify", "grants", "no"), ...END], "lost", 1],
    [
      "no and unknown: lost is worse",
      [...WELL, finding("verify", "grants", "unknown"), finding("verify", "rows", "no"), ...END],
      "lost",
      1,
    ],
    ["never reopened", without((body) => body.kind === "mark" && body.mark === "T8"), "void", 4],
    ["no heartbeat read", without((body) => body.kind === "finding" && body.probe === "heartbeat-gap"), "void", 4],
    ["no source", [...WELL.slice(0, 6), problem("lost"), ...END], "lost", 1],
    ["refused", [...WELL, problem("lost"), problem("refused"), ...END], "refused", 5],
    ["interrupted", [...WELL, problem("void", true), ...END], "void", 130],
    [
      "a no stays a no when the drill is stopped after it",
      [...WELL, finding("verify", "rows", "no"), problem("void"), ...END],
      "lost",
      1,
    ],
    [
      "a no without a proven damage",
      [...without(is("proof")).slice(0, -2), finding("verify", "rows", "no"), ...END],
      "void",
      4,
    ],
    [
      "a gap that is no number",
      [...WELL, finding("verify", "heartbeat-gap", "yes", { measured: { gapMs: null } }), ...END],
      "void",
      4,
    ],
    [
      "a clock that ran backwards",
      [...WELL.slice(0, 2), WELL[10], ...WELL.slice(2, 10), ...END] as EventBody[],
      "void",
      4,
    ],
  ])("%s", (_name, bodies, verdict, exitCode) => {
    const result = derive(bodies);
    expect([result.verdict, exitCodeOf(result)]).toEqual([verdict, exitCode]);
    expect(result.reasons.length).toBeGreaterThan(0);
  });
  test("late by the clock, and late by the data", () => {
    const slow = stamped(well).map((event) => ({ ...event, monotonicMs: event.monotonicMs * 10 }));
    expect(deriveResult(slow)).toMatchObject({
      verdict: "late",
      reasons: [expect.stringContaining("longer than the RTO")],
    });
    const old = [...WELL, finding("verify", "heartbeat-gap", "yes", { measured: { gapMs: 3_600_001 } }), ...END];
    expect(derive(old)).toMatchObject({ verdict: "late", reasons: [expect.stringContaining("more than the RPO")] });
  });
  test("wherever the journal breaks off, it is void and never a pass", () => {
    for (let length = 1; length < well.length; length++) {
      const result = derive(well.slice(0, length));
      expect(result.verdict).toBe("void");
      expect(result.reasons.join()).toContain("breaks off");
    }
  });
  test("whatever else was found, one no or one unknown is no recovery", () => {
    const any = fc.constantFrom("yes", "no", "unknown") as fc.Arbitrary<"yes" | "no" | "unknown">;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("healthy", "proof", "verify") as fc.Arbitrary<"verify">, any), {
          maxLength: 8,
        }),
        (found) => {
          const { verdict } = derive([...WELL, ...found.map(([group, held]) => finding(group, "p", held)), ...END]);
          expect(verdict === "recovered").toBe(found.every(([, held]) => held === "yes"));
        },
      ),
    );
  });
});

test("a finding that is not yes, or a problem, never makes a verdict better", () => {
  const group = fc.constantFrom("healthy", "proof", "verify") as fc.Arbitrary<"verify">;
  const bad = fc.oneof(
    fc
      .tuple(group, fc.constantFrom("no", "unknown") as fc.Arbitrary<"no">)
      .map(([where, held]) => finding(where, "p", held)),
    (fc.constantFrom("void", "lost", "refused") as fc.Arbitrary<"void">).map((makes) => problem(makes)),
  );
  const any = fc.oneof(
    bad,
    group.map((where) => finding(where, "p", "yes")),
  );
  const rank = (bodies: readonly EventBody[]) => WORST_FIRST.indexOf(derive([...WELL, ...bodies, ...END]).verdict);
  fc.assert(
    fc.property(fc.array(any, { maxLength: 6 }), bad, (some, more) => {
      // A gate that breaks makes void of what would have been lost: then nothing was tested.
      const isGate = more.kind === "finding" && more.group !== "verify";
      if (!isGate) expect(rank([...some, more])).toBeLessThanOrEqual(rank(some));
      expect(WORST_FIRST[rank([...some, more])]).not.toBe("recovered");
    }),
  );
});

describe("several drills", () => {
  const one = (verdict: (typeof WORST_FIRST)[number]) => ({ verdict, interrupted: false, problems: [] });
  test("the worst of 5, 1, 4, 3, 0", () => {
    expect(worstExitCode(["recovered", "late", "void"].map((verdict) => one(verdict as "late")))).toBe(4);
    expect(worstExitCode(["void", "lost"].map((verdict) => one(verdict as "lost")))).toBe(1);
    expect(worstExitCode(WORST_FIRST.map(one))).toBe(5);
  });
  test("none at all is a usage error", () => expect(worstExitCode([])).toBe(2));
});

describe("reading a journal", () => {
  const text = journalText(stamped(well));
  const lines = text.trimEnd().split("\n");
  test("whole", () => expect(readJournal(text)).toEqual(stamped(well)));
  test("a last line that was cut in mid-write is left out", () =>
    expect(readJournal(text.slice(0, -20))).toHaveLength(well.length - 1));
  test.each<[string, (lines: string[]) => string[]]>([
    ["missing", (all) => all.toSpliced(5, 1)],
    ["changed", (all) => all.with(5, all[5]?.replace("contain", "restore") ?? "")],
    ["put in", (all) => all.toSpliced(5, 0, all[4] ?? "")],
    ["no event", (all) => all.with(5, "null")],
  ])("a line that is %s ends it there, and the drill is void", (_name, fault) => {
    const events = readJournal(fault(lines).join("\n"));
    expect(events.length).toBeLessThanOrEqual(6);
    expect(deriveResult(events)).toMatchObject({
      verdict: "void",
      reasons: [expect.stringMatching(/breaks off \d+\.0 s after it began \(2026-.*missing or was changed/)],
    });
  });
  test("of which nothing is left has no events", () => expect(readJournal("\n{")).toEqual([]));
});
test("a rejected source is not the chosen one", () => {
  const facts = {
    engine: "postgres",
    method: "logical",
    format: "plain",
    packing: [],
    complete: "unknown",
    because: "",
  } as const;
  const source = (id: string): EventBody => ({
    kind: "source-considered",
    rejected: null,
    source: {
      id,
      name: id,
      place: "s",
      keys: [id],
      moment: { at: "2026-11-20T00:00:00Z", from: "name" },
      ageMs: 1,
      sizeBytes: 1,
      facts,
    },
  });
  const result = derive([
    ...WELL,
    source("a"),
    source("b"),
    { kind: "source-chosen", sourceId: "a", because: "" },
    { kind: "source-rejected", sourceId: "a", because: "cut off" },
    { kind: "source-chosen", sourceId: "b", because: "" },
    ...END,
  ]);
  expect(result.sources.map(({ id, chosen, rejected }) => [id, chosen, rejected])).toEqual([
    ["a", false, "cut off"],
    ["b", true, null],
  ]);
});
