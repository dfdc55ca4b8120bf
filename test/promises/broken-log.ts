/**
 * Breakages of a log beside a copy, in the form that a job leaves: plain pieces, or each packed by itself. A server takes
 * most of them for the log's end, and says nothing.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import type { Files, Noticed } from "./broken.ts";
import type { Chance } from "./seeded.ts";

/** A copy with its log: all files by their keys, those of the log in their order, and another server's of the same names. */
export interface WithLog {
  readonly files: Files;
  readonly pieces: readonly string[];
  readonly foreign: Files;
}

export interface LogWay {
  readonly name: string;
  readonly noticed: Noticed;
  change(all: WithLog, chance: Chance): Files | null;
}

const isPacked = (bytes: Buffer) => bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b;
/** Breaks what is inside, and packs it again when it was packed: a fault that was there before the packing. */
function inside(bytes: Buffer, change: (plain: Buffer) => Buffer): Buffer {
  return isPacked(bytes) ? gzipSync(change(gunzipSync(bytes)), { level: 1 }) : change(Buffer.from(bytes));
}

/** How much of a piece is written: what lies behind is nothing that anybody misses. */
function written(plain: Buffer): number {
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0) end--;
  return end;
}

const without = (files: Files, name: string): Files =>
  Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));
const middle = ({ pieces }: WithLog, chance: Chance) => chance.pick(pieces.slice(1, -1));

/** One piece, plain, of which a part that is written is changed. */
const inPiece = (
  name: string,
  which: (all: WithLog, chance: Chance) => string,
  change: (plain: Buffer, at: number, chance: Chance) => Buffer,
): LogWay => ({
  name,
  noticed: "bad",
  change(all, chance) {
    const key = which(all, chance);
    const broken = inside(all.files[key] ?? Buffer.alloc(0), (plain) => {
      const end = written(plain);
      // Behind the head of the piece, and well before its end.
      return change(plain, 300 + chance.below(Math.max(1, end - 400)), chance);
    });
    return { ...all.files, [key]: broken };
  },
});
const any = ({ pieces }: WithLog, chance: Chance) => chance.pick(pieces);

export const LOG_WAYS: readonly LogWay[] = [
  {
    name: "two pieces that changed places",
    noticed: "bad",
    change({ files, pieces }, chance) {
      const one = chance.below(pieces.length);
      const other = (one + 1 + chance.below(pieces.length - 1)) % pieces.length;
      const [a = "", b = ""] = [pieces[one], pieces[other]];
      return { ...files, [a]: files[b] ?? Buffer.alloc(0), [b]: files[a] ?? Buffer.alloc(0) };
    },
  },
  // Sixteen bytes: what stands between two records is filled up with fewer, and nobody sums that.
  inPiece("bits turned in a piece", any, (plain, at) => {
    for (let byte = at; byte < at + 16; byte++) plain[byte] = (plain[byte] ?? 0) ^ 0x10;
    return plain;
  }),
  inPiece("zeros in a piece", any, (plain, at) => plain.fill(0, at, at + 64)),
  inPiece("a piece cut off in the middle", middle, (plain, at) => plain.subarray(0, at)),
  inPiece(
    "the last piece cut off",
    ({ pieces }) => pieces.at(-1) ?? "",
    (plain, at) => plain.subarray(0, at),
  ),
  {
    name: "a piece missing in the middle",
    noticed: "bad",
    change: (all, chance) => without(all.files, middle(all, chance)),
  },
  { name: "the first piece missing", noticed: "bad", change: ({ files, pieces }) => without(files, pieces[0] ?? "") },
  {
    name: "a piece copied over another",
    noticed: "bad",
    change(all, chance) {
      const to = middle(all, chance);
      const from = chance.pick(all.pieces.filter((key) => key !== to));
      return { ...all.files, [to]: all.files[from] ?? Buffer.alloc(0) };
    },
  },
  {
    name: "an empty piece in the middle",
    noticed: "bad",
    change: (all, chance) => ({ ...all.files, [middle(all, chance)]: Buffer.alloc(0) }),
  },
  {
    name: "another server's piece in place of one",
    noticed: "bad",
    change(all, chance) {
      const key = middle(all, chance);
      const other = all.foreign[key];
      return other === undefined ? null : { ...all.files, [key]: other };
    },
  },
  {
    name: "another server's log",
    noticed: "bad",
    change: ({ files, pieces, foreign }) => ({
      ...Object.fromEntries(Object.entries(files).filter(([key]) => !pieces.includes(key))),
      ...foreign,
    }),
  },
  {
    name: "a packed piece cut off",
    noticed: "bad",
    change(all, chance) {
      const key = middle(all, chance);
      const bytes = all.files[key] ?? Buffer.alloc(0);
      return isPacked(bytes) ? { ...all.files, [key]: bytes.subarray(0, bytes.length - 1 - chance.below(200)) } : null;
    },
  },
];
