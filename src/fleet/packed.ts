/** A run folder on its way through the queue: its texts, packed; and what was found of the copies, beside them. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { UnavailableError } from "../errors.ts";
import { formatBytes } from "../host/units.ts";
import type { DrillResult } from "../record.ts";
import { deriveResult, readJournal } from "../result/result.ts";
import { exitCodeOf } from "../result/verdict.ts";
import type { PackedResult } from "./job.ts";

/** A record is some hundred kB. What is larger isn't one, and would stand in everybody's way. */
const MOST_BYTES = 50_000_000;

const packed = z.object({
  version: z.literal(1),
  runId: z.string().regex(/^[\w-]{1,80}$/),
  /** By name; folders of a run hold none. */
  files: z.record(z.string().regex(/^[\w][\w.-]{0,100}$/), z.string()),
  /** As `.verified` keeps it. */
  known: z.array(z.unknown()),
});
export type Packed = z.infer<typeof packed>;

/** Packs a run folder. Throws UnavailableError FB_FLEET_RESULT when it is larger than a record may be. */
export async function packRun(
  folder: string,
  runId: string,
  known: readonly unknown[],
): Promise<{ bytes: Buffer; result: DrillResult }> {
  const files: Record<string, string> = {};
  let bytes = 0;
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue;
    const path = join(folder, entry.name);
    bytes += (await stat(path)).size;
    if (bytes > MOST_BYTES)
      throw new UnavailableError(`the record in ${folder} is larger than ${formatBytes(MOST_BYTES)}`, {
        code: "FB_FLEET_RESULT",
        next: [`ls -lh ${folder}`, "it stays on its worker: copy it from there"],
      });
    files[entry.name] = await readFile(path, "utf8");
  }
  const result = deriveResult(readJournal(files["journal.jsonl"] ?? ""));
  return { bytes: gzipSync(JSON.stringify({ version: 1, runId, files, known: [...known] } satisfies Packed)), result };
}

/** Null when it isn't what a worker packs: another version, or cut. Never more than a record's size. */
export function unpackRun(bytes: Uint8Array): Packed | null {
  try {
    return packed.parse(JSON.parse(gunzipSync(bytes, { maxOutputLength: 4 * MOST_BYTES }).toString("utf8")));
  } catch {
    return null;
  }
}

/** With what a table of results shows. */
export function resultOf(runId: string, { bytes, result }: { bytes: Buffer; result: DrillResult }): PackedResult {
  return {
    runId,
    verdict: result.verdict,
    exitCode: exitCodeOf(result),
    because: result.reasons[0] ?? "",
    bytes,
  };
}
