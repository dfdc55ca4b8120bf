/** What a program wrote about its work into the dump: standard error that was sent where the dump went. */
import type { DumpStory } from "../../parts.ts";
import type { Statement, Token } from "./dump-open.ts";

const PROGRAMS: ReadonlySet<string> = new Set([
  ...["mysqldump", "mariadb-dump", "mysqlpump", "mysql", "mariadb", "warning", "error", "docker"],
]);

/** The words before the first mark that is no hyphen: `mariadb-dump`. */
function firstName(tokens: readonly Token[]): { name: string; at: number } {
  let name = "";
  let at = 0;
  for (; at < tokens.length && at < 5; at++) {
    const token = tokens[at] as Token;
    if (token.kind === "word" || (token.kind === "mark" && token.text === "-")) name += token.text.toLowerCase();
    else break;
  }
  return { name, at };
}

/** What such programs are known to say; of anything else only that they said something. */
const SAYINGS: readonly string[] = [
  "Deprecated program name",
  "Using a password on the command line interface can be insecure",
  "Lost connection",
  "Got error",
  "Couldn't execute",
  "unknown option",
];

export function noiseOf({ tokens, line }: Statement): DumpStory["noise"] {
  const { name, at } = firstName(tokens);
  const next = tokens[at];
  if (!PROGRAMS.has(name) || next?.kind !== "mark" || next.text !== ":") return null;
  const words = tokens.slice(at).flatMap(({ kind, text }) => (kind === "word" ? [text] : []));
  const said = words.filter((word) => !/^(warning|error|note|\d+)$/i.test(word)).join(" ");
  const says = SAYINGS.find((one) => said.startsWith(one));
  return { line, program: name, ...(says === undefined ? {} : { says }) };
}
