/** What is measured, from marks and findings; and what a result keeps of a journal that holds a little of everything. */
import { describe, expect, test } from "vitest";
import type { EventBody, FindingRecord } from "../../src/record.ts";
import { marksOf, measure } from "../../src/result/measure.ts";
import { deriveResult } from "../../src/result/result.ts";
import { command, finding, stamped, WELL } from "../fakes/events.ts";

const found = (
  measured: Readonly<Record<string, number>> | undefined,
  group: FindingRecord["group"] = "verify",
): FindingRecord => ({
  probe: "rows",
  subject: "t",
  group,
  held: "yes",
  because: "",
  line: 1,
  ...(measured === undefined ? {} : { measured }),
});

describe("times", () => {
  const marks = { T0: 1000, T3: 1500.04, T4: 1700.06, T5: 2000, T7: 2500.55, T8: 3000.04, T9: 3100.01 };
  test("from damage to reopening, by machine, and to normal: to a tenth of a millisecond", () =>
    expect(measure(marks, [])).toMatchObject({ rtaMs: 2000, machineMs: 1000.5, wrtMs: 100 }));
  test("of a verify: what hands are on, without the making of the sandbox", () => {
    expect(measure(marks, [], true).rtaMs).toBe(700.6);
    expect(measure({ ...marks, T4: undefined } as never, [], true).rtaMs).toBeNull();
    expect(measure({ ...marks, T7: undefined } as never, [], true).rtaMs).toBeNull();
  });
  test("none without both marks, and none of a clock that ran backwards", () => {
    expect(measure({ T0: 1 }, []).rtaMs).toBeNull();
    expect(measure({ T8: 1 }, []).rtaMs).toBeNull();
    expect(measure({ T0: 2, T8: 1 }, []).rtaMs).toBeNull();
    expect(measure({ T0: 2, T8: 2 }, []).rtaMs).toBe(0);
  });
  test("the first time that a mark was set counts, and the moment that people told", () => {
    const events = stamped([
      { kind: "mark", mark: "T0" },
      { kind: "note", text: "x" },
      { kind: "mark", mark: "T0" },
      { kind: "mark", mark: "T1", atMs: 42 },
    ]);
    expect(marksOf(events)).toEqual({ T0: 0, T1: 42 });
  });
});

describe("numbers of findings", () => {
  test("rows are summed, the largest gap counts", () =>
    expect(
      measure({}, [
        found({ rowsMissing: 1, rowsExtra: 0, gapMs: 5 }),
        found({ rowsMissing: 2, rowsAltered: 3, gapMs: 9 }),
        found({ gapMs: 7 }),
        found(undefined),
      ]),
    ).toMatchObject({ rowsMissing: 3, rowsAltered: 3, rowsExtra: 0, rpaMs: 9 }));
  test("of other groups they are not the recovery's", () =>
    expect(
      measure({}, [found({ rowsMissing: 1, gapMs: 5 }, "healthy"), found({ rowsMissing: 1 }, "proof")]),
    ).toMatchObject({
      rowsMissing: null,
      rpaMs: null,
    }));
  test("one that is no number makes the sum unknown", () =>
    expect(measure({}, [found({ gapMs: 1 }), found({ gapMs: null as never })]).rpaMs).toBeNull());
});

