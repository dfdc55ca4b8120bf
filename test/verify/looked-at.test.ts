/** What a look at a copy says is what was asked: each sentence has a copy beside it of which it would be a lie. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { CopyTask, Engine } from "../../src/parts.ts";
import type { KnownCopy } from "../../src/verify/known.ts";
import { type Answers, BEFORE, lookAt } from "../support/copy-scene.ts";

const engineOf = (name: string) => catalog.engines.find((one) => one.name === name) as Engine;

const WHOLE: Readonly<Record<string, string>> = {
  "list-tables": "listed\t2\n",
  "count-all": "public.orders\t1000\t\t\npublic.people\t60\t\t\n",
  "read-large-objects": "held\t0\t0\n",
  "read-catalogue": "table\tpublic.orders\tr\ntable\tpublic.people\tr\n",
  "read-keys": "read\t1\n",
  "read-sequences": "public.orders_id_seq\t1000\tpublic.orders\tid\t1000\n",
  "newest-rows": "",
  "list-absent-accounts": "",
  "look-into-structure": "looked\t4\n",
  "compare-collations": "used\t1\n",
};

interface Told {
  readonly engine?: string;
  readonly last?: Answers | null;
  readonly task?: Partial<CopyTask>;
}

function look(answers: Answers, { engine = "postgres", task = {} }: Told, baseline: KnownCopy | null) {
  return lookAt(engineOf(engine), { ...WHOLE, ...answers }, { task, baseline });
}

/** Looks at one copy after another: `last` was the good one before. */
async function looked(answers: Answers, told: Told = {}) {
  const before = told.last === null ? null : (await look(told.last ?? {}, told, null)).numbers;
  const baseline: KnownCopy | null = before === null ? null : { ...BEFORE, ...before };
  const { findings } = await look(answers, told, baseline);
  const of = (probe: string) => findings.find((one) => one.probe === probe);
  return { of, remarks: findings.flatMap(({ remarks = [] }) => remarks) };
}

const SINCE = "since the copy of 2026-11-20 11:00 UTC";

describe("rows", () => {
  const rows = async (counted: string, told: Told = {}) => (await looked({ "count-all": counted }, told)).of("rows");
  test("where none is fewer, that is what is said", async () =>
    expect(await rows(WHOLE["count-all"] ?? "")).toMatchObject({
      held: "yes",
      because: "1,060 rows in 2 tables; no table has fewer than in the copy of 2026-11-20 11:00 UTC",
      remarks: [],
    }));
  test("what went below the threshold is said with numbers, and never that nothing is lost", async () => {
    const finding = await rows("public.orders\t510\t\t\npublic.people\t60\t\t\n");
    expect(finding).toMatchObject({ held: "yes" });
    expect(finding?.because).toContain(
      "fewer rows than in the copy of 2026-11-20 11:00 UTC: public.orders from 1,000 to 510 (49 % fewer)",
    );
    expect(finding?.because).not.toContain("no table has fewer");
    expect(finding?.remarks).toHaveLength(1);
  });
  test("a table that is emptied is no, however small it was, unless it is declared", async () => {
    const emptied = "public.orders\t1000\t\t\npublic.people\t0\t\t\n";
    expect(await rows(emptied)).toMatchObject({
      held: "no",
      because: `emptied ${SINCE}: public.people (it had 60 rows); if that's intended, list it under may-shrink, or verify once with --accept-changes`,
    });
    for (const pattern of ["people", "public.people", "pe*", "*.people", "public.*"])
      expect(await rows(emptied, { task: { mayShrink: [pattern] } })).toMatchObject({ held: "yes" });
    for (const pattern of ["peopl", "eople", "orders", "p*x", "private.*"])
      expect(await rows(emptied, { task: { mayShrink: [pattern] } })).toMatchObject({ held: "no" });
    expect(await rows(emptied, { task: { acceptChanges: true } })).toMatchObject({ held: "yes" });
  });
  test("a table that is gone is no; one that may be gone is told", async () => {
    const gone = "public.orders\t1000\t\t\n";
    expect(await rows(gone)).toMatchObject({
      held: "no",
      because: expect.stringContaining(`tables gone ${SINCE}: public.people`),
    });
    const told = await rows(gone, { task: { mayShrink: ["peo*"] } });
    expect(told).toMatchObject({ held: "yes", remarks: [`gone ${SINCE}, as declared: public.people`] });
  });
  test("whatever a pattern holds, it is read as a name with stars and nothing else", () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("a", ".", "*", "(", "[", "\\", "+", "?") }),
        async (pattern) => {
          const isMeant = (await rows("public.orders\t1000\t\t\n", { task: { mayShrink: [pattern] } }))?.held === "yes";
          expect(isMeant).toBe(/^\*+$|^\*+\.\*+$/.test(pattern));
        },
      ),
    ));
});

