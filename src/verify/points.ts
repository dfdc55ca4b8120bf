/** The recovery points of a database's sources: listed, recognised by content, told apart by pattern, chosen by moment. */

import { isGlobals, isLedger } from "../backups/companions.ts";
import { pointId } from "../backups/generations.ts";
import { type Inventory, takeStock } from "../backups/locate.ts";
import { momentInName } from "../backups/moments.ts";
import type { ConfiguredSource, Encryption } from "../config/database.ts";
import type { Engine, Moment, RecoveryPoint, Store, StoredObject } from "../parts.ts";
import { couldHold } from "./could-hold.ts";
import { dated, isUpTo, newestFirst } from "./dated.ts";
import type { Asked, Candidate } from "./task.ts";

/** `*` is anything but a slash, `**` anything, `?` one character; everything else is itself. */
export function matcher(pattern: string): (key: string) => boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  const source = escaped
    .replaceAll("**/", "\u0001")
    .replaceAll("**", "\u0002")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll("\u0001", "(?:.*/)?")
    .replaceAll("\u0002", ".*");
  const whole = new RegExp(`^${source}$`, "s");
  return (key) => whole.test(key);
}

/** The part of a pattern before its first wildcard, up to a slash: what a store can list by. */
export function listedPrefix(pattern: string | undefined): string {
  const plain = /^[^*?]*/.exec(pattern ?? "")?.[0] ?? "";
  return plain === pattern ? plain : plain.slice(0, plain.lastIndexOf("/") + 1);
}

/** A member of a folder backup belongs to the pattern when its folder does. */
function only(store: Store, pattern: string | undefined): Store {
  if (pattern === undefined) return store;
  const matches = matcher(pattern);
  const fits = (key: string): boolean => {
    if (matches(key)) return true;
    const slash = key.lastIndexOf("/");
    return slash > 0 && (matches(key.slice(0, slash)) || matches(`${key.slice(0, slash)}/`));
  };
  return {
    ...store,
    async *list(prefix) {
      for await (const object of store.list(prefix)) {
        const isHidden = object.unreadable !== undefined && couldHold(pattern, object.key);
        if (fits(object.key) || isHidden || isGlobals(object.key) || isLedger(object.key)) yield object;
      }
    },
  };
}

const SEALED = /^encrypted with/;

/** What is in an encrypted object is known when it was decrypted; until then it is a point by its name and time. */
function sealed(store: Store, object: Inventory["unknown"][number], engine: string): RecoveryPoint {
  const { because, ...stored } = object;
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

/** Names of one job: the same but for their numbers. */
export const series = (key: string) => key.replaceAll(/\d+/g, "#");

/**
 * An object of the same job as recognised backups that is none itself: empty, an error message. It is what a disaster
 * would find as the newest, so it must not be passed over.
 */
function broken(store: Store, object: Inventory["unknown"][number], engine: string): RecoveryPoint {
  const point = sealed(store, object, engine);
  const { unreadable } = object;
  // Nothing is known against it: what is in it may be whole.
  if (unreadable !== undefined) return { ...point, facts: { ...point.facts, format: "unknown" }, unreadable };
  return { ...point, facts: { ...point.facts, format: "unknown", complete: "no", because: `it is ${object.because}` } };
}

export interface SourceStock {
  readonly source: ConfiguredSource;
  /** Newest first. */
  readonly candidates: readonly Candidate[];
  readonly unknown: Inventory["unknown"];
}

/** Everything that a source holds for an engine. Reads heads and ends, never a whole object. */
export async function stockOf(
  store: Store,
  source: ConfiguredSource,
  engine: Engine,
  nowMs = Date.now(),
): Promise<SourceStock> {
  const encryption: Encryption | null =
    source.encryption === undefined || source.encryption.with === "none" ? null : source.encryption;
  const inventory = await takeStock(only(store, source.pattern), [engine], listedPrefix(source.pattern));
  const fits = ({ facts }: RecoveryPoint) =>
    facts.engine === engine.name && (source.method === undefined || facts.method === source.method);
  const opened = encryption === null ? [] : inventory.unknown.filter(({ because }) => SEALED.test(because));
  const jobs = new Set(
    [...inventory.points.filter(fits).flatMap(({ objects }) => objects), ...opened].map(({ key }) => series(key)),
  );
  const isNone = (object: StoredObject) =>
    jobs.has(series(object.key)) ||
    // Nobody knows what is in it: it may be all there is, or a folder with the newest.
    (object.unreadable !== undefined && (jobs.size === 0 || couldHold(source.pattern, object.key))) ||
    (jobs.size === 0 && source.pattern !== undefined && matcher(source.pattern)(object.key));
  const left = inventory.unknown.filter((one) => !opened.includes(one));
  const candidates = [
    ...left.filter(isNone).map(
      (object): Candidate => ({
        store,
        storeUrl: source.store,
        point: broken(store, object, engine.name),
        encryption: null,
      }),
    ),
    ...inventory.points
      .filter(fits)
      .map((point): Candidate => ({ store, storeUrl: source.store, point, encryption: null })),
    ...opened.map(
      (object): Candidate => ({ store, storeUrl: source.store, point: sealed(store, object, engine.name), encryption }),
    ),
  ];
  const sorted = dated(candidates, { timezone: source.timezone, nowMs }).sort(newestFirst);
  return { source, candidates: sorted, unknown: left.filter((one) => !isNone(one)) };
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
