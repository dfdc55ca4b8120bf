/**
 * A backup that one night left in several files, as one text: structure first, then rows, tables after those that their
 * keys point at. Each file is read to its end on the way; one that is not whole is named.
 */

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ourselves } from "../drill/ourselves.ts";
import { FogbellError, LostError } from "../errors.ts";
import { baseName } from "../host/key-parts.ts";
import { type Packing, unpacked } from "../host/packing.ts";
import { unpackStream } from "../host/unpack.ts";
import { viewsOf } from "../host/unpack-head.ts";
import type { BackupFacts, BackupPart, Line, Method, RecoveryPoint } from "../parts.ts";
import type { AttemptKit } from "./kit.ts";

const ENDS_BYTES = 65_536;

interface Part extends BackupPart {
  readonly path: string;
  readonly packing: Packing;
  /** What it is called in sentences: an object, or what lies in one. */
  readonly called: string;
}

/** What was read of one file. */
interface Read {
  readonly head: Buffer;
  readonly tail: Buffer;
  /** Tables that it makes, and those that its keys point at. For the order only. */
  readonly made: ReadonlySet<string>;
  readonly parents: ReadonlySet<string>;
}

async function packingOf({ facts }: BackupPart, path: string): Promise<Packing> {
  if (facts !== null) return facts.packing;
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(ENDS_BYTES), position: 0 });
  const views = await viewsOf(buffer.subarray(0, bytesRead), bytesRead < ENDS_BYTES);
  return views.at(-1)?.packing ?? [];
}

