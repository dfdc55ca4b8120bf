/** How a backup is packed, told by its first bytes. */
import { gunzipSync, constants as zlib, zstdDecompressSync } from "node:zlib";

export type Compression = "none" | "gzip" | "zstd";

/** The program that unpacks such a file, or a stream of it, to its standard output. */
export const UNPACK: Readonly<Record<Compression, string>> = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" };

export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return "zstd";
  return "none";
}

/** What the start of a compressed file says; less than all of it is enough. */
export function unpackHead(head: Uint8Array, compression: Compression): Buffer | null {
  if (compression === "none") return Buffer.from(head);
  try {
    return compression === "gzip"
      ? gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH })
      : zstdDecompressSync(head, { finishFlush: zlib.ZSTD_e_flush });
  } catch {
    return null;
  }
}
