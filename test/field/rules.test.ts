import { describe, expect, test } from "vitest";
import { expression, type FieldCase, judged } from "./rules.ts";

const MADE = Date.parse("2026-11-28T00:10:00Z");
const one = (more: Partial<FieldCase> = {}): FieldCase => ({
  id: "x",
  kind: "k",
  what: "w",
  steps: ["init", "verify", "backups"],
  codes: new Set([0]),
  must: "",
  mustNot: "",
  ...more,
});
const said = (verify: number, words = "", listed = "") =>
  `=== init\n\n[exit 0]\n=== verify\n${words}\n[exit ${verify}]\n=== backups\n${listed}\n[exit 0]\n`;
const wrong = (field: FieldCase, text: string) => judged(field, text, MADE)?.wrong ?? "right";

describe("an exit code", () => {
  test.each([
    [0, [0], "right"],
    [0, [1], "false good"],
    [1, [0], "false bad"],
    [3, [0, 4], "false bad"],
    [3, [1], "wrong words"],
    [4, [0], "not judged"],
    [2, [1], "not judged"],
    [5, [0], "refused wrongly"],
    [70, [0], "broken"],
    [-1, [0], "broken"],
    [124, [1], "broken"],
  ] as const)("%i where %j is right: %s", (code, codes, what) =>
    expect(wrong(one({ codes: new Set(codes) }), said(code))).toBe(what),
  );

  test("of init counts where there was no verify", () => {
    expect(wrong(one({ codes: new Set([2]) }), "=== init\nno\n[exit 2]\n")).toBe("right");
    expect(wrong(one(), "=== init\nno\n[exit 2]\n")).toBe("not judged");
    expect(wrong(one(), "")).toBe("broken");
  });
  test("of the first night must be good where there are two", () => {
    const night = (first: number) => `${said(first)}${said(1)}`;
    expect(wrong(one({ codes: new Set([1]) }), night(0))).toBe("right");
    expect(wrong(one({ codes: new Set([1]) }), night(3))).toBe("false bad");
    expect(wrong(one({ codes: new Set([1]) }), night(4))).toBe("not judged");
  });
});

describe("words", () => {
  test("that are missing are wrong; rows that are missing make a good one false", () => {
    expect(wrong(one({ must: "800 rows" }), said(0, "800 rows"))).toBe("right");
    expect(wrong(one({ must: "800 rows" }), said(0, "700 rows"))).toBe("false good");
    expect(wrong(one({ must: "800 rows", codes: new Set([4]) }), said(4))).toBe("not judged");
    expect(wrong(one({ must: "tablespace" }), said(0))).toBe("wrong words");
  });
  test("that a verify must say do not count in the listing after it", () => {
    const must = "(?s)=== verify.*b\\.dump";
    expect(wrong(one({ must }), said(0, "b.dump"))).toBe("right");
    expect(wrong(one({ must }), said(0, "", "b.dump"))).toBe("wrong words");
  });
  test("that must not be said, and those that no case may say", () => {
    expect(wrong(one({ mustNot: "LOST" }), said(0, "lost"))).toBe("wrong words");
    expect(wrong(one(), said(0, "taken -3h before"))).toBe("wrong words");
    expect(wrong(one(), said(0, "[FB_DEFECT]"))).toBe("wrong words");
  });
  test("name days counted from when the inputs were made", () => {
    expect(expression("a-{-26h}", MADE).test("a-20261126")).toBe(true);
    expect(expression("a-{F-2h}", MADE).test("a-2026-11-27")).toBe(true);
    expect(expression("(?m)^b", MADE).test("a\nb")).toBe(true);
  });
});