describe("parts of a table", () => {
  const part = (day: number, count = 100) => `public.m_${day}\t${count}\tpublic.m\t\n`;
  const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => part(from + at)).join("");
  const catalogue = (from: number, to: number) =>
    [
      "table\tpublic.m\tp",
      ...Array.from(
        { length: to - from + 1 },
        (_, at) =>
          `table\tpublic.m_${from + at}\tr\nnot-null\tpublic.m_${from + at}.at\t\nunique\tpublic.m_${from + at}.m_pkey\t\n`,
      ),
    ].join("\n");
  const answers = (from: number, to: number) => ({
    "count-all": days(from, to),
    "read-catalogue": catalogue(from, to),
  });
  test("that are dropped as days go by are no loss, and neither is what belonged to them", async () => {
    const { of } = await looked(answers(2, 8), { last: answers(1, 7) });
    expect(of("rows")).toMatchObject({
      held: "yes",
      because: `700 rows in 7 tables; partitions dropped ${SINCE}: public.m_1`,
    });
    expect(of("catalogue")?.held).toBe("yes");
  });
  test("that are all gone, or all empty, are a loss of the whole", async () => {
    const other = "public.orders\t1000\t\t\n";
    const last = { "count-all": `${other}${days(1, 3)}` };
    expect((await looked({ "count-all": other }, { last })).of("rows")).toMatchObject({
      held: "no",
      because: expect.stringContaining("tables gone"),
    });
    const empty = { "count-all": `${other}${part(3, 0)}${part(4, 0)}` };
    expect((await looked(empty, { last })).of("rows")).toMatchObject({
      held: "no",
      because: expect.stringMatching(/^emptied .*public\.m, public\.m_3 \(it had 100 rows\)/),
    });
  });
});

describe("history", () => {
  const prices = (history: string) => ({ "count-all": `prices\t120\t\t${history}\n` });
  test("is counted beside the rows, and one that was left out is told", async () => {
    const whole = await looked(prices("60"), { engine: "mariadb", last: null });
    expect(whole.of("rows")?.because).toMatch(/^120 rows in 1 table, and 60 earlier versions of rows/);
    expect(whole.remarks).toEqual([]);
    const bare = await looked(prices("0"), { engine: "mariadb", last: null });
    expect(bare.of("rows")?.held).toBe("yes");
    expect(bare.remarks).toEqual([expect.stringContaining("no earlier row versions in prices")]);
  });
});

describe("guards", () => {
  const BOTH = "table\tpublic.orders\tr\ntable\tpublic.people\tr\n";
  const catalogue = async (before: string, now: string, task: Told["task"] = {}) =>
    (await looked({ "read-catalogue": BOTH + now }, { last: { "read-catalogue": BOTH + before }, task })).of(
      "catalogue",
    );
  test.each([
    ["not-null\tpublic.orders.person\t\n", "NOT NULL of public.orders.person"],
    ["unique\tpublic.people.people_email\t\n", "unique index public.people.people_email"],
    ["row-security\tpublic.people\t\n", "row security of public.people"],
    ["kept-apart\tpublic.people\t\n", "a policy that lets everybody see every row opened public.people"],
    ["enabled\tpublic.orders.audit\t\n", "trigger that was enabled, public.orders.audit"],
    ["validated\tpublic.orders.fk\t\n", "validation of constraint public.orders.fk"],
    ["policy\tpublic.people.own\tx\n", "policy public.people.own"],
    ["constraint\tpublic.orders.positive\tCHECK\n", "constraint public.orders.positive"],
    ["event-trigger\tno_ddl\tx\n", "event trigger no_ddl"],
  ])("that went is no: %s", async (guard, words) => {
    expect(await catalogue(guard, "")).toMatchObject({
      held: "no",
      because: `gone ${SINCE}: ${words}; if that's intended, verify once with --accept-changes`,
    });
    const accepted = await catalogue(guard, "", { acceptChanges: true });
    expect(accepted).toMatchObject({ held: "yes", remarks: [`gone ${SINCE}: ${words}`] });
    expect(await catalogue(guard, guard)).toMatchObject({ held: "yes", remarks: [] });
  });
  test("are not told beside what carried them", async () => {
    const column = "column\tpublic.orders.note\ttext\nnot-null\tpublic.orders.note\t\n";
    expect(await catalogue(column, "")).toMatchObject({
      held: "yes",
      because: expect.stringContaining("column public.orders.note"),
    });
    const constraint =
      "constraint\tpublic.orders.u\tUNIQUE (a)\nunique\tpublic.orders.u\t\nvalidated\tpublic.orders.u\t\n";
    expect((await catalogue(constraint, ""))?.because).toBe(
      `gone ${SINCE}: constraint public.orders.u; if that's intended, verify once with --accept-changes`,
    );
  });
  test("under another name are the same guard", async () => {
    const now = "constraint\tpublic.orders.renamed\tCHECK (a > 0)\n";
    expect(await catalogue("constraint\tpublic.orders.positive\tCHECK (a > 0)\n", now)).toMatchObject({ held: "yes" });
    // … of the same table, and only as often as it is there.
    expect(await catalogue("constraint\tpublic.people.positive\tCHECK (a > 0)\n", now)).toMatchObject({ held: "no" });
  });
  test("are not counted as objects", async () =>
    expect((await catalogue("", "not-null\tpublic.orders.id\t\n"))?.because).toMatch(/^2 objects; the same/));
});

