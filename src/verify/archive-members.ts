/**
 * An archive of several dumps, one for each database, as jobs over all databases leave it: every one of them is judged, and
 * one that is broken is the archive's fault. Which there are is read from the fetched archive, whatever its size.
 */

import type { Form } from "../backups/form.ts";
import { bytesOf } from "../backups/read-dump.ts";
import { formOf, isFault } from "../backups/unrecognised.ts";
import { tarMembers, zipPieces } from "../host/archives.ts";
import type { Packing } from "../host/packing.ts";
import { unpackStream } from "../host/unpack.ts";
import { viewsOf } from "../host/unpack-head.ts";
import type { BackupFacts, CopyNumbers, Method } from "../parts.ts";
import type { KnownCopy } from "./known.ts";
import type { PlacedFinding } from "./scene.ts";

const HEAD_BYTES = 65_536;

export interface ArchiveMember {
  /** Its name in the archive. */
  readonly name: string;
  /** Null: no dump. */
  readonly facts: BackupFacts | null;
  /** What it is instead, when it is none. */
  readonly form: Form | null;
}

/** Where the archive's layer stands; -1: there is none, or it is a folder that is one backup. */
function archiveAt({ isDump, format, packing }: BackupFacts): number {
  if (isDump !== true || format === "directory") return -1;
  return packing.findIndex((layer) => typeof layer === "object" && !("join" in layer));
}

interface Start {
  readonly name: string;
  readonly head: Buffer;
  readonly sizeBytes: number;
}

async function* startsInTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<Start> {
  for await (const { name, sizeBytes, isFile, body } of tarMembers(source)) {
    if (!isFile) continue;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      if (length < HEAD_BYTES) chunks.push(chunk);
      length += chunk.length;
    }
    yield { name, head: Buffer.concat(chunks).subarray(0, HEAD_BYTES), sizeBytes };
  }
}

async function startsInZip(source: AsyncIterable<Uint8Array>): Promise<Start[]> {
  const found = new Map<string, { chunks: Uint8Array[]; length: number }>();
  const wants = (name: string) => {
    if (name.endsWith("/")) return false;
    found.set(name, { chunks: [], length: 0 });
    return true;
  };
  for await (const { name, bytes } of zipPieces(source, wants)) {
    const one = found.get(name);
    if (one === undefined) continue;
    if (one.length < HEAD_BYTES) one.chunks.push(bytes);
    one.length += bytes.length;
  }
  return [...found].map(([name, { chunks, length }]) => ({
    name,
    head: Buffer.concat(chunks).subarray(0, HEAD_BYTES),
    sizeBytes: length,
  }));
}

async function recognised(start: Start, packing: Packing, method: Method): Promise<ArchiveMember> {
  const views = await viewsOf(start.head, start.head.length >= start.sizeBytes, packing);
  for (const { bytes, packing: layers, members } of views) {
    const content = { head: bytes, tail: null, packing: layers };
    const facts = method.inspect(
      members === undefined ? content : { ...content, members: members.map(({ name }) => name) },
    );
    if (facts !== null) return { name: start.name, facts, form: null };
  }
  const { name, head, sizeBytes } = start;
  return { name, facts: null, form: formOf({ key: name, head, sizeBytes, views }) };
}

/** Everything in the archive that the copy is; empty when it is none. Throws when it cannot be read to its end. */
export async function archiveMembers(
  paths: readonly string[],
  facts: BackupFacts,
  { method, signal }: { readonly method: Method; readonly signal: AbortSignal },
): Promise<ArchiveMember[]> {
  const at = archiveAt(facts);
  const layer = facts.packing[at];
  if (typeof layer !== "object") return [];
  const outer = facts.packing.slice(0, at);
  const source = unpackStream(bytesOf(paths, signal), outer);
  const found: ArchiveMember[] = [];
  const isTar = "tar" in layer;
  for await (const start of isTar ? startsInTar(source) : await startsInZip(source)) {
    const own = isTar ? { tar: start.name } : { zip: start.name };
    found.push(await recognised(start, [...outer, own], method));
  }
  return found;
}

/** Names that a dump would have, whatever is in it. */
const LIKE_DUMP = /\.(sql|dump|dmp|bak|backup)(\.\w{2,4})?$/i;

/** What lies among the dumps and should be one: nothing, or damaged. */
export const brokenAmong = (members: readonly ArchiveMember[]): string[] =>
  members.flatMap(({ name, form }) =>
    form !== null && isFault(form) && LIKE_DUMP.test(name) ? [`${name}, in the archive, is ${form.name}`] : [],
  );

/** What a member is called from night to night: its database, or its name without digits. */
export const labelOf = ({ name, facts }: Pick<ArchiveMember, "name" | "facts">): string =>
  facts?.database ?? (name.split("/").at(-1) ?? name).replace(/\..*$/, "").replaceAll(/[-_.T:]*\d[-_.T:\dZ]*/g, "");

const prefixed = <T>(values: Readonly<Record<string, T>>, label: string): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${label}: ${key}`, value]));

const own = <T>(values: Readonly<Record<string, T>>, label: string): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      key.startsWith(`${label}: `) ? [[key.slice(label.length + 2), value]] : [],
    ),
  );

/** What earlier copies are known to have held of one database. */
export const knownOf = (known: readonly KnownCopy[], label: string): KnownCopy[] =>
  known.map(({ largeObjects: _, parents, ...one }) => ({
    ...one,
    rows: own(one.rows, label),
    catalogue: own(one.catalogue, label),
    lags: own(one.lags, label),
    behind: one.behind.flatMap((key) => (key.startsWith(`${label}: `) ? [key.slice(label.length + 2)] : [])),
    ...(parents === undefined ? {} : { parents: own(parents, label) }),
  }));

/** The numbers of several databases as those of one copy. */
export function together(all: readonly { readonly label: string; readonly numbers: CopyNumbers }[]): CopyNumbers {
  const join = <T>(pick: (numbers: CopyNumbers) => Readonly<Record<string, T>> | undefined) =>
    Object.assign({}, ...all.map(({ label, numbers }) => prefixed(pick(numbers) ?? {}, label))) as Record<string, T>;
  return {
    rows: join(({ rows }) => rows),
    catalogue: join(({ catalogue }) => catalogue),
    lags: join(({ lags }) => lags),
    behind: all.flatMap(({ label, numbers }) => numbers.behind.map((key) => `${label}: ${key}`)),
    parents: join(({ parents }) => parents),
  };
}

/** Which of several databases a finding is about. */
export const aboutMember = (label: string, finding: PlacedFinding): PlacedFinding => ({
  ...finding,
  subject: `${label}: ${finding.subject}`,
  because: finding.held === "yes" ? finding.because : `${label}: ${finding.because}`,
});

/** The dumps among them, of the database that was told. */
export const dumpsAmong = (
  members: readonly ArchiveMember[],
  told: string | null,
): { name: string; facts: BackupFacts }[] =>
  members.flatMap(({ name, facts }) =>
    facts !== null && (told === null || facts.database === told) ? [{ name, facts }] : [],
  );
