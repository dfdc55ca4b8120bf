/** What each probe says it found, whole: a sentence that says the opposite is as wrong as the opposite answer. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import type { Finding, Line, Outcome, Probe } from "../../src/parts.ts";
import { languageOf } from "../../src/plan/capabilities.ts";
import { outcome, scene, state } from "../fakes/outcome.ts";

const probe = (name: string) => catalog.probes.find((one) => one.name === name) as Probe;
const FK = "FOREIGN KEY (order_id) REFERENCES public.orders(id)";
const CATALOGUE = new Map([
  ["constraint\tpublic.items.items_fkey", FK],
  ["constraint\tpublic.orders.orders_pkey", "PRIMARY KEY (id)"],
  ["index\tpublic.a", "i"],
  ["index\tpublic.b", "i"],
  ["index\tpublic.c", "i"],
  ["index\tpublic.d", "i"],
  ["grant\tpublic.orders app SELECT", "false"],
  ["view\tpublic.totals", "SELECT 1"],
]);
const SEQUENCES = new Map([
  ["public.orders_id_seq", 100n],
  ["public.items_id_seq", 7n],
]);
const truth = scene(
  [state(1000, { "public.orders": { a: "1" } }, { catalogue: CATALOGUE, sequences: SEQUENCES })],
  60_000,
);
const listed = (without: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
  [...new Map([...CATALOGUE, ...Object.entries(more)])]
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => `${key}\t${value}`)
    .join("\n");
const WAITS = listed([], { "constraint\tpublic.items.items_fkey": `${FK} NOT VALID` });
const numbers = (orders: string, items = "7\tpublic.items\tid\t7") =>
  `public.orders_id_seq\t${orders}\npublic.items_id_seq\t${items}`;

const TAKEN = "the query failed with exit code 2: psql: error: no such file";
const failed = { exitCode: 2, stderrTail: "\n  psql: error: no such file\nmore" as Outcome["stderrTail"] };

/** Probe, what it was told, what came back (one answer after another), and all of what it says. */
type Case = readonly [
  probe: string,
  told: object,
  answers: readonly (string | Partial<Outcome>)[],
  held: Finding["held"],
  because: string,
  measured?: object,
];
const CASES: readonly Case[] = [
  ["application-database", { is: "own" }, ["own\n"], "yes", "the application uses its own database"],
  ["application-database", { is: "own" }, ["another\n"], "no", "the application uses another database"],
  ["application-database", { is: "another" }, ["another\n"], "yes", "the application uses another database"],
  ["application-database", { is: "another" }, ["own\n"], "no", "the application uses its own database"],
  ["application-database", { is: "own" }, ["both\n"], "unknown", "no database came back"],
  ["application-database", { is: "own" }, [failed], "unknown", TAKEN],
  ["full-read", { broken: false }, ["read\t3\n"], "yes", "3 tables read to the end", { tables: 3, broken: 0 }],
  ["full-read", { broken: true }, ["read\t1\n"], "no", "1 table read to the end", { tables: 1, broken: 0 }],
  [
    "full-read",
    { broken: false },
    ["a\tpage 1\na\tpage 2\nb\tgone\nread\t3\n"],
    "no",
    "cannot be read to the end: a, b",
    { tables: 3, broken: 2 },
  ],
  [
    "full-read",
    { broken: true },
    ["a\tpage 1\nread\t3\n"],
    "yes",
    "cannot be read to the end: a",
    { tables: 3, broken: 1 },
  ],
  ["full-read", { broken: false }, ["a\tpage 1\n"], "unknown", "no table was read"],
  ["full-read", { broken: false }, ["read\t0\n"], "unknown", "no table was read"],
  ["full-read", { broken: false }, ["read\tmany\n"], "unknown", "no table was read"],
  ["row-count", { table: "t" }, ["1\n"], "yes", "t holds 1 row", { rows: 1 }],
  ["row-count", { table: "t" }, ["0\n"], "no", "t holds 0 rows, at least 1 expected", { rows: 0 }],
  ["row-count", { table: "t", max: 0 }, ["0\n"], "yes", "t holds 0 rows", { rows: 0 }],
  ["row-count", { table: "t", max: 2 }, ["3\n"], "no", "t holds 3 rows, at most 2 expected", { rows: 3 }],
  ["row-count", { table: "t", max: 3 }, ["3\n"], "yes", "t holds 3 rows", { rows: 3 }],
  ["row-count", { table: "t", min: 1500 }, ["1500\n"], "yes", "t holds 1,500 rows", { rows: 1500 }],
  [
    "row-count",
    { table: "t", min: 1500 },
    ["1499\n"],
    "no",
    "t holds 1,499 rows, at least 1500 expected",
    { rows: 1499 },
  ],
  ["row-count", { table: "t" }, ["missing\n"], "no", "t does not exist"],
  ["row-count", { table: "t" }, ["5x\n"], "unknown", "no number came back"],
  ["row-count", { table: "t" }, ["x5\n"], "unknown", "no number came back"],
  ["row-count", { table: "t" }, [""], "unknown", "no number came back"],
  ["table-missing", { table: "t" }, ["no\n"], "yes", "t does not exist"],
  ["table-missing", { table: "t" }, ["yes\n"], "no", "t exists"],
  ["table-missing", { table: "t" }, ["maybe\n"], "unknown", "neither yes nor no came back"],
  ["database-missing", {}, ["no\n"], "yes", "the database does not exist"],
  ["database-missing", {}, ["yes\n"], "no", "the database exists"],
  ["server-down", {}, ["down\n"], "yes", "the server does not answer"],
  ["server-down", {}, ["up\n"], "no", "the server answers"],
  ["server-down", {}, [""], "unknown", "the question could not be asked"],
  [
    "server-down",
    {},
    [{ stdout: "down\n" as Outcome["stdout"], exitCode: 1 }],
    "unknown",
    "the question could not be asked",
  ],
  [
    "server-down",
    {},
    [{ stdout: "down\n" as Outcome["stdout"], truncated: true }],
    "unknown",
    "the question could not be asked",
  ],
  ["login", { role: "app", works: true }, ["yes\n"], "yes", "app may log in"],
  ["login", { role: "app", works: true }, ["no\n"], "no", "app cannot log in: no such role, database or right"],
  ["login", { role: "app", works: false }, ["no\n"], "yes", "app cannot log in: no such role, database or right"],
  ["login", { role: "app", works: false }, ["yes\n"], "no", "app may log in"],
  [
    "heartbeat-gap",
    { of: "production", max: 10_000 },
    ["50000\t3"],
    "yes",
    "the newest heartbeat in the production database is 10.0 s older than the damage",
    { gapMs: 10_000 },
  ],
  [
    "heartbeat-gap",
    { of: "side", max: 9_999 },
    ["50000\t3"],
    "no",
    "the newest heartbeat in the side database is 10.0 s older than the damage; at most 9.9 s allowed",
    { gapMs: 10_000 },
  ],
  [
    "heartbeat-gap",
    { of: "side", max: 90_000, min: 10_001 },
    ["50000\t3"],
    "no",
    "the newest heartbeat in the side database is 10.0 s older than the damage; at least 10.0 s expected",
    { gapMs: 10_000 },
  ],
  [
    "heartbeat-gap",
    { of: "side", max: 90_000, min: 10_000 },
    ["50000\t3"],
    "yes",
    "the newest heartbeat in the side database is 10.0 s older than the damage",
    { gapMs: 10_000 },
  ],
  [
    "heartbeat-gap",
    { of: "side", max: 1 },
    ["70000\t3"],
    "yes",
    "the newest heartbeat in the side database is 0 ms older than the damage",
    { gapMs: 0 },
  ],
  ["heartbeat-gap", { of: "side", max: 1 }, [""], "unknown", "the side database holds no heartbeat"],
  [
    "sequences-ahead",
    {},
    [numbers("100\tpublic.orders\tid\t100")],
    "yes",
    "2 sequences ahead of the data",
    { compared: 2, behind: 0 },
  ],
  [
    "sequences-ahead",
    {},
    [numbers("99\tpublic.orders\tid\t50")],
    "no",
    "public.orders_id_seq is at 99, but 100 was already used",
    { compared: 2, behind: 1 },
  ],
  [
    "sequences-ahead",
    {},
    [numbers("200\tpublic.orders\tid\t201")],
    "no",
    "public.orders_id_seq stands at 200, 201 is in use",
    { compared: 2, behind: 1 },
  ],
  [
    "sequences-ahead",
    {},
    [numbers("1\tpublic.orders\tid\t0\tdown")],
    "yes",
    "2 sequences ahead of the data",
    { compared: 2, behind: 0 },
  ],
  [
    "sequences-ahead",
    {},
    [numbers("1\tpublic.orders\tid\t0\tup", "1\t\t\t\\N")],
    "no",
    "public.orders_id_seq is at 1, but 100 was already used; public.items_id_seq is at 1, but 7 was already used",
    { compared: 2, behind: 2 },
  ],
  [
    "sequences-ahead",
    {},
    [""],
    "no",
    "public.orders_id_seq is gone; public.items_id_seq is gone",
    { compared: 2, behind: 2 },
  ],
  ["sql", { ask: "x" }, ["1\n"], "yes", "1", { value: 1 }],
  ["sql", { ask: "x" }, ["0\n"], "no", "0, at least more than 0 expected", { value: 0 }],
  ["sql", { ask: "x", min: 0 }, ["0\n"], "yes", "0", { value: 0 }],
  ["sql", { ask: "x", min: 2 }, ["1.5\tx\n"], "no", "1.5, at least 2 expected", { value: 1.5 }],
  ["sql", { ask: "x", max: 2 }, ["2\n"], "yes", "2", { value: 2 }],
  ["sql", { ask: "x", max: 2 }, ["3\n"], "no", "3, at most 2 expected", { value: 3 }],
  ["sql", { ask: "x", is: 0 }, ["0\n"], "yes", "0", { value: 0 }],
  ["sql", { ask: "x", is: 0 }, ["1\n"], "no", "1, and 0 expected", { value: 1 }],
  ["sql", { ask: "x", is: "ready" }, [" ready \n"], "yes", "as expected"],
  ["sql", { ask: "x", is: "ready" }, ["anna@example.com\n"], "no", "something else came out"],
  ["sql", { ask: "x" }, ["anna@example.com\n"], "unknown", "no number came out"],
  ["sql", { ask: "x" }, ["\n1\n"], "unknown", "no answer came out"],
  ["shell", { about: "the index" }, ["it answers\n"], "yes", "the index"],
  ["shell", { about: "the index" }, [" \n"], "unknown", "the index: it printed nothing"],
  ["shell", { about: "the index" }, [{ exitCode: 1 }], "no", "the index: exit code 1"],
  ["shell", { about: "the index" }, [{ exitCode: 2 }], "unknown", "the index: exit code 2"],
  [
    "shell",
    { about: "the index" },
    [{ stdout: "x" as Outcome["stdout"], truncated: true }],
    "unknown",
    "the index: it printed more than can be kept",
  ],
  ["shell", { about: "the index" }, [], "unknown", "the question was never asked"],
  ["http", { path: "/h", status: 200 }, ["200\tno\n"], "yes", "/h answers 200"],
  ["http", { path: "/h", status: 200 }, ["503\tyes\n"], "no", "/h answers 503, 200 expected"],
  ["http", { path: "/h", status: 200, contains: "ok" }, ["200\tyes\n"], "yes", "/h answers 200"],
  [
    "http",
    { path: "/h", status: 200, contains: "ok" },
    ["200\tno\n"],
    "no",
    "/h answers 200, without the words expected",
  ],
  ["http", { path: "/h", status: 200 }, ["2000\n"], "unknown", "no status came back"],
  ["http", { path: "/h", status: 200 }, [""], "unknown", "no status came back"],
  ["indexes", {}, [listed()], "yes", "4 indexes as before", { compared: 4, missing: 0, changed: 0, extra: 0 }],
  [
    "indexes",
    {},
    [listed(["index\tpublic.a"])],
    "no",
    "missing: index public.a",
    { compared: 4, missing: 1, changed: 0, extra: 0 },
  ],
  [
    "indexes",
    {},
    [listed(["index\tpublic.a"], { "index\tpublic.b": "x", "index\tpublic.e": "i", "view\tpublic.more": "" })],
    "no",
    "missing: index public.a; changed: index public.b; not there before: index public.e",
    { compared: 4, missing: 1, changed: 1, extra: 1 },
  ],
  [
    "indexes",
    {},
    [listed(["index\tpublic.a", "index\tpublic.b", "index\tpublic.c"])],
    "no",
    "missing: index public.a, index public.b, index public.c",
    { compared: 4, missing: 3, changed: 0, extra: 0 },
  ],
  [
    "indexes",
    {},
    [""],
    "no",
    "missing: index public.a, index public.b, index public.c and 1 more",
    { compared: 4, missing: 4, changed: 0, extra: 0 },
  ],
  ["grants", {}, [listed()], "yes", "1 grant as before", { compared: 1, missing: 0, changed: 0, extra: 0 }],
  [
    "objects",
    {},
    [listed(["view\tpublic.totals"])],
    "no",
    "missing: view public.totals",
    { compared: 1, missing: 1, changed: 0, extra: 0 },
  ],
  [
    "constraints",
    { "allow-orphans": false },
    [listed()],
    "yes",
    "2 constraints as before",
    { compared: 2, missing: 0, changed: 0, extra: 0 },
  ],
  [
    "constraints",
    { "allow-orphans": false },
    [WAITS],
    "no",
    "not validated: public.items.items_fkey",
    { compared: 2, unvalidated: 1 },
  ],
  [
    "constraints",
    { "allow-orphans": true },
    [WAITS, "items_fkey\tpublic.items\tpublic.orders\t80\t40"],
    "yes",
    "2 constraints stand; items_fkey left NOT VALID: 80 rows lack 40 lost parent rows of public.orders",
    { compared: 2, orphans: 80, lostParents: 40 },
  ],
  [
    "constraints",
    { "allow-orphans": true },
    [WAITS, "items_fkey\tpublic.items\tpublic.orders\t0\t0"],
    "no",
    "not validated although nothing stands against it: public.items.items_fkey",
  ],
  [
    "constraints",
    { "allow-orphans": true },
    [WAITS, ""],
    "unknown",
    "no count of orphans came back for public.items.items_fkey",
  ],
  ["constraints", { "allow-orphans": true }, [WAITS, failed], "unknown", TAKEN],
  [
    "constraints",
    { "allow-orphans": true },
    [listed([], { "constraint\tpublic.items.items_fkey": "FOREIGN KEY (x) NOT VALID" })],
    "no",
    "changed: constraint public.items.items_fkey",
    { compared: 2, missing: 0, changed: 1, extra: 0 },
  ],
];

