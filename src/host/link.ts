/** A link that is no faster than it is told: whoever reads through it waits, so that all of them together keep its rate. */
import { pause } from "./stream.ts";

export interface Link {
  readonly bytesPerSecond: number;
  /** Resolves when so many bytes may have come through. Rejects with the signal's reason when it aborts before. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

/** Where time comes from and how it is waited for; tests bring their own. */
export interface LinkClock {
  nowMs(): number;
  pause(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** Shorter waits are saved up: a timer is not that exact, and a fast link would be held up by its own clock. */
const SHORTEST_WAIT_MS = 10;

/** One line for all readers: each takes its place behind those before it. Time that nobody used is not saved up. */
export function openLink(bytesPerSecond: number, clock: LinkClock = { nowMs: () => performance.now(), pause }): Link {
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return {
    bytesPerSecond,
    async take(bytes, signal) {
      signal.throwIfAborted();
      const nowMs = clock.nowMs();
      freeAtMs = Math.max(freeAtMs, nowMs) + (bytes / bytesPerSecond) * 1000;
      const waitMs = freeAtMs - nowMs;
      if (waitMs >= SHORTEST_WAIT_MS) await clock.pause(waitMs, signal);
    },
  };
}
