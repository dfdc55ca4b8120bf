/** Names and strings that a script can hold on one line, in engines whose language has no other form for the rest. */
import { UsageError } from "../errors.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: a newline in a name could end the heredoc around it
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether a text has characters that no line can hold. */
export const hasControls = (text: string): boolean => CONTROL.test(text);

/** The name. Throws UsageError for one with control characters, which has no form on one line. */
export function writable(name: string): string {
  if (!hasControls(name)) return name;
  throw new UsageError("a table's name has control characters, which cannot be written here", {
    code: "FB_NAME_UNWRITABLE",
    next: ["rename the table in a copy of the database"],
  });
}
