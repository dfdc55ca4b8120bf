/** What is asked of every copy: it cannot pass on nothing, and a clean copy is never called bad. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { BackupFacts, CopyScene, DumpStory, Engine } from "../../src/parts.ts";
import { copiesOf } from "../../src/plan/capabilities.ts";
import { sqlCheck } from "../../src/probes/checks/sql.ts";
import type { KnownCopy } from "../../src/verify/known.ts";
import { assertJudged } from "../../src/verify/restore-copy.ts";

import { type Answers, answer, BEFORE, lookAt, NOW, POINT as point } from "../support/copy-scene.ts";

const engine = catalog.engines[0] as Engine;
const HOUR = 3_600_000;

const facts: BackupFacts = {
  engine: engine.name,
  method: "logical",
  isDump: true,
  format: "custom",
  packing: [],
  complete: "unknown",
  because: "",
};
/** What a whole shop answers. */
const WHOLE: Readonly<Record<string, string>> = {
  "list-tables": '"public.orders"\n"public.lines"\n',
  "count-all": "public.orders\t1000\npublic.lines\t5000\n",
  "read-large-objects": "held\t0\t0\n",
  "read-catalogue":
    "table\tpublic.orders\tr\ntable\tpublic.lines\tr\nconstraint\tpublic.lines.fk\tFOREIGN KEY\nsequence\torders_id_seq\tbigint\n",
  "read-keys": "read\t1\n",
  "read-sequences": "orders_id_seq\t1000\torders\tid\t1000\n",
  "newest-rows": `public.orders\tcreated_at\t${NOW - 2 * HOUR}\n`,
  "newest-row": `${NOW - 2 * HOUR}\n`,
  "look-into-structure": "looked\t4\n",
  "compare-collations": "used\t1\n",
};

function storyOf(text: string): DumpStory {
  const reader = engine.dumpReader?.({ ...facts, format: "plain" });
  if (reader == null) throw new Error("there is no reader");
  reader.push(Buffer.from(text));
  return reader.end();
}

const baseline: KnownCopy = {
  ...BEFORE,
  rows: { "public.orders": 990, "public.lines": 4900 },
  catalogue: {
    "table\tpublic.orders": "x",
    "table\tpublic.lines": "x",
    "constraint\tpublic.lines.fk": "x",
    "sequence\torders_id_seq": "x",
  },
  parents: {},
  behind: [],
  lags: { "public.orders.created_at": HOUR },
};

async function asked(answers: Answers, changes: Parameters<typeof lookAt>[2] = {}) {
  const story = storyOf("CREATE TABLE public.orders (id integer);\nCREATE TABLE public.lines (id integer);\n");
  const { findings, numbers } = await lookAt(engine, { ...WHOLE, ...answers }, { facts, story, ...changes });
  return { bad: findings.filter(({ held }) => held !== "yes"), findings, numbers };
}

const names = ({ bad }: { bad: readonly { probe: string; held: string }[] }) =>
  bad.map(({ probe, held }) => `${probe} ${held}`);

describe("a whole copy", () => {
  test("holds without anything to compare with, and against a good one", async () => {
    expect(names(await asked({}))).toEqual([]);
    expect(names(await asked({}, { baseline }))).toEqual([]);
  });
  test("may have new tables, changed definitions and fewer rows than half only where it is told", async () => {
    expect(
      names(await asked({ "count-all": "public.orders\t1000\npublic.lines\t9000\npublic.new\t0\n" }, { baseline })),
    ).toEqual([]);
    const shrunk = { "count-all": "public.orders\t10\npublic.lines\t5000\n" };
    expect(names(await asked(shrunk, { baseline }))).toEqual(["rows no"]);
    const task = {
      mayShrink: ["orders"],
      fresh: null,
      canary: null,
      askedAtMs: NOW,
      objectives: { rtoMs: 1, rpoMs: 1 },
      acceptChanges: false,
    };
    expect(names(await asked(shrunk, { baseline, task }))).toEqual([]);
  });
  test("keeps numbers and names, and no definition", async () => {
    const { numbers } = await asked({});
    expect(numbers.rows).toEqual({ "public.orders": 1000, "public.lines": 5000 });
    expect(JSON.stringify(numbers)).not.toContain("FOREIGN KEY");
  });
});

