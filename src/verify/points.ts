/** The recovery points of a database's sources: listed, recognised by content, told apart by pattern, chosen by moment. */

import type { Form } from "../backups/form.ts";
import { pointId } from "../backups/generations.ts";
import type { Inventory } from "../backups/locate.ts";
import { momentInName } from "../backups/moments.ts";
import { formWords, isFault } from "../backups/unrecognised.ts";
import type { Moment, RecoveryPoint, Store, Unreadable } from "../parts.ts";
import { isUpTo, newestFirst } from "./dated.ts";
import type { Asked, Candidate } from "./task.ts";

export const isSealed = ({ form }: Inventory["unknown"][number]): boolean => form?.kind === "encrypted";

/** What is in an encrypted object is known when it was decrypted; until then it is a point by its name and time. */
export function sealed(store: Store, object: Inventory["unknown"][number], engine: string): RecoveryPoint {
  const { because, form: _, ...stored } = object;
  const named = momentInName(object.key);
  const moment: Moment = named === null ? { at: object.modifiedAt, from: "object-time" } : { at: named, from: "name" };
  return {
    id: pointId(object),
    name: object.key.split("/")[0] ?? object.key,
    store: store.place,
    objects: [stored],
    log: [],
    moment,
    reach: moment,
    sizeBytes: object.sizeBytes,
    facts: { engine, method: "unknown", format: "sealed", packing: [], complete: "unknown", because },
  };
}

/** What this machine or Fogbell lacks says nothing against a backup. */
const notReadHere = (form: Form): Unreadable => ({
  kind: "form",
  because: `it is ${formWords(form)}`,
  next: form.next,
});

/**
 * An object of the same job as recognised backups that is none itself: empty, an error message. It is what a disaster
 * would find as the newest, so it must not be passed over.
 */
export function broken(store: Store, object: Inventory["unknown"][number], engine: string): RecoveryPoint {
  const point = sealed(store, object, engine);
  const { form } = object;
  const unreadable = object.unreadable ?? (form === undefined || isFault(form) ? undefined : notReadHere(form));
  // Nothing is known against it: what is in it may be whole.
  if (unreadable !== undefined) return { ...point, facts: { ...point.facts, format: "unknown" }, unreadable };
  return { ...point, facts: { ...point.facts, format: "unknown", complete: "no", because: `it is ${object.because}` } };
}

const DAY_MS = 86_400_000;

/** How far back each question looks, and how much older than that an answer may be. */
const BACK_MS: Readonly<Partial<Record<Asked, number>>> = {
  yesterday: DAY_MS,
  "last-week": 7 * DAY_MS,
  "last-month": 30 * DAY_MS,
};

/** The moment that is asked about. */
export function askedMs(asked: Asked, nowMs: number): number {
  return nowMs - (BACK_MS[asked] ?? 0);
}

/** An answer about last week may be a week older than that: people thin out old backups on purpose. */
export function allowedLossMs(asked: Asked, rpoMs: number): number {
  return Math.max(rpoMs, BACK_MS[asked] ?? 0);
}

/** When a point was deleted from a store that keeps versions; null: it was not. */
export function deletedAt({ objects }: RecoveryPoint): string | null {
  return objects.find((object) => object.deletedAt !== undefined)?.deletedAt ?? null;
}

/** What was deleted is a last resort: nobody would find it who does not ask for versions. */
export function livingFirst(candidates: readonly Candidate[]): Candidate[] {
  const isGone = ({ point }: Candidate) => deletedAt(point) !== null;
  return [...candidates.filter((one) => !isGone(one)), ...candidates.filter(isGone)];
}

/** The candidates for a moment, newest first. */
export function upTo(candidates: readonly Candidate[], atMs: number): Candidate[] {
  return livingFirst(candidates.filter((one) => isUpTo(one, atMs)).sort(newestFirst));
}
