/** What every sandbox can be told. The redactor is handed over in code; the rest could stand in a file. */
import { availableParallelism } from "node:os";
import { z } from "zod";
import { type ErrorReader, shownErrors } from "../host/client-errors.ts";
import { createRedactor, type Redactor } from "../host/redact.ts";
import type { Outcome } from "../parts.ts";

export const sandboxOptions = z.strictObject({
  memoryBytes: z
    .int()
    .positive()
    .default(4 * 1024 ** 3)
    .describe("Memory limit of the server, in bytes."),
  cpus: z
    .number()
    .positive()
    .default(() => availableParallelism())
    .describe("Processors the server may use: by default all of them."),
  pids: z.int().positive().default(512).describe("Processes the server may have."),
  sharedMemoryBytes: z
    .int()
    .positive()
    .default(1024 ** 3)
    .describe("Shared memory, which parallel queries need."),
  redactor: z.custom<Redactor>((value) => typeof value === "function").optional(),
});
export type SandboxOptions = z.infer<typeof sandboxOptions>;

/** What one job of a restore may need: `maintenance_work_mem` for its index, a client, and its share of the caches. */
const BYTES_PER_JOB = 512 * 1024 ** 2;

/** How many jobs of a restore run at once: as many as there are processors, and no more than the memory carries. At least 1. */
export function jobsFor({ cpus, memoryBytes }: Pick<SandboxOptions, "cpus" | "memoryBytes">): number {
  return Math.max(1, Math.min(Math.floor(cpus), Math.floor(memoryBytes / BYTES_PER_JOB)));
}

export function redactorOf(options: SandboxOptions): Redactor {
  return options.redactor ?? createRedactor([]);
}

/** The kernel takes no longer argument than 128 KiB (MAX_ARG_STRLEN); larger scripts go through a file. */
export const LONGEST_ARGUMENT_BYTES = 100_000;

/** What an outcome keeps of standard error: what the reader understood, or all of it where nobody reads. */
export function saidOn(
  stderr: string,
  read: ErrorReader | undefined,
  redact: Redactor,
): Pick<Outcome, "stderrTail" | "errors"> {
  if (read === undefined) return { stderrTail: redact(stderr) };
  const errors = read(stderr);
  return { stderrTail: redact(shownErrors(errors)), errors };
}