describe("nothing passes on nothing", () => {
  test.each([
    ["no table", { "count-all": "" }, "rows no"],
    ["no row", { "count-all": "public.orders\t0\n" }, "rows no"],
    ["an empty list", { "list-tables": "" }, "tables no"],
    ["an empty catalogue", { "read-catalogue": "" }, "catalogue no"],
    ["nothing looked into", { "look-into-structure": "looked\t0\n" }, "structure unknown"],
    ["a table of the list is not there", { "list-tables": '"public.orders"\n' }, "tables no"],
    ["orphans", { "read-keys": "read\t1\nbroken\tfk\tlines\torders\t7\n" }, "foreign-keys no"],
    ["a damaged index", { "look-into-structure": "looked\t4\nbroken\torders_pkey\titem order\n" }, "structure no"],
  ])("%s", async (_what, answers, expected) => expect(names(await asked(answers))).toEqual([expected]));

  test("a dump that makes no table", async () => {
    expect(names(await asked({}, { story: storyOf("SELECT 1;\n") }))).toEqual(["tables no"]);
  });

  test.each(Object.keys(WHOLE).filter((name) => name !== "newest-row"))(
    "a question that fails is no pass: %s",
    async (name) => {
      const { bad } = await asked({ [name]: answer("", 2) });
      expect(bad.length).toBeGreaterThan(0);
      expect(bad.every(({ held }) => held === "unknown")).toBe(true);
    },
  );
});

describe("against the last good copy", () => {
  test("a table, a constraint and a sequence that fell behind are noticed", async () => {
    expect(names(await asked({ "count-all": "public.orders\t1000\n" }, { baseline }))).toEqual(["rows no"]);
    const catalogue = "table\tpublic.orders\tr\ntable\tpublic.lines\tr\n";
    expect(names(await asked({ "read-catalogue": catalogue }, { baseline }))).toEqual(["catalogue no"]);
    const behind = { "read-sequences": "orders_id_seq\t1\torders\tid\t1000\n" };
    expect(names(await asked(behind, { baseline }))).toEqual(["sequences no"]);
    // It may always have been so: said, and not held against the first copy that is looked at.
    expect(names(await asked(behind))).toEqual([]);
  });
});

describe("freshness", () => {
  const gap = ({ findings }: Awaited<ReturnType<typeof asked>>) =>
    findings.find(({ probe }) => probe === "freshness")?.measured?.gapMs;
  test("comes from the newest row where one is found, from the backup's own moment where rows tell nothing", async () => {
    expect(gap(await asked({}))).toBe(2 * HOUR);
    expect(gap(await asked({ "newest-rows": "" }))).toBe(HOUR);
    // Data that has been quiet for years makes no fresh backup a late one…
    expect(gap(await asked({ "newest-rows": "public.film\tlast_update\t1000\n" }))).toBe(HOUR);
    // … unless it was not quiet when it was last looked at: the source has stopped.
    const stopped = { "newest-rows": `public.orders\tcreated_at\t${NOW - 80 * HOUR}\n` };
    expect(gap(await asked(stopped, { baseline }))).toBe(80 * HOUR);
  });
  test("a column that is declared counts, however old its newest row is; without a row it is a no", async () => {
    const fresh = { table: "orders", column: "created_at" };
    const task = {
      mayShrink: [],
      fresh,
      canary: null,
      askedAtMs: NOW,
      objectives: { rtoMs: 1, rpoMs: 1 },
      acceptChanges: false,
    };
    expect(gap(await asked({ "newest-row": `${NOW - 90 * HOUR}\n` }, { task }))).toBe(90 * HOUR);
    expect(names(await asked({ "newest-row": "" }, { task }))).toEqual(["freshness no"]);
  });
});

