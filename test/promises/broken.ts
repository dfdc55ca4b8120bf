/**
 * Breakages, each with what must come of it by how it was made. `bad`: whoever reads to the end notices, so that good is
 * false. `ledger`: what is left is a whole backup of other data; only who knows what was there notices, and how often
 * anything does is measured. `measured`: rows are whole, and something else is gone.
 */
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Chance } from "./seeded.ts";

export type Files = Readonly<Record<string, Buffer>>;
export type Noticed = "bad" | "ledger" | "measured";

/** Breaks bytes; null: this place has nothing to break so, and another is tried. */
export interface Way {
  readonly name: string;
  readonly noticed: Noticed;
  change(bytes: Buffer, chance: Chance): Buffer | null;
}

const flipped = (bytes: Buffer, at: number, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
};

/** Where the file's own middle is: neither its first bytes, which say what it is, nor its last. */
const somewhere = ({ length }: Buffer, chance: Chance) => 64 + chance.below(Math.max(1, length - 128));

/** Of anything with a checksum over all of it, or with an end that is looked for. */
export const CUT: Way = {
  name: "cut off",
  noticed: "bad",
  change: (bytes, chance) => bytes.subarray(0, somewhere(bytes, chance)),
};

/** Only where every byte is under a checksum. */
export const SUMMED: readonly Way[] = [
  CUT,
  {
    name: "a bit turned",
    noticed: "bad",
    change: (bytes, chance) => flipped(bytes, somewhere(bytes, chance), chance.below(8)),
  },
  {
    name: "a block of zeros",
    noticed: "bad",
    change(bytes, chance) {
      const at = somewhere(bytes, chance);
      const copy = Buffer.from(bytes);
      copy.fill(0, at, Math.min(bytes.length, at + 512));
      return copy.equals(bytes) ? null : copy;
    },
  },
  {
    name: "a block missing",
    noticed: "bad",
    change(bytes, chance) {
      const at = somewhere(bytes, chance);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(512))]);
    },
  },
  {
    name: "a block twice",
    noticed: "bad",
    change(bytes, chance) {
      const at = somewhere(bytes, chance);
      return Buffer.concat([bytes.subarray(0, at + 16), bytes.subarray(at)]);
    },
  },
  {
    name: "two blocks that changed places",
    noticed: "bad",
    change(bytes, chance) {
      const size = Math.min(256, Math.floor(bytes.length / 8));
      if (size < 32) return null;
      const at = 64 + chance.below(Math.floor(bytes.length / 3));
      const [one, other] = [bytes.subarray(at, at + size), bytes.subarray(at + 2 * size, at + 3 * size)];
      if (one.equals(other)) return null;
      const between = bytes.subarray(at + size, at + 2 * size);
      return Buffer.concat([bytes.subarray(0, at), other, between, one, bytes.subarray(at + 3 * size)]);
    },
  },
];

/** Empty pages are one match after another: another one of them unpacks to the same bytes, and nothing is broken. */
function isSameInside(one: Buffer, other: Buffer): boolean {
  try {
    const unpack = one.readUInt16BE(0) === 0x1f8b ? gunzipSync : zstdDecompressSync;
    return unpack(one).equals(unpack(other));
  } catch {
    return false;
  }
}

/** Applies a way to one of several files; the names say which may be chosen. */
export function inOne(files: Files, names: readonly string[], way: Way, chance: Chance): Files | null {
  const name = chance.pick(names);
  const whole = files[name] ?? Buffer.alloc(0);
  const broken = way.change(whole, chance);
  return broken === null || isSameInside(whole, broken) ? null : { ...files, [name]: broken };
}
