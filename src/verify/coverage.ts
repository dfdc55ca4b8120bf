/**
 * Is every copy looked at within the time that fogbell.yaml allows? Copies get a deadline when they're first seen; each
 * night takes as many as it must so that none is missed, spread evenly. What was judged and hasn't been written again
 * since isn't due again. Kept below the results folder: when each copy was first seen, and how the last look stood.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Coverage } from "../gated.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { sha256 } from "../host/digest.ts";
import { makeFolder } from "../host/make-folder.ts";
import { isOf, type KnownCopy, slug, writtenAt } from "./known.ts";
import { deletedAt } from "./points.ts";
import type { Candidate } from "./task.ts";

const NIGHT_MS = 86_400_000;
const FOLDER = ".seen";

const seenFile = z.object({
  version: z.literal(1),
  /** By copy: when it was first seen, ISO 8601. */
  first: z.record(z.string(), z.string()),
  coverage: z.custom<Coverage>((value) => typeof value === "object" && value !== null),
});
type Seen = z.infer<typeof seenFile>["first"];

/** What makes it this very copy: written again under the same name it is another one. */
const keyOf = ({ point }: Candidate) => sha256(JSON.stringify([point.store, point.id, writtenAt(point)])).slice(0, 24);

const isReadable = ({ point }: Candidate) => point.unreadable === undefined && deletedAt(point) === null;

export interface CoverageRequest {
  readonly database: string;
  readonly engine: string;
  readonly candidates: readonly Candidate[];
  readonly known: readonly KnownCopy[];
  readonly first: Readonly<Record<string, string>>;
  readonly withinMs: number;
  readonly nowMs: number;
}

export interface Covered {
  readonly coverage: Coverage;
  /** The copies to look at tonight, the most urgent first. */
  readonly due: readonly Candidate[];
  readonly first: Seen;
}

/** So many of these, in order of their deadlines, must be looked at tonight for all of them to be in time. */
function quota(deadlines: readonly number[], nowMs: number): number {
  const needed = deadlines.map((deadline, at) => {
    // Rounded: a night that begins some minutes later than the last is no night less.
    const nights = Math.max(1, Math.round((deadline - nowMs) / NIGHT_MS));
    return Math.ceil((at + 1) / nights);
  });
  return Math.max(0, ...needed);
}

/** Which copies are due, and how things stand. Pure. */
export function coverageOf(request: CoverageRequest): Covered {
  const { database, engine, candidates, known, withinMs, nowMs } = request;
  const readable = candidates.filter(isReadable).map((one) => {
    const key = keyOf(one);
    const seenAt = request.first[key] ?? new Date(nowMs).toISOString();
    const found = known.find((copy) => isOf(copy, one.point));
    return { one, key, seenAt, found, deadlineMs: Date.parse(seenAt) + withinMs };
  });
  const first: Seen = Object.fromEntries(readable.map(({ key, seenAt }) => [key, seenAt]));
  const left = readable
    .filter(({ found }) => found === undefined)
    // The oldest first: it expires first, too.
    .sort((a, b) => a.deadlineMs - b.deadlineMs || (a.one.point.moment.at < b.one.point.moment.at ? -1 : 1));
  const tonight = quota(
    left.map(({ deadlineMs }) => deadlineMs),
    nowMs,
  );
  const due = left.slice(0, tonight).map(({ one }) => one);
  const last = left.at(-1);
  const coverage = {
    database,
    engine,
    askedAt: new Date(nowMs).toISOString(),
    withinMs,
    copies: readable.length,
    looked: readable.length - left.length,
    bad: readable.filter(({ found }) => found?.holds === false).length,
    overdue: left.filter(({ deadlineMs }) => deadlineMs < nowMs).length,
    unreadable: candidates.length - readable.length,
    due: due.length,
    doneBy: last === undefined ? null : new Date(last.deadlineMs).toISOString(),
  };
  return { coverage, due, first };
}

const fileFor = (outFolder: string, knownAs: string) =>
  join(outFolder, FOLDER, `${slug(knownAs)}-${sha256(knownAs).slice(0, 8)}.json`);

async function read(file: string): Promise<z.infer<typeof seenFile> | null> {
  try {
    return seenFile.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}

/** When the copies of a database were first seen; none when nobody looked yet. */
export async function readSeen(outFolder: string, knownAs: string): Promise<Seen> {
  return (await read(fileFor(outFolder, knownAs)))?.first ?? {};
}

export async function keepSeen(outFolder: string, knownAs: string, { coverage, first }: Covered): Promise<void> {
  await makeFolder(join(outFolder, FOLDER));
  await writeAtomic(fileFor(outFolder, knownAs), `${JSON.stringify({ version: 1, first, coverage })}\n`);
}

/** How every database of a results folder stood when its copies were last listed. */
export async function readCoverage(outFolder: string): Promise<Coverage[]> {
  const folder = join(outFolder, FOLDER);
  const names = (await readdir(folder).catch(() => [])).sort();
  const all = await Promise.all(names.map((name) => read(join(folder, name))));
  return all.flatMap((one) => (one === null ? [] : [one.coverage]));
}
