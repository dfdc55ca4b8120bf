import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { etaMs, formatBytes, formatDuration, formatObjective, parseDuration, parseSize } from "../../src/host/units.ts";

describe("durations", () => {
  test.each([
    ["250ms", 250],
    ["15m", 900_000],
    ["1h30m", 5_400_000],
    ["61d", 61 * 86_400_000],
    ["1.5h", 5_400_000],
  ])("%s", (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(["", "15", "m", "-5m", "1 h", "5M", "1e3s", "15m "])("%j is none", (text) =>
    expect(parseDuration(text)).toBeNull(),
  );

  test("a shown duration never says more than there was", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (ms) => {
        const shown = formatDuration(ms).replaceAll(" ", "");
        const parsed = parseDuration(shown) ?? Number.NaN;
        expect(parsed).toBeLessThanOrEqual(ms);
        expect(ms - parsed).toBeLessThan(Math.max(100, ms * 0.05 + 3_600_000 * Number(ms >= 86_400_000)));
      }),
    );
  });

  test.each([
    [30 * 60_000, "30m"],
    [4 * 3_600_000, "4h"],
    [24 * 3_600_000, "1d"],
    [25 * 3_600_000, "1d 1h"],
    [90 * 60_000, "1h 30m"],
    [90_000, "1m 30s"],
    [8000, "8 s"],
    [2500, "2.5 s"],
    [500, "500 ms"],
    [10 * 86_400_000, "10d"],
  ])("%d ms is wanted as %s", (ms, shown) => expect(formatObjective(ms)).toBe(shown));
  test("what is not a number is not shown as one", () => expect(formatDuration(Number.NaN)).toBe("unknown"));
});

test.each([
  ["500MB", 500e6],
  ["5GiB", 5 * 1024 ** 3],
  ["1.5KiB", 1536],
])("size %s", (text, bytes) => expect(parseSize(text)).toBe(bytes));
test.each(["5", "5 GiB", "GiB", "5gib"])("size %j is none", (text) => expect(parseSize(text)).toBeNull());
test("bytes", () =>
  expect([0, 1023, 1536, 5 * 1024 ** 3].map(formatBytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]));
test("no estimate without a total or a beginning", () => {
  expect(etaMs(0, 100, 10)).toBeNull();
  expect(etaMs(10, 0, 10)).toBeNull();
  expect(etaMs(50, 100, 1000)).toBe(1000);
});
