/** What a log that was not gone through makes of the verdict: lost where it is proven broken, void where nobody can tell. */
import { expect, test } from "vitest";
import type { LeftLog, RecoveryPoint } from "../../src/parts.ts";
import { leftLogError } from "../../src/verify/left-log.ts";

const point = { id: "shop.sql" } as RecoveryPoint;

test.each<[LeftLog, number, string, RegExp]>([
  [{ kind: "hole", key: "binlog.000005", wanted: "binlog.000002" }, 1, "FB_LOG_BROKEN", /binlog\.000002.* is missing/],
  [
    { kind: "torn", key: "binlog.000002", because: "the log has a hole before binlog.000004" },
    1,
    "FB_LOG_BROKEN",
    /binlog\.000004/,
  ],
  [{ kind: "other-server", key: "a/binlog.000002" }, 4, "FB_LOG_LEFT", /another server \(a\/binlog\.000002\)/],
  [
    { kind: "several", key: "a/binlog.000002", because: "b/binlog.000002" },
    4,
    "FB_LOG_LEFT",
    /a\/.*b\/.*nothing shows which/,
  ],
  [{ kind: "unread", key: "binlog.000003.br", because: "packed with brotli" }, 4, "FB_LOG_LEFT", /packed with brotli/],
  [
    { kind: "no-place", key: "log/binlog.000003" },
    4,
    "FB_LOG_LEFT",
    /log\/binlog\.000003.*doesn't say which log position/,
  ],
])("%o", (left, exitCode, code, says) => {
  const error = leftLogError(point, left);
  expect(error).toMatchObject({ exitCode, code });
  expect(error.message).toMatch(/^shop\.sql was checked as of its own moment; the log after it couldn't be applied/);
  expect(error.message).toMatch(says);
  expect(error.next.length).toBeGreaterThan(0);
});

test("what leaves pieces out on purpose is a pattern that means all of them", () => {
  const { next } = leftLogError(point, { kind: "no-place", key: "log/binlog.000003.gz" });
  expect(next.join("\n")).toContain('ignore: ["log/binlog.*"]');
});

test("how a backup says its place is told in the words of its engine, where it has some", () => {
  const left: LeftLog = { kind: "no-place", key: "log/binlog.000003" };
  const { next } = leftLogError(point, left, { placeTold: "dump --with-place" });
  expect(next[0]).toBe("make the backup record it: dump --with-place");
  expect(leftLogError(point, left).next).toHaveLength(1);
});
