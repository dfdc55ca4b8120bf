import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding, Line } from "../../src/parts.ts";
import { rows } from "../../src/probes/rows.ts";
import { bucketsText, keysText, outcome, type Rows, scene, state } from "../fakes/outcome.ts";

const T = "public.orders";

/** Buckets whose rows the last `ask` was asked for. */
const asked: number[] = [];

/** Plays the server: hands the probe what it asks for, until it has found. */
function ask(
  truth: Rows,
  found: Rows | null,
  options: object = {},
  older: readonly { atMs: number; rows: Rows }[] = [],
): Finding {
  const world = scene([...older.map((one) => state(one.atMs, { [T]: one.rows })), state(1000, { [T]: truth })]);
  const outcomes = [outcome(found === null ? "" : bucketsText(T, found))];
  asked.length = 0;
  for (;;) {
    const answer = rows.answer(outcomes, world, options) as Finding | Line;
    if ("held" in answer) return answer;
    // A real server prints only the buckets asked for; more does no harm but is not what is tested.
    const wanted = JSON.parse(`[${/b = ANY \(''\{([\d,]*)\}/.exec(answer.script)?.[1] ?? ""}]`) as number[];
    asked.push(...wanted);
    const lines = keysText(found ?? {})
      .split("\n")
      .filter((line) => wanted.includes(Number.parseInt(line.slice(0, 8), 16)));
    outcomes.push(outcome(lines.join("\n")));
  }
}

const TRUTH: Rows = { a: "1", b: "2", c: "3", d: "4", e: "5" };

describe("without allowed loss", () => {
  test("the same rows hold", () =>
    expect(ask(TRUTH, TRUTH)).toMatchObject({ held: "yes", measured: { rowsCompared: 5, rowsMissing: 0 } }));
  test.each([
    ["one missing", { a: "1", b: "2", c: "3", d: "4" }, { rowsMissing: 1 }],
    ["one altered", { ...TRUTH, b: "9" }, { rowsAltered: 1 }],
    ["one extra", { ...TRUTH, f: "6" }, { rowsExtra: 1 }],
    [
      "one swapped for another: the count is right",
      { a: "1", b: "2", c: "3", d: "4", f: "5" },
      { rowsMissing: 1, rowsExtra: 1 },
    ],
  ])("%s", (_name, found, measured) =>
    expect(ask(TRUTH, found as unknown as Rows)).toMatchObject({ held: "no", measured }),
  );
  test("a table that is gone lost every row", () =>
    expect(ask(TRUTH, null)).toMatchObject({ held: "no", measured: { rowsMissing: 5 } }));
});

describe("within allowed loss", () => {
  const older = [
    { atMs: 100, rows: { a: "1", b: "1" } },
    { atMs: 900, rows: { a: "1", b: "2", c: "3", d: "3" } },
  ];
  const options = { "allow-loss": 200 };
  test("as it stood at a recorded moment of the window", () =>
    expect(ask(TRUTH, older[1]?.rows as Rows, options, older)).toMatchObject({
      held: "yes",
      measured: { rowsMissing: 1, rowsAltered: 1, rowsUnexplained: 0 },
    }));
  test("and tells how old that moment is, the newest that explains it; nothing lost is no age at all", () => {
    const gap = (found: Rows, allowed: number) =>
      ask(TRUTH, found, { "allow-loss": allowed }, older).measured?.momentGapMs;
    expect(gap(older[1]?.rows as Rows, 2000)).toBe(100);
    expect(gap(older[0]?.rows as Rows, 2000)).toBe(900);
    expect(gap(TRUTH as Rows, 2000)).toBe(0);
    expect(gap(older[0]?.rows as Rows, 200)).toBeUndefined();
  });
  test("and without asking for a row of what a moment tells", () => {
    expect(ask(TRUTH, older[1]?.rows as Rows, options, older).held).toBe("yes");
    expect(asked).toEqual([]);
    // Keys a and e share a bucket: of e nobody knows anything.
    expect(ask(TRUTH, { ...older[1]?.rows, e: "x" } as Rows, options, older)).toMatchObject({
      held: "no",
      measured: { rowsUnexplained: 1, rowsAltered: 2, rowsMissing: 0 },
    });
    expect(asked).toEqual([1]);
  });
  test("as it stood before the window", () =>
    expect(ask(TRUTH, older[0]?.rows as Rows, options, older).held).toBe("no"));
  test("a mixture of two moments is no moment", () =>
    expect(ask(TRUTH, { a: "1", b: "1", c: "3", d: "3" }, { "allow-loss": 2000 }, older).held).toBe("no"));
  test("whatever is changed beyond it is found", () => {
    const moment = older[1]?.rows as Rows;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(moment)), fc.constantFrom("drop", "alter", "add"), (key, how) => {
        const found: Record<string, string> = { ...moment };
        if (how === "drop") delete found[key];
        else if (how === "alter") found[key] = "x";
        else found[`${key}x`] = "1";
        // Dropping d alone leads to no recorded moment either: it was there before and after.
        expect(ask(TRUTH, found, options, older).held).toBe("no");
      }),
    );
  });
});

describe("nothing is no proof", () => {
  test("an empty ledger", () => expect(ask({}, {}).held).toBe("unknown"));
  test("a table the ledger does not know", () =>
    expect(ask(TRUTH, TRUTH, { tables: ["nothing"] }).held).toBe("unknown"));
  test("no table left", () => expect(ask(TRUTH, TRUTH, { except: ["orders"] }).held).toBe("unknown"));
  test.each([
    ["a failed question", { exitCode: 2 }],
    ["an answer cut short", { truncated: true }],
  ])("%s", (_name, more) =>
    expect((rows.answer([outcome("", more)], scene([state(1, { [T]: TRUTH })]), {}) as Finding).held).toBe("unknown"),
  );
});