describe("a journal that holds a little of everything", () => {
  const source = (id: string, more: object = {}): EventBody =>
    ({ kind: "source-considered", source: { id, name: id }, rejected: null, ...more }) as never;
  const bodies: EventBody[] = [
    ...WELL.slice(0, 1),
    { kind: "phase-began", phase: "world" },
    { kind: "phase-ended", phase: "world", durationMs: 12 },
    { kind: "dataset-built", dataset: "shop", seed: 1, tables: 2, rows: 3, databaseBytes: 4 },
    { kind: "dataset-built", dataset: "more", seed: 1, tables: 2, rows: 3, databaseBytes: 4 },
    { kind: "damage-timed", simulatedAt: "2026-01-01" },
    { kind: "damage-timed", simulatedAt: "2026-01-02" },
    source("a"),
    source("b", { rejected: "too young", rejectedAs: "younger" }),
    source("c"),
    { kind: "source-chosen", sourceId: "a", because: "" },
    { kind: "source-fetched", sourceId: "a", bytes: 1, sha256: "a", retries: 0 },
    { kind: "source-rejected", sourceId: "a", because: "cut" },
    { kind: "source-chosen", sourceId: "b", because: "" },
    { kind: "source-chosen", sourceId: "c", because: "" },
    { kind: "source-fetched", sourceId: "c", bytes: 2, sha256: "c", retries: 1 },
    { kind: "source-fetched", sourceId: "b", bytes: 3, sha256: "b", retries: 0 },
    ...command("restore.one"),
    ...command("restore.two")
      .slice(0, 1)
      .concat(command("restore.three", "false", 3).map((body) => ({ ...body, stderrTail: "no" }) as EventBody)),
    { kind: "note", text: "first" },
    { kind: "note", text: "second" },
    { kind: "places", places: { A: { meaning: "m", value: "1" } } },
    { kind: "places", places: { A: { meaning: "m", value: "2" } } },
    finding("verify", "rows", "yes"),
    { kind: "problem", code: "FB_X", message: "m", next: ["x", "y"], makes: "void", interrupted: false },
    { kind: "problem", code: "FB_Y", message: "m", next: ["y", "z"], makes: "void", interrupted: true },
    { kind: "phase-began", phase: "restore" },
    { kind: "note", text: "third" },
  ];
  const result = deriveResult(stamped(bodies));
  test("what is told once, last or first", () =>
    expect(result).toMatchObject({
      damagedAtSimulated: "2026-01-02",
      dataset: { dataset: "shop" },
      notes: ["first", "second", "third"],
      places: { A: { value: "2" } },
      next: ["x", "y", "z"],
      interrupted: true,
      cleanup: null,
      sandbox: null,
    }));
  test("a phase that did not end lasts until the last event", () =>
    expect(result.phases).toEqual([
      { phase: "world", beganMs: 1000, durationMs: 12 },
      { phase: "restore", beganMs: (bodies.length - 2) * 1000, durationMs: 1000 },
    ]));
  test("sources: which was taken, and why the others were not", () => {
    expect(result.sources.map(({ id, chosen, rejected, rejectedAs }) => [id, chosen, rejected, rejectedAs])).toEqual([
      ["a", false, "cut", "does-not-hold"],
      ["b", false, "too young", "younger"],
      ["c", true, null, undefined],
    ]);
    expect(result.sources[2]).not.toHaveProperty("rejectedAs");
    expect(result.fetched).toEqual({ sourceId: "c", bytes: 2, sha256: "c", retries: 1 });
  });
  test("without a choice, what was fetched last; nothing fetched is nothing", () => {
    const of = (kinds: readonly string[]) =>
      deriveResult(stamped(bodies.filter(({ kind }) => !kinds.includes(kind)))).fetched;
    expect(of(["source-chosen"])?.sourceId).toBe("b");
    expect(of(["source-fetched"])).toBeNull();
  });
  test("commands: one that did not end has no end", () =>
    expect(
      result.commands.map(({ command: { id }, exitCode, durationMs, stdoutTail, stderrTail }) => [
        id,
        exitCode,
        durationMs,
        stdoutTail,
        stderrTail,
      ]),
    ).toEqual([
      ["restore.one", 0, 1500, "1 row", ""],
      ["restore.two", null, null, "", ""],
      ["restore.three", 3, 1500, "1 row", "no"],
    ]));
  test("where it breaks off: in a phase, after one, before the first", () => {
    const said = (all: readonly EventBody[]) =>
      deriveResult(stamped(all)).reasons.find((text) => text.includes("breaks off"));
    expect(said(bodies)).toMatch(
      /breaks off 30\.0 s after it began \(2026-11-20T12:00:30\.000Z\), in the phase restore: the process died/,
    );
    expect(said(bodies.slice(0, 4))).toMatch(/, after the phase world: /);
    expect(said(bodies.slice(0, 1))).toMatch(/, before the first phase: /);
    expect(said([...bodies, { kind: "drill-ended" }])).toBeUndefined();
  });
  test("of a verify what was looked at; mutations only where some were tried", () => {
    expect(result).not.toHaveProperty("verified");
    expect(result).not.toHaveProperty("mutations");
    const [began] = WELL;
    if (began?.kind !== "drill-began") throw new Error("WELL begins");
    const verify: EventBody = { ...began, scenario: { ...began.scenario, kind: "verify" } };
    expect(deriveResult(stamped([verify, ...bodies.slice(1)])).verified).toBeNull();
    const looked = { kind: "copy-verified", source: "s" } as unknown as EventBody;
    expect(deriveResult(stamped([verify, ...bodies.slice(1), looked])).verified).toEqual({ source: "s" });
    const tried: EventBody = { kind: "mutation-tried", mutation: "m", subject: "s", noticedBy: ["rows"], because: "" };
    expect(deriveResult(stamped([...bodies, tried])).mutations).toEqual([
      { mutation: "m", subject: "s", noticedBy: ["rows"], because: "" },
    ]);
  });
  test("without a beginning nothing says what ran", () =>
    expect(() => deriveResult(stamped(bodies.slice(1)))).toThrow("a journal without a beginning"));
});
