/** What every sandbox can be told. The redactor is handed over in code; the rest could stand in a file. */
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
  cpus: z.number().positive().default(2).describe("Processors the server may use."),
  pids: z.int().positive().default(512).describe("Processes the server may have."),
  sharedMemoryBytes: z
    .int()
    .positive()
    .default(1024 ** 3)
    .describe("Shared memory, which parallel queries need."),
  redactor: z.custom<Redactor>((value) => typeof value === "function").optional(),
});
export type SandboxOptions = z.infer<typeof sandboxOptions>;

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
