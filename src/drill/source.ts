/** From "what copies are there" to a whole copy beside the damaged database: locate, choose, fetch, check. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { BESIDE_FOLDER, fetchToScratch, LOG_FOLDER } from "../backups/fetch.ts";
import { leadKey } from "../backups/generations.ts";
import { takeStock } from "../backups/locate.ts";
import { reason, select } from "../backups/select.ts";
import { LostError, RefusedError } from "../errors.ts";
import type { Link } from "../host/link.ts";
import { quote } from "../host/sh.ts";
import type { Line, RecoveryPoint, Server, Store } from "../parts.ts";
import { namedSource, type Plan } from "../plan/plan.ts";
import type { EventBody, Mark, Progress, SourceFacts } from "../record.ts";
import type { Runner } from "../run/runner.ts";
import { checkCopy } from "./check-copy.ts";
import { fetchLine, fetchPoint } from "./fetch-point.ts";
import { ourselves } from "./ourselves.ts";
import type { OwnSources, ReadSource } from "./own-world.ts";

export interface SourceKit extends Partial<OwnSources> {
  readonly plan: Plan;
  readonly store: Store;
  readonly server: Server;
  readonly runner: Runner;
  /** Folder of this run on the host. */
  readonly folder: string;
  readonly damagedAtMs: number;
  /** Up to here a recovery point may be of use: the damage, or when nobody knows when that was, the moment it was found. */
  readonly usefulUntilMs: number;
  readonly signal: AbortSignal;
  readonly write: (body: EventBody) => void;
  readonly mark: (mark: Mark) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly link: Link | null;
  /** Hashes of the backups that this run made, when no other may be opened here; null when any may. */
  readonly made: ReadonlySet<string> | null;
  /** What the scenario calls the backups, by the key they are found by, where their own names do not tell. */
  readonly names: ReadonlyMap<string, string>;
  /** Recovery points that run beside the database. */
  readonly live: readonly RecoveryPoint[];
  /** Told where the copy will lie before the check runs on it. */
  readonly onCopy: (point: RecoveryPoint, copy: Copy | null) => void;
  /** Ends the current piece of the log and moves what is archived to the store; null when nothing archives. */
  readonly shipLog: (() => Promise<void>) | null;
}

/** Where a fetched copy lies inside the server. */
export interface Copy {
  readonly backup: string;
  readonly log: string;
  /** Roles and what they may do; empty when the backup has none beside it. */
  readonly globals: string;
}

export interface Source {
  readonly point: RecoveryPoint;
  /** Of all its objects; null for a server that runs. */
  readonly sha256: string | null;
}

const listLine: Line = {
  say: "List every copy, newest first, with age and size.",
  script: 'fogbell backups list --store "$STORE"',
  uses: ["STORE"],
  expect: "A table of backups. Extend the retention of all of them now.",
  ifNot: "Before you decide, check every other place on the inventory page.",
  destroys: false,
};

/** What the journal keeps of a recovery point that is `ageMs` old. */
export function factsOf(point: RecoveryPoint, ageMs: number): SourceFacts {
  return {
    id: point.id,
    name: point.name,
    place: point.store,
    keys: point.objects.map(({ key }) => key),
    moment: point.moment,
    ageMs,
    sizeBytes: point.sizeBytes,
    facts: point.facts,
  };
}

