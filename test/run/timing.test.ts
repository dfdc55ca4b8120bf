/** Moments that a log's times can tell from its last commit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextInstant } from "../../src/run/timing.ts";

describe("the first moment behind a commit", () => {
  it("is behind it, by no more than the log's times can tell, and written as coarsely as they are", () => {
    const commit = fc.integer({ min: 0, max: 4_102_444_800_000 });
    fc.assert(
      fc.property(commit, fc.constantFrom(1, 1000), (atMs, resolutionMs) => {
        const next = Date.parse(nextInstant(atMs, resolutionMs));
        expect(next).toBeGreaterThan(atMs);
        expect(next - atMs).toBeLessThanOrEqual(resolutionMs);
        expect(next % resolutionMs).toBe(0);
      }),
    );
  });
});
