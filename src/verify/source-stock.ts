/** What one source of a database holds: its backups, newest first, and what is newer and not understood. */
import { beginningsOf } from "../backups/beginning.ts";
import { isGlobals, isLedger } from "../backups/companions.ts";
import { type Entry, entriesOf, keyOf, type Unread } from "../backups/entries.ts";
import { leadKey } from "../backups/generations.ts";
import { type Job, type Jobs, jobsOf } from "../backups/jobs.ts";
import { type Listing, listingOf, showing } from "../backups/listing.ts";
import { takeStock } from "../backups/locate.ts";
import { isPieceOf } from "../backups/log-names.ts";
import { fitter, listedPrefix, sampleOf } from "../backups/patterns.ts";
import type { Placed } from "../backups/series.ts";
import { sumsBeside } from "../backups/sums.ts";
import { type Newest, youngerThan } from "../backups/younger.ts";
import type { ConfiguredSource, Encryption } from "../config/database.ts";
import { baseName } from "../host/key-parts.ts";
import type { Engine, RecoveryPoint, Store, StoredObject } from "../parts.ts";
import { couldHold } from "./could-hold.ts";
import { dated, newestFirst } from "./dated.ts";
import { type Passed, passedBy } from "./passed.ts";
import { broken, isSealed, sealed } from "./points.ts";
import type { Candidate, Younger } from "./task.ts";

export interface SourceStock {
  readonly source: ConfiguredSource;
  readonly store: Store;
  /** Which keys other sources mean that are told of. */
  readonly isOthers: (key: string) => boolean;
  /** Newest first. */
  readonly candidates: readonly Candidate[];
  readonly younger: readonly Younger[];
  readonly unknown: readonly Unread[];
  /** Where nothing is a backup of it: what lies there instead. */
  readonly passed: readonly Passed[];
}

/** So many of them are looked into, to say what they are. */
const MOST_YOUNGER = 5;

interface Sorted {
  /** What the source means, with what belongs to it whatever its pattern says. */
  readonly meant: readonly StoredObject[];
  readonly isIgnored: (key: string) => boolean;
}

function ignoring({ ignore = [] }: ConfiguredSource): Sorted["isIgnored"] {
  const ignored = ignore.map(fitter);
  return (key) => ignored.some((fits) => fits(key));
}

function sortOut({ objects }: Listing, source: ConfiguredSource, engine: Engine): Sorted {
  const { pattern } = source;
  const isIgnored = ignoring(source);
  const fits = pattern === undefined ? () => true : fitter(pattern);
  const isMeant = ({ key, unreadable }: StoredObject) =>
    !isIgnored(key) &&
    (fits(key) ||
      isGlobals(key) ||
      isLedger(key) ||
      isPieceOf([engine], key) ||
      (unreadable !== undefined && couldHold(pattern, key)));
  return { meant: objects.filter(isMeant), isIgnored };
}

/** Accounts that lie beside a backup go with it, whatever they are called. */
function withAccounts(
  meant: readonly StoredObject[],
  listing: Listing,
  isIgnored: (key: string) => boolean,
): StoredObject[] {
  const placed = listing.placed();
  const known = new Set(meant);
  const accounts = listing.objects.filter(
    (object) => !known.has(object) && placed.get(object.key)?.role === "accounts" && !isIgnored(object.key),
  );
  return [...meant, ...accounts];
}

/** The jobs that a pattern means: those of its own words where there are such; by hand it may mean any. */
function meantJobs({ jobs }: Jobs, words: readonly string[] | undefined): readonly Job[] {
  if (words === undefined) return jobs;
  const same = jobs.filter((job) => job.words.join(" ") === words.join(" "));
  return same.length === 0 ? jobs : same;
}

