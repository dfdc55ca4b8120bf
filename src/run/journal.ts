/** The append-only event log of a drill. Each line is on disk before the next step begins, and chains to the one before. */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { explainDisk } from "../host/disk-fault.ts";
import type { DrillEvent, EventBody, EventStamp } from "../record.ts";

/** `Body`: what is told; a drill's events unless said otherwise. */
export interface Journal<Body extends object = EventBody> extends Disposable {
  readonly events: readonly (EventStamp & Body)[];
  /**
   * Throws when the disk takes no more, once: the work is over then. What is told afterwards is kept all the same, and
   * written as soon as there is room again, so that what is left behind can be removed and a verdict be derived.
   */
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

/** Lines that end up on the disk whole or not at all. */
function openLines(file: string, flags: "ax" | "a") {
  const writing = { what: `the journal ${file}`, folder: dirname(file), larger: "name another folder with --out" };
  const tried = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainDisk(error, writing);
    }
  };
  const descriptor = tried(() => {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, flags);
  });
  let unsaved: Buffer = Buffer.alloc(0);
  let savedBytes = fstatSync(descriptor).size;
  let isFaulty = false;
  const save = () => {
    try {
      for (let from = 0; from < unsaved.length; ) from += writeSync(descriptor, unsaved, from);
      fsyncSync(descriptor);
    } catch (error) {
      // A torn line would make the rest of the file unreadable. Where not even this can be done, it is read as torn.
      try {
        ftruncateSync(descriptor, savedBytes);
      } catch {}
      throw error;
    }
    savedBytes += unsaved.length;
    unsaved = Buffer.alloc(0);
  };
  return {
    /** Returns what went wrong, the first time that something does. */
    add(line: string): unknown {
      unsaved = Buffer.concat([unsaved, Buffer.from(`${line}\n`)]);
      try {
        save();
        return null;
      } catch (error) {
        if (isFaulty) return null;
        isFaulty = true;
        return explainDisk(error, writing);
      }
    },
    close: () => closeSync(descriptor),
  };
}

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
  const last = before.at(-1);
  const lines = openLines(file, last === undefined ? "ax" : "a");
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
      const fault = lines.add(line);
      prev = hash(line);
      events.push(event);
      onEvent(event);
      if (fault !== null) throw fault;
      return event;
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
