/** What follows from a dump's story: where an error of its restore stands, the statement at a line, the lines of one database. */
import { expect, test } from "vitest";
import { kindAt, leavesOf, linesOf, placed } from "../src/dumps.ts";
import { dumpReader } from "../src/engines/postgres/dump-reader.ts";
import { describeError } from "../src/host/client-errors.ts";

const DUMP = `--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.customers (
    id integer NOT NULL
);
COPY public.customers (id) FROM stdin;
1
anna
\\.
REFRESH MATERIALIZED VIEW public.totals;
--
-- PostgreSQL database dump complete
--
`;

const reader = dumpReader();
reader.push(Buffer.from(DUMP));
const story = reader.end();

test.each([
  [8, "psql, line 8: CREATE TABLE public.customers: it failed"],
  [12, "psql, line 12: COPY public.customers: it failed"],
  [13, "psql, line 13: REFRESH MATERIALIZED VIEW: it failed"],
  [15, "psql, line 15: it failed"],
])("line %i", (line, said) => {
  expect(describeError(placed({ client: "psql", severity: "error", message: "it failed", line }, story))).toBe(said);
});

test("lines that were left out count, too", () => {
  const error = { client: "psql", severity: "error", message: "it failed", line: 6 } as const;
  const fed = [
    { from: 1, to: 5 },
    { from: 13, to: 15 },
  ];
  expect(describeError(placed(error, story, fed))).toBe("psql, line 13: REFRESH MATERIALIZED VIEW: it failed");
  expect(placed({ ...error, line: 9 }, story, fed)).toEqual({ ...error, line: 9 });
});

test("what the client named stays", () => {
  const error = {
    client: "psql",
    severity: "error",
    message: "x",
    line: 8,
    statementKind: "COPY",
    object: "a",
  } as const;
  expect(placed(error, story)).toEqual(error);
});

function read(text: string) {
  const reader = dumpReader();
  reader.push(Buffer.from(text));
  return reader.end();
}

test("the statement at a line, rows of its own included; none between two", () => {
  const story = read(
    "CREATE TABLE public.a (\n  i int\n);\n\nCOPY public.a FROM stdin;\n1\n2\n\\.\n\nINSERT INTO public.a VALUES (1);\nINSERT INTO public.a VALUES (2);\n",
  );
  const at = (line: number) => kindAt(story, line)?.kind ?? null;
  expect([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12].map(at)).toEqual([
    ...Array(3).fill("CREATE TABLE"),
    null,
    ...Array(3).fill("COPY"),
    null,
    "INSERT",
    "INSERT",
    null,
  ]);
  expect(kindAt(story, 8)?.name).toBe("public.a");
  expect(kindAt(read(""), 1)).toBeNull();
});

test("the lines of one database go without those about its name, and what is left can leave still", () => {
  const story = read(
    "SET x = 1;\nCREATE DATABASE one\n  TEMPLATE template0;\n\\connect one\nCREATE TABLE a (i int);\nGRANT ALL ON DATABASE one TO me;\nALTER SYSTEM SET y = 1;\n",
  );
  expect(linesOf(story, "one")).toEqual([
    { from: 1, to: 1 },
    { from: 5, to: 5 },
    { from: 7, to: 7 },
  ]);
  expect(linesOf(story, "two")).toBeNull();
  expect(leavesOf(story, "one")).toMatchObject([{ kind: "server", line: 7 }]);
  expect(leavesOf(story, null)).toHaveLength(4);
});
