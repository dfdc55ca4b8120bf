/**
 * LZ4's frame format, as `lz4` writes it. The libraries for it are native or rest since years, and none reads the start of
 * a frame whose first block (4 MB by default) is not all there, which is what recognising a backup needs. Checksums are
 * left to the `lz4` that restores. Source: lz4_Frame_format.md 1.6.4 and lz4_Block_format.md, BSD-2-Clause.
 */
import { Cut, type Pull } from "./pull.ts";

const FRAME = 0x184d2204;
const LEGACY = 0x184c2102;
const WINDOW = 65_536;
const LEGACY_BLOCK = 8 * 1024 * 1024;

/** One block after what it may refer to. Of a block that is cut off, what its bytes still tell. */
function decodeBlock(block: Uint8Array, before: Uint8Array, mostBytes: number): Buffer {
  const out = Buffer.allocUnsafe(before.length + mostBytes);
  out.set(before);
  let to = before.length;
  let at = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble === 15) for (let more = 255; more === 255 && at < block.length; sum += more) more = block[at++] ?? 0;
    return sum;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = Math.min(length(token >> 4), block.length - at, out.length - to);
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at + 2 > block.length) break;
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const matched = Math.min(length(token & 15) + 4, out.length - to);
    if (distance === 0 || distance > to) throw new Error("an LZ4 block refers to what is not there");
    // Byte by byte where it copies what it is just writing.
    if (distance >= matched) out.copyWithin(to, to - distance, to - distance + matched);
    else for (let index = 0; index < matched; index++) out[to + index] = out[to + index - distance] ?? 0;
    to += matched;
  }
  return out.subarray(before.length, to);
}

/** Blocks of one frame; a last one that is cut off is told as far as it goes, and then Cut is thrown. */
async function* frame(pull: Pull): AsyncGenerator<Buffer> {
  const [flags = 0, sizes = 0] = await pull.take(2);
  const isLinked = (flags & 0x20) === 0;
  const [hasBlockSum, hasSize, hasSum, hasDictionary] = [0x10, 0x08, 0x04, 0x01].map((bit) => (flags & bit) !== 0);
  const mostBytes = 256 << (2 * ((sizes >> 4) & 7));
  await pull.take((hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1);
  let before: Buffer = Buffer.alloc(0);
  for (;;) {
    const size = (await pull.take(4)).readUInt32LE();
    if (size === 0) break;
    const bytes = size & 0x7fffffff;
    if (bytes > mostBytes * 2) throw new Error("an LZ4 block is larger than its frame allows");
    const block = await pull.upTo(bytes);
    const text = size > 0x7fffffff ? Buffer.from(block) : decodeBlock(block, before, mostBytes);
    yield text;
    if (block.length < bytes) throw new Cut();
    if (hasBlockSum) await pull.take(4);
    if (isLinked) before = Buffer.from(Buffer.concat([before, text]).subarray(-WINDOW));
  }
  if (hasSum) await pull.take(4);
}

/** The frames of `lz4 -l`: blocks without an end, until something else comes. Returns whether a frame follows. */
async function* legacy(pull: Pull): AsyncGenerator<Buffer, number | null> {
  while (!(await pull.isOver())) {
    const bytes = (await pull.take(4)).readUInt32LE();
    if (bytes === FRAME || bytes === LEGACY) return bytes;
    if (bytes > LEGACY_BLOCK * 2) throw new Error("an LZ4 block is larger than its frame allows");
    const block = await pull.upTo(bytes);
    yield decodeBlock(block, Buffer.alloc(0), LEGACY_BLOCK);
    if (block.length < bytes) throw new Cut();
  }
  return null;
}

/** Everything in all frames, one after another. Throws when one is cut off or damaged. */
export async function* unpackLz4(pull: Pull): AsyncGenerator<Buffer> {
  let magic: number | null = null;
  while (magic !== null || !(await pull.isOver())) {
    magic ??= (await pull.take(4)).readUInt32LE();
    const began: number = magic;
    magic = null;
    if (began === FRAME) yield* frame(pull);
    else if (began === LEGACY) magic = yield* legacy(pull);
    else if ((began & 0xfffffff0) >>> 0 === 0x184d2a50) await pull.skip((await pull.take(4)).readUInt32LE());
    else throw new Error("what follows is not LZ4");
  }
}
