/** A log as it grows: only what was added is read, and each line must follow the one before by its hash. */
import { open } from "node:fs/promises";
import { sha256 } from "../host/digest.ts";
import type { DayEvent } from "./events.ts";

interface LogTail {
  /** Events that came since the last call. */
  more(): Promise<readonly DayEvent[]>;
}

const PIECE_BYTES = 256 * 1024;

/** A line that does not follow is where somebody changed the log: nothing behind it is believed. */
export function tailOf(file: string): LogTail {
  // Read into again and again: what is taken of it is copied.
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let at = 0;
  let rest = Buffer.alloc(0);
  let before = "";
  let isBroken = false;

  function take(fresh: Buffer): DayEvent[] {
    const all = Buffer.concat([rest, fresh]);
    const end = all.lastIndexOf(10) + 1;
    rest = all.subarray(end);
    const found: DayEvent[] = [];
    for (const line of all.subarray(0, end).toString("utf8").split("\n")) {
      if (line === "" || isBroken) continue;
      const event = parsed(line);
      if (event === null || event.prev !== before) isBroken = true;
      else {
        found.push(event);
        before = sha256(line);
      }
    }
    return found;
  }

  return {
    async more() {
      const handle = await open(file).catch(() => null);
      if (handle === null || isBroken) {
        await handle?.close();
        return [];
      }
      const found: DayEvent[] = [];
      try {
        for (;;) {
          const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, at);
          if (bytesRead === 0) return found;
          at += bytesRead;
          found.push(...take(piece.subarray(0, bytesRead)));
        }
      } finally {
        await handle.close();
      }
    },
  };
}

function parsed(line: string): DayEvent | null {
  try {
    return JSON.parse(line) as DayEvent;
  } catch {
    return null;
  }
}
