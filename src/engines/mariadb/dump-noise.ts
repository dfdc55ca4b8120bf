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

export function noiseOf({ tokens, line }: Statement): DumpStory["noise"] {
  const { name, at } = firstName(tokens);
  const next = tokens[at];
  if (!PROGRAMS.has(name) || next?.kind !== "mark" || next.text !== ":") return null;
  return { line, program: name };
}
