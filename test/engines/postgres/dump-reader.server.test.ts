/**
 * The reader of dumps against psql itself, on hostile text: what psql would run as a command of the client is refused, and what
 * psql takes for text is text.
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linesOf } from "../../../src/dumps.ts";
import { dumpReader } from "../../../src/engines/postgres/dump-reader.ts";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { readPlain } from "../../../src/engines/postgres/named-databases.ts";
import type { DumpStory } from "../../../src/parts.ts";
import { type Bench, openBench } from "../../support/dumps.ts";
import { LONG } from "../../support/long.ts";

const RUNS = LONG ? 1500 : 150;
/** What leaves a mark when psql runs it. */
const MARK = '\\! touch "$MARK"';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench(postgres);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

function read(text: string): DumpStory {
  const reader = dumpReader();
  reader.push(Buffer.from(text));
  return reader.end();
}

interface Ran {
  readonly text: string;
  readonly story: DumpStory;
  /** psql ran the command that leaves a mark. */
  readonly isMarked: boolean;
  readonly exitCode: number;
}

/** Feeds each text to a psql of its own, all in one database. */
async function run(texts: readonly string[], flags: string): Promise<Ran[]> {
  // Nothing else of this machine is seen in there; the server's account writes marks beside the texts.
  const at = join(bench.scratch, `texts-${Math.random()}`);
  await mkdir(at);
  await chmod(at, 0o777);
  for (const [index, text] of texts.entries()) await writeFile(join(at, `${index}.sql`), text);
  const printed =
    await bench.sh(`psql -Xqd postgres -c 'DROP TABLE IF EXISTS a' -c 'CREATE TABLE a (t text)' 2>/dev/null
export MARK
for file in $(seq 0 ${texts.length - 1}); do
  MARK="${at}/$file.mark"
  psql -Xq ${flags} -o /dev/null -d postgres -f "${at}/$file.sql" 2>/dev/null </dev/null
  code=$?
  [ -e "$MARK" ] && mark=1 || mark=0
  echo "$code $mark"
done`);
  return printed
    .trim()
    .split("\n")
    .map((line, index) => {
      const [exitCode, mark] = line.split(" ").map(Number);
      const text = texts[index] ?? "";
      return { text, story: read(text), isMarked: mark === 1, exitCode: exitCode ?? 1 };
    });
}

const nasty = fc
  .array(
    fc.constantFrom(
      `\n${MARK}\n`,
      MARK,
      "'",
      '"',
      "\\",
      "\\'",
      "$",
      "$$",
      "$a$",
      "--",
      "/*",
      "*/",
      "\n",
      "\r",
      ";",
      "\\.",
      "\n\\.\n",
      "(",
      ")",
      "COPY a FROM stdin;\n",
      "E'",
      "U&'",
      "é",
      "x",
      " ",
      ":",
      "BEGIN ATOMIC",
      "\\restrict k\n",
      "\\q\n",
      "DROP DATABASE postgres;",
      "%",
    ),
    { maxLength: 12 },
  )
  .map((bits) => bits.join(""));

const quoted = {
  plain: (text: string) => `'${text.replaceAll("'", "''")}'`,
  escape: (text: string) => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  national: (text: string) => `N'${text.replaceAll("'", "''")}'`,
  dollar: (text: string) => `$q$${text.replaceAll("$q$", "")}$q$`.replace(/\$\$q\$$/, "$ $q$"),
  name: (text: string) => `1 AS "${text.slice(0, 20).replaceAll('"', '""')}x"`,
  block: (text: string) => `/*${text.replaceAll(/[*/]/g, " ")}*/ 1`,
  nested: (text: string) => `/* /*${text.replaceAll(/[*/]/g, " ")}*/ ${MARK} */ 1`,
  line: (text: string) => `--${text.replaceAll(/[\r\n]/g, " ")}\n 1`,
} as const;

const expression = fc
  .tuple(fc.constantFrom(...(Object.keys(quoted) as (keyof typeof quoted)[])), nasty)
  .map(([kind, text]) => quoted[kind](text));

const rows = fc
  .array(nasty, { maxLength: 4 })
  .map((values) =>
    values.map((value) =>
      value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t"),
    ),
  );

/** Statements that a server takes, full of what looks like others. */
const statement = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(expression, { minLength: 1, maxLength: 3 }).map((all) => `SELECT ${all.join(", ")};\n`),
  },
  { weight: 2, arbitrary: rows.map((all) => `COPY a FROM stdin;\n${all.map((row) => `${row}\n`).join("")}\\.\n`) },
  {
    weight: 1,
    arbitrary: nasty.map((text) => `INSERT INTO a VALUES (${quoted.plain(text)}), (${quoted.escape(text)});\n`),
  },
  {
    weight: 1,
    arbitrary: nasty.map(
      (text) =>
        `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS ${quoted.dollar(`BEGIN RETURN 1; END --${text.replaceAll(/[\r\n]/g, " ")}`)};\n`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      "CREATE OR REPLACE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;\n",
    ),
  },
);
const texts = (arbitrary: fc.Arbitrary<string>) => fc.sample(arbitrary, RUNS);