/** The log may lie in a folder that the pattern does not reach: it belongs to its backups all the same. */
async function beyond(
  store: Store,
  engine: Engine,
  points: readonly RecoveryPoint[],
  source: ConfiguredSource,
): Promise<StoredObject[]> {
  const prefix = listedPrefix(source.pattern);
  const isIgnored = ignoring(source);
  const froms = points.flatMap(({ facts, log }) => (log.length === 0 ? (facts.logFrom ?? []) : []));
  if (froms.length === 0) return [];
  const { objects } = await listingOf(store, "");
  const isNew = (key: string) => prefix !== "" && isPieceOf([engine], key);
  // Pieces under names of their own are no pattern's, wherever they lie.
  const isAlso = (key: string) =>
    /\.\d{6,}$/.test(key) && froms.some((from) => engine.log?.isAlso?.(baseName(key), from) === true);
  return objects.filter(({ key }) => !isIgnored(key) && (isNew(key) || isAlso(key)));
}

/** Copies that others go on from, and that go on from others, may lie where the pattern does not reach: everything else of the store may be one. */
async function before(
  store: Store,
  points: readonly RecoveryPoint[],
  source: ConfiguredSource,
  objects: readonly StoredObject[],
): Promise<StoredObject[]> {
  // One that goes on from a full copy shows that it is the older one, whatever its files' times say.
  if (points.every(({ facts }) => facts.span === undefined)) return [];
  const isIgnored = ignoring(source);
  const here = new Set(objects.map(({ key }) => key));
  const listing = await listingOf(store, "");
  return listing.objects.filter(({ key }) => !here.has(key) && !isIgnored(key));
}

interface Looked {
  readonly points: readonly RecoveryPoint[];
  readonly unread: readonly Unread[];
  readonly left: readonly Unread[];
  readonly entries: readonly Entry[];
}

async function lookAt(
  store: Store,
  source: ConfiguredSource,
  engine: Engine,
  objects: readonly StoredObject[],
): Promise<Looked> {
  const { pattern, database, method } = source;
  const shown = showing(store, objects);
  const first = await takeStock(shown, [engine], "");
  const log = await beyond(store, engine, first.points, source);
  const others = await before(store, first.points, source, objects);
  const known = new Set(objects.map(({ key }) => key));
  const more = [...log, ...others].filter(({ key }) => !known.has(key));
  const inventory = more.length === 0 ? first : await takeStock(showing(store, [...objects, ...more]), [engine], "");
  const isOther = new Set(more.map(({ key }) => key));
  const isOf = ({ facts, ...point }: RecoveryPoint) =>
    !isOther.has(leadKey(point)) &&
    facts.engine === engine.name &&
    (method === undefined || facts.method === method) &&
    (database === undefined || facts.database === undefined || facts.database === database);
  const points = inventory.points.filter(isOf);
  const unknown = inventory.unknown.filter(({ key }) => !isOther.has(key));
  const sample = pattern === undefined ? undefined : sampleOf(pattern);
  const { entries, placed } = entriesOf({ points, unknown }, sample === undefined ? [] : [sample]);
  const jobs = await jobsOf(entries, beginningsOf(store, [engine]));
  const meant = meantJobs(jobs, sample === undefined ? undefined : placed.get(sample)?.words);
  const series = meant.flatMap((job) => job.series);
  const unread = [...new Set(series.flatMap((one) => one.unread))];
  const isTaken = new Set<Unread>(unread);
  return {
    points: [...new Set(series.flatMap((one) => one.points))],
    unread,
    left: unknown.filter((one) => !isTaken.has(one)),
    entries,
  };
}

/** What each of them is, as far as its first bytes tell. */
async function tell(
  store: Store,
  engine: Engine,
  objects: readonly StoredObject[],
  placed: ReadonlyMap<string, Placed>,
): Promise<Younger[]> {
  const newest = [...objects].sort((a, b) => (a.modifiedAt < b.modifiedAt ? 1 : -1)).slice(0, MOST_YOUNGER);
  if (newest.length === 0) return [];
  const { points, unknown } = await takeStock(showing(store, newest), [engine], "");
  return newest.map((object) => ({
    key: object.key,
    object,
    pattern: placed.get(object.key)?.glob ?? object.key,
    because:
      unknown.find((one) => one.key === object.key)?.because ??
      (points.some(({ objects: of }) => of.some((one) => one.key === object.key))
        ? "a backup that no pattern matches"
        : "no backup that Fogbell recognises"),
  }));
}

