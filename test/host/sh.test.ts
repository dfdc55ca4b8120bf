import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quote } from "../../src/host/sh.ts";

test("a quoted word comes out of a real shell as it went in, however hostile", () => {
  const word = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const script = words.map((one) => `printf '%s\\000' ${quote(one)}`).join("\n");
      const out = execFileSync("sh", ["-c", script], { encoding: "utf8" });
      expect(out.split("\0").slice(0, -1)).toEqual(words.map((one) => Buffer.from(one).toString()));
    }),
    { numRuns: 40 },
  );
});

test.each(["$(rm -rf /)", "`id`", "a'b", 'a"b', "a\nb", "-n", "", "\\", "*", "~", "!x"])("%j", (word) =>
  expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`], { encoding: "utf8" })).toBe(word),
);
test("NUL is refused: no argument can carry it", () => expect(() => quote("a\0b")).toThrow(RangeError));
