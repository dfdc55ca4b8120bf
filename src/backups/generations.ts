/** A listing with older versions holds the backups of several nights under the same keys: they are told apart here. */
import type { RecoveryPoint, StoredObject } from "../parts.ts";

/**
 * The newest version of every key, then the one before it of every key that has one, and so on. Of one key the newest is
 * listed first. Without versions there is one generation.
 */
export function generations(objects: readonly StoredObject[]): StoredObject[][] {
  const seen = new Map<string, number>();
  const all: StoredObject[][] = [];
  for (const object of objects) {
    const index = seen.get(object.key) ?? 0;
    seen.set(object.key, index + 1);
    const generation = all[index];
    if (generation === undefined) all.push([object]);
    else generation.push(object);
  }
  return all;
}

/** What a recovery point is called: its first key, and which version of it where the store lists several. */
export function pointId({ key, version }: StoredObject): string {
  return version === undefined ? key : `${key}@${version}`;
}

/** The key that a recovery point is called by, whatever the version. */
export function leadKey({ id, objects }: Pick<RecoveryPoint, "id" | "objects">): string {
  return objects.find((object) => pointId(object) === id)?.key ?? id;
}