/** With what its job wrote down of it. */
function withSums(point: RecoveryPoint, beside: (key: string) => StoredObject[]): RecoveryPoint {
  const sums = point.objects.flatMap(({ key }) => beside(key).map((object) => ({ of: key, object })));
  return sums.length === 0 ? point : { ...point, sums };
}

/** Where a source's own newest stands in the listing; null when it has none. */
function newestOf(candidates: readonly Candidate[], listing: Listing, entries: readonly Entry[]): Newest | null {
  const [first] = candidates;
  const object = first?.point.objects.at(-1);
  if (first === undefined || object === undefined) return null;
  const own = entries.find(({ point, unread }) => (point === null ? unread?.key : point.id) === first.point.id);
  const placed: Placed | undefined = listing.placed().get(object.key) ?? own?.placed;
  return placed === undefined ? null : { object, placed };
}

export interface Around {
  /** Which keys other sources mean that are told of. */
  readonly isOthers?: (key: string) => boolean;
  readonly nowMs?: number;
}

/**
 * Everything that a source holds for an engine. Reads heads and ends, never a whole object.
 */
export async function stockOf(
  store: Store,
  source: ConfiguredSource,
  engine: Engine,
  { isOthers = () => false, nowMs = Date.now() }: Around = {},
): Promise<SourceStock> {
  const encryption: Encryption | null =
    source.encryption === undefined || source.encryption.with === "none" ? null : source.encryption;
  const listing = await listingOf(store, listedPrefix(source.pattern));
  const { meant, isIgnored } = sortOut(listing, source, engine);
  const looked = source.pattern === undefined ? meant : withAccounts(meant, listing, isIgnored);
  const { points, unread, left, entries } = await lookAt(store, source, engine, looked);
  const opened = encryption === null ? [] : [...unread, ...left].filter(isSealed);
  const fits = source.pattern === undefined ? null : fitter(source.pattern);
  const isNone = (one: Unread) =>
    // Nobody knows what is in it: it may be all there is, or a folder with the newest.
    (one.unreadable !== undefined && (points.length === 0 || couldHold(source.pattern, one.key))) ||
    (points.length === 0 && opened.length === 0 && (fits === null || fits(one.key)));
  const bad = [...unread, ...left.filter(isNone)].filter((one) => !opened.includes(one));
  const beside = sumsBeside(listing.objects);
  const at = (point: RecoveryPoint, of: Encryption | null): Candidate => ({
    store,
    storeUrl: source.store,
    point,
    encryption: of,
    ...(source.timezone === undefined ? {} : { timezone: source.timezone }),
  });
  const all = [
    ...bad.map((object) => at(broken(store, object, engine.name), null)),
    ...points.map((point) => at(withSums(point, beside), null)),
    ...opened.map((object) => at(withSums(sealed(store, object, engine.name), beside), encryption)),
  ];
  const candidates = dated(all, { timezone: source.timezone, nowMs }).sort(newestFirst);
  const newest = newestOf(candidates, listing, entries);
  const taken = new Set([
    ...candidates.flatMap(({ point }) => point.objects.map(({ key }) => key)),
    ...points.map(keyOf),
  ]);
  const isKnown = (key: string) => taken.has(key) || isIgnored(key) || isOthers(key) || isPieceOf([engine], key);
  const strange = newest === null ? [] : youngerThan(newest, listing.objects, { placed: listing.placed(), isKnown });
  const told = new Set<Unread>([...bad, ...opened]);
  const isLeft = ({ key }: StoredObject) => !isIgnored(key) && !isOthers(key) && !isPieceOf([engine], key);
  return {
    source,
    store,
    isOthers,
    candidates,
    younger: await tell(store, engine, strange, listing.placed()),
    unknown: left.filter((one) => !told.has(one)),
    passed: candidates.length > 0 ? [] : await passedBy(store, engine, source, listing.objects.filter(isLeft)),
  };
}