test.for(CASES)("%s, told %j, hears %j: %s", ([name, options, answers, held, because, measured]) => {
  const heard = answers.map((one) => (typeof one === "string" ? outcome(one) : outcome("", one)));
  const found = probe(name).answer(heard, truth, options) as Finding;
  expect(found).toEqual({ held, because, ...(measured === undefined ? {} : { measured }) });
});

describe("several keys that wait", () => {
  const keys = new Map([
    ["constraint\tpublic.items.a", FK],
    ["constraint\tpublic.notes.b", FK],
    ["constraint\tpublic.orders.c", "CHECK (x NOT VALID y)"],
  ]);
  const world = scene([state(1000, {}, { catalogue: keys })]);
  const found = (...waiting: readonly string[]) =>
    outcome(
      [...keys]
        .map(([key, text]) => `${key}\t${text}${waiting.includes(key.slice(-1)) ? " NOT VALID" : ""}`)
        .join("\n"),
    );
  const constraints = (told: object, ...heard: Outcome[]) => probe("constraints").answer(heard, world, told);
  const counts = (a: number, b: number) =>
    outcome(
      `a\tpublic.items\tpublic.orders\t${a}\t${Math.min(a, 4)}\nb\tpublic.notes\tpublic.orders\t${b}\t${Math.min(b, 6)}\n`,
    );
  test("are all named, in every sentence", () => {
    expect(constraints({ "allow-orphans": false }, found("a", "b"))).toEqual({
      held: "no",
      because: "not validated: public.items.a, public.notes.b",
      measured: { compared: 3, unvalidated: 2 },
    });
    expect(constraints({ "allow-orphans": true }, found("a", "b"), counts(7, 9))).toEqual({
      held: "yes",
      because:
        "3 constraints stand; a left NOT VALID: 7 rows lack 4 lost parent rows of public.orders; b left NOT VALID: 9 rows lack 6 lost parent rows of public.orders",
      measured: { compared: 3, orphans: 16, lostParents: 6 },
    });
    expect(constraints({ "allow-orphans": true }, found("a", "b"), counts(0, 0))).toEqual({
      held: "no",
      because: "not validated although nothing stands against it: public.items.a, public.notes.b",
    });
    expect(constraints({ "allow-orphans": true }, found("a", "b"), outcome(""))).toEqual({
      held: "unknown",
      because: "no count of orphans came back for public.items.a, public.notes.b",
    });
  });
  test("wait for nobody when something else is wrong, and are asked about when nothing is", () => {
    const gone = outcome(found("a").stdout.split("\n").slice(0, 2).join("\n"));
    expect(constraints({ "allow-orphans": true }, gone)).toMatchObject({
      held: "no",
      because: "missing: constraint public.orders.c",
    });
    expect(constraints({ "allow-orphans": true }, found("a"))).toEqual(truth.phrases.orphans());
    expect(constraints({ "allow-orphans": true }, found())).toMatchObject({
      held: "yes",
      because: "3 constraints as before",
    });
  });
  test("are not allowed unless that is told", () =>
    expect([
      probe("constraints").options.parse({}),
      probe("constraints").options.parse({ "allow-orphans": true }),
    ]).toEqual([{ "allow-orphans": false }, { "allow-orphans": true }]));
});

