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

describe("what is said, whole", () => {
  type Tables = Readonly<Record<string, Rows>>;
  const I = "public.items";
  /** The same as `ask`, of several tables. */
  function judged(
    truth: Tables,
    found: Tables,
    options: object = {},
    older: readonly { atMs: number; tables: Tables }[] = [],
  ) {
    const world = scene([...older.map((one) => state(one.atMs, one.tables)), state(1000, truth)]);
    const outcomes = [
      outcome(
        Object.entries(found)
          .map(([table, all]) => bucketsText(table, all))
          .join("\n"),
      ),
    ];
    for (let turn = 0; ; turn++) {
      const answer = rows.answer(outcomes, world, options) as Finding | Line;
      if ("held" in answer) return answer;
      const table = Object.keys(truth).find((one) => answer.script.includes(`"${one.split(".")[1]}"`)) ?? "";
      const wanted = JSON.parse(`[${/b = ANY \(''\{([\d,]*)\}/.exec(answer.script)?.[1] ?? ""}]`) as number[];
      const lines = keysText(found[table] ?? {}).split("\n");
      outcomes.push(outcome(lines.filter((line) => wanted.includes(Number.parseInt(line.slice(0, 8), 16))).join("\n")));
      if (turn > 10) throw new Error("it asks for ever");
    }
  }
  const said = (...args: Parameters<typeof judged>) => {
    const { held, because } = judged(...args);
    return `${held}: ${because}`;
  };
  const ITEMS: Rows = { p: "1", q: "2" };

  test("one row, many rows", () => {
    expect(said({ [T]: { a: "1" } }, { [T]: { a: "1" } })).toBe("yes: 1 row compared by key");
    expect(said({ [T]: TRUTH, [I]: ITEMS }, { [T]: TRUTH, [I]: ITEMS })).toBe("yes: 7 rows compared by key");
  });
  test("how many of each kind, and where", () => {
    const { e: _gone, ...rest } = TRUTH;
    expect(said({ [T]: TRUTH }, { [T]: { ...rest, b: "9", x: "1", y: "1" } })).toBe(
      "no: 1 missing, 1 altered, 2 extra in public.orders (4)",
    );
    expect(said({ [T]: TRUTH, [I]: ITEMS }, { [T]: { ...TRUTH, a: "7" }, [I]: {} })).toBe(
      "no: 2 missing, 1 altered, 0 extra in public.orders (1), public.items (2)",
    );
  });
  test("only of those tables that are told, or of all but those", () => {
    const wrong = { [T]: { ...TRUTH, a: "7" }, [I]: ITEMS };
    const truth = { [T]: TRUTH, [I]: ITEMS };
    expect(said(truth, wrong, { tables: ["items"] })).toBe("yes: 2 rows compared by key");
    expect(said(truth, wrong, { except: ["orders"] })).toBe("yes: 2 rows compared by key");
    expect(said(truth, wrong, { tables: ["orders"] })).toBe("no: 0 missing, 1 altered, 0 extra in public.orders (1)");
    expect(said(truth, wrong, { tables: ["nothing", "orders", "more"] })).toBe(
      "unknown: the ledger knows no table nothing, more",
    );
    expect(said(truth, wrong, { except: ["orders", "items"] })).toBe("unknown: no table to compare");
    expect(said({ [T]: {} }, { [T]: {} })).toBe("unknown: the ledger holds no row to compare");
  });
  test("newcomers: exactly so many", () => {
    const told = (extra: Rows, newcomers: number) =>
      said({ [T]: TRUTH }, { [T]: { ...TRUTH, ...extra } }, { newcomers });
    expect(told({ x: "1", y: "1" }, 2)).toBe("yes: 5 rows compared by key, and 2 newcomers");
    expect(told({ x: "1" }, 1)).toBe("yes: 5 rows compared by key, and 1 newcomer");
    expect(told({}, 2)).toBe("no: 2 newcomers expected, and none came");
    expect(told({ x: "1" }, 2)).toBe("no: 0 missing, 0 altered, 1 extra in public.orders (1)");
    expect(told({ x: "1", y: "1", z: "1" }, 2)).toBe("no: 0 missing, 0 altered, 3 extra in public.orders (3)");
    expect(told({ x: "1", y: "1", a: "9" }, 2)).toBe("no: 0 missing, 1 altered, 0 extra in public.orders (3)");
    expect(judged({ [T]: TRUTH }, { [T]: { ...TRUTH, x: "1" } }, { newcomers: 1 }).measured).toEqual({
      rowsCompared: 5,
      rowsMissing: 0,
      rowsAltered: 0,
      rowsExtra: 0,
      rowsUnexplained: 0,
    });
  });
  test("what the allowed loss explains is counted by kind", () => {
    const then = { a: "1", b: "1", f: "6" };
    const found = judged({ [T]: TRUTH }, { [T]: then }, { "allow-loss": 3_600_000 }, [
      { atMs: 400, tables: { [T]: then } },
    ]);
    expect(found).toEqual({
      held: "yes",
      because: "5 rows compared by key; 3 lost, 1 older, 1 undeleted, all within the allowed 1h 00m",
      measured: { rowsCompared: 5, rowsMissing: 3, rowsAltered: 1, rowsExtra: 1, rowsUnexplained: 0, momentGapMs: 600 },
    });
  });
  test("of several moments that explain it, the newest counts, in whatever order they were recorded", () => {
    const then = { a: "1", b: "1" };
    const older = [100, 700, 300].map((atMs) => ({ atMs, tables: { [T]: then } }));
    const gap = judged({ [T]: TRUTH }, { [T]: then }, { "allow-loss": 5000 }, older).measured?.momentGapMs;
    expect(gap).toBe(300);
  });
  test("of several that explain a part, the one that explains most; no moment is told then", () => {
    const older = [
      { atMs: 900, tables: { [T]: { a: "1" } } },
      { atMs: 500, tables: { [T]: { a: "1", b: "2", c: "3" } } },
      { atMs: 200, tables: { [T]: { a: "1", b: "2" } } },
    ];
    // It stood so at 500, but for c.
    const found = judged({ [T]: TRUTH }, { [T]: { a: "1", b: "2", c: "x" } }, { "allow-loss": 5000 }, older);
    expect(found.because).toBe(
      "0 missing, 1 altered, 0 extra in public.orders (1); 2 lost, 0 older, 0 undeleted, all within the allowed 5.0 s",
    );
    expect(found.measured).not.toHaveProperty("momentGapMs");
  });
  test("all tables come back to one moment", () => {
    const early = { [T]: { a: "1", b: "0" }, [I]: { p: "1", q: "0" } };
    const late = { [T]: { a: "1", b: "1" }, [I]: { p: "1", q: "1" } };
    const older = [
      { atMs: 100, tables: early },
      { atMs: 900, tables: late },
    ];
    const truth = { [T]: TRUTH, [I]: ITEMS };
    const found = (tables: Tables) => judged(truth, tables, { "allow-loss": 5000 }, older);
    expect(found(late).measured?.momentGapMs).toBe(100);
    expect(found(early).measured?.momentGapMs).toBe(900);
    expect(found({ [T]: late[T], [I]: early[I] }).because).toMatch(/^0 missing, 1 altered, 0 extra in public/);
  });
  test("a table that a moment did not have yet explains nothing but its absence", () => {
    const older = [{ atMs: 500, tables: { [I]: ITEMS } }];
    const truth = { [T]: TRUTH, [I]: ITEMS };
    expect(judged(truth, { [I]: ITEMS }, { "allow-loss": 5000 }, older)).toMatchObject({
      held: "yes",
      measured: { rowsMissing: 5 },
    });
    expect(judged(truth, { [T]: { a: "x" }, [I]: ITEMS }, { "allow-loss": 5000 }, older).held).toBe("no");
  });
  test("without a key rows that are alike are counted", () => {
    const twice = (times: number) => {
      const one = state(1000, { [T]: { a: "1" } });
      const held = one.tables.get(T);
      if (held === undefined) throw new Error("there is no table");
      const row = "1".padEnd(16, "0");
      const keys = () => new Map([[1, new Map([["a".padEnd(16, "0"), Array(times).fill(row) as string[]]])]]);
      return {
        ...one,
        tables: new Map([[T, { ...held, rows: times, buckets: new Map([[1, `${times}\tx${times}`]]), keys }]]),
      };
    };
    const heard = (times: number) => [
      outcome(`${T}\t1\t${times}\tx${times}`),
      outcome(
        Array(times)
          .fill(`00000001${"a".padEnd(16, "0")}${"1".padEnd(16, "0")}`)
          .join("\n"),
      ),
    ];
    const answer = (truth: number, found: number) => rows.answer(heard(found), scene([twice(truth)]), {}) as Finding;
    expect(answer(4, 4).because).toBe("4 rows compared by key");
    expect(answer(4, 1).because).toBe("3 missing, 0 altered, 0 extra in public.orders (3)");
    expect(answer(1, 3).because).toBe("0 missing, 0 altered, 2 extra in public.orders (2)");
  });
  test("what it sees, and what it asks", () => {
    expect(rows.sees?.({})).toEqual({ allBut: [] });
    expect(rows.sees?.({ except: ["a"] })).toEqual({ allBut: ["a"] });
    expect(rows.sees?.({ tables: ["a"] })).toEqual({ only: ["a"] });
    const asks = (options: object) => rows.question(scene([state(1, { [T]: TRUTH, [I]: ITEMS })]), options).script;
    expect([asks({}).includes('"orders"'), asks({}).includes('"items"')]).toEqual([true, true]);
    expect([asks({ tables: ["items"] }).includes('"orders"'), asks({ tables: ["items"] }).includes('"items"')]).toEqual(
      [false, true],
    );
  });
  test("a closer look that failed is no answer", () => {
    const world = scene([state(1000, { [T]: TRUTH })]);
    const heard = [outcome(bucketsText(T, { a: "9" })), outcome("", { exitCode: 3 })];
    expect(rows.answer(heard, world, {})).toEqual({
      held: "unknown",
      because: "the query failed with exit code 3: no message",
    });
  });
});
