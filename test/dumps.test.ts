/** Where an error of a restored dump stands. */
import { expect, test } from "vitest";
import { placed } from "../src/dumps.ts";
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
