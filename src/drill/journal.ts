/** The append-only event log of a drill. Each line is on disk before the next step begins, and chains to the one before. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { DrillEvent, EventBody } from "../record.ts";

export interface Journal extends Disposable {
  readonly events: readonly DrillEvent[];
  append(body: EventBody): DrillEvent;
}

/** Where the time comes from: the wall for people, the monotonic clock for every duration. */
export interface Clock {
  nowIso(): string;
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowIso: () => new Date().toISOString(),
  monotonicMs: () => performance.now(),
};

/** Opens a new journal; refuses to write into an existing one. `onEvent` hears each event after it is on disk. */
export function openJournal(file: string, clock: Clock, onEvent: (event: DrillEvent) => void): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, "ax");
  const beganMs = clock.monotonicMs();
  const events: DrillEvent[] = [];
  let prev = "";
  return {
    events,
    append(body) {
      const event: DrillEvent = {
        seq: events.length,
        at: clock.nowIso(),
        monotonicMs: Math.round((clock.monotonicMs() - beganMs) * 10) / 10,
        prev,
        ...body,
      };
      const line = JSON.stringify(event);
      writeSync(descriptor, `${line}\n`);
      fsyncSync(descriptor);
      prev = createHash("sha256").update(line).digest("hex");
      events.push(event);
      onEvent(event);
      return event;
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
