/** Two stores as one, for whoever looks for a copy: the main one, and one that shares nothing with it. */
import type { Store, StoredObject } from "../parts.ts";

/** Where the second store's objects stand among those of the first. */
export const OFFSITE = "offsite/";

const without = (object: StoredObject): StoredObject => ({ ...object, key: object.key.slice(OFFSITE.length) });

export interface TwoStores {
  readonly main: Store;
  readonly offsite: Store | null;
  /** Whether the main one answers nobody any more. */
  readonly isMainLost: () => boolean;
}

/** Closing it closes nothing: both belong to somebody else. */
export function joinStores({ main, offsite, isMainLost }: TwoStores): Store {
  async function* list(prefix: string): AsyncIterable<StoredObject> {
    if (!isMainLost()) yield* main.list(prefix);
    if (offsite === null) return;
    for await (const object of offsite.list("")) {
      const key = `${OFFSITE}${object.key}`;
      if (key.startsWith(prefix)) yield { ...object, key };
    }
  }
  return {
    place: main.place,
    list,
    read: (object, from, to) =>
      offsite !== null && object.key.startsWith(OFFSITE)
        ? offsite.read(without(object), from, to)
        : main.read(object, from, to),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
