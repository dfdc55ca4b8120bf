/** What is asked of every copy: it cannot pass on nothing, and a clean copy is never called bad. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Shown } from "../../src/host/redact.ts";
import type { BackupFacts, DumpStory, Engine, Line, Outcome, RecoveryPoint } from "../../src/parts.ts";
import { assertJudged } from "../../src/verify/attempt.ts";
import { type CopyScene, lookThrough } from "../../src/verify/copy-checks.ts";
import type { KnownCopy } from "../../src/verify/known.ts";
import { judgeAnswer } from "../../src/verify/own-checks.ts";

const engine = catalog.engines[0] as Engine;
const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;

const facts: BackupFacts = {
  engine: engine.name,
  method: "logical",
  format: "custom",
  packing: [],
  complete: "unknown",
  because: "",
};
const moment = { at: "2026-11-21T11:00:00.000Z", from: "name" } as const;
const point: RecoveryPoint = {
  id: "shop-20261121T1100.dump",
  name: "shop",
  store: "directory:/b",
  objects: [],
  log: [],
  moment,
  reach: moment,
  sizeBytes: 10,
  facts,
};

const outcome = (stdout: string, exitCode = 0): Outcome => ({
  commandId: "x",
  exitCode,
  durationMs: 1,
  stdout: stdout as Shown,
  stderrTail: (exitCode === 0 ? "" : "ERROR: it broke") as Shown,
  truncated: false,
});

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
  id: "shop-20261120T1100.dump",
  store: "directory:/b",
  momentAt: "2026-11-20T11:00:00.000Z",
  sizeBytes: 10,
  sha256: "",
  runId: "r",
  verifiedAt: "2026-11-20T12:00:00.000Z",
  holds: true,
  because: "",
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

async function asked(answers: Record<string, string | Outcome>, changes: Partial<CopyScene> = {}) {
  const all: Record<string, string | Outcome> = { ...WHOLE, ...answers };
  const ask = async (_line: Line, name: string) => {
    const answer = all[name] ?? "";
    return typeof answer === "string" ? outcome(answer) : answer;
  };
  const task = {
    mayShrink: [],
    fresh: null,
    canary: null,
    askedAtMs: NOW,
    objectives: { rtoMs: HOUR, rpoMs: 25 * HOUR },
    acceptChanges: false,
  };
  const { phrases, copies } = engine;
  const { findings, numbers } = await lookThrough({
    task,
    phrases,
    copies,
    facts,
    story: storyOf("CREATE TABLE public.orders (id integer);\nCREATE TABLE public.lines (id integer);\n"),
    point,
    baseline: null,
    ask,
    ...changes,
  });
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
      const { bad } = await asked({ [name]: outcome("", 2) });
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

describe("the order of text", () => {
  const other = "used\t1\nother\tpeople_name\ten_US\t2.31\t2.36\n";
  const because = ({ findings }: Awaited<ReturnType<typeof asked>>) =>
    findings.find(({ probe }) => probe === "collations")?.because;
  test("of another version is said, and holds where every index is in order here", async () => {
    const found = await asked({ "compare-collations": other });
    expect(names(found)).toEqual([]);
    expect(because(found)).toMatch(/en_US was 2\.31 and is 2\.36 here: 1 index was built .* in order here.*REINDEX/);
    expect(because(await asked({}))).toBe("1 collation, of the version that indexes were built with");
    expect(because(await asked({ "compare-collations": "used\t0\n" }))).toMatch(/no index sorts text/);
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
    expect(words.map((text) => engine.copies.unjudged(engine.readErrors(text))).filter((why) => why === null)).toEqual(
      [],
    );
    expect(() => assertJudged(engine.copies, engine.readErrors(words[1] ?? ""))).toThrow(
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
    expect(judgeAnswer({ sql: "x", ...limits }, outcome(text)).held).toBe(held),
  );
  test("an answer that is no number is not repeated, and a query that fails is no pass", () => {
    expect(judgeAnswer({ sql: "x", equals: 1 }, outcome("someone@example.org\n")).because).not.toContain("someone");
    expect(judgeAnswer({ sql: "x", min: 0 }, outcome("5", 3)).held).toBe("unknown");
  });
});