/** Takes stock and puts the candidates in order, newest first. Throws LostError when there is none. */
export async function locate(kit: SourceKit): Promise<RecoveryPoint[]> {
  const { plan, damagedAtMs } = kit;
  await kit.shipLog?.();
  const inventory = await ourselves(kit, listLine, { phase: "locate", id: "locate.list-sources" }, () =>
    kit.stock === undefined ? takeStock(kit.store, [plan.engine]) : kit.stock(),
  );
  const only = namedSource(plan.scenario);
  const points = named(kit, inventory.points);
  const considered = select(points, {
    damagedAtMs: kit.usefulUntilMs,
    engine: plan.engine.name,
    version: plan.version,
    only,
    ...(kit.production === undefined ? {} : { production: kit.production }),
  });
  for (const one of considered) {
    kit.write({
      kind: "source-considered",
      source: factsOf(one.point, damagedAtMs - Date.parse(one.point.moment.at)),
      rejected: one.rejected?.because ?? null,
      ...(one.rejected === null ? {} : { rejectedAs: one.rejected.kind }),
    });
  }
  for (const { key, because } of inventory.unknown) kit.write({ kind: "note", text: `${key}: ${because}` });
  const candidates = considered.filter(({ rejected }) => rejected === null).map(({ point }) => point);
  if (candidates.length === 0) {
    const why = [
      ...considered.map(({ point, rejected }) => `${point.id}: ${rejected?.because}`),
      ...inventory.unknown.map(({ key, because }) => `${key}: ${because}`),
    ].join("; ");
    throw new LostError(
      `no recovery point to restore from in ${kit.store.place}${why === "" ? ": the store is empty" : `: ${why}`}`,
      {
        code: "FB_NO_SOURCE",
        next: [`fogbell backups list --store ${quote(kit.store.place)}`],
      },
    );
  }
  kit.mark("T3");
  return candidates;
}

/** Every recovery point there is, as the scenario calls it: those of the store, and those that run. */
export function named({ plan, names, live }: SourceKit, stored: readonly RecoveryPoint[]): RecoveryPoint[] {
  const points = stored.map((point) => ({
    ...point,
    name: names.get(leadKey(point)) ?? point.name,
  }));
  return [...points.map((point) => withScript(plan, point)), ...live];
}

/** What a user's script made is restored by the user's script, when there is one. */
function withScript({ backups }: Plan, point: RecoveryPoint): RecoveryPoint {
  const made = backups.find(({ name, method }) => name === point.name && method.scripts !== undefined);
  const restore = made?.method.scripts?.(made.options).restore;
  return restore === undefined ? point : { ...point, facts: { ...point.facts, script: basename(restore) } };
}

/** Copies a fetched point into the server, in a folder of its own, and returns where it lies there. */
export async function bring(
  kit: Pick<SourceKit, "server">,
  point: Pick<RecoveryPoint, "objects">,
  { folder, paths }: { folder: string; paths: readonly string[] },
): Promise<Copy> {
  const base = `${kit.server.folders.scratch}/fetched/${basename(folder)}`;
  const target = (path: string) => `${base}/${relative(folder, path).split(sep).join("/")}`;
  for (const path of paths) await kit.server.put(target(path), createReadStream(path), (await stat(path)).size);
  const names = paths.slice(0, point.objects.length).map((path) => relative(folder, path).split(sep));
  const [[top = ""] = []] = names;
  // One file is itself; several share a folder, or lie where they were fetched to.
  const backup = names.length === 1 ? (names[0] ?? []).join("/") : names.every(([first]) => first === top) ? top : "";
  const globals = paths.find((path) => relative(folder, path).startsWith(`${BESIDE_FOLDER}${sep}`));
  return {
    backup: `${base}/${backup}`,
    log: `${base}/${LOG_FOLDER}`,
    globals: globals === undefined ? "" : target(globals),
  };
}

/** Tries the candidates until one proves whole. Throws RefusedError or LostError when none does. */
export async function fetchVerified(kit: SourceKit, candidates: readonly RecoveryPoint[]): Promise<Source> {
  const rejected: RejectedPoint[] = [];
  for (const [index, point] of candidates.entries()) {
    kit.write({
      kind: "source-chosen",
      sourceId: point.id,
      because: `${index === 0 ? "" : "the best that is left: "}${reason(point, kit.damagedAtMs)}`,
    });
    kit.onCopy(point, null);
    const fetched = point.facts.isLive === true ? null : await fetchCopy(kit, point, index);
    const sha256 = fetched?.sha256 ?? null;
    const id = `fetch.check-copy${index === 0 ? "" : `.${index + 1}`}`;
    const { fault, point: meant } = await readFetched(kit, point, fetched, id);
    if (fault === null) {
      kit.mark("T4");
      return { point: meant, sha256 };
    }
    rejected.push({ point, ...fault });
    kit.write({ kind: "source-rejected", sourceId: point.id, because: fault.because });
  }
  throw noneWhole(rejected);
}