describe("rows and the copy's own moment", () => {
  type Rows = Record<string, string>;
  const task = (changes: object = {}) => ({
    mayShrink: [],
    fresh: null,
    canary: null,
    askedAtMs: NOW,
    objectives: { rtoMs: HOUR, rpoMs: 25 * HOUR },
    acceptChanges: false,
    ...changes,
  });
  /** A copy that was made so many hours ago, by its name. */
  const copyOf = (hours: number, changes: object = {}) => {
    const made = { at: new Date(NOW - hours * HOUR).toISOString(), from: "name", ...changes } as const;
    const objects = [{ key: "shop.dump", sizeBytes: 10, modifiedAt: made.at }];
    return { ...point, objects, moment: made, reach: made };
  };
  const fresh = { table: "orders", column: "created_at" };
  const freshnessOf = async (
    rows: Rows,
    hours: number,
    changes: Parameters<typeof asked>[1] & { made?: object } = {},
  ) => {
    const { made, ...rest } = changes;
    const { findings } = await asked(rows, { task: task(), point: copyOf(hours, made), ...rest });
    const found = findings.find(({ probe }) => probe === "freshness");
    return { held: found?.held, gap: (found?.measured?.gapMs ?? Number.NaN) / HOUR, because: found?.because ?? "" };
  };
  const rowsOf = (...rows: readonly [string, number, string][]): Rows => ({
    "newest-rows": rows.map(([name, hours, kind]) => `public.${name}\tat\t${NOW - hours * HOUR}\t${kind}\n`).join(""),
  });
  const row = (hours: number, kind: string): Rows => ({ "newest-row": `${NOW - hours * HOUR}\t${kind}\n` });

  test.each(["local", "zoned"])("a %s row that is dated after the copy does not make it younger", async (kind) => {
    const found = await freshnessOf(rowsOf(["tickets", 21, kind]), 30);
    expect(found).toMatchObject({ held: "yes", gap: 30 });
    expect(found.because).toContain("dated 9h 00m later");
    const declared = await freshnessOf(row(21, kind), 30, { task: task({ fresh }) });
    expect(declared).toMatchObject({ held: "yes", gap: 30 });
    expect(declared.because).toContain("but the copy was made 1d 6h ago, so the copy's age counts");
    expect(declared.because.includes('set "timezone" of "fresh"')).toBe(kind === "local");
  });

  test("a row that is dated in the future is never fresh", async () => {
    expect((await freshnessOf(rowsOf(["plans", -400, "zoned"]), 30)).gap).toBe(30);
    expect((await freshnessOf(row(-400, "zoned"), 30, { task: task({ fresh }) })).gap).toBe(30);
    expect((await freshnessOf(rowsOf(["heartbeat", -1, "zoned"], ["orders", 31, "zoned"]), 30)).gap).toBe(31);
  });

  test("the newest credible row counts, not the oldest and not the first", async () => {
    const rows = [
      ["a", 40, "zoned"],
      ["b", 31, "zoned"],
      ["c", 35, "zoned"],
    ] as const;
    for (const turned of [rows, [...rows].reverse()]) {
      expect((await freshnessOf(rowsOf(...turned.map(([...one]): [string, number, string] => one)), 30)).gap).toBe(31);
    }
    // One table keeps its moments in a zone to the east, another says when it was.
    expect((await freshnessOf(rowsOf(["tokyo", 22, "local"], ["orders", 30.5, "zoned"]), 30)).gap).toBe(30.5);
    expect((await freshnessOf(rowsOf(["orders", 30.5, "zoned"], ["heartbeat", 32, "zoned"]), 30)).gap).toBe(32);
  });

  test("a row whose clock is known narrows a name whose zone is not", async () => {
    const made = { latest: new Date(NOW - 4 * HOUR).toISOString(), doubt: { kind: "no-zone" } } as const;
    const known = await freshnessOf(rowsOf(["orders", 6, "zoned"]), 30, { made });
    expect(known.gap).toBe(6);
    expect(known.because).toContain("between 4h 00m and 1d 6h old");
    expect((await freshnessOf(rowsOf(["orders", 6, "local"]), 30, { made })).gap).toBe(30);
    expect((await freshnessOf(rowsOf(["orders", 3, "zoned"]), 30, { made })).gap).toBe(30);
  });

  test("a column without a zone is read in the one that was told", async () => {
    const declared = task({ fresh: { ...fresh, timezone: "Asia/Tokyo" } });
    // It shows 21 hours ago by a clock that is nine hours ahead.
    expect(await freshnessOf(row(21, "local"), 30, { task: declared })).toMatchObject({ held: "yes", gap: 30 });
    expect((await freshnessOf(row(22, "local"), 30, { task: declared })).gap).toBe(31);
    // A type with a zone of its own needs none.
    expect((await freshnessOf(row(31, "zoned"), 30, { task: declared })).gap).toBe(31);
  });

  test("copies of files hold rows until they are written, and dumps do not", async () => {
    const objects = [{ key: "base.tar", sizeBytes: 1, modifiedAt: new Date(NOW - 2 * HOUR).toISOString() }];
    const gapOf = async (method: string, hours: number, kind: string, copyHours = 5) =>
      (
        await freshnessOf(rowsOf(["orders", hours, kind]), copyHours, {
          facts: { ...facts, method, isDump: method === "logical" },
          point: { ...copyOf(copyHours), objects },
        })
      ).gap;
    expect(await gapOf("physical", 3, "zoned")).toBe(3);
    expect(await gapOf("physical", 3, "local")).toBe(5);
    expect(await gapOf("physical", 1, "zoned")).toBe(5);
    // Its object was copied a day later, and no backup is written for so long.
    expect(await gapOf("physical", 3, "zoned", 30)).toBe(30);
    expect(await gapOf("logical", 3, "zoned")).toBe(5);
  });

  test("a moment in the future is never fresh: nothing was told, unless a row tells", async () => {
    const ahead = { doubt: { kind: "ahead" } } as const;
    const none = await freshnessOf({ "newest-rows": "" }, -20, { made: ahead });
    expect(none.held).toBe("unknown");
    expect(none.because).toContain("is in the future");
    expect((await freshnessOf(rowsOf(["orders", 3, "local"]), -20, { made: ahead })).held).toBe("unknown");
    expect((await freshnessOf(row(3, "local"), -20, { made: ahead, task: task({ fresh }) })).held).toBe("unknown");
    expect(await freshnessOf(row(3, "zoned"), -20, { made: ahead, task: task({ fresh }) })).toMatchObject({
      held: "yes",
      gap: 3,
    });
  });

  test("what another source says is said, with both numbers", async () => {
    const doubt = { kind: "differs", other: "name", otherAt: new Date(NOW - 3 * HOUR).toISOString() } as const;
    const found = await freshnessOf({ "newest-rows": "" }, 96, { made: { from: "object-time", doubt } });
    expect(found.gap).toBe(96);
    expect(found.because).toContain("4d 0h old by the object's time");
    expect(found.because).toContain("its name says 3h 00m; the older one counts");
    const zone = { kind: "zone-found", offsetMinutes: 540, nights: 1 } as const;
    expect((await freshnessOf({ "newest-rows": "" }, 30, { made: { doubt: zone } })).because).toContain("in UTC+09:00");
  });

  test("a canary that is dated after the copy tells nothing, and in the told zone it does", async () => {
    const canary = { table: "canary", column: "at" };
    const ask = async (told: object, answer: Rows) => {
      const { findings } = await asked(answer, { task: task({ canary: told }), point: copyOf(30) });
      return findings.find(({ probe }) => probe === "canary");
    };
    const answer = { canary: `${NOW - 22 * HOUR}\tlocal\n` };
    expect(await ask(canary, answer)).toMatchObject({
      held: "unknown",
      because: expect.stringContaining('"timezone" of "canary"'),
    });
    expect(await ask({ ...canary, timezone: "Asia/Tokyo" }, answer)).toMatchObject({
      held: "yes",
      measured: { lagMs: HOUR },
    });
  });
});

