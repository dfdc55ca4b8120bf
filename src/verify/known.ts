/**
 * What verifies found, kept below the results folder: which copy held, and its numbers and names, so that the next one
 * has something to be compared with. Never a row's value: definitions are kept as hashes.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomic } from "../host/atomic-file.ts";
import { sha256 } from "../host/digest.ts";
import { makeFolder } from "../host/make-folder.ts";
import type { CopyNumbers, RecoveryPoint } from "../parts.ts";

const knownCopy = z.object({
  /** The recovery point's id and its store's place. */
  id: z.string(),
  store: z.string(),
  momentAt: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  /** When its objects were written last: what is overwritten under the same name is another copy. */
  writtenAt: z.string().optional(),
  runId: z.string(),
  verifiedAt: z.string(),
  holds: z.boolean(),
  /** Why not, in one line; empty when it holds. */
  because: z.string(),
  /** Table to rows. */
  rows: z.record(z.string(), z.number()),
  /** `kind <TAB> name` to a hash of its definition. */
  catalogue: z.record(z.string(), z.string()),
  /** Sequences that stood behind their data. */
  behind: z.array(z.string()),
  /** `table.column` to how long before the copy's own moment its newest row lay, in milliseconds. */
  lags: z.record(z.string(), z.number()),
  /** A table to the one that it is a part of; absent in what was kept before parts were told, and before sequences without an owner were asked. */
  parents: z.record(z.string(), z.string()).optional(),
  /** How many large objects there were; absent likewise. */
  largeObjects: z.number().optional(),
  /** Where it stood when the log beside it could not bring it as far as its objects' times say: its own moment, or the last commit. */
  aloneAt: z.string().optional(),
  /** How long each phase took, in milliseconds; absent likewise. */
  tookMs: z.record(z.string(), z.number()).optional(),
});
export type KnownCopy = Readonly<Omit<z.infer<typeof knownCopy>, keyof CopyNumbers>> & CopyNumbers;

/** When the objects of a recovery point were written last. */
export function writtenAt({ objects }: RecoveryPoint): string {
  return objects.reduce((latest, { modifiedAt }) => (modifiedAt > latest ? modifiedAt : latest), "");
}

/** Whether what is known was found of this very point, and not of what lay there under its name before. */
export function isOf(known: KnownCopy, point: RecoveryPoint): boolean {
  return (
    known.id === point.id &&
    known.store === point.store &&
    // What other nights teach about zones may move its moment; when it was written stays.
    (known.writtenAt === undefined ? known.momentAt === point.moment.at : known.writtenAt === writtenAt(point))
  );
}

const file = z.object({ version: z.literal(1), database: z.string(), copies: z.array(z.unknown()) });

const FOLDER = ".verified";
/** So many verifies a database are remembered; of the older ones only that they held. */
const MOST = 400;
const WITH_NUMBERS = 20;

/** A name that is safe in a path, and unlike any other database's. */
export function slug(text: string): string {
  const readable = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  return readable === "" ? `database-${sha256(text).slice(0, 8)}` : readable;
}

/** What all files of a database begin with. A shard has one of its own, so that shards are merged by copying. */
const stemOf = (database: string) => `${slug(database)}-${sha256(database).slice(0, 8)}`;

/** What a copy is told by, beside its id and store. */
const whichOf = ({ momentAt, writtenAt: written }: KnownCopy) => written ?? momentAt;

const isSame = (a: KnownCopy, b: KnownCopy) => a.id === b.id && a.store === b.store && whichOf(a) === whichOf(b);

async function readFileOf(path: string): Promise<KnownCopy[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const read = file.safeParse(json);
  if (!read.success) return [];
  return read.data.copies.flatMap((one) => {
    const copy = knownCopy.safeParse(one);
    return copy.success ? [copy.data] : [];
  });
}

const latestFirst = (a: KnownCopy, b: KnownCopy) => (a.verifiedAt < b.verifiedAt ? 1 : -1);

/** Newest moment first; none when nothing was verified yet, or what was kept cannot be read. */
export async function readKnown(outFolder: string, database: string): Promise<KnownCopy[]> {
  const folder = join(outFolder, FOLDER);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${stemOf(database)}.`));
  const all = await Promise.all(names.map((name) => readFileOf(join(folder, name))));
  const latest = new Map<string, KnownCopy>();
  for (const copy of all.flat().sort(latestFirst)) {
    const key = JSON.stringify([copy.id, copy.store, whichOf(copy)]);
    if (!latest.has(key)) latest.set(key, copy);
  }
  return [...latest.values()].sort((a, b) =>
    a.momentAt < b.momentAt ? 1 : a.momentAt > b.momentAt ? -1 : b.verifiedAt < a.verifiedAt ? -1 : 1,
  );
}

/** Verifies that run at the same time must not write over each other's findings. */
let before: Promise<unknown> = Promise.resolve();

/** Adds what was found; a copy that was looked at before is replaced. One name can hold another copy each night. */
export async function keepKnown(
  outFolder: string,
  database: string,
  found: readonly KnownCopy[],
  shard: string | null = null,
): Promise<void> {
  if (found.length === 0) return;
  const own = before.then(() => add(outFolder, database, { found, shard }));
  before = own.catch(() => {});
  await own;
}

async function add(
  outFolder: string,
  database: string,
  { found, shard }: { found: readonly KnownCopy[]; shard: string | null },
): Promise<void> {
  const others = (await readKnown(outFolder, database)).filter((one) => !found.some((other) => isSame(one, other)));
  const copies = [...found, ...others]
    .sort(latestFirst)
    .slice(0, MOST)
    .map((copy, index) => (index < WITH_NUMBERS ? copy : { ...copy, rows: {}, parents: {}, catalogue: {}, lags: {} }));
  const name = `${stemOf(database)}${shard === null ? "" : `.${shard.replace("/", "-of-")}`}.json`;
  await makeFolder(join(outFolder, FOLDER));
  await writeAtomic(join(outFolder, FOLDER, name), `${JSON.stringify({ version: 1, database, copies })}\n`);
}

/**
 * The copy to compare one of `momentAt` with: the newest that held and is not younger, and be it the same one. Null when
 * there is none.
 */
export function baselineFor(known: readonly KnownCopy[], momentAt: string): KnownCopy | null {
  return known.find((one) => one.holds && one.momentAt <= momentAt && Object.keys(one.rows).length > 0) ?? null;
}