describe("with nothing in the ledger", () => {
  const empty = scene([state(1000, {})]);
  test.each([
    ["indexes", "unknown", "the ledger holds no index to compare"],
    ["grants", "unknown", "the ledger holds no grant to compare"],
    ["objects", "unknown", "the ledger holds no object to compare"],
    ["constraints", "unknown", "the ledger holds no constraint to compare"],
    ["sequences-ahead", "yes", "no sequences found"],
  ])("%s", (name, held, because) =>
    expect(probe(name).answer([outcome(name === "sequences-ahead" ? "" : listed())], empty, {})).toMatchObject({
      held,
      because,
    }),
  );
});

test("every probe but those of rows and copies, which have tests of their own, is asked here", () => {
  const asked = new Set(CASES.map(([name]) => name));
  expect(
    catalog.probes
      .map(({ name }) => name)
      .filter((name) => !asked.has(name))
      .sort(),
  ).toEqual(["rows", "three-two-one"]);
});
test.each(
  catalog.probes.map(({ name }) => name).filter((name) => !["server-down", "shell", "three-two-one"].includes(name)),
)("%s says why it could not tell", (name) => {
  const told = { table: "t", of: "side", max: 1, path: "/", role: "app" };
  const say = (outcomes: Outcome[]) => (probe(name).answer(outcomes, truth, told) as Finding).because;
  expect(say([])).toBe("the question was never asked");
  expect(say([outcome("yes", failed)])).toBe(TAKEN);
  expect(say([outcome("yes", { exitCode: 2 })])).toBe("the query failed with exit code 2: no message");
  expect(say([outcome("yes", { truncated: true })])).toBe("the answer was too long to keep whole");
});

