/** A table's rows as sums of digests, by bucket: what two moments of it are told apart by. */

/** Bucket → `rows <TAB> sum`, of each bucket that holds rows. */
export type Buckets = ReadonlyMap<number, string>;

/** Ascending; one that holds rows on one side only differs, too. */
export function differingBuckets(a: Buckets, b: Buckets): number[] {
  const all = new Set([...a.keys(), ...b.keys()]);
  return [...all].filter((bucket) => a.get(bucket) !== b.get(bucket)).sort((one, other) => one - other);
}
