/** A store as it was listed once: several sources of one store ask it, and none lists it again. */
import type { Store, StoredObject } from "../parts.ts";
import { type Placed, placeAll } from "./series.ts";

export interface Listing {
  readonly objects: readonly StoredObject[];
  /** Every key among all others. Made when it is asked for first. */
  placed(): ReadonlyMap<string, Placed>;
}

const known = new WeakMap<Store, Map<string, Promise<Listing>>>();

async function list(store: Store, prefix: string): Promise<Listing> {
  const objects: StoredObject[] = [];
  for await (const object of store.list(prefix)) objects.push(object);
  let placed: ReadonlyMap<string, Placed> | null = null;
  return {
    objects,
    placed: () => {
      placed ??= placeAll(objects.map(({ key }) => key));
      return placed;
    },
  };
}

/** What lies below a prefix. An open store is listed once for each: what comes later belongs to the next call. */
export function listingOf(store: Store, prefix: string): Promise<Listing> {
  const listings = known.get(store) ?? new Map<string, Promise<Listing>>();
  known.set(store, listings);
  const listing = listings.get(prefix) ?? list(store, prefix);
  listings.set(prefix, listing);
  return listing;
}

/** The same store, of which only these are listed: as they were first, and as they are by now when asked again. */
export function showing(store: Store, objects: readonly StoredObject[]): Store {
  let asked = 0;
  return {
    ...store,
    async *list(prefix) {
      asked += 1;
      if (asked === 1) {
        for (const object of objects) if (object.key.startsWith(prefix)) yield object;
        return;
      }
      const keys = new Set(objects.map(({ key }) => key));
      for await (const object of store.list(prefix)) if (keys.has(object.key)) yield object;
    },
  };
}
