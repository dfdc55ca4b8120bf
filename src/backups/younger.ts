/** What is newer than the newest backup, looks like the same job's, and is not understood: never passed over. Pure. */
import { folderOf } from "../host/key-parts.ts";
import type { StoredObject } from "../parts.ts";
import { setAside } from "./companions.ts";
import { writtenIn } from "./moments.ts";
import type { Placed } from "./series.ts";

/** Endings of what evidently is no backup: notes, logs, sums, locks. */
const BESIDE =
  /\.(?:txt|md|html?|log|err|out|json|ya?ml|xml|ini|conf|cfg|sh|py|pl|lock|pid|status|ok|done|success|list|lst|idx|sha\d*|sha\d+sum|md5|md5sum|crc32|asc|sig|minisig|metadata|meta|manifest)$|(?:^|\/)\.|~$/i;

/** Whether a name says that it is no backup by itself. */
const isEvidentlyNone = (key: string): boolean => BESIDE.test(key) || setAside(key) !== null;

/** A job's own newest, to compare with. */
export interface Newest {
  readonly object: StoredObject;
  readonly placed: Placed;
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one) => b.includes(one));

/** The end of what a name tells: a day without a time may be its last minute. */
const namedMs = ({ key, modifiedAt }: StoredObject) => writtenIn(key, Date.parse(modifiedAt))?.spans[0]?.toMs;

/** By what both names tell, else by when both were written. */
export function isYounger(object: StoredObject, newest: StoredObject): boolean {
  const [named, other] = [namedMs(object), namedMs(newest)];
  if (named !== undefined && other !== undefined && named !== other) return named > other;
  return object.modifiedAt > newest.modifiedAt;
}

/** Another name of the same content, as links are: nothing new. */
const isCopy = (a: StoredObject, b: StoredObject) => a.sizeBytes === b.sizeBytes && a.sizeBytes > 0;

/**
 * Of a listing what may be the job's own and newer. `isKnown` says what is understood by others: meant by a pattern, told
 * to be ignored, a piece of a log.
 */
export function youngerThan(
  newest: Newest,
  objects: readonly StoredObject[],
  { placed, isKnown }: { placed: ReadonlyMap<string, Placed>; isKnown: (key: string) => boolean },
): StoredObject[] {
  return objects.filter((object) => {
    const place = placed.get(object.key);
    if (place === undefined || (place.role !== null && place.role !== "data")) return false;
    if (!isSame(place.words, newest.placed.words) || isKnown(object.key) || isEvidentlyNone(object.key)) return false;
    if (!place.isNamed && folderOf(place.glob) !== folderOf(newest.placed.glob)) return false;
    // The last question: to read a moment in a name takes longest.
    return !(place.isAlias && isCopy(object, newest.object)) && isYounger(object, newest.object);
  });
}
