/**
 * Identical is not equal: rows that a type calls equal and that print otherwise have other digests, and what a dump and a
 * restore carry has the same. On real servers, a hundred rows each.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { DigestRequest, Engine, Line } from "../../src/parts.ts";
import { type Bench, openBench } from "../support/dumps.ts";

const engineOf = (name: string) => catalog.engines.find((one) => one.name === name) as Engine;
const ROWS = 100;

interface Asking {
  readonly bench: Bench;
  readonly engine: Engine;
  /** Names the database that is asked. */
  readonly at: (database: string) => string;
}

const ask = ({ bench, at }: Asking, database: string, line: Line) => bench.sh(`${at(database)}\n${line.script}`);

async function requests(asking: Asking, database: string): Promise<DigestRequest[]> {
  const listed = await ask(asking, database, asking.engine.phrases.listTables());
  return listed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [table = "", hash, , key = "[]"] = line.split("\t");
      return { table, buckets: 4, hash: hash as "record", keyColumns: JSON.parse(key) as string[] };
    });
}

/** Key to row, of every row of a table. */
async function digests(asking: Asking, database: string, request: DigestRequest): Promise<Map<string, string>> {
  const printed = await ask(asking, database, asking.engine.phrases.keyDigests(request));
  return new Map(
    printed
      .split("\n")
      .filter((line) => line.length === 40)
      .map((line) => [line.slice(8, 24), line.slice(24)]),
  );
}

/** How many of the rows of `t` are told apart after `change`, and that they are told by the same keys. */
async function changed(asking: Asking, database: string, change: (sql: string) => Promise<unknown>, sql: string) {
  const [request] = (await requests(asking, database)).filter(({ table }) => /(^|\.)t$/.test(table));
  if (request === undefined) throw new Error("no table t");
  const before = await digests(asking, database, request);
  await change(sql);
  const after = await digests(asking, database, request);
  expect(before.size).toBe(ROWS);
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  return [...before].filter(([key, row]) => after.get(key) !== row).length;
}

