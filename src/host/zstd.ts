/**
 * Zstandard frame by frame: Node's decoder ends silently after the first of several, and `pzstd` and `cat` write several.
 * Source: RFC 8878, section 3.
 */
import type { Duplex } from "node:stream";
import { createZstdDecompress, constants as zlib } from "node:zlib";
import { Cut, type Pull } from "./pull.ts";

const MAGIC = 0xfd2fb528;
/** What `zstd --long=31` needs; less is rejected by default. */
export const LONGEST_WINDOW = { params: { [zlib.ZSTD_d_windowLogMax]: 31 } };

/** The bytes of one frame, from its magic number to its checksum. Its blocks say how long they are. */
async function* frameBytes(pull: Pull, magic: Buffer): AsyncGenerator<Buffer> {
  const first = await pull.take(1);
  const [flags = 0] = first;
  const isSingle = (flags & 0x20) !== 0;
  const sized = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  yield Buffer.concat([magic, first, await pull.take((isSingle ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0) + sized)]);
  for (let isLast = false; !isLast; ) {
    const header = await pull.take(3);
    const word = header.readUIntLE(0, 3);
    isLast = (word & 1) !== 0;
    const bytes = ((word >> 1) & 3) === 1 ? 1 : word >> 3;
    const block = await pull.upTo(bytes);
    yield Buffer.concat([header, block]);
    if (block.length < bytes) throw new Cut();
  }
  if ((flags & 4) !== 0) yield await pull.take(4);
}

/** Everything in all frames. Throws when one is cut off or damaged, after what could be unpacked. */
export async function* unpackZstd(
  pull: Pull,
  through: (source: AsyncIterable<Uint8Array>, transform: Duplex) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  while (!(await pull.isOver())) {
    const magic = await pull.take(4);
    const word = magic.readUInt32LE();
    if ((word & 0xfffffff0) >>> 0 === 0x184d2a50) {
      await pull.skip((await pull.take(4)).readUInt32LE());
    } else if (word === MAGIC) yield* through(frameBytes(pull, magic), createZstdDecompress(LONGEST_WINDOW));
    else throw new Error("what follows is not Zstandard");
  }
}
