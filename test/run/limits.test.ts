import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "../../src/host/units.ts";
import {
  type LimitsRequest,
  limitsOf,
  limitWords,
  longer,
  OF_DRILL,
  OF_VERIFY,
  reserveOf,
  roomFault,
  roomFor,
} from "../../src/run/limits.ts";

const MINUTE = 60_000;
const GIB = 1024 ** 3;
const request = (more: Partial<LimitsRequest> = {}): LimitsRequest => ({
  bytes: 1000,
  bytesPerSecond: null,
  earlier: [],
  toldMs: null,
  ...more,
});
const of = (more: Partial<LimitsRequest> = {}) =>
  Object.fromEntries(limitsOf(request(more), OF_VERIFY).map(({ phase, ms, from }) => [phase, [ms, from]]));

describe("how long a phase may take", () => {
  test("a small copy: what is always given", () =>
    expect(of()).toEqual(Object.fromEntries(OF_VERIFY.map((phase) => [phase, [15 * MINUTE, "least"]]))));
  test("a large one: by its size, the restore by what it unpacks to", () =>
    expect(of({ bytes: 40e9 })).toEqual({
      fetch: [20_000_000, "size"],
      world: [200_000_000, "size"],
      restore: [200_000_000, "size"],
      verify: [200_000_000, "size"],
      prove: [400_000_000, "size"],
    }));
  test("over a slow link: by the link", () =>
    expect(of({ bytes: 1e9, bytesPerSecond: 100_000 }).fetch).toEqual([50_000_000, "size"]));
  test("where earlier ones were slow: five times the slowest, and each phase by itself", () => {
    const limits = of({ earlier: [{ restore: 10 * MINUTE, fetch: 5 }, { restore: 7 * MINUTE }, {}] });
    expect(limits.restore).toEqual([50 * MINUTE, "history"]);
    expect(limits.fetch).toEqual([15 * MINUTE, "least"]);
  });
  test("what is told goes before everything", () =>
    expect(of({ bytes: 40e9, earlier: [{ restore: 10 * MINUTE }], toldMs: 5000 })).toEqual(
      Object.fromEntries(OF_VERIFY.map((phase) => [phase, [5000, "told"]])),
    ));
  test("never less for a larger copy, never less than five times an earlier one, always what a timer takes", () =>
    fc.assert(
      fc.property(fc.nat(1e15), fc.nat(1e15), fc.array(fc.nat(1e9)), (a, b, earlier) => {
        const took = earlier.map((restore) => ({ restore }));
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((bytes) =>
          limitsOf(request({ bytes, earlier: took }), OF_DRILL),
        );
        for (const [at, { ms }] of (less ?? []).entries()) {
          expect(more?.[at]?.ms).toBeGreaterThanOrEqual(ms);
          expect(ms).toBeLessThan(2 ** 31);
        }
        const restore = more?.find(({ phase }) => phase === "restore")?.ms ?? 0;
        expect(restore).toBeGreaterThanOrEqual(Math.min(2 ** 31 - 1, 5 * Math.max(0, ...earlier)));
      }),
    ));
  test("said with its reason", () =>
    expect(limitsOf(request(), OF_VERIFY).map(limitWords)[0]).toBe("15m, what is always given"));
  test("what to type is longer, and a duration", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (ms) => {
        const text = longer({ phase: "restore", ms, from: "told" });
        expect(parseDuration(text)).toBeGreaterThan(ms);
      }),
    ));
});

describe("how much a restore may fill", () => {
  const limits = { reserve: GIB, most: roomFor(1e6), from: 1e6 };
  test("a small backup, gigabytes of it", () => {
    expect(roomFault({ free: 900 * GIB, used: 7 * GIB }, limits)).toBeNull();
    expect(roomFault({ free: 900 * GIB, used: 9 * GIB }, limits)).toEqual({
      is: "bomb",
      because: "it fills 9.0 GiB from 976.6 KiB, and 8.1 GiB is the most that is taken",
    });
  });
  test("a large one fills what it means", () =>
    expect(roomFault({ free: 900 * GIB, used: 900 * GIB }, { ...limits, most: roomFor(100e9) })).toBeNull());
  test("less than the reserve left", () =>
    expect(roomFault({ free: GIB / 2, used: 1 }, limits)).toEqual({
      is: "full",
      because: "only 512.0 MiB left on its disk",
    }));
  test("a disk that was nearly full when it began does not end it at once", () =>
    fc.assert(
      fc.property(fc.nat(1e15), fc.nat(1e15), (free, more) => {
        expect(reserveOf({ free, total: free + more })).toBeLessThanOrEqual(free / 2);
      }),
    ));
});
