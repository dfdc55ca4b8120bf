import fc from "fast-check";
import { expect, test } from "vitest";
import { type LinkClock, openLink } from "../../src/host/link.ts";
import { formatLink, parseRate } from "../../src/host/units.ts";

const never = new AbortController().signal;

/** Time that goes by only when somebody waits for it. */
function fakeClock(): LinkClock & { advance(ms: number): void } {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    pause: async (durationMs) => {
      const until = nowMs + durationMs;
      await Promise.resolve();
      nowMs = Math.max(nowMs, until);
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

test("all readers together keep the rate, however many they are and however they cut what they read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 1, max: 300_000 }), { maxLength: 20 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1000, max: 10_000_000 }),
      async (readers, rate) => {
        const clock = fakeClock();
        const link = openLink(rate, clock);
        await Promise.all(
          readers.map(async (chunks) => {
            for (const bytes of chunks) await link.take(bytes, never);
          }),
        );
        const wantedMs = (readers.flat().reduce((sum, bytes) => sum + bytes, 0) / rate) * 1000;
        expect(clock.nowMs()).toBeGreaterThan(wantedMs - 10.001);
        expect(clock.nowMs()).toBeLessThan(wantedMs + 10.001);
      },
    ),
  );
});
test("a pause of the readers is not made up for by a burst", async () => {
  const clock = fakeClock();
  const link = openLink(1000, clock);
  await link.take(1000, never);
  clock.advance(60_000);
  await link.take(1000, never);
  expect(clock.nowMs()).toBe(62_000);
});
test("a wait ends when the run is interrupted", async () => {
  const controller = new AbortController();
  const waiting = openLink(1000).take(3_600_000, controller.signal);
  controller.abort(new Error("interrupted"));
  await expect(waiting).rejects.toThrow("interrupted");
});

test.each([
  ["100MB/s", 100e6],
  ["50MiB/s", 50 * 1024 ** 2],
  ["800Mbit/s", 100e6],
  ["1Gbit/s", 125e6],
  ["64kbit/s", 8000],
  ["1.5MB/s", 1.5e6],
])("speed %s", (text, rate) => expect(parseRate(text)).toBe(rate));
test.each(["100", "100MB", "100mb/s", "0MB/s", "1B/s", "MB/s", "-1MB/s", "100 MB/s", "1MB/m", ""])(
  "%j is no speed",
  (text) => expect(parseRate(text)).toBeNull(),
);
test.each([
  [100e6, "100 MB/s (800 Mbit/s)"],
  [125e6, "125 MB/s (1 Gbit/s)"],
  [8000, "8 kB/s (64 kbit/s)"],
  [1.5e6, "1.5 MB/s (12 Mbit/s)"],
])("%d bytes a second are shown as links are sold", (rate, text) => expect(formatLink(rate)).toBe(text));
