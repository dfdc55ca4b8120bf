/**
 * Somebody's own store with a layer over it: what a drill writes lies above, what it removes is marked there. Below it is a
 * `Store`, which can only list and read; nothing of it is copied until it is read.
 */
import type { Store, StoredObject, WorldStore } from "../parts.ts";

/** Closing it closes neither. `folder` keeps layers apart that share the store above. */
export function openLayer(below: Store, above: WorldStore, folder: string): WorldStore {
  const removed = new Set<string>();
  const written = new Map<string, StoredObject>();

  async function* list(prefix: string): AsyncIterable<StoredObject> {
    for (const { key, ...object } of written.values()) if (key.startsWith(prefix)) yield { ...object, key };
    for await (const object of below.list(prefix))
      if (!removed.has(object.key) && !written.has(object.key)) yield object;
  }
  const read: Store["read"] = (object, from, to) => {
    const own = written.get(object.key);
    if (own === undefined) return below.read(object, from, to);
    return above.read({ ...own, key: `${folder}${object.key}` }, from, to);
  };
  const layer: WorldStore = {
    place: below.place,
    list,
    read,
    async write(key, body, at) {
      const { key: _, ...stored } = await above.write(`${folder}${key}`, body, at);
      const object = { ...stored, key, ...(at === undefined ? {} : { modifiedAt: at.toISOString() }) };
      written.set(key, object);
      removed.delete(key);
      return object;
    },
    async remove(key) {
      written.delete(key);
      removed.add(key);
    },
    readOnly: () => ({ place: layer.place, list, read, [Symbol.asyncDispose]: () => Promise.resolve() }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return layer;
}
