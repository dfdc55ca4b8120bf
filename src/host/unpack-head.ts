/**
 * What the first bytes of an object show below all its layers: a compressor's text, members of an archive, text without
 * the marks of a terminal or an editor. Less than all of it is enough, and nothing here throws, whatever the bytes are.
 */
import { gunzipSync, constants as zlib, zstdDecompressSync } from "node:zlib";
import { firstOfZip, tarMembers, zipPieces } from "./archives.ts";
import { compressorOf, isTar, isZip, type Packing, type Stream } from "./packing.ts";
import { takeOff } from "./unpack.ts";
import { LONGEST_WINDOW } from "./zstd.ts";

/** One way to look at an object: at an archive, or at what is in it. */
export interface View {
  /** The start of what is below `packing`. */
  readonly bytes: Buffer;
  readonly packing: Packing;
  /** Whether these are all bytes there are. */
  readonly isWhole: boolean;
  /** Of an archive: its members as far as the bytes go. */
  readonly members?: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** Why a layer could not be taken off to its end although its bytes are there; null when none was. */
  readonly broken: string | null;
  /** When the file in it was written last, in milliseconds: by the archive that it is in, or by gzip of a file. */
  readonly writtenAtMs?: number;
  /** All members of its archive are of one second, which an archive was told rather than found. */
  readonly isOneTime?: boolean;
}

/** So much of a layer is looked at. */
const MOST_BYTES = 1024 * 1024;
/** Layers in layers are a riddle, not a backup. */
const DEEPEST = 6;
const MOST_MEMBERS = 64;

/** In pieces, so that a little that becomes much is noticed early. */
const PIECE_BYTES = 16 * 1024;
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

interface Start {
  readonly bytes: Buffer;
  /** It came to its end by itself. */
  readonly isWhole: boolean;
  readonly broken: string | null;
}

/** What comes until the end, the limit or an error. */
async function startOf(source: AsyncIterable<Uint8Array>): Promise<Start> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      chunks.push(chunk.subarray(0, MOST_BYTES - length));
      length += chunk.length;
      if (length >= MOST_BYTES) return { bytes: Buffer.concat(chunks), isWhole: false, broken: null };
    }
  } catch (error) {
    return { bytes: Buffer.concat(chunks), isWhole: false, broken: error instanceof Error ? error.message : "" };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true, broken: null };
}

/** The two that most backups are packed with, at once: a stream for each of thousands of objects takes its time. */
function startAtOnce(bytes: Buffer, layer: Stream): Buffer | null {
  const maxOutputLength = 64 * MOST_BYTES;
  try {
    if (layer === "gzip") return gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength });
    if (layer === "zstd")
      return zstdDecompressSync(bytes, { ...LONGEST_WINDOW, finishFlush: zlib.ZSTD_e_flush, maxOutputLength });
  } catch {
    // What came before the fault is had from a stream.
  }
  return null;
}

async function unpackedStart(view: View, layer: Stream): Promise<Start> {
  if (!view.isWhole) {
    const bytes = startAtOnce(view.bytes, layer);
    if (bytes !== null) return { bytes: bytes.subarray(0, MOST_BYTES), isWhole: false, broken: null };
  }
  const start = await startOf(takeOff(chunksOf(view.bytes), layer));
  return view.isWhole ? start : { ...start, isWhole: false, broken: start.bytes.length === 0 ? start.broken : null };
}

/** Whether every line, of two or more, ends in a carriage return and a line feed, as `docker exec -t` and Windows write them. */
export function endsInReturns(bytes: Buffer, least = 2): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at - 1] !== 13) return false;
    lines += 1;
  }
  return lines >= least;
}

