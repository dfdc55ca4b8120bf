/** A store in memory that can be told to misbehave: cut connections, end early, change content. */
import { UnavailableError } from "../../src/errors.ts";
import type { Store, StoredObject } from "../../src/parts.ts";

export interface Misbehaviour {
  /** Bytes after which each read breaks, as long as `cuts` lasts. */
  cutAfterBytes?: number;
  cuts?: number;
  /** End quietly instead of breaking. */
  quietly?: boolean;
}

export function memoryStore(
  content: Readonly<Record<string, Uint8Array>>,
  faults: Misbehaviour = {},
): Store & { reads: number } {
  const store = {
    place: "memory:",
    reads: 0,
    async *list(prefix: string): AsyncIterable<StoredObject> {
      for (const [key, bytes] of Object.entries(content)) {
        if (key.startsWith(prefix))
          yield { key, sizeBytes: bytes.length, modifiedAt: new Date(0).toISOString(), tag: `${bytes.length}` };
      }
    },
    async *read({ key }: StoredObject, from = 0, to?: number): AsyncIterable<Uint8Array> {
      store.reads += 1;
      const bytes = (content[key] ?? new Uint8Array()).subarray(from, to);
      let sent = 0;
      for (let at = 0; at < bytes.length; at += 65_536) {
        const chunk = bytes.subarray(at, at + 65_536);
        if (
          faults.cutAfterBytes !== undefined &&
          (faults.cuts ?? 0) > 0 &&
          sent + chunk.length > faults.cutAfterBytes
        ) {
          faults.cuts = (faults.cuts ?? 0) - 1;
          yield chunk.subarray(0, Math.max(0, faults.cutAfterBytes - sent));
          if (faults.quietly) return;
          throw new UnavailableError("the connection broke", { code: "FB_STORE_UNREADABLE" });
        }
        yield chunk;
        sent += chunk.length;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return store;
}
