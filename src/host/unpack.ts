/**
 * Takes the layers of a backup off in this process, as a stream of flat memory: for readers of what was fetched. What is
 * restored is unpacked by the sandbox's own programs (`packing.ts`), which also compare checksums.
 */
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import unbzip2 from "unbzip2-stream";
import xz from "xz-decompress";
import { UnavailableError } from "../errors.ts";
import { tarMembers, zipMember } from "./archives.ts";
import { unpackLz4 } from "./lz4.ts";
import type { Layer, Packing } from "./packing.ts";
import { Pull } from "./pull.ts";
import { formatBytes } from "./units.ts";
import { unpackZstd } from "./zstd.ts";

type Bytes = AsyncIterable<Uint8Array>;

/**
 * What came out may be so many times what went in, once it is more than some. One layer of gzip makes 1,032 of one at most,
 * and rows that are all alike some 200.
 */
interface Bounds {
  readonly times: number;
  readonly alwaysBytes: number;
}
const BOUNDS: Bounds = { times: 500, alwaysBytes: 4 * 1024 ** 3 };

/** Passes a source through a stream of Node's, and throws what either of them does. */
async function* through(source: Bytes, transform: Duplex): AsyncGenerator<Uint8Array> {
  const fed = pipeline(source, transform);
  // It is thrown below; until then nobody waits for it.
  fed.catch(() => {});
  yield* transform as AsyncIterable<Uint8Array>;
  await fed;
}

/** The library speaks by events, at once; driven by hand it holds one block and no queue. */
async function* unpackBzip2(source: Bytes): AsyncGenerator<Uint8Array> {
  const stream = unbzip2() as unknown as NodeJS.EventEmitter & { write(chunk: Uint8Array): void; end(): void };
  let out: Uint8Array[] = [];
  let fault: unknown = null;
  stream.on("data", (chunk: Uint8Array) => void out.push(chunk));
  stream.on("error", (error: unknown) => {
    fault ??= error;
  });
  const taken = function* () {
    const now = out;
    out = [];
    yield* now;
    if (fault !== null) throw fault;
  };
  for await (const chunk of source) {
    stream.write(chunk);
    yield* taken();
  }
  stream.end();
  yield* taken();
}

function unpackXz(source: Bytes): Bytes {
  return new xz.XzReadableStream(Readable.toWeb(Readable.from(source)) as ReadableStream<Uint8Array>);
}

/** Carriage returns at the ends of lines go, also where a chunk ends between the two. */
async function* withoutReturns(source: Bytes): AsyncGenerator<Uint8Array> {
  let held = false;
  for await (const chunk of source) {
    const text: Buffer = held ? Buffer.concat([Buffer.of(13), chunk]) : Buffer.from(chunk);
    held = text.at(-1) === 13;
    let from = 0;
    for (let at = text.indexOf("\r\n"); at >= 0; at = text.indexOf("\r\n", at + 2)) {
      if (at > from) yield text.subarray(from, at);
      from = at + 1;
    }
    const to = held ? text.length - 1 : text.length;
    if (to > from) yield text.subarray(from, to);
  }
  if (held) yield Buffer.of(13);
}

async function* withoutMark(source: Bytes): AsyncGenerator<Uint8Array> {
  const pull = new Pull(source);
  await pull.take(3);
  while (!(await pull.isOver())) yield await pull.some();
}

/** One layer less. */
export function takeOff(source: Bytes, layer: Layer): Bytes {
  switch (layer) {
    case "gzip":
      return through(source, createGunzip());
    case "zstd":
      return unpackZstd(new Pull(source), through);
    case "bzip2":
      return unpackBzip2(source);
    case "xz":
      return unpackXz(source);
    case "lz4":
      return unpackLz4(new Pull(source));
    case "crlf":
      return withoutReturns(source);
    case "bom":
      return withoutMark(source);
  }
  if ("join" in layer) return source;
  return "zip" in layer ? zipMember(source, layer.zip) : oneMember(source, layer.tar);
}

async function* oneMember(source: Bytes, name: string): AsyncGenerator<Uint8Array> {
  for await (const member of tarMembers(source)) if (member.name === name) yield* member.body;
}

/** Counts what comes, for whoever asks. */
async function* counted(source: Bytes, count: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    count.bytes += chunk.length;
    yield chunk;
  }
}

/** Ends what comes out of one layer when it is too much for what was read at the bottom of all. */
async function* bounded(source: Bytes, read: { readonly bytes: number }, bounds: Bounds): AsyncGenerator<Uint8Array> {
  let written = 0;
  for await (const chunk of source) {
    written += chunk.length;
    if (written > bounds.alwaysBytes && written > read.bytes * bounds.times) {
      throw new UnavailableError(
        `it unpacks into more than ${formatBytes(written)} from ${formatBytes(read.bytes)}, over ${bounds.times} times as much, so it is not read on`,
        { code: "FB_UNPACK_LIMIT", next: ["fogbell backups list", "look at what the job packs into it"] },
      );
    }
    yield chunk;
  }
}

/**
 * What lies below all layers of `packing`; the parts of one that was split come one after another in `source`. Throws when
 * a layer is cut off or damaged, and UnavailableError when one unpacks into more than can be meant, also in what is skipped.
 */
export function unpackStream(source: Bytes, packing: Packing, bounds: Bounds = BOUNDS): AsyncGenerator<Uint8Array> {
  const read = { bytes: 0 };
  let inside = counted(source, read);
  for (const layer of packing) inside = bounded(takeOff(inside, layer), read, bounds);
  return inside;
}
