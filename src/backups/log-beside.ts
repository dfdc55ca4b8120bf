/**
 * The log that brings each backup of a store further: which of several it is, from which piece on, and what of it cannot be
 * gone through. A log is told by its own names, by what its pieces say of their server, and by where they lie.
 */
import { baseName, folderOf } from "../host/key-parts.ts";
import type { Packing } from "../host/packing.ts";
import type {
  BackupFacts,
  Content,
  Engine,
  LeftLog,
  LogArchive,
  RecoveryPoint,
  Store,
  StoredObject,
} from "../parts.ts";
import { leadKey } from "./generations.ts";
import { type LogEnd, logEnd, type PieceStart, reachOf } from "./log-end.ts";
import { foldersOf, type LogPiece, nearness, pieceOf } from "./log-names.ts";
import { lookInto } from "./look-into.ts";

/** Pieces of one name and one place, which are taken for one server's. */
interface Log {
  readonly folders: readonly string[];
  readonly pieces: readonly LogPiece[];
}

/** What a backup has of a log. */
interface Found {
  readonly point: RecoveryPoint;
  readonly of: Log | null;
  readonly pieces: readonly LogPiece[];
  readonly packing: Packing;
  readonly left: LeftLog | null;
  readonly end?: LogEnd;
}

/** The start of a piece below its packing, read once. What cannot be read tells nothing. */
function startsOf(store: Store): PieceStart {
  const known = new Map<StoredObject, Promise<Content | null>>();
  return (object) => {
    const start =
      known.get(object) ??
      lookInto(store, object).then(
        ({ contents }) => contents.at(-1) ?? null,
        () => null,
      );
    known.set(object, start);
    return start;
  };
}

/** Of several files of one piece: what lies there unpacked is whole before it is packed; else what was written last. */
function better(a: LogPiece, b: LogPiece): LogPiece {
  const rank = ({ wrapping }: LogPiece) => (wrapping?.is === "unread" ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) < rank(b) ? a : b;
  if (folderOf(a.object.key) === folderOf(b.object.key)) return a.wrapping === null ? a : b;
  return a.object.modifiedAt >= b.object.modifiedAt ? a : b;
}