/** A name as it is compared: without quotes, small, without the schema that everything is in. */
const bare = (name: string) => name.replaceAll(/["'`]/g, "").toLowerCase().replace(/^.*\./, "");

const MADE = /^CREATE TABLE (?:IF NOT EXISTS )?([^\s(]{1,200})/gm;
const PARENT = /\bREFERENCES ([^\s(]{1,200})/g;

/** Reads one file to its end. Throws LostError with its name when it cannot be unpacked. */
async function readPart({ called, path, packing }: Part): Promise<Read> {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  const made = new Set<string>();
  const parents = new Set<string>();
  try {
    for await (const chunk of unpackStream(createReadStream(path), packing)) {
      if (head.length < ENDS_BYTES) head = Buffer.concat([head, chunk.subarray(0, ENDS_BYTES - head.length)]);
      // A word at the border of two pieces stands whole in one of them.
      const text = Buffer.concat([tail.subarray(-512), chunk]).toString("latin1");
      for (const [, name = ""] of text.matchAll(MADE)) made.add(bare(name));
      for (const [, name = ""] of text.matchAll(PARENT)) parents.add(bare(name));
      tail = Buffer.concat([tail, chunk]).subarray(-ENDS_BYTES);
    }
  } catch (error) {
    if (error instanceof FogbellError) throw error;
    throw new LostError(`${called}, which belongs to it, can't be unpacked to the end: it's cut off or damaged`, {
      code: "FB_COPY_PART",
    });
  }
  return { head, tail, made, parents };
}

/** Whether a file by itself has its end. One that nobody recognises by itself has none that is known. */
function assertWhole({ called, facts }: Part, { head, tail }: Read, method: Method): void {
  if (facts === null) return;
  const found = method.inspect({ head, tail, packing: [] });
  if (found?.complete !== "no") return;
  throw new LostError(`${called}, which belongs to it: ${found.because}`, { code: "FB_COPY_PART" });
}

/** Tables behind those that their keys point at; where they point in a circle, as they came. */
export function inOrder<T extends { readonly made: ReadonlySet<string>; readonly parents: ReadonlySet<string> }>(
  tables: readonly T[],
): T[] {
  const left = new Set(tables);
  const sorted: T[] = [];
  while (left.size > 0) {
    const waits = (one: T) =>
      [...left].some((other) => other !== one && [...other.made].some((name) => one.parents.has(name)));
    const next = [...left].find((one) => !waits(one)) ?? ([...left][0] as T);
    left.delete(next);
    sorted.push(next);
  }
  return sorted;
}

/** The line that a person would type. */
function lineFor(parts: readonly Part[]): Line {
  const reads = parts.map(({ object, packing }) => {
    const name = baseName(object.key).replaceAll(/["$`\\]/g, "\\$&");
    return `  ${unpacked(packing, `"$BACKUP/${name}"`)}`;
  });
  return {
    say: "Join the files of that night in this order.",
    script: `{\n${reads.join(" &&\n")}\n} >"$SCRATCH/together.sql"`,
    uses: ["BACKUP", "SCRATCH"],
    destroys: false,
  };
}

/** A dump that lies in an archive; its packing says where. */
export interface DumpInArchive {
  readonly name: string;
  readonly facts: BackupFacts;
}

interface Joined {
  readonly path: string;
  readonly facts: BackupFacts;
}

/** Joins what was fetched to `paths`, which are in the order of the point's objects. Returns the one file, and what it is. */
export async function joinParts(
  kit: AttemptKit,
  given: { point: RecoveryPoint; paths: readonly string[]; folder: string; method: Method },
): Promise<Joined> {
  const { point, paths, method, folder } = given;
  const told = await Promise.all(
    (point.parts ?? []).map(async (part, index): Promise<Part> => {
      const path = paths[index] ?? "";
      return { ...part, path, packing: await packingOf(part, path), called: part.object.key };
    }),
  );
  const read: (Part & Read)[] = [];
  for (const part of told) {
    const found = await readPart(part);
    assertWhole(part, found, method);
    read.push({ ...part, ...found });
  }
  const path = await writeTogether(kit, read, { folder, of: "files of one night" });
  return { path, facts: { ...point.facts, packing: [], complete: "unknown" } };
}

/**
 * The dumps in one archive that are of one database, a table or a half of it each, as one text. Null when they are several
 * databases, or the same tables again: then each is a backup by itself.
 */
export async function joinMembers(
  kit: AttemptKit,
  given: { point: RecoveryPoint; path: string; folder: string; method: Method; members: readonly DumpInArchive[] },
): Promise<Joined | null> {
  const { point, path, folder, method, members } = given;
  const [first, ...others] = members;
  const [object] = point.objects;
  const database = first?.facts.database;
  if (first === undefined || object === undefined || others.length === 0 || database === undefined) return null;
  if (others.some(({ facts }) => facts.database !== database)) return null;
  const read: (Part & Read)[] = [];
  const made = new Set<string>();
  for (const { name, facts } of members) {
    const role = facts.lacks === "tables" ? "data" : "table";
    const part: Part = { object, role, facts, path, packing: facts.packing, called: name.replace(/^\.\//, "") };
    const found = await readPart(part);
    if ([...found.made].some((one) => made.has(one))) return null;
    for (const one of found.made) made.add(one);
    read.push({ ...part, ...found });
  }
  for (const one of read) assertWhole(one, one, method);
  const together = await writeTogether(kit, read, { folder, of: "files of one database in the archive" });
  return { path: together, facts: { ...first.facts, packing: [], complete: "unknown" } };
}

/** Writes them one behind the other, in the order in which they can be loaded. Returns where. */
async function writeTogether(
  kit: AttemptKit,
  read: readonly (Part & Read)[],
  given: { folder: string; of: string },
): Promise<string> {
  const tables = inOrder(read.filter(({ role }) => role === "table"));
  const parts = [...read.filter(({ role }) => role === "structure"), ...tables];
  for (const one of read) if (!parts.includes(one)) parts.push(one);
  const folder = join(given.folder, "together");
  const path = join(folder, "together.sql");
  await mkdir(folder, { recursive: true });
  async function* text() {
    for (const part of parts) {
      yield* unpackStream(createReadStream(part.path, { signal: kit.signal }), part.packing);
      yield Buffer.from("\n");
    }
  }
  const id = kit.index === 0 ? "fetch.join-parts" : `fetch.join-parts.${kit.index + 1}`;
  await ourselves(kit, lineFor(parts), { phase: "fetch", id }, () =>
    pipeline(Readable.from(text()), createWriteStream(path), { signal: kit.signal }),
  );
  if (kit.index === 0) {
    const names = parts.map(({ called }) => called).join(", ");
    kit.write({ kind: "note", text: `${parts.length} ${given.of}, read as one, in this order: ${names}` });
  }
  return path;
}