describe("text that psql takes", () => {
  test("is statements as psql sends them, and nothing of it leaves", async () => {
    const ran = await run(
      texts(fc.array(statement, { minLength: 1, maxLength: 5 }).map((all) => all.join(""))),
      "-v ON_ERROR_STOP=1 -1",
    );
    for (const { text, story, isMarked, exitCode } of ran) {
      expect({ text, isMarked, exitCode }).toEqual({ text, isMarked: false, exitCode: 0 });
      expect({ text, leaves: story.leaves, end: story.end }).toEqual({ text, leaves: [], end: { is: "untold" } });
    }
  });

  test("is refused when a command stands between any two words of it", async () => {
    const spoiled = fc
      .tuple(
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.array(expression, { minLength: 1, maxLength: 2 }),
      )
      .map(([all, isInside, more]) =>
        isInside ? `${all.join("")}SELECT ${more.join(", ")}\n ${MARK}\n;` : `${all.join("")} ${MARK}\n`,
      );
    for (const { text, story, isMarked } of await run(texts(spoiled), "-v ON_ERROR_STOP=1")) {
      expect({ text, isMarked }).toEqual({ text, isMarked: true });
      expect({ text, kinds: story.leaves.map(({ kind }) => kind) }).toEqual({ text, kinds: ["client-command"] });
    }
  });
});

describe("text that nobody would write", () => {
  const chaos = fc
    .array(
      fc.oneof(
        nasty,
        fc.constantFrom(
          "SELECT ",
          "E'",
          "'",
          '"',
          "1E'",
          "U&'",
          "B'",
          "\n",
          "\r",
          "\r\n",
          ";",
          "; ",
          "$1$$",
          "x$$",
          "::",
          ":a",
          "*/",
          "/*",
          "- -",
          "--",
          "@--",
          "\\;",
          "\\:",
          `${MARK}\n`,
          `${MARK}\n`,
          `${MARK}\n`,
          "COPY a FROM stdin",
          "COPY a FROM stdin;\n",
          "\\.\n",
          "CREATE FUNCTION h() ",
          "BEGIN ",
          "END",
          "CASE ",
          "(",
          ")",
          "SET standard_conforming_strings = off;\n",
          "SET standard_conforming_strings = on;\n",
          "SET client_encoding = 'SJIS';\n",
          "SET client_encoding = 'UTF8';\n",
          "\u0095\\",
          "it\\'s",
          "'\\'",
        ),
      ),
      { minLength: 2, maxLength: 14 },
    )
    .map((bits) => bits.join(""));
  test.each([
    ["as a restore runs it", "-v ON_ERROR_STOP=1 -1"],
    ["as a restore runs it, without one transaction", "-v ON_ERROR_STOP=1"],
  ])("is refused, or called cut, wherever psql would run a command of it: %s", async (_, flags) => {
    const ran = await run([...texts(chaos), ...texts(chaos)], flags);
    expect(ran.filter(({ isMarked }) => isMarked).length).toBeGreaterThan(RUNS / 20);
    for (const { text, story, isMarked } of ran) {
      const isStopped = story.leaves.length > 0 || story.end.is === "cut";
      if (isMarked) expect({ text, isStopped }).toEqual({ text, isStopped: true });
    }
  });
});

describe("several databases in one dump", () => {
  test("are told apart by lines as sed prints them, and each restores by itself", async () => {
    await bench.sh(`psql -Xqd postgres -c 'CREATE DATABASE one' -c 'CREATE DATABASE "a ""b"" c"' -c "COMMENT ON DATABASE one IS 'x
\\\\connect nowhere
y'"
psql -Xqd one -c "CREATE TABLE t (i int, w text)" -c "INSERT INTO t SELECT i, 'DROP DATABASE one;' FROM generate_series(1, 50) i"
psql -Xqd 'a "b" c' -c "CREATE TABLE u (i int)" -c "INSERT INTO u SELECT generate_series(1, 7)"
pg_dumpall >"$SCRATCH/all.sql"; pg_dump -C -d one >"$SCRATCH/one.sql"; pg_dumpall --clean --if-exists >"$SCRATCH/clean.sql"`);
    for (const file of ["all.sql", "one.sql", "clean.sql"]) {
      const text = (await bench.take(file)).toString();
      const story = read(text);
      expect(story.end).toEqual({ is: "whole" });
      const all = text.split("\n");
      for (const { name } of story.databases.filter((one) => one.name === "one" || one.name.startsWith("a "))) {
        const lines = linesOf(story, name) ?? [];
        const facts = {
          engine: "postgres",
          method: "logical",
          format: "plain",
          packing: [],
          complete: "yes",
          because: "",
        } as const;
        const printed = await bench.sh(`BACKUP="$SCRATCH/${file}"\n${readPlain({ ...facts, only: name, lines })}`);
        expect(printed).toBe(
          lines.flatMap(({ from, to }) => all.slice(from - 1, to).map((line) => `${line}\n`)).join(""),
        );
        const count = name === "one" ? "50" : "7";
        const table = name === "one" ? "t" : "u";
        expect(
          await bench.sh(`BACKUP="$SCRATCH/${file}"; createdb -T template0 again
{ ${readPlain({ ...facts, only: name, lines })}; } | psql -Xq -1 -v ON_ERROR_STOP=1 -o /dev/null -d again &&
psql -XAtqd again -c 'SELECT count(*) FROM ${table}'; dropdb again`),
        ).toBe(`${count}\n`);
      }
    }
  });
});
