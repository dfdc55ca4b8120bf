/** What an image of a server's files can be told, whichever engine's they are. */
import { z } from "zod";
import type { Compression } from "../host/packing.ts";

export const IMAGE_OPTIONS = z.strictObject({
  server: z
    .enum(["stopped", "frozen"])
    .default("frozen")
    .describe(
      "What the server does while its files are imaged: it is shut down, or held still in the middle of its work.",
    )
    .meta({ examples: ["stopped"] }),
  compress: z
    .enum(["none", "gzip", "zstd"])
    .default("gzip")
    .describe("How the image is compressed.")
    .meta({ examples: ["none", "zstd"] }),
});
export type ImageOptions = z.infer<typeof IMAGE_OPTIONS>;

/** Programs that pack a stream, fast before small. */
export const PACK: Readonly<Record<Compression, string>> = { none: "cat", gzip: "gzip -1", zstd: "zstd -q -1" };
