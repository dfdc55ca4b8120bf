/**
 * How a backup is packed: layers, outermost first, each told by the bytes before it and never by a name. One function
 * prints the pipeline that takes them all off; what does the same in this process stands in `unpack.ts`.
 */
import { quote } from "./sh.ts";

/** What Fogbell packs its own backups with. */
export type Compression = "none" | "gzip" | "zstd";

/**
 * One layer. Of an archive the member that is meant, by its own name (`.` is all of it as a folder); of a zip with one
 * file an empty name. `join`: so many parts of one file that was split. `crlf` and `bom` are what a terminal or an editor
 * did to text.
 */
export type Layer =
  | "gzip"
  | "zstd"
  | "bzip2"
  | "xz"
  | "lz4"
  | "crlf"
  | "bom"
  | { readonly zip: string }
  | { readonly tar: string }
  | { readonly join: number };
export type Packing = readonly Layer[];

/** Fogbell's own packing as layers. */
export const layersOf = (compression: Compression): Packing => (compression === "none" ? [] : [compression]);

const begins = (head: Uint8Array, bytes: readonly number[], at = 0) =>
  bytes.every((byte, index) => head[at + index] === byte);

export type Stream = "gzip" | "zstd" | "bzip2" | "xz" | "lz4";

/** Which compressor wrote this; null: none that is known here. */
export function compressorOf(head: Uint8Array): Stream | null {
  if (begins(head, [0x1f, 0x8b])) return "gzip";
  // A skippable frame may come first, as pzstd writes it.
  if (begins(head, [0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
  if (((head[0] ?? 0) & 0xf0) === 0x50 && begins(head, [0x2a, 0x4d, 0x18], 1)) return "zstd";
  // The digit is the size of its blocks, and a block or the end follows. Source: the bzip2 manual, and its decompress.c.
  if (begins(head, [0x42, 0x5a, 0x68]) && (head[3] ?? 0) >= 0x31 && (head[3] ?? 0) <= 0x39) {
    const [first] = head.subarray(4);
    if (first === undefined || first === 0x31 || first === 0x17) return "bzip2";
  }
  if (begins(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return "xz";
  if (begins(head, [0x04, 0x22, 0x4d, 0x18]) || begins(head, [0x02, 0x21, 0x4c, 0x18])) return "lz4";
  return null;
}

/** A local file header, or the end of an archive without files. */
export const isZip = (head: Uint8Array): boolean =>
  begins(head, [0x50, 0x4b, 0x03, 0x04]) || begins(head, [0x50, 0x4b, 0x05, 0x06]);

/** POSIX and GNU archives carry this word; older ones do not, and are not told. */
export const isTar = (head: Uint8Array): boolean => begins(head, [0x75, 0x73, 0x74, 0x61, 0x72], 257);

/** A zip's names are patterns to unzip. */
const literalName = (name: string) => quote(name.replaceAll(/[\\[\]*?]/g, "\\$&"));

const PARTS = ` -maxdepth 1 -type f | sort -V |\n  xargs -d '\\n' cat`;

/** How a layer is taken off the file that the shell calls `file`, or off standard input where that is null. */
function stage(layer: Layer, file: string | null): string {
  const from = file === null ? "" : ` ${file}`;
  switch (layer) {
    case "gzip":
      return `gunzip -c${from}`;
    case "zstd":
      return `zstd -dcq --long=31${from}`;
    case "bzip2":
      return `bunzip2 -c${from}`;
    case "xz":
      return `xz -dcq${from}`;
    case "lz4":
      return `lz4 -dcq${from}`;
    case "crlf":
      return `sed 's/\\r$//'${from}`;
    case "bom":
      return `tail -c +4${from}`;
  }
  if ("join" in layer) return `find${from}${PARTS}`;
  if ("tar" in layer) return `tar -x -O -f ${file ?? "-"} ${quote(layer.tar)}`;
  const name = layer.zip === "" ? "" : ` ${literalName(layer.zip)}`;
  if (file !== null) return `unzip -p${from}${name}`;
  // Its list of files is at its end: it must lie somewhere whole.
  return `{ cat >"$SCRATCH/unpacked.zip" &&\n    unzip -p "$SCRATCH/unpacked.zip"${name}; }`;
}

const PROGRAMS = {
  gzip: "gunzip",
  zstd: "zstd",
  bzip2: "bunzip2",
  xz: "xz",
  lz4: "lz4",
  crlf: "sed",
  bom: "tail",
} as const;

/** The programs that unpack it, to be asked for before they are needed. */
export const programsOf = (packing: Packing): readonly string[] =>
  packing.map((layer) =>
    typeof layer === "string" ? PROGRAMS[layer] : "zip" in layer ? "unzip" : "tar" in layer ? "tar" : "xargs",
  );

/** The places that the pipeline of `unpacked` names beside the file itself. */
export const roomOf = (packing: Packing): readonly string[] =>
  packing.some((layer, index) => index > 0 && typeof layer === "object" && "zip" in layer) ? ["SCRATCH"] : [];

/**
 * A command that writes what is inside to standard output, and fails when any layer does. A pipe's exit code is its last
 * command's, and POSIX sh has no pipefail: of several layers each says by itself whether it came to its end.
 */
export function unpacked(packing: Packing, file = '"$BACKUP"'): string {
  const [first, ...rest] = packing;
  if (first === undefined) return `cat ${file}`;
  if (rest.length === 0) return stage(first, file);
  const stages = [stage(first, file), ...rest.map((layer) => stage(layer, null))];
  return `{ failed=$({
  ${stages.map((one) => `{ ${one} ||\n    echo 1 >&3; }`).join(" |\n  ")} >&4
  } 3>&1) && [ -z "$failed" ]; } 4>&1`;
}

const TESTS: Readonly<Partial<Record<Stream, string>>> = { gzip: "gzip -t", zstd: "zstd -tq --long=31" };

/** A command that reads every layer to its end and says nothing when all are whole; empty when there are none. */
export function whole(packing: Packing, file = '"$BACKUP"'): string {
  const [only] = packing;
  if (only === undefined) return "";
  const test = packing.length === 1 && typeof only === "string" ? TESTS[only as Stream] : undefined;
  return test === undefined ? `${unpacked(packing, file)} >/dev/null` : `${test} ${file}`;
}

const WORDS = { crlf: "CRLF", bom: "byte order mark" } as const;

/** For people: `gzip`, `zip`, `4 parts, gzip, tar`; empty when it is not packed. */
export function packingWords(packing: Packing | undefined): string {
  return (packing ?? [])
    .map((layer) =>
      typeof layer === "string"
        ? layer === "crlf" || layer === "bom"
          ? WORDS[layer]
          : layer
        : "join" in layer
          ? `${layer.join} parts`
          : "zip" in layer
            ? "zip"
            : "tar",
    )
    .join(", ");
}
