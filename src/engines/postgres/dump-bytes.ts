/** Bytes of SQL by what they begin, and the names that psql would put values in the place of. */

export const KIND = {
  skip: 0,
  newline: 1,
  letter: 2,
  digit: 3,
  quote: 4,
  doubleQuote: 5,
  minus: 6,
  slash: 7,
  dollar: 8,
  semicolon: 9,
  backslash: 10,
  open: 11,
  close: 12,
  colon: 13,
  mark: 14,
  return: 15,
} as const;

function classes(): Uint8Array {
  const table = new Uint8Array(256).fill(KIND.skip);
  const put = (chars: string, kind: number) => {
    for (const char of chars) table[char.charCodeAt(0)] = kind;
  };
  put("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", KIND.letter);
  table.fill(KIND.letter, 128);
  put("0123456789", KIND.digit);
  put("\n", KIND.newline);
  put("\r", KIND.return);
  put("'", KIND.quote);
  put('"', KIND.doubleQuote);
  put("-", KIND.minus);
  put("/", KIND.slash);
  put("$", KIND.dollar);
  put(";", KIND.semicolon);
  put("\\", KIND.backslash);
  put("(", KIND.open);
  put(")", KIND.close);
  put(":", KIND.colon);
  put(".,=", KIND.mark);
  return table;
}

/** What a byte begins at the top of the text. */
export const CLASS = classes();

/** 1 for bytes that go on an identifier. */
export const IDENTIFIER = new Uint8Array(256).map((_, byte) => {
  const kind = CLASS[byte];
  return kind === KIND.letter || kind === KIND.digit || kind === KIND.dollar ? 1 : 0;
});

/** As the server folds unquoted names: letters of ASCII only. */
export const ASCII_LOWER = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

/** Variables that psql sets by itself. Source: PostgreSQL manual, psql, Variables. */
export const VARIABLES: ReadonlySet<string> = new Set(
  `AUTOCOMMIT COMP_KEYWORD_CASE DBNAME ECHO ECHO_HIDDEN ENCODING ERROR FETCH_COUNT HIDE_TABLEAM HIDE_TOAST_COMPRESSION
HISTCONTROL HISTFILE HISTSIZE HOST IGNOREEOF LAST_ERROR_MESSAGE LAST_ERROR_SQLSTATE ON_ERROR_ROLLBACK ON_ERROR_STOP
PIPELINE_COMMAND_COUNT PIPELINE_RESULT_COUNT PIPELINE_SYNC_COUNT PORT PROMPT1 PROMPT2 PROMPT3 QUIET ROW_COUNT
SERVER_VERSION_NAME SERVER_VERSION_NUM SERVICE SHELL_ERROR SHELL_EXIT_CODE SHOW_ALL_RESULTS SHOW_CONTEXT SINGLELINE
SINGLESTEP SQLSTATE USER VERBOSITY VERSION VERSION_NAME VERSION_NUM WATCH_INTERVAL`.split(/\s+/),
);
