/** What may shrink, and what went with a whole that is still there: a name too many, and a loss is passed over in silence. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CopyScene } from "../../../src/parts.ts";
import { copyOf, droppedParts, type LastCopy, mayShrink, since } from "../../../src/probes/copies/compared.ts";

const may = (patterns: readonly string[], table: string, acceptChanges = false) =>
  mayShrink({ task: { mayShrink: patterns, acceptChanges } as unknown as CopyScene["task"] }, table);

describe("mayShrink", () => {
  test.each([
    ["orders", "public.orders", true],
    ["public.orders", "public.orders", true],
    ["other.orders", "public.orders", false],
    ["order", "public.orders", false],
    ["rders", "public.orders", false],
    ["log_*", "public.log_2026", true],
    ["log_*", "public.catalog_2026", false],
    ["*_log", "public.web_log", true],
    ["*_log", "public.web_logs", false],
    ["a*c", "ac", true],
    // A letter of the name serves one piece of the pattern and not two.
    ["ab*ba", "aba", false],
    ["ab*ba", "abba", true],
    ["a*b*c", "a1b2c", true],
    ["a*b*c", "a1c2b", false],
    ["a*bb*b", "abb", false],
    ["*", "whatever", true],
    ["public.*", "public.orders", true],
    ["public.*", "private.orders", false],
    ["(x)*", "public.(x)y", true],
  ])("%s, asked of %s: %s", (pattern, table, expected) => {
    expect(may([pattern], table)).toBe(expected);
    expect(may(["nothing-else", pattern], table)).toBe(expected);
  });

  test("agrees with what a pattern means, for all names", () => {
    const word = fc.stringMatching(/^[ab*]{0,6}$/);
    fc.assert(
      fc.property(word, fc.stringMatching(/^[ab]{0,8}$/), (pattern, name) => {
        expect(may([pattern], name)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test("everything may where changes are accepted, and nothing where nobody said anything", () => {
    expect(may([], "orders", true)).toBe(true);
    expect(may([], "orders")).toBe(false);
  });
});

describe("droppedParts", () => {
  const held = (rows: Record<string, number>, parents?: Record<string, string>) =>
    ({ rows, ...(parents === undefined ? {} : { parents }) }) as unknown as LastCopy;
  test("are parts of a whole that still has parts, or is still there itself", () => {
    const known = held({ m_1: 1, m_2: 1, t: 1 }, { m_1: "m", m_2: "m" });
    expect(droppedParts(known, { rows: { m_2: 1 }, parents: { m_2: "m" } })).toEqual(["m_1"]);
    expect(droppedParts(known, { rows: { m: 0 }, parents: {} })).toEqual(["m_1", "m_2"]);
    // The whole went with them: that is a loss.
    expect(droppedParts(known, { rows: { t: 1 }, parents: {} })).toEqual([]);
    // A table that was no part of anything is none.
    expect(droppedParts(known, { rows: { m_1: 1, m_2: 1 }, parents: { m_1: "m", m_2: "m" } })).toEqual([]);
    expect(droppedParts(held({ m_1: 1 }), { rows: { m: 1 }, parents: {} })).toEqual([]);
    // Whatever tables are called.
    expect(droppedParts(held({ m_1: 1 }), { rows: { undefined: 1 }, parents: {} })).toEqual([]);
  });
});

test("the copy that is compared with is told by its moment, to the minute", () => {
  const known = { momentAt: "2026-11-20T11:05:59.123Z" } as LastCopy;
  expect(copyOf(known)).toBe("the copy of 2026-11-20 11:05 UTC");
  expect(since(known)).toBe("since the copy of 2026-11-20 11:05 UTC");
});
