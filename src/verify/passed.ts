/**
 * Where no object is a backup of a database, and the place is not empty: what lies there instead. A pattern that means nothing
 * any more and a form that nobody reads look the same from outside, and prove nothing against the backups.
 */

import { showing } from "../backups/listing.ts";
import { takeStock } from "../backups/locate.ts";
import { fitter } from "../backups/patterns.ts";
import type { ConfiguredSource } from "../config/database.ts";
import { UnavailableError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import type { Engine, RecoveryPoint, Store, StoredObject } from "../parts.ts";

/** An object that was passed over, and why. */
export interface Passed {
  readonly key: string;
  readonly because: string;
  /** Of which store, to be typed. */
  readonly storeUrl: string;
}

/** So many of them are looked into. */
const MOST = 5;

/** Why a backup is none of this source's. */
function whyOther({ facts }: RecoveryPoint, key: string, { pattern, database, method }: ConfiguredSource): string {
  if (pattern !== undefined && !fitter(pattern)(key)) return `a backup that ${JSON.stringify(pattern)} does not mean`;
  if (database !== undefined && facts.database !== undefined && facts.database !== database)
    return `a backup of the database ${facts.database}, and fogbell.yaml says ${database} there`;
  if (method !== undefined && facts.method !== method)
    return `a ${facts.method} backup, and fogbell.yaml says ${method} there`;
  return "a backup that the source does not mean";
}

/** What the newest of them are. */
export async function passedBy(
  store: Store,
  engine: Engine,
  source: ConfiguredSource,
  objects: readonly StoredObject[],
): Promise<Passed[]> {
  const newest = [...objects].sort((a, b) => (a.modifiedAt < b.modifiedAt ? 1 : -1)).slice(0, MOST);
  if (newest.length === 0) return [];
  const { points, unknown } = await takeStock(showing(store, newest), [engine], "");
  return newest.map(({ key }) => {
    const point = points.find(({ objects: of }) => of.some((one) => one.key === key));
    const because =
      unknown.find((one) => one.key === key)?.because ??
      (point === undefined ? "no backup that Fogbell recognises" : whyOther(point, key, source));
    return { key, because, storeUrl: source.store };
  });
}

/** What the verdict is then: nobody can tell, with each name. */
export function passedError(title: string, passed: readonly Passed[]): UnavailableError {
  const [first, ...others] = passed;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return new UnavailableError(
    `no object there is understood as a backup of ${title}: ${first?.key}: ${first?.because}${more}`,
    {
      code: "FB_NOT_JUDGED",
      next: [
        `fogbell backups list --store ${quote(first?.storeUrl ?? "")}`,
        "look at pattern, database and engine of the source in fogbell.yaml",
      ],
    },
  );
}