/** The logs of a listing, by place. `.partial` and its like are left out: what is in them is not finished. */
function logsAmong(log: LogArchive, objects: readonly StoredObject[]): Log[] {
  const byPlace = new Map<string, { folders: string[]; pieces: Map<string, LogPiece> }>();
  for (const object of objects) {
    const piece = pieceOf(log, object);
    if (piece === null || piece.wrapping?.is === "unfinished") continue;
    const folders = foldersOf(object.key);
    const place = byPlace.get(folders.join("/")) ?? { folders, pieces: new Map<string, LogPiece>() };
    byPlace.set(folders.join("/"), place);
    const other = place.pieces.get(piece.name);
    place.pieces.set(piece.name, other === undefined ? piece : better(other, piece));
  }
  return [...byPlace.values()].map(({ folders, pieces }) => ({
    folders,
    pieces: [...pieces.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}

/** Pieces that a program was still receiving. */
const unfinishedAmong = (log: LogArchive, objects: readonly StoredObject[]): LogPiece[] =>
  objects.flatMap((object) => {
    const piece = object.key.endsWith(".partial") ? pieceOf(log, object) : null;
    return piece?.wrapping?.is === "unfinished" ? [piece] : [];
  });

interface Scene {
  readonly log: LogArchive;
  readonly logs: readonly Log[];
  readonly start: PieceStart;
}

const none = (point: RecoveryPoint): Found => ({ point, of: null, pieces: [], packing: [], left: null });

/** With whose log it needs, where another of its objects tells. */
async function told(point: RecoveryPoint, { log, start }: Scene): Promise<BackupFacts> {
  const teller = log.teller?.(point.objects) ?? null;
  const content = teller === null ? null : await start(teller.object);
  const whose = teller === null || content === null ? null : teller.whose(content);
  return whose === null ? point.facts : { ...point.facts, logOf: whose };
}

/** Those that can be of the backup's server: such as say so, or failing them such as do not say otherwise. */
async function ofServer(logs: readonly Log[], from: string, facts: BackupFacts, { log, start }: Scene) {
  const asked = await Promise.all(
    logs.map(async (one) => {
      const piece =
        one.pieces.find(({ name }) => name === from) ?? one.pieces.find(({ name }) => log.isNeeded(name, from));
      const content = piece === undefined || piece.wrapping?.is === "unread" ? null : await start(piece.object);
      return { one, isOf: content === null ? null : (log.isOf?.(content.head, facts, piece?.name === from) ?? null) };
    }),
  );
  const own = asked.filter(({ isOf }) => isOf === true);
  return (own.length > 0 ? own : asked.filter(({ isOf }) => isOf !== false)).map(({ one }) => one);
}

/** The nearest; several when nobody can tell which. */
function nearest(logs: readonly Log[], key: string, from: string): Log[] {
  const near = logs.map((one) => nearness(key, one.folders));
  const most = Math.max(...near);
  const best = logs.filter((_, index) => near[index] === most);
  const having = best.filter(({ pieces }) => pieces.some(({ name }) => name === from));
  return having.length > 0 ? having : best;
}

/** Whether a piece comes after another, and is none of those that only go with them. */
const isAfter = (log: LogArchive, name: string, from: string) => log.isNeeded(name, from) && !log.isNeeded(from, name);

/** It was copied before the backup was taken, and nothing came after it: there is nothing to go through. */
const endsBefore = ({ object, wrapping }: LogPiece, { logPosition }: BackupFacts) =>
  wrapping === null && object.sizeBytes < Number(logPosition ?? 0);

/**
 * Somebody opened a copy while its server lived on: a restore follows the copy's life, and the server's own was written
 * later. Whose the data is that counts, nobody can tell.
 */
function otherLife({ lineOf }: LogArchive, pieces: readonly LogPiece[]): LeftLog | null {
  if (lineOf === undefined) return null;
  const [first, ...others] = [...pieces].sort((a, b) => (a.object.modifiedAt < b.object.modifiedAt ? 1 : -1));
  const highest = pieces.reduce((most, { name }) => (lineOf(name) > most ? lineOf(name) : most), "");
  const followed = [first, ...others].find((one) => one !== undefined && lineOf(one.name) === highest);
  if (first === undefined || followed === undefined || first.object.modifiedAt === followed.object.modifiedAt)
    return null;
  return { kind: "several", key: first.object.key, because: followed.object.key };
}

/** The pieces of one log that a backup needs, and what stands against them. */
async function within(point: RecoveryPoint, from: string, of: Log, { log, start }: Scene): Promise<Found> {
  const needed = of.pieces;
  const first = needed.find(({ name }) => name === from);
  const after = needed.find(({ name }) => isAfter(log, name, from));
  if (first === undefined && log.maybeBrought !== true)
    return { ...none(point), of, left: { kind: "hole", key: after?.object.key ?? "", wanted: from } };
  const stop = needed.findIndex(({ wrapping }) => wrapping?.is === "unread");
  const unread = needed[stop];
  const left: LeftLog | null =
    unread?.wrapping?.is === "unread"
      ? { kind: "unread", key: unread.object.key, wanted: from, because: unread.wrapping.form }
      : null;
  const pieces = stop < 0 ? needed : needed.slice(0, stop);
  const [lead] = pieces.filter(({ name }) => name === from || isAfter(log, name, from));
  if (lead === undefined || (lead === first && after === undefined && endsBefore(lead, point.facts)))
    return { ...none(point), of, left };
  const astray = otherLife(log, pieces);
  if (astray !== null) return { ...none(point), of, left: { ...astray, wanted: from } };
  const byContent = (await start(lead.object))?.packing ?? [];
  const byName = pieces.flatMap(({ wrapping }) => (wrapping?.is === "packed" ? [wrapping.by] : []));
  const end = await logEnd({ lead: point.objects[0], pieces: pieces.map(({ object }) => object) }, { log, start });
  return { point, of, pieces, packing: [...new Set([...byName, ...byContent])], left, end };
}

/** Of the logs that hold anything after the backup's place, the one that is its own. */
async function logFor(point: RecoveryPoint, scene: Scene): Promise<Found> {
  const { logFrom: from } = point.facts;
  if (from === undefined) return none(point);
  const { log } = scene;
  const all = scene.logs.flatMap((one): Log[] => {
    const pieces = one.pieces.filter(({ name }) => log.isNeeded(name, from));
    const holds = pieces.some(({ name }) => name === from || isAfter(log, name, from));
    return holds ? [{ ...one, pieces }] : [];
  });
  if (all.length === 0) return none(point);
  const facts = await told(point, scene);
  const own = await ofServer(all, from, facts, scene);
  const keyOf = (one: Log | undefined) => one?.pieces[0]?.object.key ?? "";
  const without = (left: LeftLog): Found => ({ ...none(point), left });
  if (own.length === 0) return without({ kind: "other-server", key: keyOf(all[0]), wanted: from });
  const [only, other] = nearest(own, leadKey(point), from);
  if (only === undefined) return none(point);
  if (other !== undefined) return without({ kind: "several", key: keyOf(only), wanted: from, because: keyOf(other) });
  return within({ ...point, facts }, from, only, scene);
}

/** Backups of one database, as far as their content tells. */
const isSameJob = ({ facts: a }: RecoveryPoint, { facts: b }: RecoveryPoint) =>
  a.method === b.method && a.database === b.database;

/**
 * An old backup whose log was pruned stands for its own moment, and a newer one goes on from there. The newest has nobody
 * after it: there the log has a hole.
 */
function isPruned({ point, of, left }: Found, all: readonly Found[]): boolean {
  const from = left?.wanted ?? "";
  return (
    left?.kind === "hole" &&
    all.some(
      (one) =>
        one.point !== point &&
        isSameJob(one.point, point) &&
        one.pieces.length > 0 &&
        one.of?.folders.join("/") === of?.folders.join("/") &&
        (one.point.facts.logFrom ?? "") > from,
    )
  );
}

/** A method that could use the log, of a backup that does not say where in it it stands. */
function isWithoutPlace({ facts }: RecoveryPoint, { methods }: Engine): boolean {
  const method = methods.find(({ name }) => name === facts.method);
  const could = method?.gives.includes("point-in-time") === true && method.repository === undefined;
  return could && method.live === undefined && facts.logFrom === undefined;
}

/** Pieces that no backup of the store has any use for, and that were written after this one. */
function unused(point: RecoveryPoint, logs: readonly Log[], taken: ReadonlySet<string>): LogPiece | undefined {
  const takenMs = Math.max(
    Date.parse(point.moment.at),
    ...point.objects.map(({ modifiedAt }) => Date.parse(modifiedAt)),
  );
  return logs
    .filter(({ folders }) => !taken.has(folders.join("/")))
    .flatMap(({ pieces }) => pieces)
    .find(({ object, name }) => !/relay/i.test(name) && Date.parse(object.modifiedAt) > takenMs);
}

/**
 * The log under names that nothing would know it by, but that the backup itself says: named, and not gone through. What was
 * copied before the backup was taken holds nothing more.
 */
function otherwise({ facts }: RecoveryPoint, log: LogArchive, numbered: readonly StoredObject[]): LeftLog | null {
  const { logFrom, logPosition } = facts;
  if (logFrom === undefined) return null;
  const isOf = ({ key, sizeBytes }: StoredObject) =>
    log.isAlso?.(baseName(key), logFrom) === true &&
    (baseName(key) !== logFrom || sizeBytes > Number(logPosition ?? 0));
  const piece = numbered.find(isOf);
  const because = "a binary log under a name of its own, which is not gone through here";
  return piece === undefined ? null : { kind: "unread", key: piece.key, wanted: logFrom, because };
}

/** In the last piece's own folder the one that a program was still receiving. */
function stillReceived(log: LogArchive, pieces: readonly LogPiece[], open: readonly LogPiece[]): string | undefined {
  const last = pieces.at(-1);
  if (last === undefined) return undefined;
  const folder = folderOf(last.object.key);
  return open.find(({ object, name }) => folderOf(object.key) === folder && isAfter(log, name, last.name))?.object.key;
}

function finished({ point, pieces, packing, left, end = {} }: Found): RecoveryPoint {
  const { reach, moment } = point;
  const log = pieces.map(({ object }) => object);
  const newest = log.reduce((latest, { modifiedAt }) => (modifiedAt > latest ? modifiedAt : latest), "");
  const hasLog = log.length > 0;
  const upTo = reachOf(end, newest);
  return {
    ...point,
    log,
    ...(end.times === undefined ? {} : { logTimes: end.times }),
    reach: upTo.at > reach.at ? upTo : reach === moment ? moment : reach,
    sizeBytes: [...point.objects, ...log].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    facts: {
      ...point.facts,
      ...(hasLog ? { hasLog: true } : {}),
      ...(hasLog && packing.length > 0 ? { logPacking: packing } : {}),
    },
    ...(left === null ? {} : { leftLog: left }),
  };
}

async function withLogsOf(
  engine: Engine,
  points: readonly RecoveryPoint[],
  objects: readonly StoredObject[],
  start: PieceStart,
) {
  const { log } = engine;
  if (log === undefined) return points;
  const scene: Scene = { log, logs: logsAmong(log, objects), start };
  if (scene.logs.length === 0 && log.isAlso === undefined) return points;
  const found = await Promise.all(points.map((point) => logFor(point, scene)));
  const taken = new Set(found.flatMap(({ of }) => (of === null ? [] : [of.folders.join("/")])));
  const numbered = log.isAlso === undefined ? [] : objects.filter(({ key }) => /\.\d{6,}$/.test(key));
  const open = unfinishedAmong(log, objects);
  const withOpen = (one: Found): RecoveryPoint => {
    const unfinishedLog = stillReceived(log, one.pieces, open);
    return { ...finished(one), ...(unfinishedLog === undefined ? {} : { unfinishedLog }) };
  };
  return found.map((one) => {
    const other = one.pieces.length === 0 && one.left === null ? otherwise(one.point, log, numbered) : null;
    if (other !== null) return finished({ ...one, left: other });
    if (one.pieces.length > 0 && !isPruned(one, found)) return withOpen(one);
    if (isPruned(one, found)) return finished({ ...one, left: null });
    const isOpen = one.pieces.length === 0 && one.left === null && isWithoutPlace(one.point, engine);
    const piece = isOpen ? unused(one.point, scene.logs, taken) : undefined;
    return finished(piece === undefined ? one : { ...one, left: { kind: "no-place", key: piece.object.key } });
  });
}

/** A repository holds its log among its own objects: what its last piece says, counts there, too. */
async function withReach(point: RecoveryPoint, engine: Engine, start: PieceStart): Promise<RecoveryPoint> {
  const { reach, moment, objects, facts } = point;
  const { repository } = engine.methods.find(({ name }) => name === facts.method) ?? {};
  if (repository?.pieceAmong === undefined || reach === moment) return point;
  const pieces = objects
    .flatMap((object) => {
      const name = repository.pieceAmong?.(object.key) ?? null;
      return name === null ? [] : [{ name, object }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ object }) => object);
  const end = await logEnd({ lead: objects[0], pieces }, { log: repository, start });
  const upTo = reachOf(end, reach.at);
  return {
    ...point,
    ...(end.times === undefined ? {} : { logTimes: end.times }),
    reach: upTo.at > moment.at ? upTo : moment,
  };
}

/** Every backup with the log that lies beside it, or with why it is not gone through. */
export async function withLogs(
  store: Store,
  engines: readonly Engine[],
  points: readonly RecoveryPoint[],
  objects: readonly StoredObject[],
): Promise<RecoveryPoint[]> {
  const start = startsOf(store);
  const all = await Promise.all(
    engines.map(async (engine) => {
      const own = points.filter(({ facts }) => facts.engine === engine.name);
      const among = await Promise.all(own.map((point) => withReach(point, engine, start)));
      return withLogsOf(engine, among, objects, start);
    }),
  );
  return all.flat();
}
