/** Our own commands in a procedure: run in this process, and written down as the lines that a person would type. */
import type { Shown } from "../host/redact.ts";
import type { Line, Phase } from "../parts.ts";
import type { EventBody } from "../record.ts";
import { commandHash } from "../run/runner.ts";

/** What one of our own commands would have printed, and how it would have ended. */
export interface OwnEnd {
  readonly exitCode: number;
  readonly printed: string;
}

/** Runs one of our own commands in this process, and writes it down as the line that a person would type. */
export async function ourselves<T>(
  kit: { readonly write: (body: EventBody) => void },
  line: Line,
  step: { phase: Phase; id: string },
  work: () => Promise<T>,
  end: (result: T) => OwnEnd = () => ({ exitCode: 0, printed: "" }),
): Promise<T> {
  const beganMs = performance.now();
  kit.write({ kind: "command-began", command: { ...line, ...step }, hash: commandHash(line) });
  const ended = (exitCode: number, stderrTail: string, printed = "") =>
    kit.write({
      kind: "command-ended",
      commandId: step.id,
      exitCode,
      durationMs: Math.round((performance.now() - beganMs) * 10) / 10,
      stdoutTail: printed as Shown,
      stderrTail: stderrTail as Shown,
    });
  try {
    const result = await work();
    const { exitCode, printed } = end(result);
    ended(exitCode, "", printed);
    return result;
  } catch (error) {
    ended(1, error instanceof Error ? (error.message.split("\n")[0] ?? "") : "failed");
    throw error;
  }
}
