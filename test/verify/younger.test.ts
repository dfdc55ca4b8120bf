/** What is newer than every backup and understood by nobody: told once, with what to type, and nothing older is. */
import { describe, expect, test } from "vitest";
import type { Candidate, Younger } from "../../src/verify/task.ts";
import { newerThan, youngerError } from "../../src/verify/younger.ts";

const younger = (key: string, at: string, pattern = "*.enc"): Younger => ({
  key,
  object: { key, sizeBytes: 1, modifiedAt: at },
  pattern,
  because: "encrypted with age",
});
const newest = (at: string) =>
  ({
    point: {
      id: "shop.dump",
      objects: [
        { key: "first", sizeBytes: 1, modifiedAt: "2020-01-01T00:00:00Z" },
        { key: "second", sizeBytes: 1, modifiedAt: "2020-01-02T00:00:00Z" },
        { key: "last", sizeBytes: 1, modifiedAt: at },
      ],
    },
  }) as unknown as Candidate;

describe("newerThan", () => {
  const [old, young] = [younger("a", "2026-01-01T00:00:00Z"), younger("b", "2026-01-03T00:00:00Z")];
  test("is what was written after the last of the newest backup's objects", () => {
    expect(newerThan([old, young], newest("2026-01-02T00:00:00Z"))).toEqual([young]);
    expect(newerThan([young], newest("2026-01-03T00:00:00Z"))).toEqual([]);
  });
  test("is everything where there is no backup at all", () =>
    expect(newerThan([old, young], undefined)).toHaveLength(2));
  test("is told once, whichever sources hold it", () =>
    expect(newerThan([young, young], newest("2026-01-02T00:00:00Z"))).toHaveLength(1));
});

describe("youngerError", () => {
  const said = (...all: Younger[]) => youngerError(all, newest("2026-01-02T00:00:00Z"));
  test("names the first and how many more, and a pattern once", () => {
    expect(said(younger("a", ""))).toMatchObject({
      code: "FB_NEWER_UNKNOWN",
      message: "a is newer than shop.dump but wasn't understood: encrypted with age",
      next: [
        "if it's a backup: decrypt or unpack it, or add a source for it to fogbell.yaml",
        'if it isn\'t one, add to its source in fogbell.yaml: ignore: ["*.enc"]',
      ],
    });
    const many = said(younger("a", ""), younger("b", ""), younger("c", "", "*.x"));
    expect(many.message).toBe("a is newer than shop.dump but wasn't understood: encrypted with age (and 2 more)");
    expect(many.next[1]).toContain('ignore: ["*.enc", "*.x"]');
  });
});
