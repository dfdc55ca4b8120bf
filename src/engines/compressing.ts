/** How a way to back up compresses what it makes, whichever engine's it is. */
import { z } from "zod";
import type { Compression } from "../host/packing.ts";

const ways = z.enum(["none", "gzip", "zstd"]);

/** The option of a method whose backups are compressed unless it is told otherwise. */
export const compressOption = ways
  .default("gzip")
  .describe("How the backup is compressed.")
  .meta({ examples: ["gzip", "zstd"] });

/** What a server's files that are imaged as they stand can be told. */
export const IMAGE_OPTIONS = z.strictObject({
  server: z
    .enum(["stopped", "frozen"])
    .default("frozen")
    .describe(
      "What the server does while its files are imaged: it is shut down, or held still in the middle of its work.",
    )
    .meta({ examples: ["stopped"] }),
  compress: ways
    .default("gzip")
    .describe("How the image is compressed.")
    .meta({ examples: ["none", "zstd"] }),
});
export type ImageOptions = z.infer<typeof IMAGE_OPTIONS>;

/** Behind a file's name, when it is packed. */
export const ENDING: Readonly<Record<Compression, string>> = { none: "", gzip: ".gz", zstd: ".zst" };

/** Programs that pack a stream, fast before small. */
export const PACK: Readonly<Record<Compression, string>> = { none: "cat", gzip: "gzip -1", zstd: "zstd -q -1" };

const IN_PLACE = { gzip: "gzip -q", zstd: "zstd -q --rm" } as const;

/** Behind what made a file: packs it where it lies. The exit code of a pipe would be its last program's. */
export const thenPack = (compression: Compression, file: string): string =>
  compression === "none" ? "" : ` &&\n${IN_PLACE[compression]} ${file}`;
