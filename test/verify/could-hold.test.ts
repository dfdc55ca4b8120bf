import { expect, test } from "vitest";
import { couldHold } from "../../src/verify/could-hold.ts";

test.each<[string | undefined, string, boolean]>([
  [undefined, "daily/", true],
  [undefined, "lost+found/", false],
  [undefined, "a/lost+found/", false],
  [undefined, ".snapshot/", false],
  [undefined, "file", false],
  ["shop-*.dump", "daily/", false],
  ["daily/shop-*.dump", "daily/", true],
  ["daily/shop-*.dump", "weekly/", false],
  ["daily/shop-*.dump", "daily/2026/", false],
  ["*", "daily/", false],
  ["daily/*", "daily/2026/", false],
  ["daily/*", "daily/", true],
  ["**/x", "a/.snap/", false],
  ["a/**", "a/b/.snap/c/", false],
  [".trash/**", ".trash/a/", true],
  ["*/shop-*.dump", "daily/", true],
  ["*/shop-*.dump", ".trash/", false],
  [".trash/shop-*.dump", ".trash/", true],
  ["a/b/c.dump", "a/", true],
  ["a/?/c.dump", "a/b/", true],
  ["**/shop-*.dump", "x/y/", true],
  ["x/**", "x/y/", true],
  ["x/**", "z/", false],
  ["a+(b)/c", "a+(b)/", true],
])("below %s: %s could hold something: %s", (pattern, folder, expected) =>
  expect(couldHold(pattern, folder)).toBe(expected),
);
