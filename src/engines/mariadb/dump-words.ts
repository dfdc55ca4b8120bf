/** Bytes and words that matter when a MariaDB or MySQL dump is read, and how much of it is kept. */

/** Kinds of bytes outside of strings. */
export const Class = { Other: 0, Word: 1, Space: 2, Quote: 3, Comment: 4 } as const;

const classOf = (byte: number): number => {
  if (byte === 32 || byte === 9 || (byte >= 11 && byte <= 13)) return Class.Space;
  if (byte === 39 || byte === 34 || byte === 96) return Class.Quote;
  if (byte === 35 || byte === 45 || byte === 47 || byte === 42) return Class.Comment;
  const isDigit = byte >= 48 && byte <= 57;
  const isLetter = (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
  return isDigit || isLetter || byte === 95 || byte === 36 || byte >= 128 ? Class.Word : Class.Other;
};

export const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));

/** Commands of the client by name, of MariaDB's and of MySQL's (`help` in either says so). */
export const COMMAND_NAMES: ReadonlySet<string> = new Set(
  `? charset clear connect delimiter edit ego exit go help nopager notee nowarning pager print prompt
  query_attributes quit rehash resetconnection sandbox source ssl_session_data_print status system tee use warnings`.split(
    /\s+/,
  ),
);

/** Words with which a statement reaches files. */
export const DANGEROUS: ReadonlySet<string> = new Set(["OUTFILE", "DUMPFILE", "LOAD_FILE", "SONAME"]);

/** A word that is longer is no name: a value in hexadecimal. */
export const LONGEST_WORD = 256;
/** So much is kept of a string or a comment. */
export const LONGEST_TEXT = 2000;
/** A line that begins with a command of the client is looked at so far. */
export const LONGEST_LINE = 65_536;

/** So many tokens are kept of a statement that begins with this word: rows are passed by. */
export function mostTokens(word: string): number {
  if (word === "TABLE") return 60_000;
  if (word === "INSERT" || word === "REPLACE") return 12;
  if (word === "SET") return 400;
  if (word === "") return 64;
  return 96;
}

/** Whether no server of our time executes a comment of this version: `/*M!999999`. */
export function isNeverExecuted(version: string, isMariadb: boolean): boolean {
  if (version.length === 6) return Number(version) >= 990_000;
  return version.length === 5 && !isMariadb && Number(version) >= 99_000;
}