describe("the order of text", () => {
  const other = "used\t1\nother\tpeople_name\ten_US\t2.31\t2.36\n";
  const because = ({ findings }: Awaited<ReturnType<typeof asked>>) =>
    findings.find(({ probe }) => probe === "collations")?.because;
  test("of another version is said, and holds where every index is in order here", async () => {
    const found = await asked({ "compare-collations": other });
    expect(names(found)).toEqual([]);
    expect(because(found)).toMatch(/en_US was 2\.31 and is 2\.36 here: 1 index was built .* in order here.*REINDEX/);
    expect(because(await asked({}))).toBe("1 collation, each in the version that its indexes were built with");
    expect(because(await asked({ "compare-collations": "used\t0\n" }))).toMatch(
      /no text index depends on a versioned collation/,
    );
  });
  test("of another version is no fault of the copy, and an index out of it cannot be judged; a damaged one can", async () => {
    const wrong = {
      "compare-collations": other,
      "look-into-structure": "looked\t4\nbroken\tpeople_name\titem order\n",
    };
    expect(names(await asked(wrong))).toEqual(["collations unknown"]);
    const damaged = {
      ...wrong,
      "look-into-structure": `${wrong["look-into-structure"]}broken\torders_pkey\titem order\n`,
    };
    expect(names(await asked(damaged))).toEqual(["structure no", "collations unknown"]);
    const unseen = { "compare-collations": other, "look-into-structure": "skipped\tno amcheck\n" };
    expect(names(await asked(unseen))).toEqual(["collations unknown"]);
  });
  test("that this machine does not know is no fault of the copy either", () => {
    const words = [
      "psql: error: FATAL:  database locale is incompatible with operating system",
      'ERROR:  could not create locale "de_AT.utf8": No such file or directory',
      'ERROR:  collation "de_AT" for encoding "UTF8" does not exist',
    ];
    expect(
      words.map((text) => copiesOf(engine).unjudged(engine.readErrors(text))).filter((why) => why === null),
    ).toEqual([]);
    expect(() => assertJudged(engine, engine.readErrors(words[1] ?? ""))).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("lacks a locale of the backup's server: de_AT.utf8"),
        next: expect.arrayContaining([expect.stringContaining("install that locale")]),
      }),
    );
  });
});

