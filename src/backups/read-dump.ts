/**
 * A fetched dump read to its end in this process, and what follows: whole or cut, staying where it is put or leaving. The
 * drill, `fogbell backups check` and a game day's keeper ask the same.
 */
import { createReadStream } from "node:fs";
import { leavesOf } from "../dumps.ts";
import { FogbellError } from "../errors.ts";
import type { Packing } from "../host/packing.ts";
import { unpackStream } from "../host/unpack.ts";
import type { CutPlace, DumpReader, DumpStory, Leaving } from "../parts.ts";

const PIECE_BYTES = 256 * 1024;
/** So many of what leaves are named. */
const MOST_SAID = 3;

export interface ReadDump {
  readonly story: DumpStory;
  /** Why it could not be unpacked to its end; null when it could. */
  readonly torn: string | null;
}

/** Files one after another, as bytes. */
export async function* bytesOf(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const path of paths) {
    yield* createReadStream(path, { signal, highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>;
  }
}

/** Reads what lies below the layers. Throws only what is no fault of the copy: cancelled, a disk, too much to unpack. */
export async function readDump(
  reader: DumpReader,
  source: AsyncIterable<Uint8Array>,
  packing: Packing,
): Promise<ReadDump> {
  let torn: string | null = null;
  try {
    for await (const piece of unpackStream(source, packing)) reader.push(piece);
  } catch (error) {
    const { name, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof FogbellError || name === "AbortError" || syscall !== undefined || packing.length === 0)
      throw error;
    torn = error instanceof Error ? error.message : "it failed";
  }
  return { story: reader.end(), torn };
}

/** What is against a dump; null: nothing. */
export interface DumpFault {
  readonly is: "leaves" | "cut" | "half" | "untold";
  readonly because: string;
}

const WHERE: Readonly<Record<CutPlace, string>> = {
  rows: "in the middle of a table's rows",
  statement: "in the middle of a statement",
  string: "in the middle of a string",
  comment: "in the middle of a comment",
  "closing-line": "before its closing line",
  quit: "by a command that ends the client",
  zeros: "by zero bytes: the rest was never written",
};

/** Its last statement is complete, and any number of others may have stood behind it. */
const UNTOLD =
  "it is a dump without comments (--compact, or a filter that takes them out), and nothing in it marks its end: up to its last line it is sound, and whether more should follow could not be told";

/** Kinds that only the client of a text would run: what an archive's own program sends, no client reads. */
const OF_CLIENT: ReadonlySet<string> = new Set(["client-command", "unclear"]);

/** What the text of an archive would do elsewhere, in words; null: nothing. */
export function faultOfText(story: DumpStory): string | null {
  const leaves = story.leaves.filter(({ kind }) => !OF_CLIENT.has(kind));
  return leaves.length === 0 ? null : said(leaves);
}

function said(leaves: readonly Leaving[]): string {
  const named = leaves.slice(0, MOST_SAID).map(({ line, what, database }) => {
    const of = database === undefined ? "" : ` ${database}`;
    return `line ${line}: ${what}${of}`;
  });
  const more = leaves.length > MOST_SAID ? `, and ${leaves.length - MOST_SAID} more` : "";
  return `it would act outside the database it is restored into: ${named.join(", ")}${more}`;
}

/** What `fogbell backups check` prints, and its exit code. */
export function endOf({ story }: ReadDump, fault: DumpFault | null): { exitCode: number; printed: string } {
  if (fault === null) return { exitCode: 0, printed: `whole: ${story.lines} lines` };
  return { exitCode: { leaves: 5, cut: 1, half: 4, untold: 4 }[fault.is], printed: fault.because };
}

/** Of one of its databases, when it is told which; else of all of it. */
export function faultOf({ story, torn }: ReadDump, only: string | null): DumpFault | null {
  const leaves = leavesOf(story, only);
  if (leaves.length > 0) return { is: "leaves", because: said(leaves) };
  const { noise, end } = story;
  if (torn !== null) return { is: "cut", because: `it cannot be unpacked to its end (line ${story.lines}): ${torn}` };
  if (noise !== null)
    return {
      is: "cut",
      because: `line ${noise.line} is a message of ${noise.program} and no SQL ("${noise.program}: ${noise.says ?? ""}…"): the job writes its messages into the dump`,
    };
  if (end.is === "cut") return { is: "cut", because: `cut off at line ${end.line}, ${WHERE[end.where]}` };
  if (story.hasRows && !story.hasStructure)
    return { is: "half", because: "it holds only data: rows, and no table to put them into (data-only)" };
  if (end.is === "untold") return { is: "untold", because: UNTOLD };
  return null;
}
