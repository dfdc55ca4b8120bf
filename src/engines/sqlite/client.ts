/**
 * How SQLite is spoken to: SQL fed to `sqlite3` as a heredoc, the same text in a sandbox and on paper. Identifiers are quoted
 * here and nowhere else. SQLite has no statements that are written by others: what hangs on a table's columns is asked for in
 * a first call, and run in a second.
 */
import { Feed, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { hasControls, writable } from "../writable.ts";

/** A quoted identifier. Throws UsageError for a name with control characters, which has no form on one line. */
export const identifier = (name: string): string => `"${writable(name).replaceAll('"', '""')}"`;

/** A string constant. */
export const literal = (text: string): string =>
  hasControls(text)
    ? `CAST(X'${Buffer.from(text, "utf8").toString("hex")}' AS TEXT)`
    : `'${text.replaceAll("'", "''")}'`;

/** Which file is meant. */
export type Destination = "production" | "side";

const PLACE: Readonly<Record<Destination, string>> = { production: "DATABASE", side: "SIDE_DATABASE" };

export const placeOf = (destination: Destination): string => PLACE[destination];
export const fileOf = (destination: Destination): string => `"$${PLACE[destination]}"`;

/** Tab-separated lines without headings, ended by the first error. */
export const CLIENT = "sqlite3 -batch -bail -tabs";

/** What every session is told: a lock of somebody's is waited for. */
export const PATIENT = ".timeout 10000";

/** SQL that changes a file. The program would make one that is not there. */
export function sql(text: string, destination: Destination = "production"): Feed {
  const file = fileOf(destination);
  return new Feed({ client: `test -f ${file} &&\n${CLIENT}`, database: file, session: PATIENT, text });
}

/** SQL that only reads. */
export const reading = (text: string, destination: Destination = "production"): Feed =>
  new Feed({ client: `${CLIENT} -readonly`, database: fileOf(destination), session: PATIENT, text });

/** A question: never changes anything. */
export const question = (say: string, text: string, destination: Destination = "production"): Line => ({
  say,
  ...printed(reading(text, destination)),
  uses: [PLACE[destination]],
  destroys: false,
});

/** A question whose words a first question writes: `text` answers with statements. */
export const twice = (say: string, text: string, destination: Destination = "production"): Line => ({
  say,
  script: `ask=$(${reading(text, destination)}
) &&
printf '%s\\n' "$ask" | ${CLIENT} -readonly -cmd '${PATIENT}' ${fileOf(destination)}`,
  uses: [PLACE[destination]],
  destroys: false,
});

/** As `Line.script` asks for. */
const PAPER_COLUMNS = 72;

/** The same SQL on lines that paper holds, broken at spaces outside of quotes. For our own text: a comment would swallow more. */
export function folded(text: string): string {
  let lines = "";
  let column = 0;
  for (const [, space = "", piece = ""] of text.trim().matchAll(/(\s*)((?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\s'"])+)/g)) {
    const fits = column + space.length + piece.length <= PAPER_COLUMNS;
    const gap = lines === "" || space.includes("\n") || fits ? space : "\n    ";
    lines += gap + piece;
    column = lines.length - 1 - lines.lastIndexOf("\n");
  }
  return lines;
}

/** How SQL writes a quoted name, or a string, that it finds in a column. */
export const named = (column: string) => `'"' || replace(${column}, '"', '""') || '"'`;

/** Tables that hold rows themselves: none of SQLite's own, and none in which a virtual table keeps its own. */
export const TABLES = `pragma_table_list t WHERE t.schema = 'main' AND t.type IN ('table', 'virtual')
  AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;
