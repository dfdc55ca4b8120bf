/** What recovery sees of the store: objects of this run are as old as the simulated timeline has them. */
import type { Store, StoredObject } from "../parts.ts";

/** Servers stamp an object with their own clock; a backup that is nine hours old in the story was made a second ago. */
export function onTimeline(store: Store, writtenAt: ReadonlyMap<string, string>): Store {
  return {
    ...store,
    async *list(prefix) {
      for await (const object of store.list(prefix)) {
        const at = writtenAt.get(object.key);
        yield at === undefined ? object : ({ ...object, modifiedAt: at } satisfies StoredObject);
      }
    },
  };
}
