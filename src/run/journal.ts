/** The append-only event log of a drill. Each line is on disk before the next step begins, and chains to the one before. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { DrillEvent, EventBody, EventStamp } from "../record.ts";

/** `Body`: what is told; a drill's events unless said otherwise. */
export interface Journal<Body extends object = EventBody> extends Disposable {
  readonly events: readonly (EventStamp & Body)[];
  append(body: Body): EventStamp & Body;
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

/**
 * Opens a new journal; refuses to write into an existing one, unless its events are given as `before`: then it goes on.
 * `onEvent` hears each event after it is on disk.
 */
export function openJournal(file: string, clock: Clock, onEvent: (event: DrillEvent) => void): Journal;
export function openJournal<Body extends object>(
  file: string,
  clock: Clock,
  onEvent: (event: EventStamp & Body) => void,
  before?: readonly (EventStamp & Body)[],
): Journal<Body>;
export function openJournal<Body extends object>(
  file: string,
  clock: Clock,
  onEvent: (event: EventStamp & Body) => void,
  before: readonly (EventStamp & Body)[] = [],
): Journal<Body> {
  mkdirSync(dirname(file), { recursive: true });
  const last = before.at(-1);
  const descriptor = openSync(file, last === undefined ? "ax" : "a");
  // Another process goes on where the first one ended: between them only the wall tells how much time went by.
  const passedMs =
    last === undefined ? 0 : last.monotonicMs + Math.max(0, Date.parse(clock.nowIso()) - Date.parse(last.at));
  const beganMs = clock.monotonicMs() - passedMs;
  const events: (EventStamp & Body)[] = [...before];
  const hash = (line: string) => createHash("sha256").update(line).digest("hex");
  let prev = last === undefined ? "" : hash(JSON.stringify(last));
  return {
    events,
    append(body) {
      const event: EventStamp & Body = {
        seq: events.length,
        at: clock.nowIso(),
        monotonicMs: Math.round((clock.monotonicMs() - beganMs) * 10) / 10,
        prev,
        ...body,
      };
      const line = JSON.stringify(event);
      writeSync(descriptor, `${line}\n`);
      fsyncSync(descriptor);
      prev = hash(line);
      events.push(event);
      onEvent(event);
      return event;
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
