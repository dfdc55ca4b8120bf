/** The stores of a drill on somebody's own database: each under a layer, listed again whenever somebody looks. */
import type { ConfiguredSource } from "../config/database.ts";
import { Defect } from "../errors.ts";
import type { Engine, RecoveryPoint, Store, WorldStore } from "../parts.ts";
import { stockOf } from "../verify/source-stock.ts";
import type { Candidate } from "../verify/task.ts";
import { openLayer } from "./layer.ts";

/** A source of the database, and the store that it was opened as. */
export interface OwnSource {
  readonly source: ConfiguredSource;
  readonly store: Store;
  readonly isOthers: (key: string) => boolean;
}

export interface OwnStock {
  /** Every copy there is, as the layers leave it. */
  list(): Promise<readonly RecoveryPoint[]>;
  layerOf(point: Pick<RecoveryPoint, "store">): WorldStore;
  /** As a person types it. */
  urlOf(point: Pick<RecoveryPoint, "store">): string;
  /** The first of them: what a pruning job prunes. */
  readonly main: WorldStore;
}

/** Why a copy is no recovery point of such a drill; null when it is. */
export function whyUnused({ point, encryption }: Candidate): string | null {
  if (point.unreadable !== undefined) return point.unreadable.because;
  if (encryption !== null) return `it is encrypted with ${encryption.with}: such a copy is verified, and not drilled`;
  if (point.parts !== undefined)
    return "it lies in several files of one night: such a copy is verified, and not drilled";
  return null;
}

/** `above` is a store of this run. */
export function openOwnStock(sources: readonly OwnSource[], engine: Engine, above: WorldStore): OwnStock {
  const layers = new Map<string, { readonly layer: WorldStore; readonly url: string }>();
  for (const [index, { store, source }] of sources.entries())
    if (!layers.has(store.place))
      layers.set(store.place, { layer: openLayer(store, above, `layer-${index}/`), url: source.store });
  const found = ({ store }: Pick<RecoveryPoint, "store">) => {
    const one = layers.get(store);
    if (one === undefined) throw new Defect(`no store ${store} in this drill`);
    return one;
  };
  const [first] = layers.values();
  if (first === undefined) throw new Defect("a drill on somebody's own database without a store");
  return {
    main: first.layer,
    layerOf: (point) => found(point).layer,
    urlOf: (point) => found(point).url,
    async list() {
      const points: RecoveryPoint[] = [];
      for (const { source, store, isOthers } of sources) {
        const { candidates } = await stockOf(found({ store: store.place }).layer, source, engine, { isOthers });
        points.push(...candidates.filter((one) => whyUnused(one) === null).map(({ point }) => point));
      }
      return points;
    },
  };
}