describe("objects", () => {
  const ROUTINES = "function\tPROCEDURE newest\tx\nfunction\tFUNCTION price\tx\n";
  const catalogue = (more: string) => ({ "read-catalogue": `${WHOLE["read-catalogue"]}${more}` });
  test("that a job leaves out together are no, by name", async () => {
    const found = await looked(catalogue(""), { last: catalogue(`${ROUTINES}event\taudit_purge\tx\n`) });
    expect(found.of("catalogue")).toMatchObject({
      held: "no",
      because: `gone ${SINCE}: all routines; also gone: function PROCEDURE newest, function FUNCTION price, event audit_purge; if that's intended, verify once with --accept-changes`,
    });
  });
  test("that went alone are told", async () => {
    const found = await looked(catalogue("function\tPROCEDURE newest\tx\n"), { last: catalogue(ROUTINES) });
    expect(found.of("catalogue")?.held).toBe("yes");
    expect(found.remarks).toEqual([`gone ${SINCE}: function FUNCTION price`]);
  });
  test("that are of no use as they are are told, with nothing to compare with", async () => {
    const more =
      "index\tpublic.i\tCREATE INDEX i ON orders INVALID\npopulated\tpublic.sums\tfalse\npopulated\tpublic.full\ttrue\n";
    expect((await looked(catalogue(more), { last: null })).remarks).toEqual([
      "invalid indexes, which the server doesn't use: public.i",
      "materialised views that are empty until REFRESH: public.sums",
    ]);
  });
});

describe("foreign keys", () => {
  const keys = async (answer: string) => (await looked({ "read-keys": answer })).of("foreign-keys");
  test("are whole only where rows were asked", async () => {
    expect((await keys("read\t2\n"))?.because).toBe("2 foreign keys checked, every row has its parent");
    expect((await keys("read\t0\n"))?.because).toBe("no foreign keys");
  });
  test("that are not validated are told, with rows", async () => {
    const finding = await keys("read\t2\nunchecked\torders_fk\torders\tpeople\t12\n");
    expect(finding).toMatchObject({
      held: "yes",
      remarks: ["1 foreign key NOT VALID: 12 rows of orders without a parent (orders_fk)"],
    });
    expect(finding?.because).toContain("12 rows of orders without a parent");
  });
  test("whose parent is not there are no when rows point to it", async () => {
    expect(await keys("read\t0\nparentless\tfk\tchild\tparent\t200\n")).toMatchObject({
      held: "no",
      because: "200 rows of child have no parent: the copy has no table parent (fk)",
    });
    expect(await keys("read\t0\nparentless\tfk\tchild\tparent\t0\n")).toMatchObject({
      held: "yes",
      remarks: [expect.stringContaining("parent table that isn't in the copy")],
    });
    expect(await keys("read\t0\nelsewhere\tfk\tchild\tparent\t3\n")).toMatchObject({
      held: "yes",
      remarks: [expect.stringContaining("another database, which wasn't checked")],
    });
  });
});

