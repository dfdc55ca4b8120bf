/** What a disaster does to backups where they lie, and what it takes from there. */
import { basename } from "node:path";
import { UnavailableError } from "../errors.ts";
import type { Store, StoreDeed, StoredObject } from "../parts.ts";
import type { WorldKit } from "./kit.ts";
import { joinStores } from "./two-stores.ts";

/** The part of a world that its stores are. */
export interface Stores {
  given(standing: { readonly names: ReadonlyMap<string, string> }): {
    readonly stock: Store;
    bring(backup: string): Promise<string>;
    harm(deed: Exclude<StoreDeed, { kind: "no-replicas" }>): Promise<void>;
  };
}

/** A text as the body of an object. */
export async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

export function openStores({ server, store, offsite, write, damagedAtMs }: WorldKit): Stores {
  let isMainLost = false;
  const stock = joinStores({
    main: store.readOnly(),
    offsite: offsite?.readOnly() ?? null,
    isMainLost: () => isMainLost,
  });
  return {
    given: ({ names }) => {
      const fileOf = async (backup: string): Promise<StoredObject> => {
        for await (const object of stock.list("")) if (names.get(object.key) === backup) return object;
        throw new UnavailableError(`backup ${backup} has no file in the store`, { code: "FB_WORLD" });
      };
      return {
        stock,
        async bring(backup) {
          const object = await fileOf(backup);
          const path = `${server.folders.scratch}/taken/${basename(object.key)}`;
          await server.put(path, stock.read(object), object.sizeBytes);
          return path;
        },
        async harm(deed) {
          if (deed.kind === "lose-main") {
            isMainLost = true;
            write({ kind: "note", text: `${store.place} answers nobody any more: account, site or provider are gone` });
            return;
          }
          if (deed.kind === "delete-all") {
            const keys: string[] = [];
            for await (const { key } of store.list("")) keys.push(key);
            for (const key of keys) await store.remove(key);
            write({ kind: "note", text: `everything in ${store.place} was deleted: ${keys.join(", ")}` });
            return;
          }
          const { key, sizeBytes } = await fileOf(deed.backup);
          await store.write(key, once(deed.content), new Date(damagedAtMs));
          write({ kind: "note", text: `${key}, ${sizeBytes} bytes, was written over` });
        },
      };
    },
  };
}
