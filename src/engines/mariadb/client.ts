/**
 * How MariaDB and MySQL are spoken to: SQL fed to the client as a heredoc, the same text in a container, a local process
 * and on paper. User and password come from the file `~/.my.cnf`, where people keep them; never from a command line.
 * Identifiers are quoted here and nowhere else.
 */
import { Feed, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { hasControls, writable } from "../writable.ts";
import type { Flavour } from "./flavour.ts";

/** A quoted identifier. Throws UsageError for a name with control characters, which has no form on one line. */
export const identifier = (name: string): string => `\`${writable(name).replaceAll("`", "``")}\``;

/** A string constant that reads the same whatever the session's mode: hexadecimal where a character is special. */
export function literal(text: string): string {
  if (hasControls(text) || text.includes("\\")) {
    return `CONVERT(0x${Buffer.from(text, "utf8").toString("hex")} USING utf8mb4)`;
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** Before somebody else's SQL: whatever it is, it can only read. */
export const READ_ONLY = "SET SESSION TRANSACTION READ ONLY;";

/** Where SQL is sent. The two servers are themselves no database at all. */
export type Destination = "production" | "side" | "server" | "side server";

const SOCKET = '--socket="$DB_SOCKET"';
const SIDE_SOCKET = '--socket="$SIDE_SOCKET"';

/** How any of the programs is told where a server is. */
export function at(destination: Destination): string {
  return destination === "side" || destination === "side server" ? SIDE_SOCKET : SOCKET;
}

const PLACES: Readonly<Record<Destination, readonly string[]>> = {
  production: ["DB_SOCKET", "DATABASE"],
  side: ["SIDE_SOCKET", "SIDE_DATABASE"],
  server: ["DB_SOCKET"],
  "side server": ["SIDE_SOCKET"],
};

/** The places a destination's script refers to. */
export function placesOf(destination: Destination): readonly string[] {
  return PLACES[destination];
}

const DATABASE: Readonly<Record<Destination, string>> = {
  production: '"$DATABASE"',
  side: '"$SIDE_DATABASE"',
  server: "",
  "side server": "",
};

/**
 * Error messages quote row values (`Duplicate entry 'someone@…' for key`), and what a command prints is written down:
 * whatever stands between quotes behind those words goes. Source: sql/share/errmsg-utf8.txt.
 */
const NO_VALUES = `sed -E \\
    -e "s/(entry|value:?) '.*' for (key|column) /\\1 '…' for \\2 /" \\
    -e t -e "s/(entry|value:?) '.*'/\\1 '…'/"`;

/** Runs a script and shows its error messages stripped of values. Needs `$SCRATCH`; a failure is exit code 1. */
export function withoutValues(script: string): string {
  return `if ! {
${script}
} 2>"$SCRATCH/errors"; then
  ${NO_VALUES} \\
    "$SCRATCH/errors" >&2; false
fi`;
}

/** The same in every session: names, times, and that an error is an error. */
const PIN = `SET time_zone = '+00:00', sql_mode = 'TRADITIONAL',
  group_concat_max_len = 4294967295;`;

/** That, and what one of the two needs beside it. */
export const pinOf = ({ session }: Flavour): string => (session === "" ? PIN : `${PIN}\n${session}`);

/** As `Line.script` asks for. */
const PAPER_COLUMNS = 72;
const INDENT = "    ";

/**
 * The same SQL on lines that paper holds, broken at spaces outside of quotes. For our own text: a comment of somebody's
 * would end at the break. A constant that is longer than a line stays on one.
 */
export function folded(text: string): string {
  let column = 0;
  let space = "";
  let lines = "";
  for (const [piece] of text.trim().matchAll(/\s+|(?:'(?:[^']|'')*'|`(?:[^`]|``)*`|[^\s'`])+/g)) {
    if (/^\s/.test(piece)) {
      space = piece;
      continue;
    }
    const fits = column + space.length + piece.length <= PAPER_COLUMNS;
    const gap = lines === "" || space.includes("\n") || fits ? space : `\n${INDENT}`;
    const written = gap + piece;
    lines += written;
    column = written.includes("\n") ? written.length - written.lastIndexOf("\n") - 1 : column + written.length;
    space = "";
  }
  return lines;
}

/** Tab-separated lines without headings. */
export const BARE = "-BN";

/** The client prints each row as it comes. Tells nothing else than without it. */
export const ROW_BY_ROW = "--quick";

/** The client alone: tab-separated lines without headings, ended by the first error. */
export function client(flavour: Flavour, destination: Destination, flags = ""): string {
  const words = [flavour.client, at(destination), BARE, flags, DATABASE[destination]];
  return words.filter((word) => word !== "").join(" ");
}

/** SQL sent to one database. */
export function sql(flavour: Flavour, text: string, destination: Destination = "production", flags = ""): Feed {
  const program = `${flavour.client} ${at(destination)} ${BARE}`;
  return new Feed({ client: program, flags, database: DATABASE[destination], session: pinOf(flavour), text });
}

/** Runs a statement that a query writes. `text` is an expression of type text; NULL runs nothing. */
export function execute(text: string): string {
  return `SET @fogbell = COALESCE((${text}), 'DO 0');
PREPARE fogbell FROM @fogbell; EXECUTE fogbell; DEALLOCATE PREPARE fogbell;`;
}

/** A question: never changes anything. */
export function question(
  flavour: Flavour,
  say: string,
  text: string,
  destination: Destination = "production",
  flags = "",
): Line {
  return { say, ...printed(sql(flavour, text, destination, flags)), uses: placesOf(destination), destroys: false };
}
