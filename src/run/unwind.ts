/** Clean-up that always runs: in reverse order, each part on its own, whatever happened before. */
import { inTime } from "../host/stream.ts";

export interface Unwound {
  readonly removed: readonly string[];
  readonly failed: readonly string[];
  readonly kept: readonly string[];
}

export interface Unwind {
  /** Remembers how to remove a thing that has just been made. */
  add(what: string, remove: () => PromiseLike<void>): void;
  /** Removes everything, newest first. One failure or a hang of `limitMs` does not keep the rest from going. */
  all(keep: boolean): Promise<Unwound>;
}

/** `limitMs` is how long each removal may take. */
export function createUnwind(limitMs = 60_000): Unwind {
  const things: { what: string; remove: () => PromiseLike<void> }[] = [];
  return {
    add: (what, remove) => void things.push({ what, remove }),
    async all(keep) {
      const removed: string[] = [];
      const failed: string[] = [];
      const kept: string[] = [];
      for (const { what, remove } of things.splice(0).reverse()) {
        if (keep) {
          kept.push(what);
          continue;
        }
        try {
          await inTime(remove(), limitMs, () => new Error(`not gone after ${limitMs / 1000} s`));
          removed.push(what);
        } catch (error) {
          failed.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      return { removed, failed, kept };
    },
  };
}
