/** What lies beside a backup and is told by its name: it has no dump in it, and rarely fits a backup's pattern. */
import type { StoredObject } from "../parts.ts";

/** Roles and what they may do. */
export const isGlobals = (key: string): boolean => key.includes(".globals.");

/** What `fogbell ledger record` writes: the rows as they were at the backup's own snapshot. */
export const isLedger = (key: string): boolean => key.includes(".ledger.");

/** How programs call a copy that they have not finished: by its last ending, or, as rsync does, hidden and with six letters. */
const UNFINISHED =
  /\.(?:tmp|temp|part|partial|filepart|crdownload|download|swp|in[-_]?progress|incomplete|unfinished|uploading|writing|wip)$|(?:^|\/)\.[^/]+\.[\da-z]{6}$/i;

/** Whether a name says that another program has not finished its copy: nothing says anything about a backup by it. */
export const isUnfinished = (key: string): boolean => UNFINISHED.test(key);

/** What goes with the backups of a listing. */
export interface Companions {
  /** Those of a backup whose key begins so, before an ending. */
  of(stem: string): { readonly globals: StoredObject | undefined; readonly ledger: StoredObject | undefined };
}

/** Looked up and not searched: for each of ten thousand backups, ten thousand names would be compared. */
export function companionsAmong(objects: readonly StoredObject[]): Companions {
  const byStem = (is: (key: string) => boolean) => {
    const found = new Map<string, StoredObject>();
    for (const object of objects.filter(({ key }) => is(key))) {
      for (let dot = object.key.indexOf("."); dot >= 0; dot = object.key.indexOf(".", dot + 1)) {
        const stem = object.key.slice(0, dot);
        if (!found.has(stem)) found.set(stem, object);
      }
    }
    return found;
  };
  const [globals, ledgers] = [byStem(isGlobals), byStem(isLedger)];
  return { of: (stem) => ({ globals: globals.get(stem), ledger: ledgers.get(stem) }) };
}
