/**
 * How PostgreSQL is spoken to: SQL fed to psql as a heredoc, the same text in a container, a local process and on paper.
 * Identifiers are quoted here and nowhere else.
 */
import { Feed, ownLine, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";

/** A table's name in its two parts, as stored. `orders` means `public.orders`. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

export function parseTable(name: string): TableName {
  const dot = name.indexOf(".");
  return dot < 0 ? { schema: "public", table: name } : { schema: name.slice(0, dot), table: name.slice(dot + 1) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a newline in a name could end the heredoc around it
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * A quoted identifier. A name with control characters takes the `U&"…"` form, so that it stays on one line.
 * Source: PostgreSQL manual, 4.1.1 Identifiers and Key Words.
 */
export function identifier(name: string): string {
  const doubled = name.replaceAll('"', '""');
  if (!CONTROL.test(name)) return `"${doubled}"`;
  const escaped = doubled
    .replaceAll("\\", "\\\\")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters being escaped
    .replace(/[\u0000-\u001f\u007f]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `U&"${escaped}"`;
}

export function qualified(name: string): string {
  const { schema, table } = parseTable(name);
  return `${identifier(schema)}.${identifier(table)}`;
}

/** A string constant; control characters and backslashes take the `E'…'` form. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  if (!CONTROL.test(text) && !text.includes("\\")) return `'${doubled}'`;
  const escaped = doubled
    .replaceAll("\\", "\\\\")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters being escaped
    .replace(/[\u0000-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `E'${escaped}'`;
}

/** The table as text that `::regclass` reads. */
export function regclass(name: string): string {
  return literal(qualified(name));
}

/** Where SQL is sent. `server` is the maintenance database, for what cannot run inside the application's own. */
export type Destination = "production" | "side" | "server";

const DATABASE: Readonly<Record<Destination, string>> = {
  production: "$PGDATABASE",
  side: "$SIDE_DATABASE",
  server: "postgres",
};

/** The places a destination's script refers to. */
export function placesOf(destination: Destination): readonly string[] {
  if (destination === "side") return ["SIDE_HOST", "SIDE_DATABASE"];
  return destination === "server" ? ["PGHOST"] : ["PGHOST", "PGDATABASE"];
}

/** How any of PostgreSQL's programs is told where the restored database is. */
export const SIDE = '-h "$SIDE_HOST" -d "$SIDE_DATABASE"';

/**
 * psql's options: no start-up file, quiet, stop at the first error, and terse messages, because the detail lines of
 * PostgreSQL's errors quote row values.
 */
export const PSQL = psqlTelling("terse");

/** Before somebody else's SQL: whatever it is, it can only read. */
export const READ_ONLY = "SET default_transaction_read_only = on;";

/** The same, telling more about an error or less. */
export function psqlTelling(verbosity: "terse" | "verbose"): string {
  return `psql -Xq -v ON_ERROR_STOP=1 -v VERBOSITY=${verbosity}`;
}

/** SQL sent to one database. */
export function psql(text: string, destination: Destination = "production", flags = ""): Feed {
  const database = destination === "side" ? SIDE : `-d "${DATABASE[destination]}"`;
  // The restored database takes more words to name: on paper they need a line of their own.
  return flags !== "" && destination !== "side"
    ? new Feed({ client: PSQL, flags: ownLine(flags), database, text })
    : new Feed({ client: PSQL, flags: flags === "" ? "" : ownLine(flags), database: ownLine(database), text });
}

/** A question: never changes anything, prints what `COPY … TO STDOUT` prints. */
export function question(say: string, text: string, destination: Destination = "production"): Line {
  return { say, ...printed(psql(text, destination, "-At")), uses: placesOf(destination), destroys: false };
}

/** Undoes the escapes of `COPY … TO STDOUT` in one field. */
export function uncopy(field: string): string {
  return field.replace(
    /\\(.)/g,
    (_, char: string) => ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v" })[char] ?? char,
  );
}