/** Reads what was fetched to its end; the point as it is restored, when its text tells more of it. */
export async function readFetched(
  kit: SourceKit,
  point: RecoveryPoint,
  fetched: FetchedCopy | null,
  id: string,
): Promise<ReadSource> {
  if (kit.read === undefined || fetched === null)
    return { fault: await checkCopy(kit, point, fetched?.paths ?? [], id), point };
  const read = await kit.read(point, fetched.paths, id);
  if (read.point !== point) kit.onCopy(read.point, fetched.copy);
  return read;
}

export interface RejectedPoint {
  readonly point: RecoveryPoint;
  readonly because: string;
  readonly leaves: boolean;
}

/** The error for a search that found nothing: refused when a copy would have left its target, lost otherwise. */
export function noneWhole(rejected: readonly RejectedPoint[]): RefusedError | LostError {
  const why = rejected.map(({ point, because }) => `${point.id}: ${because}`).join("; ");
  const next = ["look for copies outside the store: replicas, laptops, old object versions"];
  if (rejected.some(({ leaves }) => leaves)) {
    return new RefusedError(`no recovery point may be restored: ${why}`, { code: "FB_DUMP_LEAVES", next });
  }
  return new LostError(`no recovery point is whole: ${why}`, { code: "FB_NO_SOURCE", next });
}

/** A copy on this host, and where it lies inside the server. */
export interface FetchedCopy {
  readonly sha256: string;
  readonly paths: readonly string[];
  readonly copy: Copy;
}

const storeOf = ({ store, storeOf: own }: SourceKit, point: RecoveryPoint): Store => own?.(point) ?? store;

const besideOf = ({ globals }: RecoveryPoint) => (globals === undefined ? [] : [globals]);

/** Fetches what the point consists of and brings it into the server. Returns its hash, and where it lies on this host. */
export async function fetchCopy(
  kit: SourceKit,
  point: RecoveryPoint,
  index: number,
  line: Line = fetchLine,
): Promise<FetchedCopy> {
  const folder = join(kit.folder, "fetched", String(index));
  const from = { store: storeOf(kit, point), beside: besideOf(point), folder, index };
  const fetched = await fetchPoint(kit, point, from, line);
  assertMade(kit, fetched.files);
  const paths = fetched.files.map(({ path }) => path);
  const copy = await bring(kit, point, { folder, paths });
  kit.onCopy(point, copy);
  return { sha256: fetched.sha256, copy, paths: paths.slice(0, point.objects.length) };
}

/** Throws RefusedError for a copy that this run did not make, where such a copy could reach out. */
function assertMade({ made }: SourceKit, files: readonly { key: string; sha256: string }[]): void {
  const foreign = made === null ? undefined : files.find(({ sha256 }) => !made.has(sha256));
  if (foreign === undefined) return;
  throw new RefusedError(`${foreign.key} was not made by this run, and this sandbox is not cut off from the machine`, {
    code: "FB_FOREIGN_BACKUP",
    next: ["fogbell run --sandbox docker …", "if you know what's in the backup, add --trust-backups"],
  });
}

/** Reads the source again, whole: is it what it was when it was fetched? A replica is used up, and says so. */
export async function unchanged(kit: SourceKit, source: Source): Promise<EventBody> {
  if (source.sha256 === null) {
    return { kind: "note", text: `${source.point.id} was rolled forward and promoted; it no longer replicates` };
  }
  const common = {
    kind: "finding",
    probe: "source-unchanged",
    group: "verify",
    subject: source.point.id,
    line: 0,
  } as const;
  const folder = join(kit.folder, "reread");
  const again = await fetchToScratch({
    store: storeOf(kit, source.point),
    objects: source.point.objects,
    log: source.point.log,
    beside: besideOf(source.point),
    folder,
    signal: kit.signal,
    onProgress: () => {},
  });
  return again.sha256 === source.sha256
    ? { ...common, held: "yes", because: `the recovery point still hashes to ${source.sha256.slice(0, 12)}` }
    : { ...common, held: "no", because: "the recovery point is not what it was when it was fetched" };
}
