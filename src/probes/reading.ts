/** How probes read what a question printed: tab-separated lines, and the ways in which there is nothing to read. */
import type { Finding, Outcome } from "../parts.ts";

/** Non-empty lines, split at tabs. */
export function fields(outcome: Outcome): string[][] {
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** The finding for a question that could not be asked; null when there is an answer to read. Never a pass. */
export function unanswered(outcome: Outcome | undefined): Finding | null {
  if (outcome === undefined) return { held: "unknown", because: "the question was never asked" };
  if (outcome.exitCode !== 0) {
    return {
      held: "unknown",
      because: `the query failed with exit code ${outcome.exitCode}: ${firstLine(outcome.stderrTail)}`,
    };
  }
  if (outcome.truncated) return { held: "unknown", because: "the answer was too long to keep whole" };
  return null;
}

/** The rows of an answer, or why there is none to trust. */
export function rowsOf(
  outcome: Outcome | undefined,
): { readonly rows: string[][]; readonly none: null } | { readonly rows: null; readonly none: Finding } {
  const none = unanswered(outcome);
  return none === null ? { rows: fields(outcome as Outcome), none } : { rows: null, none };
}

/** Reads the one word of a question that is answered by yes or no. */
export function yesOrNo(outcome: Outcome | undefined, read: (isSo: boolean) => Finding): Finding {
  return answered(outcome, (one) => {
    const word = fields(one)[0]?.[0];
    return word === "yes" || word === "no"
      ? read(word === "yes")
      : { held: "unknown", because: "neither yes nor no came back" };
  });
}

/** What is printed by nothing that was asked. It speaks neither for a recovery nor against one. */
export const unreadable: Finding = { held: "unknown", because: "the answer can't be read" };

/** Reads one answer, when there is one. */
export function answered(outcome: Outcome | undefined, read: (outcome: Outcome) => Finding): Finding {
  return unanswered(outcome) ?? read(outcome as Outcome);
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? "no message"
  );
}