async function inTar(view: View, depth: number): Promise<View[]> {
  const members: { name: string; sizeBytes: number }[] = [];
  const views: View[] = [];
  const times: number[] = [];
  try {
    for await (const { name, sizeBytes, isFile, body, writtenAtMs } of tarMembers(chunksOf(view.bytes))) {
      members.push({ name, sizeBytes });
      if (writtenAtMs !== undefined) times.push(writtenAtMs);
      if (!isFile || members.length > MOST_MEMBERS) continue;
      const { bytes } = await startOf(body);
      const isWhole = bytes.length === sizeBytes;
      const inside = {
        bytes,
        packing: [...view.packing, { tar: name }],
        isWhole,
        broken: null,
        ...earlier(view, writtenAtMs),
      };
      views.push(...(await expand(inside, depth + 1)));
    }
  } catch {
    // It is cut off, as a start is, or none: what came by then counts.
  }
  const isOneTime = times.length > 1 && times.every((one) => one === times[0]);
  return [{ ...view, members }, ...views.map((one) => (isOneTime ? { ...one, isOneTime } : one))];
}

async function inZip(view: View, depth: number): Promise<View[]> {
  const first = firstOfZip(view.bytes);
  const found = new Map<string, Uint8Array[]>();
  const names: { name: string; sizeBytes: number }[] = first === null ? [] : [{ name: first.name, sizeBytes: 0 }];
  if (first?.isEncrypted !== true) {
    try {
      names.length = 0;
      const wants = (name: string) => {
        names.push({ name, sizeBytes: 0 });
        return !name.endsWith("/") && found.size < MOST_MEMBERS;
      };
      let length = 0;
      for await (const { name, bytes } of zipPieces(chunksOf(view.bytes), wants)) {
        found.set(name, [...(found.get(name) ?? []), bytes]);
        length += bytes.length;
        if (length > MOST_MEMBERS * MOST_BYTES) break;
      }
    } catch {
      // Packed in a way that is not read here.
    }
  }
  const views: View[] = [];
  for (const [name, pieces] of found) {
    const bytes = Buffer.concat(pieces).subarray(0, MOST_BYTES);
    const inside = { bytes, packing: [...view.packing, { zip: name }], isWhole: false, broken: null };
    views.push(...(await expand(inside, depth + 1)));
  }
  return [{ ...view, members: names }, ...views];
}

/** What gzip notes of a file that it packs; zero of a pipe. Source: RFC 1952, 2.3.1, MTIME. */
function gzipTime(bytes: Buffer): number | undefined {
  const seconds = bytes.length >= 8 ? bytes.readUInt32LE(4) : 0;
  return seconds === 0 ? undefined : seconds * 1000;
}

/** Of the times of several layers the earliest: the others are of packing it again. */
const earlier = ({ writtenAtMs: outer }: View, inner: number | undefined): Pick<View, "writtenAtMs"> =>
  inner === undefined ? {} : { writtenAtMs: Math.min(outer ?? inner, inner) };

/** Every way to look at it, the outermost first. */
async function expand(view: View, depth: number): Promise<View[]> {
  const { bytes, packing } = view;
  if (depth > DEEPEST) return [view];
  const compressor = compressorOf(bytes);
  if (compressor !== null) {
    const inside = await unpackedStart(view, compressor);
    const told = compressor === "gzip" ? earlier(view, gzipTime(bytes)) : {};
    return expand({ ...view, ...inside, ...told, packing: [...packing, compressor] }, depth + 1);
  }
  if (isTar(bytes)) return inTar(view, depth);
  if (isZip(bytes)) return inZip(view, depth);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return expand({ ...view, bytes: bytes.subarray(3), packing: [...packing, "bom"] }, depth + 1);
  if (!bytes.includes(0) && endsInReturns(bytes)) {
    const { bytes: text } = await startOf(takeOff(chunksOf(bytes), "crlf"));
    return [{ ...view, bytes: text, packing: [...packing, "crlf"] }];
  }
  return [view];
}

/** `packing` is what was taken off before: parts of one file that were joined. */
export function viewsOf(head: Uint8Array, isWhole: boolean, packing: Packing = []): Promise<View[]> {
  return expand({ bytes: Buffer.from(head), packing, isWhole, broken: null }, 0);
}
