import fc from "fast-check";
import { expect, test } from "vitest";
import { tame, tameAll, tameName, tameString } from "../../src/host/tame.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be there.
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test.each([
  ["größe ü 日本 😀.dump", "größe ü 日本 😀.dump"],
  ["a\tb\nc\r\nd", "a\tb\nc\r\nd"],
  ["a\u001b[31mred", "a\\x1b[31mred"],
  ["over\rwritten", "over\\x0dwritten"],
  ["a\u202egnp.exe", "a\\u202egnp.exe"],
  ["nul\u0000", "nul\\x00"],
  ["half\ud800", "half\\ud800"],
  ["zero\u200bwidth", "zero\\u200bwidth"],
])("%j shows as %j", (text, shown) => expect(tame(text)).toBe(shown));
test("whatever the text, nothing unseen is left, and it is said twice as once", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(tame(text)).not.toMatch(UNSEEN);
      expect(tame(tame(text))).toBe(tame(text));
      expect(JSON.parse(tameString(text))).toBe(text);
      expect(tameString(text)).not.toMatch(UNSEEN);
      expect(tameName(text).length).toBeLessThanOrEqual(200);
      expect(tameName(text)).not.toMatch(/[\r\n\t]/);
    }),
  );
});
test("values keep their shape, and are the same where nothing is to be done", () => {
  const fine = { a: [1, null, { b: "x" }], c: true };
  expect(tameAll(fine)).toBe(fine);
  expect(tameAll({ ...fine, "k\u0007": ["\u0007"] })).toEqual({ ...fine, "k\\x07": ["\\x07"] });
});