describe("postgres", () => {
  let asking: Asking;
  beforeAll(async () => {
    const engine = engineOf("postgres");
    asking = { engine, bench: await openBench(engine), at: (database) => `export PGDATABASE=${database}` };
  });
  afterAll(() => asking.bench[Symbol.asyncDispose]());
  const sql = (database: string) => (text: string) =>
    asking.bench.sh(`psql -Xqtv ON_ERROR_STOP=1 -d ${database} <<'SQL'\n${text}\nSQL`);
  let number = 0;
  async function made(column: string, value: string, before = ""): Promise<string> {
    const database = `pairs${++number}`;
    await asking.bench.sh(`createdb ${database}`);
    await sql(database)(
      `${before}\nCREATE TABLE t (id int PRIMARY KEY, v ${column});\nINSERT INTO t SELECT g, ${value} FROM generate_series(1, ${ROWS}) g;`,
    );
    return database;
  }

  const CI = "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);";
  test.each([
    ["an interval", "interval", "'30 days'", "'1 mon'", ""],
    ["text under a collation that ignores case", "text COLLATE ci", "'anna'", "'ANNA'", CI],
    ["digits behind the point", "numeric", "1.5", "1.50", ""],
    ["a zero below zero", "float8", "'0'", "'-0'", ""],
    ["a zero below zero in four bytes", "float4", "'0'", "'-0'", ""],
    ["a number inside of jsonb", "jsonb", `'{"a": 1.0}'`, `'{"a": 1.00}'`, ""],
    ["the text of json", "json", `'{"a": 1}'`, `'{"a":1}'`, ""],
    ["blanks at the end", "bpchar", "'a'", "'a '", ""],
    ["an array from elsewhere on", "int[]", "'{1}'", "'[2:2]={1}'", ""],
    ["zeros in an array", "float8[]", "'{0}'", "'{-0}'", ""],
    ["a domain over numeric", "amount", "1.5", "1.50", "CREATE DOMAIN amount AS numeric;"],
    ["a value of an enum", "mood", "'calm'", "'wild'", "CREATE TYPE mood AS ENUM ('calm', 'wild');"],
    ["a field of a row", "pair", "'(1,1.5)'", "'(1,1.50)'", "CREATE TYPE pair AS (a int, b numeric);"],
    ["a moment in another zone", "timetz", "'12:00+00'", "'13:00+01'", ""],
    ["a point", "point", "'(0,1)'", "'(-0,1)'", ""],
  ])("tells %s apart, in every row", async (_what, column, value, other, before) => {
    const database = await made(column, value, before);
    expect(await changed(asking, database, sql(database), `UPDATE t SET v = ${other};`)).toBe(ROWS);
  });
  test("takes a row that was written again as it was for the same", async () => {
    const database = await made("char(5)", "'ab'");
    expect(
      await changed(
        asking,
        database,
        sql(database),
        "UPDATE t SET v = 'ab '; ALTER TABLE t ADD COLUMN w int; ALTER TABLE t DROP COLUMN w;",
      ),
    ).toBe(0);
  });
  test("finds after a dump and a restore what was there before, whatever the types", async () => {
    const database = await made("text", "'x' || g", CI);
    await sql(database)(`CREATE TYPE mood AS ENUM ('calm', 'wild'); CREATE DOMAIN amount AS numeric;
CREATE TABLE "o""dd %s'" (i interval, c text COLLATE ci, n numeric, f float8, j jsonb, b bpchar, e mood, d amount, a int[],
  "we""ird %s" text, r regclass, m money, p point, x json, h char(5), s numeric(10, 2), z timetz, y bytea, w tsvector, g daterange);
INSERT INTO "o""dd %s'" VALUES ('1 mon', 'ANNA', 1.50, '-0', '{"a": 1.00}', 'a ', 'wild', 1.50, '[2:2]={1}', E'a\\n\\tb\\\\', 't', 1, '(1,2)',
  '{"a":1}', 'ab', 1.5, '13:00+01', '\\x00ff', 'a b', '[2026-01-01,2026-01-05]');
INSERT INTO "o""dd %s'" DEFAULT VALUES;
INSERT INTO "o""dd %s'" (f, n) VALUES ('NaN', 'NaN'), ('Infinity' , 1e400), (0.1::float4, 0);
CREATE TABLE none (); INSERT INTO none DEFAULT VALUES;
SELECT lo_from_bytea(0, decode(repeat('00', 5000) || 'ff', 'hex')), lo_create(0), lo_from_bytea(0, 'abc');
SELECT lo_put(lo_create(4711), 10000, 'behind a hole');
SELECT lo_put(4712, 0, 'x') FROM (SELECT lo_create(4712)) made;`);
    await asking.bench.sh(`createdb again && pg_dump -Fc -d ${database} | pg_restore -e -d again`);
    const listed = await requests(asking, database);
    expect(listed.map(({ table }) => table)).toContain("pg_catalog.pg_largeobject");
    const line = asking.engine.phrases.bucketDigests(listed);
    const before = await ask(asking, database, line);
    expect(await ask(asking, "again", line)).toBe(before);
    expect(before).toContain(`o"dd %s'`);
    const large = (answer: string) => answer.split("\n").filter((one) => one.startsWith("pg_catalog.pg_largeobject"));
    expect(large(before).reduce((sum, one) => sum + Number(one.split("\t")[2]), 0)).toBe(5);
    await sql("again")("SELECT lo_put(4711, 10000, 'Behind a hole');");
    expect(large(await ask(asking, "again", line))).not.toEqual(large(before));
  });
});

