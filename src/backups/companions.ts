/** What lies beside a backup and is told by its name: it has no dump in it, and rarely fits a backup's pattern. */
import { folderOf } from "../host/key-parts.ts";
import type { StoredObject } from "../parts.ts";

/** Roles and what they may do. */
export const isGlobals = (key: string): boolean => key.includes(".globals.");

/** What `fogbell ledger record` writes: the rows as they were at the backup's own snapshot. */
export const isLedger = (key: string): boolean => key.includes(".ledger.");

/** Endings that programs give a copy, or a folder, until they have finished it. */
const UNFINISHED =
  /\.(?:tmp|temp|part|partial|filepart|(?:cr|op|opera)?download|swp|in[-_]?progress|incomplete|unfinished|upload|uploading|writing|wip|copying|_copying_|aria2|gstmp)$/i;

/** What programs put around a name meanwhile: rsync, its folders, transfers of clouds, Syncthing, ProFTPD. */
const MEANWHILE =
  /^\.[^/]+\.[\da-z]{6}$|^\.~tmp~$|^\.rsync-(?:partial|tmp)$|\.[\da-f]{8}\.partial$|^[.~]syncthing[.~]|^\.in\..+\.$|^\.azdownload-/i;

/** Folders of what was thrown away, or is being deleted: of rsnapshot, of desktops, of NAS. */
const THROWN_AWAY = /^(?:_delete\.\d+|\.?trash(?:es|-\d+)?|[#@$]recycle(?:\.bin)?|recycle\.bin|\.deleted)$/i;

/** Each part of a key is asked: a folder may be unfinished as a whole. */
const anyPart = (key: string, is: (part: string) => boolean) => key.split("/").some(is);

/** Whether a name says that another program has not finished its copy: nothing says anything about a backup by it. */
export const isUnfinished = (key: string): boolean =>
  anyPart(key, (part) => UNFINISHED.test(part) || MEANWHILE.test(part));

/** Whether it lies where things are thrown away: its job does not count on it any more. */
export const isThrownAway = (key: string): boolean => anyPart(folderOf(key), (part) => THROWN_AWAY.test(part));

/** Why a name alone says that no backup is to be looked for there; null: it says nothing of the kind. */
export function setAside(key: string): string | null {
  if (isUnfinished(key)) return "by its name a copy that is not finished";
  return isThrownAway(key) ? "it lies where things are thrown away" : null;
}

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
