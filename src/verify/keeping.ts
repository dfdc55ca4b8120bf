/** How long recovery points are kept: by what their stores say, and by what `fogbell.yaml` tells; whichever comes first. */
import type { Keeping, Store, StoredObject } from "../parts.ts";
import type { SourceStock } from "./source-stock.ts";
import type { Candidate } from "./task.ts";

const NOTHING: Keeping = { expiresAt: null, expiresBy: null, lockedUntil: null, lockedBy: null };

type ByObject = (object: StoredObject) => Keeping;

/** The first of these to go takes the whole point with it. */
function firstToGo(all: readonly Keeping[]): Pick<Keeping, "expiresAt" | "expiresBy"> {
  const [first = NOTHING] = all
    .filter(({ expiresAt }) => expiresAt !== null)
    .sort((a, b) => ((a.expiresAt ?? "") < (b.expiresAt ?? "") ? -1 : 1));
  return { expiresAt: first.expiresAt, expiresBy: first.expiresBy };
}

/** What is known of every recovery point of some sources. Asks each store once, and never for an object. */
export async function keepingOf(stocks: readonly SourceStock[]): Promise<(candidate: Candidate) => Keeping> {
  const stores = new Map<Store, ByObject>();
  for (const { store } of stocks.flatMap(({ candidates }) => candidates)) {
    if (!stores.has(store)) stores.set(store, (await store.keeping?.()) ?? (() => NOTHING));
  }
  const all = new Map<Candidate, Keeping>();
  for (const { source, candidates } of stocks) {
    for (const candidate of candidates) {
      const { store, point } = candidate;
      const byStore = point.objects.map((object) => stores.get(store)?.(object) ?? NOTHING);
      const told: Keeping[] =
        source.retention === undefined
          ? []
          : [
              {
                ...NOTHING,
                expiresAt: new Date(Date.parse(point.moment.at) + source.retention).toISOString(),
                expiresBy: "retention set in fogbell.yaml",
              },
            ];
      // Of a lock only the first object is asked: the rules of a bucket lock all members of a backup alike.
      const { lockedUntil, lockedBy } = byStore[0] ?? NOTHING;
      all.set(candidate, { ...firstToGo([...byStore, ...told]), lockedUntil, lockedBy });
    }
  }
  return (candidate) => all.get(candidate) ?? NOTHING;
}
