/** The members of tar and zip archives, one after another, as they come in a stream. */
import { once } from "node:events";
import type { Writable } from "node:stream";
import { Unzip, UnzipInflate } from "fflate";
import { extract } from "tar-stream";
import { Cut } from "./pull.ts";

type Bytes = AsyncIterable<Uint8Array>;

export interface Member {
  readonly name: string;
  readonly sizeBytes: number;
  /** Whether it is a file; folders, links and devices have nothing in them. */
  readonly isFile: boolean;
  /** When it was written last, in milliseconds; absent where the archive does not say. */
  readonly writtenAtMs?: number;
  /** Read before the next member is asked for, or left. */
  readonly body: Bytes;
}

/** Until it takes more, or is over. */
async function drained(sink: Writable): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(sink, "drain", { signal }), once(sink, "close", { signal })]).finally(() => waiting.abort());
}

/** The members of a tar archive in their order. Throws when it is cut off or none. */
export async function* tarMembers(source: Bytes): AsyncGenerator<Member> {
  const tar = extract();
  const sink = tar as unknown as Writable;
  let fault: unknown = null;
  const feed = async () => {
    try {
      for await (const chunk of source) {
        if (sink.destroyed) return;
        if (!sink.write(chunk)) await drained(sink);
      }
      sink.end();
    } catch (error) {
      fault = error;
      tar.destroy(error as Error);
    }
  };
  const fed = feed();
  try {
    for await (const entry of tar) {
      const { name, size = 0, type, mtime } = entry.header;
      yield {
        name,
        sizeBytes: size,
        isFile: type === "file" || type === "contiguous-file",
        ...(mtime === undefined || mtime.getTime() <= 0 ? {} : { writtenAtMs: mtime.getTime() }),
        body: entry as unknown as Bytes,
      };
      entry.resume();
    }
  } catch (error) {
    throw fault ?? error;
  } finally {
    tar.destroy();
    await fed;
  }
}

/** What stands in a zip's local header before its file. Source: APPNOTE.TXT 6.3.10, 4.3.7. */
export interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
}

/** The first file of a zip; null: it is none. */
export function firstOfZip(head: Buffer): ZipEntry | null {
  if (head.length < 30 || head.readUInt32LE() !== 0x04034b50) return null;
  const length = head.readUInt16LE(26);
  if (head.length < 30 + length) return null;
  return {
    name: head.toString("utf8", 30, 30 + length),
    isEncrypted: (head.readUInt16LE(6) & 1) !== 0,
    method: head.readUInt16LE(8),
  };
}

export interface ZipPiece {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * What the files of a zip hold, piece by piece, of those that `wants` picks. Throws when a file is cut off, damaged or
 * packed in a way that is not read here, after what could be read of it.
 */
export async function* zipPieces(source: Bytes, wants: (name: string) => boolean): AsyncGenerator<ZipPiece> {
  let out: ZipPiece[] = [];
  let fault: Error | null = null;
  let open = 0;
  const unzip = new Unzip((file) => {
    if (!wants(file.name)) return;
    open += 1;
    file.ondata = (error, bytes, isLast) => {
      if (error !== null) fault ??= error;
      else if (bytes.length > 0) out.push({ name: file.name, bytes });
      if (isLast) open -= 1;
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  for await (const chunk of source) {
    unzip.push(chunk);
    const now = out;
    out = [];
    yield* now;
    if (fault !== null) throw fault;
  }
  if (open > 0) throw new Cut();
}

/** One file of a zip; an empty name is its only one. */
export async function* zipMember(source: Bytes, name: string): AsyncGenerator<Uint8Array> {
  const isFile = (found: string) => (name === "" ? !found.endsWith("/") : found === name);
  for await (const { bytes } of zipPieces(source, isFile)) yield bytes;
}
