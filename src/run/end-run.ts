/**
 * How every run ends: what it made is removed and its journal closed, also where the journal's disk takes no more. Nothing
 * may be left behind because nobody could write down that it was removed.
 */
import type { EventBody } from "../record.ts";
import { problemOf, type Redacting } from "./problem.ts";
import type { Unwound } from "./unwind.ts";

/** What the run ended with, when it did not come to its own end. */
export type Failed = { readonly error: unknown } | null;

interface Ending {
  readonly write: (body: EventBody) => void;
  readonly failed: Failed;
  readonly redacting: Redacting;
}

/** Never throws for what a disk does. */
export async function endRun({ write, failed, redacting }: Ending, remove: () => Promise<Unwound>): Promise<void> {
  let fault: Failed = null;
  const tell = (body: EventBody) => {
    try {
      write(body);
    } catch (error) {
      fault ??= { error };
    }
  };
  if (failed !== null) tell(problemOf(failed.error, redacting));
  const beganMs = performance.now();
  tell({ kind: "phase-began", phase: "cleanup" });
  tell({ kind: "cleaned-up", ...(await remove()) });
  tell({ kind: "phase-ended", phase: "cleanup", durationMs: performance.now() - beganMs });
  // It came to this only now: a journal that is not whole proves nothing.
  if (fault !== null) tell(problemOf((fault as { error: unknown }).error, redacting));
  tell({ kind: "drill-ended" });
}