describe("mariadb", () => {
  let asking: Asking;
  beforeAll(async () => {
    const engine = engineOf("mariadb");
    asking = { engine, bench: await openBench(engine), at: (database) => `export DATABASE=${database}` };
  });
  afterAll(() => asking.bench[Symbol.asyncDispose]());
  const sql = (database: string) => (text: string) =>
    asking.bench.sh(`mariadb --socket="$DB_SOCKET" -BN ${database} <<'SQL'\n${text}\nSQL`);
  let number = 0;
  async function made(column: string, value: string): Promise<string> {
    const database = `pairs${++number}`;
    await asking.bench.sh(`echo 'CREATE DATABASE ${database}' | mariadb --socket="$DB_SOCKET"`);
    await sql(database)(
      `CREATE TABLE t (id int PRIMARY KEY, v ${column}) DEFAULT CHARSET utf8mb4; INSERT INTO t SELECT seq, ${value} FROM seq_1_to_${ROWS};`,
    );
    return database;
  }

  test.each([
    ["text under a collation that ignores case", "varchar(20) COLLATE utf8mb4_general_ci", "'anna'", "'ANNA'"],
    ["accents", "varchar(20) COLLATE utf8mb4_general_ci", "'resume'", "'résumé'"],
    ["blanks at the end", "varchar(20)", "'a'", "'a '"],
    ["the last digit of a double", "double", "0.1e0", "0.10000000000000002e0"],
    ["the text of json", "json", `'{"a": 1}'`, `'{"a":1}'`],
    ["bytes that are no text", "varbinary(9)", "x'00ff'", "x'00fe'"],
    ["nothing and an empty text", "varchar(20)", "NULL", "''"],
    ["bits", "bit(12)", "b'100000000001'", "b'100000000000'"],
  ])("tells %s apart, in every row", async (_what, column, value, other) => {
    const database = await made(column, value);
    expect(await changed(asking, database, sql(database), `UPDATE t SET v = ${other};`)).toBe(ROWS);
  });
  test("finds after a dump and a restore what was there before, whatever the types", async () => {
    const database = await made("text", "CONCAT('x', seq)");
    await sql(database)(`CREATE SEQUENCE sq;
CREATE TABLE \`it's \`\`o"dd\`\` %s\` (\`i'd \`\`\` int AUTO_INCREMENT PRIMARY KEY, n int DEFAULT nextval(sq), d double, f float, e decimal(10,2), j json,
  b bit(3), g geometry, c char(5), bl blob, en enum('a','b'), z datetime(6), ts timestamp NULL, y year, gen int GENERATED ALWAYS AS (n * 2) STORED);
INSERT INTO \`it's \`\`o"dd\`\` %s\` (d, f, e, j, b, g, c, bl, en, z, ts, y) VALUES (-0e0, 1.1, 1.5, '{"a":1}', b'101', POINT(1, 2), 'x ', x'00ff27', 'b', '2026-01-01 00:00:00.000001', '2026-01-01', 2026), (1e300, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL);
CREATE TABLE v (id int PRIMARY KEY, n int, rs timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE, re timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING;
INSERT INTO v (id, n) VALUES (1, 1), (2, 2); UPDATE v SET n = 3 WHERE id = 1;
CREATE TABLE w (id int PRIMARY KEY, n int) WITH SYSTEM VERSIONING; INSERT INTO w VALUES (1, 1); UPDATE w SET n = 2;`);
    await asking.bench.sh(
      `echo 'CREATE DATABASE again' | mariadb --socket="$DB_SOCKET" && mariadb-dump --socket="$DB_SOCKET" --single-transaction --hex-blob --skip-add-locks ${database} | mariadb --socket="$DB_SOCKET" again`,
    );
    const line = asking.engine.phrases.bucketDigests(await requests(asking, database));
    const before = await ask(asking, database, line);
    expect(new Set(before.split("\n").map((one) => one.split("\t")[0]))).toEqual(
      new Set(["t", "v", "w", `it's \`o"dd\` %s`, ""]),
    );
    expect(await ask(asking, "again", line)).toBe(before);
  });
});
