/** Text for terminals: whatever the width, no word is broken or lost, and a table is no wider than it must be. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableLines, wrap } from "../../src/host/columns.ts";

// No digits: a number and the unit behind it are one word.
const word = fc.stringMatching(/^[a-z./-]{1,24}$/);
const sentence = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(" "));
const wordsOf = (text: string) => text.split(/\s+/).filter((one) => one !== "");

describe("a paragraph", () => {
  test("keeps every word whole and in order, and no line is longer than the width or one word", () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: 10, max: 200 }), (text, width) => {
        const wrapped = wrap(`  ${text}`, width);
        expect(wordsOf(wrapped)).toEqual(wordsOf(text));
        for (const line of wrapped.split("\n")) expect(line.length <= width || wordsOf(line).length <= 2).toBe(true);
      }),
    );
  });
  test("a number stays with its unit", () => {
    expect(wrap("it is 1d 6h old", 10)).toBe("it is\n  1d 6h\n  old");
  });
  test("colours take no room", () => {
    expect(wrap("\u001b[31mBAD\u001b[0m one two", 11)).toBe("\u001b[31mBAD\u001b[0m one two");
  });
  test("nothing wraps where nothing says how wide it is", () => {
    expect(wrap("word ".repeat(100), undefined)).toBe("word ".repeat(100));
  });
});

describe("a table", () => {
  const rows = fc.array(fc.tuple(sentence, word, sentence), { minLength: 1, maxLength: 6 });
  test("holds every word of every cell, at any width, and fits wherever its longest words do", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 20, max: 200 }), (body, width) => {
        const all = [["Name", "Id", "What is known of it"], ...body];
        const lines = tableLines(all, { width });
        const said = wordsOf(lines.join(" ").replace(/;(?=\s|$)/g, ""));
        for (const cell of body.flat()) for (const one of wordsOf(cell)) expect(said).toContain(one);
        const longest = [0, 1, 2].map((at) =>
          Math.max(...all.flatMap((row) => wordsOf(row[at] ?? "").map((one) => one.length))),
        );
        if (longest.reduce((sum, one) => sum + one, 4) <= width)
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
  test("numbers stand at the right; the widest column gives way first", () => {
    const table = [
      ["Age", "Backup"],
      ["2h 02m", "shop.dump"],
      ["12h 02m", "one two three four"],
    ];
    expect(tableLines(table, { width: 20, right: [0] })).toEqual([
      "    Age  Backup",
      " 2h 02m  shop.dump",
      "12h 02m  one two",
      "         three four",
    ]);
  });
  test("where it cannot fit, each entry stands below the other with its headings", () => {
    const table = [
      ["Age", "Backup"],
      ["2h", "a-name-that-is-longer-than-the-screen.dump"],
    ];
    expect(tableLines(table, { width: 20, name: 1 })).toEqual([
      "a-name-that-is-longer-than-the-screen.dump",
      "  Age: 2h",
    ]);
  });
});