describe("a canary", () => {
  const task = (within?: number) => ({
    mayShrink: [],
    fresh: null,
    canary: { table: "canary", column: "at", where: "job = 'x'", within },
    askedAtMs: NOW,
    objectives: { rtoMs: HOUR, rpoMs: 25 * HOUR },
    acceptChanges: false,
  });
  const found = async (answer: string, within?: number) => {
    const { bad, findings } = await asked({ canary: answer }, { task: task(within) });
    return { bad: names({ bad }), measured: findings.find(({ probe }) => probe === "canary")?.measured };
  };
  test("must be there, and be as new as it is told, by the copy's own moment", async () => {
    expect(await found(`${NOW - 3 * HOUR}\n`)).toEqual({ bad: [], measured: { lagMs: 2 * HOUR } });
    expect((await found(`${NOW - 3 * HOUR}\n`, HOUR)).bad).toEqual(["canary no"]);
    expect((await found(`${NOW - 27 * HOUR}\n`)).bad).toEqual(["canary no"]);
    expect((await found("")).bad).toEqual(["canary no"]);
    expect((await found("NULL\n")).bad).toEqual(["canary no"]);
  });
  test("is not looked for where none is declared", async () => {
    expect((await asked({})).findings.map(({ probe }) => probe)).not.toContain("canary");
  });
});

describe("a query of one's own", () => {
  test.each([
    ["5\n", { min: 1 }, "yes"],
    ["0\n", { min: 1 }, "no"],
    ["9\n", { max: 8 }, "no"],
    ["104\n", { equals: 100, tolerance: "5%" }, "yes"],
    ["106\n", { equals: 100, tolerance: "5%" }, "no"],
    ["103\n", { equals: 100, tolerance: "2" }, "no"],
    ["", { min: 0 }, "no"],
    ["1\n2\n", { min: 0 }, "unknown"],
    ["someone@example.org\n", { equals: 1 }, "unknown"],
    ["NULL\n", { max: 1 }, "unknown"],
  ] as const)("%j against %j: %s", (text, limits, held) =>
    expect(sqlCheck.answer(answer(text), { sql: "x", ...limits }).held).toBe(held),
  );
  test("an answer that is no number is not repeated, and a query that fails is no pass", () => {
    expect(sqlCheck.answer(answer("someone@example.org\n"), { sql: "x", equals: 1 }).because).not.toContain("someone");
    expect(sqlCheck.answer(answer("5", 3), { sql: "x", min: 0 }).held).toBe("unknown");
  });
});

describe("what nobody asked for", () => {
  const CANNOT = [
    "not what was asked",
    "psql: warning: x\n7",
    "A 1\tb\tc\td\te\tf",
    "-\t-\t-\t-\t-",
    "held\tx\tx",
    "read\tx",
  ];
  const declared = {
    mayShrink: [],
    fresh: { table: "orders", column: "created_at" },
    canary: { table: "canary", column: "at" },
    askedAtMs: NOW,
    objectives: { rtoMs: HOUR, rpoMs: 25 * HOUR },
    acceptChanges: false,
  };
  const told: Partial<CopyScene> = { baseline, task: declared as unknown as CopyScene["task"] };

  test.each([...Object.keys(WHOLE), "canary"])(
    "in place of %s, could not tell: neither for the copy nor against it",
    async (name) => {
      const other = { canary: `${NOW - 2 * HOUR}\n` };
      // A kind and a name are an object, whatever they are called.
      for (const text of name === "read-catalogue" ? CANNOT.slice(0, 4) : CANNOT) {
        const { bad } = await asked({ ...other, [name]: text }, told);
        expect([...new Set(bad.map(({ held }) => held))], text).toEqual(name === "newest-rows" ? [] : ["unknown"]);
      }
    },
  );

  test("nothing of it throws, and no number that is none is kept", async () => {
    const piece = fc.constantFrom(
      "\t",
      "\n",
      "\\N",
      "",
      "NaN",
      "-1",
      "1.50",
      "9".repeat(30),
      "held",
      "read",
      "broken",
      "used",
      "other",
      "dangling",
      "x",
      "5",
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const answers = fc.record(Object.fromEntries([...Object.keys(WHOLE), "canary"].map((name) => [name, text])));
    await fc.assert(
      fc.asyncProperty(answers, async (all) => {
        const { findings, numbers } = await asked(all, told);
        const measured = findings.flatMap((finding) => Object.values(finding.measured ?? {}));
        expect([...measured, ...Object.values(numbers.rows)].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
