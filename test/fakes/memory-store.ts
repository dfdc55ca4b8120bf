/** A store in memory that can be told to misbehave: cut connections, end early, change content. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { defineStore } from "../../src/define.ts";
import { UnavailableError } from "../../src/errors.ts";
import { assertInner } from "../../src/host/inner-key.ts";
import { abortable } from "../../src/host/stream.ts";
import type { RunLabel, Store, StoreDriver, StoredObject } from "../../src/parts.ts";

export interface Misbehaviour {
  /** Bytes after which each read breaks, as long as `cuts` lasts. */
  cutAfterBytes?: number;
  cuts?: number;
  /** End quietly instead of breaking. */
  quietly?: boolean;
}

const tagOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

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
          yield { key, sizeBytes: bytes.length, modifiedAt: new Date(0).toISOString(), tag: tagOf(bytes) };
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

interface Kept {
  readonly bytes: Uint8Array;
  readonly object: StoredObject;
}

/** A whole driver in memory, which keeps the contract that directory and s3 keep. */
export function memoryDriver(): StoreDriver {
  const runs = new Map<string, { label: RunLabel; objects: Map<string, Kept> }>();
  let writes = 0;
  const reader = (root: string, signal: AbortSignal): Store => ({
    place: `memory:${root}`,
    async *list(prefix) {
      signal.throwIfAborted();
      for (const [key, { object }] of runs.get(root)?.objects ?? []) if (key.startsWith(prefix)) yield object;
    },
    read: (wanted, from = 0, to = wanted.sizeBytes) => {
      async function* chunks() {
        const found = runs.get(root)?.objects.get(wanted.key);
        if (found?.object.tag !== wanted.tag) {
          throw new UnavailableError(`${wanted.key} changed while it was being read`, { code: "FB_OBJECT_CHANGED" });
        }
        for (let at = from; at < to; at += 65_536)
          yield found?.bytes.subarray(at, Math.min(to, at + 65_536)) as Uint8Array;
      }
      return abortable(chunks(), signal);
    },
    [Symbol.asyncDispose]: async () => {},
  });
  return defineStore<{ within: string }>({
    name: "memory",
    summary: "In memory, for tests.",
    options: z.strictObject({ within: z.string().default("") }) as never,
    gives: [],
    needs: [],
    fromUrl: () => null,
    open: async ({ within }, signal) => reader(within, signal),
    async openForWorld({ within }, label, signal) {
      const root = within + label.runId;
      const objects = new Map<string, Kept>();
      runs.set(root, { label, objects });
      return {
        ...reader(root, signal),
        async write(key, body, at = new Date(0)) {
          assertInner(key, root);
          const chunks: Uint8Array[] = [];
          for await (const chunk of abortable(body, signal)) chunks.push(chunk);
          const bytes = Buffer.concat(chunks);
          const object = { key, sizeBytes: bytes.length, modifiedAt: at.toISOString(), tag: `${++writes}` };
          objects.set(key, { bytes, object });
          return object;
        },
        async remove(key) {
          assertInner(key, root);
          objects.delete(key);
        },
        readOnly: () => reader(root, signal),
        [Symbol.asyncDispose]: async () => void runs.delete(root),
      };
    },
    async sweep({ within }, isOver) {
      const over = [...runs].filter(([root, { label }]) => root === within + label.runId && isOver(label));
      for (const [root] of over) runs.delete(root);
      return over.map(([root]) => `backups in memory:${root}`);
    },
  });
}