describe("sequences", () => {
  const AHEAD = { "read-catalogue": `${WHOLE["read-catalogue"]}sequence\tpublic.orders_id_seq\tx\n` };
  const behind = { ...AHEAD, "read-sequences": "public.orders_id_seq\t900\tpublic.orders\tid\t1000\n" };
  test("that fell behind their data are no, and told where it may always have been so", async () => {
    expect((await looked(behind, { last: AHEAD })).of("sequences")).toMatchObject({
      held: "no",
      because: `behind their data ${SINCE}: public.orders_id_seq`,
    });
    for (const last of [null, behind, {}]) {
      const finding = (await looked(behind, { last })).of("sequences");
      expect(finding?.held).toBe("yes");
      expect(finding?.remarks).toEqual([
        "1 sequence behind their data, so the next INSERT fails: public.orders_id_seq",
      ]);
      expect(finding?.because).not.toContain("ahead");
    }
  });
  test("that no column takes from are not called ahead of anything", async () => {
    const finding = (await looked({ "read-sequences": "public.free\t7\t\\N\t\\N\t7\n" })).of("sequences");
    expect(finding?.because).toBe("1 sequence not used by a column's default, not compared");
  });
});

describe("large objects", () => {
  const large = (held: number, more = "") => ({ "read-large-objects": `held\t${held}\t${held * 200}\n${more}` });
  test("are a line of their own, and are no rows", async () => {
    const found = await looked(large(120), { last: large(120) });
    expect(found.of("large-objects")).toMatchObject({
      held: "yes",
      because: "120 large objects read to the end, 23.4 KiB",
    });
    expect(found.of("rows")?.measured).toEqual({ tables: 2, rows: 1060 });
    expect((await looked({})).of("large-objects")).toBeUndefined();
  });
  test("that are gone since the last good copy are no, unless that is meant", async () => {
    const gone = (await looked(large(0), { last: large(3) })).of("large-objects");
    expect(gone).toMatchObject({
      held: "no",
      because: expect.stringContaining(`3 large objects gone ${SINCE}, none left`),
    });
    expect((await looked(large(40), { last: large(120) })).of("large-objects")?.held).toBe("no");
    const fewer = await looked(large(90), { last: large(120) });
    expect(fewer.of("large-objects")?.held).toBe("yes");
    expect(fewer.remarks).toEqual(["30 fewer than in the copy of 2026-11-20 11:00 UTC"]);
    const meant = { mayShrink: ["pg_largeobject"] };
    expect((await looked(large(0), { last: large(3), task: meant })).of("large-objects")?.held).toBe("yes");
  });
  test("that rows name and that are not there are told, with nothing to compare with", async () => {
    const found = await looked(large(0, "dangling\tpublic.files\tcontent\t120\n"), { last: null });
    expect(found.of("large-objects")?.held).toBe("yes");
    expect(found.remarks).toEqual([
      expect.stringMatching(/^120 rows of public\.files refer in content to a large object that isn't in the copy/),
    ]);
  });
});

describe("accounts", () => {
  test("that objects run as and that the backup does not bring are told", async () => {
    const found = await looked({ "list-absent-accounts": "app@%\t4\n" }, { engine: "mariadb", last: null });
    expect(found.of("accounts")?.held).toBe("yes");
    expect(found.remarks).toEqual([expect.stringContaining("app@% (4 objects)")]);
    expect((await looked({}, { engine: "mariadb", last: null })).of("accounts")).toBeUndefined();
  });
});

describe("what was kept before parts and sequences without an owner were asked", () => {
  test("does not make a sequence that may always have stood so a loss", async () => {
    const last = { ...WHOLE };
    const before = (await look(last, {}, null)).numbers;
    const { parents: _parents, largeObjects: _largeObjects, ...old } = before;
    const baseline = {
      id: "b",
      store: "s",
      momentAt: "2026-11-20T11:00:00.000Z",
      sizeBytes: 1,
      sha256: "",
      runId: "r",
      verifiedAt: "2026-11-20T12:00:00.000Z",
      holds: true,
      because: "",
      ...old,
    };
    const { findings } = await look(
      { "read-sequences": "public.orders_id_seq\t1\tpublic.orders\tid\t1000\n" },
      {},
      baseline,
    );
    expect(findings.filter(({ held }) => held !== "yes")).toEqual([]);
  });
});
