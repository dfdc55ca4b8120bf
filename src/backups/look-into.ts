/** The start and the end of an object in a store, below all layers that it is packed in. */
import type { Packing } from "../host/packing.ts";
import { type View, viewsOf } from "../host/unpack-head.ts";
import type { Content, Store, StoredObject } from "../parts.ts";

/** Enough of a file's start to read any header through compression, and of its end to read any closing line. */
const HEAD_BYTES = 65_536;
const TAIL_BYTES = 8_192;
/**
 * A block says nothing before all of it is there: one of zstd holds 128 KiB, of bzip2 up to 900 kB, of lz4 up to 4 MiB, and
 * what was packed before comes in as large as it is.
 */
const BLOCKS: readonly unknown[] = ["zstd", "bzip2", "lz4"];
const LONGER_BYTES = [262_144, 1_048_576, 4_259_840] as const;

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Text without layers, or with such as leave its end where it is. */
const isPlain = (packing: Packing) =>
  packing.every((layer) => layer === "crlf" || layer === "bom" || (typeof layer === "object" && "join" in layer));

export interface LookedInto {
  /** As it is stored. */
  readonly head: Buffer;
  readonly views: readonly View[];
  /** The same for methods, outermost first. */
  readonly contents: readonly Content[];
}

const isStarved = ({ bytes, packing, isWhole }: View) =>
  bytes.length === 0 && !isWhole && packing.some((layer) => BLOCKS.includes(layer));

/** Reads the object's ends only, and no more than `mostBytes` of its start. `packing` is what was taken off before: its parts were joined. */
export async function lookInto(
  store: Store,
  object: StoredObject,
  packing: Packing = [],
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<LookedInto> {
  const size = object.sizeBytes;
  let head = await collect(store.read(object, 0, Math.min(HEAD_BYTES, size, mostBytes)));
  let views = await viewsOf(head, head.length >= size, packing);
  for (const longer of LONGER_BYTES) {
    if (!views.some(isStarved) || head.length >= size) break;
    head = await collect(store.read(object, 0, Math.min(longer, size, mostBytes)));
    views = await viewsOf(head, head.length >= size, packing);
  }
  const end = size > HEAD_BYTES ? await collect(store.read(object, Math.max(0, size - TAIL_BYTES), size)) : head;
  const contents = views.map(({ bytes, packing, members, writtenAtMs, isOneTime }) => ({
    head: bytes,
    tail: isPlain(packing) ? end : null,
    packing,
    ...(writtenAtMs === undefined ? {} : { writtenAtMs }),
    ...(isOneTime === true ? { isOneTime } : {}),
    ...(members === undefined ? {} : { members: members.map(({ name }) => name) }),
  }));
  return { head, views, contents };
}
