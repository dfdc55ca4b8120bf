import { expect, test } from "vitest";
import { mutantsOf } from "./script-mutants.ts";

const became = (script: string) => mutantsOf(script).map((mutant) => mutant.script);

test.each<[string, string[]]>([
  ["psql -1 -o x", ["psql  -o x", "psql -1  x"]],
  ["dump --single-transaction --x='a b' db", ["dump  --x='a b' db", "dump --single-transaction  db"]],
  ["a && b", ["a || b"]],
  [
    "SELECT max(x) FROM t ORDER BY y DESC",
    ["SELECT max(x) FROM t ORDER BY y ASC", "SELECT min(x) FROM t ORDER BY y DESC"],
  ],
  ["WHERE a = b AND pid <> 1;", ["WHERE a = b ;", "WHERE a <> b AND pid <> 1;", "WHERE a = b AND pid = 1;"]],
  ["if [ -n x ]", ["if [  x ]", "if [ ! -n x ]"]],
  ["WHERE x IS NOT NULL", ["WHERE x IS NULL"]],
  ['cat <"$FILE" >"$OTHER"', []],
])("%s", (script, mutants) => expect(became(script)).toEqual(mutants));
test("no change is none at all, and each is said", () => {
  const script = "test ! -e x && tail -n 1 x | head -n 2";
  for (const mutant of mutantsOf(script)) {
    expect(mutant.script).not.toBe(script);
    expect(mutant.what).toMatch(/^[\w&| ]+, line 1: "/);
  }
});
