/** How wide the terminal is that a command prints to. */
import type { Width } from "../host/columns.ts";

/** The columns of standard output; unlimited where it is no terminal, because programs and logs read whole lines. */
export function ownWidth(): Width {
  return process.stdout.isTTY === true ? process.stdout.columns : undefined;
}