describe("what is asked, what is needed, what is seen", () => {
  const phrases = languageOf(postgres);
  const ALL = { allBut: [] };
  const NONE = { only: [] };
  const ONE = { only: ["t"] };
  test.each<[string, object, Line | null, object | undefined, string[]]>([
    ["application-database", {}, null, NONE, ["application"]],
    ["constraints", {}, phrases.catalogue(), undefined, ["catalogue"]],
    ["indexes", {}, phrases.catalogue(), undefined, ["catalogue"]],
    ["grants", {}, phrases.catalogue(), undefined, ["catalogue", "roles"]],
    ["objects", {}, phrases.catalogue(), undefined, ["catalogue"]],
    ["sequences-ahead", {}, phrases.sequences(), undefined, ["sequences"]],
    ["database-missing", {}, phrases.databaseExists(), undefined, []],
    ["three-two-one", {}, phrases.databaseExists(), NONE, []],
    ["full-read", {}, phrases.readAll(), ALL, ["reading"]],
    ["full-read", { table: "t" }, phrases.readAll("t"), ONE, ["reading"]],
    ["row-count", { table: "t" }, phrases.countRows("t"), ONE, ["tables"]],
    ["table-missing", { table: "t" }, phrases.tableExists("t"), undefined, ["tables"]],
    ["heartbeat-gap", { of: "production" }, phrases.newestHeartbeat("production"), NONE, []],
    ["heartbeat-gap", { of: "side" }, phrases.newestHeartbeat("side"), ALL, []],
    ["login", { role: "app" }, phrases.canLogIn("app"), NONE, ["roles"]],
    ["sql", { ask: "SELECT 1", of: "side" }, phrases.askSql("SELECT 1", "side"), undefined, ["sql"]],
    ["server-down", {}, null, undefined, []],
    ["shell", { script: " true\n", about: "x" }, null, undefined, []],
    ["http", { path: "/", port: 80, status: 200 }, null, undefined, []],
  ])("%s, told %j", (name, options, line, sees, needs) => {
    const one = probe(name);
    if (line !== null) expect(one.question(truth, options)).toEqual(line);
    expect(one.sees?.(options)).toEqual(sees);
    expect([one.needs, one.gives]).toEqual([needs, []]);
  });
  test("somebody's own shell lines are run as they are, and known as theirs", () =>
    expect(probe("shell").question(truth, { script: " true\n", about: "x" })).toEqual({
      say: "Check: x.",
      script: "true",
      uses: [],
      destroys: false,
      isOwn: true,
    }));
  test.each([
    ["true", "up"],
    ["false", "down"],
    ["exit 2", "down"],
  ])("whether the server is down is told by how its question ends: %s", (ends, word) => {
    const down = probe("server-down").question(
      { ...truth, phrases: { ...phrases, databaseExists: () => ({ ...phrases.databaseExists(), script: ends }) } },
      {},
    );
    const { stdout, status } = spawnSync("sh", ["-c", down.script], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, `${word}\n`]);
  });
  test.each([
    ["database=shop\n", "own"],
    ["host=x\ndatabase=shop_new\n", "another"],
    ["database=\n", null],
    ["", null],
  ])("the application's configuration %j names %s", (text, word) => {
    const folder = mkdtempSync(join(tmpdir(), "probe-"));
    const file = join(folder, "app.conf");
    writeFileSync(file, text);
    const { script } = probe("application-database").question(truth, {});
    const env = { ...process.env, APP_CONFIG: file, DATABASE_NAME: "shop" };
    const { stdout, status } = spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(word === null ? status === 0 : [status, stdout]).toEqual(word === null ? false : [0, `${word}\n`]);
  });
});
