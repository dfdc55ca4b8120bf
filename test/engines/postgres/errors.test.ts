/**
 * What psql and pg_restore of both versions really printed about 40 kinds of failure, each with a mail address in it: the
 * address is nowhere in what is kept, and the error can still be told.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unjudged } from "../../../src/engines/postgres/blame.ts";
import { readErrors } from "../../../src/engines/postgres/errors.ts";
import { statementHead } from "../../../src/engines/postgres/statement-head.ts";
import { describeError } from "../../../src/host/client-errors.ts";

const printed = (name: string) => readFileSync(`test/fixtures/errors/${name}.txt`, "utf8");
const told = (text: string) => readErrors(text).map(describeError);

test.each(["postgres-15", "postgres-15-terse", "postgres-17"])("no value of a row is kept of %s", (name) => {
  const text = printed(name);
  expect(text.split("anna").length).toBeGreaterThan(9);
  const errors = readErrors(text);
  expect(errors.length).toBeGreaterThan(28);
  expect(JSON.stringify(errors)).not.toContain("anna");
});

test("psql's are told by code, object and what is wrong", () => {
  expect(told(printed("postgres-15")).slice(0, 12)).toEqual([
    'psql, line 3: public.customers: duplicate key value violates unique constraint "customers_email_key" (23505)',
    'psql, line 4: public.customers: new row for relation "customers" violates check constraint "customers_n_check" (23514)',
    'psql, line 5: public.customers: null value in column "id" of relation "customers" violates not-null constraint (23502)',
    'psql, line 6: invalid input syntax for type integer: "•••" (22P02)',
    'psql, line 10: COPY customers: invalid input syntax for type integer: "•••", row 2 of its data, column id (22P02)',
    'psql, line 14: COPY public.customers: duplicate key value violates unique constraint "customers_email_key", row 2 of its data (23505)',
    'psql, line 17: COPY customers: missing data for column "n", row 1 of its data (22P04)',
    "psql, line 20: COPY customers: extra data after last expected column, row 1 of its data (22P04)",
    'psql, line 21: column "•••" does not exist (42703)',
    'psql, line 22: column "•••" does not exist (42703)',
    'psql, line 23: relation "•••" does not exist (42P01)',
    "psql, line 25: raised by a function of the backup's own (P0001)",
  ]);
});

test("pg_restore's name the statement, the object and the row, and not what a function said", () => {
  expect(told(printed("postgres-17")).filter((line) => line.startsWith("pg_restore: "))).toEqual([
    'pg_restore: CREATE FUNCTION public.bad: function "bad" already exists with same argument types',
    'pg_restore: CREATE TABLE public."Odd Name": relation "•••" already exists',
    'pg_restore: CREATE TABLE public.customers: relation "customers" already exists',
    "pg_restore: COPY Odd Name: raised by a function of the backup's own, row 1 of its data",
    'pg_restore: COPY customers: new row for relation "customers" violates check constraint "customers_n_check", row 2 of its data',
    "pg_restore: errors ignored on restore: 5",
    "pg_restore: COPY Odd Name: raised by a function of the backup's own, row 1 of its data",
    'pg_restore: COPY customers: new row for relation "customers" violates check constraint "customers_n_check", row 2 of its data',
    "pg_restore: errors ignored on restore: 2",
    'pg_restore: INSERT public."Odd Name": raised by a function of the backup\'s own',
    'pg_restore: INSERT public.customers: new row for relation "customers" violates check constraint "customers_n_check"',
    "pg_restore: errors ignored on restore: 2",
  ]);
});

describe("other programs", () => {
  test.each([
    [
      'psql: error: connection to server on socket "/tmp/.s.PGSQL.5432" failed: FATAL:  database "nodb" does not exist',
      'psql: database "•••" does not exist',
    ],
    [
      'createdb: error: database creation failed: ERROR:  database "b" already exists',
      'createdb: database "b" already exists',
    ],
    [
      'pg_restore: error: could not open input file "nofile": No such file or directory',
      'pg_restore: could not open input file "nofile": No such file or directory',
    ],
    [
      "pg_restore: error: could not read from input file: end of file",
      "pg_restore: could not read from input file: end of file",
    ],
    [
      "FATAL:  recovery ended before configured recovery target was reached",
      "postgres: recovery ended before configured recovery target was reached",
    ],
    [
      "2026-03-14 02:01:00.002 UTC [8] FATAL:  could not locate a valid checkpoint record",
      "postgres: could not locate a valid checkpoint record",
    ],
    ["2026-03-14 02:01:00.002 UTC [8] LOG:  anna@log.de", null],
    ["P00  ERROR: [055]: unable to load info file", "pgbackrest: unable to load info file (055)"],
    ["gzip: stdin: unexpected end of file", "gzip: stdin: unexpected end of file"],
    ["sh: 1: eval: psql: not found", "sh: 1: eval: psql: not found"],
    ["psql:dump.sql:9: error: invalid command \\anna@x.de", "psql, line 9: a command that psql does not have"],
    [
      'psql:my: dump:9.sql:12: ERROR:  42P06: schema "public" already exists',
      'psql, line 12: schema "public" already exists (42P06)',
    ],
    [
      "anna@x.de in a line of nobody's",
      "a program: it printed a line in a form that is not read here, because it may hold rows",
    ],
    ["NOTICE:  anna@x.de", null],
  ])("%s", (text, expected) => {
    expect(told(text)).toEqual(expected === null ? [] : [expected]);
  });

  test("the rest of a message that goes on over lines is none of theirs", () => {
    const text =
      "psql:<stdin>:5: ERROR:  P0001: first\ngzip: anna@x.de\nanna@y.de\nDETAIL:  x\ngzip: stdin: unexpected end of file\n";
    expect(told(text)).toEqual([
      "psql, line 5: raised by a function of the backup's own (P0001)",
      "gzip: unexpected end of file",
    ]);
  });

  test("a message in another language is told by its code", () => {
    expect(told("psql:<stdin>:5: ERROR:  23505: doppelter Schlüsselwert anna@x.de")).toEqual([
      "psql, line 5: unique violation (23505)",
    ]);
  });
});

test("whatever a row holds, it is not kept where values stand", () => {
  const value = fc.string({ maxLength: 60 }).map((text) => `anna${text}@x.de`);
  const shapes: readonly ((value: string) => string)[] = [
    (one) => `psql:d.sql:1: ERROR:  22P02: invalid input syntax for type integer: "${one}"`,
    (one) => `psql:d.sql:1: ERROR:  42601: syntax error at or near "${one}"\nLINE 1: ${one}`,
    (one) =>
      `pg_restore: error: could not execute query: ERROR:  column "${one}" does not exist\nCommand was: SELECT "${one}";`,
    (one) =>
      `pg_restore: error: COPY failed for table "t": ERROR:  ${one}\nCONTEXT:  COPY t, line 1, column a: "${one}"`,
    (one) => `psql:d.sql:1: ERROR:  23505: x ${one}\nDETAIL:  Key (a)=(${one}) already exists.\nSCHEMA NAME:  ${one}`,
    (one) => `psql:d.sql:1: ERROR:  42704: extension "${one}" is not available`,
    (one) => `WARNING:  ${one}`,
    (one) => `pg_restore: error: invalid ENCODING item: ${one}`,
    (one) => `pg_restore: warning: ${one}`,
    (one) => `P00  ERROR: [029]: unable to find '${one}' in the manifest`,
    (one) => `2026-11-28 00:00:00.000 P01   WARN: ${one}`,
    (one) => one,
  ];
  fc.assert(
    fc.property(value, fc.constantFrom(...shapes), (one, shape) => {
      expect(JSON.stringify(readErrors(shape(one)))).not.toContain("anna");
    }),
    { numRuns: 2000 },
  );
});

describe("who is to blame", () => {
  const because = (text: string) => unjudged(readErrors(text))?.because ?? null;
  test.each([
    ['ERROR:  extension "vector" is not available', /lacks the extension vector/],
    ['ERROR:  tablespace "fast_ssd" does not exist', /no tablespace fast_ssd/],
    ['ERROR:  invalid value for parameter "default_tablespace": "fast_ssd"', /no tablespace fast_ssd/],
    [
      'ERROR:  could not open dictionary file "/usr/share/postgresql/15/tsearch_data/de_de.dict": No such file or directory',
      /dictionary: .*de_de\.dict/,
    ],
    [
      'ERROR:  collation "pg_catalog.de_DE.utf8" for encoding "UTF8" does not exist',
      /collation pg_catalog\.de_DE\.utf8/,
    ],
    ['ERROR:  unrecognized configuration parameter "transaction_timeout"', /no setting transaction_timeout/],
    ['ERROR:  could not extend file "base/5/16384": No space left on device', /disk is full/],
    [
      "ERROR:  out of shared memory\nHINT:  You might need to increase max_locks_per_transaction.",
      /max_locks_per_transaction/,
    ],
    ["ERROR:  out of memory\nDETAIL:  Failed on request of size 32.", /memory ran out/],
    ["pg_restore: error: unsupported version (1.16) in file header", /older than the archive/],
    ['FATAL:  role "postgres" does not exist', /lets nobody in/],
  ])("%s is void", (text, expected) => {
    expect(because(text)).toMatch(expected);
    expect(unjudged(readErrors(text))?.next?.length).toBeGreaterThan(0);
  });

  test.each([
    'ERROR:  schema "public" already exists',
    'ERROR:  table "nope" does not exist',
    'ERROR:  invalid byte sequence for encoding "UTF8": 0xfc',
    'ERROR:  duplicate key value violates unique constraint "a"',
    'WARNING:  extension "vector" is not available',
    'psql:d.sql:1: ERROR:  P0001: extension "vector" is not available',
  ])("%s is not", (text) => expect(because(text)).toBeNull());
});

test.each([
  ["CREATE TABLE public.customers (", "CREATE TABLE", "public.customers"],
  ['CREATE UNIQUE INDEX "My Index" ON x', "CREATE UNIQUE INDEX", '"My Index"'],
  ["REFRESH MATERIALIZED VIEW public.totals;", "REFRESH MATERIALIZED VIEW", "public.totals"],
  ["ALTER TABLE ONLY public.orders", "ALTER TABLE", "public.orders"],
  ["DROP TABLE IF EXISTS a.b;", "DROP TABLE", "a.b"],
  ["INSERT INTO public.t VALUES ('anna')", "INSERT", "public.t"],
  ["CREATE USER MAPPING FOR reporting SERVER legacy", "CREATE USER MAPPING", "reporting"],
  ["SELECT anna", "SELECT", undefined],
  ['CREATE TABLE "anna@x.de" (', "CREATE TABLE", undefined],
])("%s is %s", (text, statementKind, object) => {
  expect(statementHead(text)).toEqual(object === undefined ? { statementKind } : { statementKind, object });
});
