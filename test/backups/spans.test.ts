/** Copies that go on from others: joined by where their changes begin and end. */
import { expect, test } from "vitest";
import { withSpans } from "../../src/backups/spans.ts";
import type { RecoveryPoint } from "../../src/parts.ts";

const copy = (id: string, from: string, to: string, day = 1): RecoveryPoint => ({
  id,
  name: id,
  store: "memory:",
  objects: [{ key: id, sizeBytes: 10, modifiedAt: `2026-11-0${day}T00:00:00.000Z` }],
  log: [],
  moment: { at: `2026-11-0${day}T00:00:00.000Z`, from: "object-time" },
  reach: { at: `2026-11-0${day}T00:00:00.000Z`, from: "object-time" },
  sizeBytes: 10,
  facts: {
    engine: "mariadb",
    method: "physical",
    format: "folder",
    packing: [],
    complete: "unknown",
    because: "",
    span: { from, to },
  },
});
const joined = (...copies: RecoveryPoint[]) =>
  withSpans(copies).map(({ objects, facts, unreadable }) => [
    objects.map(({ key }) => key).join(" "),
    facts.isChain ?? false,
    unreadable?.because ?? "",
  ]);

test("each with those that it goes on from, its own objects first", () => {
  expect(joined(copy("full", "0", "5"), copy("one", "5", "9", 2), copy("two", "9", "12", 3))).toEqual([
    ["full", false, ""],
    ["one full", true, ""],
    ["two one full", true, ""],
  ]);
});

test("where nothing was written between two, the full one is enough for either", () => {
  const all = joined(copy("full", "0", "5"), copy("one", "5", "5", 2), copy("two", "5", "5", 3));
  expect(all.map(([keys]) => keys)).toEqual(["full", "one full", "two full"]);
});

test("of two full ones the one that it goes on from; without it nobody can read it", () => {
  const all = joined(
    copy("old", "0", "5"),
    copy("new", "0", "8", 2),
    copy("one", "5", "9", 3),
    copy("lost", "7", "9", 4),
  );
  expect(all[2]?.[0]).toBe("one old");
  expect(all[3]).toEqual([
    "lost",
    false,
    expect.stringMatching(/^it is an incremental copy, and the copy .* not lie here$/),
  ]);
});

test("a full copy that another goes on from is never younger than that one, whatever time its files have", () => {
  const [full] = withSpans([copy("full", "0", "5", 9), copy("one", "5", "9", 2)]);
  expect(full?.facts.fileAt).toBe("2026-11-01T23:59:59.000Z");
  const [quiet] = withSpans([copy("full", "0", "5", 9), copy("one", "5", "5", 2), copy("two", "5", "5", 3)]);
  expect(quiet?.facts.fileAt).toBe("2026-11-01T23:59:59.000Z");
  const [alone] = withSpans([copy("full", "0", "5", 9), copy("other", "6", "9", 2)]);
  expect(alone?.facts.fileAt).toBeUndefined();
});
