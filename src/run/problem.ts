/** What an error makes of a drill, as an event. */
import { asFogbellError, CancelledError, Defect, type FogbellError } from "../errors.ts";
import type { Redactor } from "../host/redact.ts";
import type { EventBody } from "../record.ts";

/** What a run hides, and what ends it early. */
export interface Redacting {
  readonly redact: Redactor;
  readonly signal: AbortSignal;
}

/** What an error makes of the drill. The message passes the redactor, because it may quote a tool. */
export function problemOf(thrown: unknown, { redact, signal }: Redacting): EventBody {
  // A signal shows up as whatever the interrupted work threw; its own reason says more.
  const error: FogbellError = asFogbellError(signal.aborted ? signal.reason : thrown);
  const makes = error.exitCode === 5 ? "refused" : error.exitCode === 1 ? "lost" : "void";
  const stack = error instanceof Defect ? `\n${(error.cause instanceof Error ? error.cause : error).stack ?? ""}` : "";
  return {
    kind: "problem",
    code: error.code,
    message: redact(`${error.message}${stack}`),
    next: error.next.map((line) => redact(line)),
    makes,
    interrupted: error instanceof CancelledError && error.exitCode === 130,
  };
}
