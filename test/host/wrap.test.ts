import { expect, test } from "vitest";
import { wrap } from "../../src/host/wrap.ts";

test("breaks at spaces, and goes on where it is told to", () => {
  expect(wrap("12:00  a customer: where is it", 16, "       ")).toBe(
    "12:00  a\n       customer:\n       where is\n       it",
  );
  expect(wrap("short", 16)).toBe("short");
  expect(wrap("exactly sixteen!", 16)).toBe("exactly sixteen!");
});

test("leaves a long word whole, and always ends", () => {
  expect(wrap("x".repeat(40), 16)).toBe("x".repeat(40));
  expect(wrap(`see ${"x".repeat(40)}`, 16, "    ")).toBe(`see\n    ${"x".repeat(40)}`);
  expect(wrap("a b c", 1, "    ")).toBe("a\n    b c");
});
