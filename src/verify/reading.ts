/** Reading what a question to a copy answered: rows, or why there is none to trust; and saying it in few words. */
import type { Finding, Outcome } from "../parts.ts";

export const few = (names: readonly string[]) =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
export const count = (number: number, noun: string) =>
  `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

/** Rows of an answer; null when there is no answer to trust. */
export function read(outcome: Outcome): string[][] | null {
  if (outcome.exitCode !== 0 || outcome.truncated) return null;
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

export const silent = (outcome: Outcome): Finding => ({
  held: "unknown",
  because: `the question failed with exit code ${outcome.exitCode}: ${outcome.stderrTail.trim().split("\n")[0] || "no message"}`,
});

/** What is printed by nothing that was asked speaks neither for a copy nor against it. */
export const unreadable: Finding = { held: "unknown", because: "what came back cannot be read" };
