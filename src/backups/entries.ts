/** Everything that lies in a store, each with its place among the others: backups, and what nobody understands. Pure. */
import type { RecoveryPoint, StoredObject } from "../parts.ts";
import { leadKey } from "./generations.ts";
import type { Inventory } from "./locate.ts";
import { type Placed, placeAll } from "./series.ts";

export type Unread = Inventory["unknown"][number];

/** A backup, or an object that is not understood. */
export interface Entry {
  readonly placed: Placed;
  readonly point: RecoveryPoint | null;
  readonly unread: Unread | null;
  /** Of a backup of several files: the place of each. */
  readonly members?: readonly Placed[];
}

/** What the beginning of a backup's text tells; null where nobody can read it. */
export interface Beginning {
  readonly tables: readonly string[];
  readonly hasRows: boolean;
  /** Whether what was read is all there is. */
  readonly isAll: boolean;
}
export type ReadBeginning = (point: RecoveryPoint) => Promise<Beginning | null>;

/** One part of a file that was split, by its name. */
const isPart = (key: string) => /part[-_.]?\w+$|\.\d{3,}$/i.test(key);

/** What a job calls its backup, whatever the version; a folder's member stands for its folder. */
export function keyOf(point: RecoveryPoint): string {
  const key = leadKey(point);
  const slash = key.lastIndexOf("/");
  const isFolder = point.parts === undefined && point.objects.length > 1 && slash > 0 && !isPart(key);
  return isFolder ? key.slice(0, slash) : key;
}

/** The object that an entry is called by. */
export const objectOf = ({ point, unread }: Entry): StoredObject => unread ?? (point?.objects[0] as StoredObject);

/** All of a store, placed. `also` are keys that are no objects, such as what a pattern could mean. */
export function entriesOf(
  { points, unknown }: Pick<Inventory, "points" | "unknown">,
  also: readonly string[] = [],
): { readonly entries: Entry[]; readonly placed: ReadonlyMap<string, Placed> } {
  const keys = points.map(keyOf);
  const placed = placeAll([...keys, ...unknown.map(({ key }) => key), ...also]);
  const at = (key: string) => placed.get(key) as Placed;
  return {
    placed,
    entries: [
      ...points.map((point, index): Entry => ({ placed: at(keys[index] ?? ""), point, unread: null })),
      ...unknown.map((unread): Entry => ({ placed: at(unread.key), point: null, unread })),
    ],
  };
}
