/** An error for people and for programs: the same four facts, what, which code, why, what to type next. */
import { Defect, type FogbellError } from "../errors.ts";
import { tame } from "../host/tame.ts";

/** Ends with a newline. Only our own defects show a stack. */
export function errorText(error: FogbellError): string {
  const next = error.next.map((line) => `  ${tame(line)}\n`).join("");
  const stack = error instanceof Defect ? `\n${(error.cause instanceof Error ? error.cause : error).stack}\n` : "";
  return `Error: ${tame(error.message)}\n       [${error.code}]\n${stack}${next === "" ? "" : `Next:\n${next}`}`;
}

/** What `--json` prints on standard output instead of a result. */
export function errorJson({ code, message, next, exitCode }: FogbellError): object {
  return { error: { code, message, next, exitCode } };
}
