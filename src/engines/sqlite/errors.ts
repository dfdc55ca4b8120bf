/**
 * What `sqlite3` prints about a failure, read: `Runtime error near line 3: UNIQUE constraint failed: customers.email (19)`. The
 * statement that it draws below, and every word of an unknown shape, is left out.
 */
import { type ClientError, type ErrorReader, readTool, unread } from "../../host/client-errors.ts";
import { inImage, type Lack, unjudgedBy } from "../unjudged.ts";

const CLIENT =
  /^(?:(?:Parse|Runtime) error|Error)(?: (?:near|in) (?:line (\d{1,15})|prepare))?[:,] (.*?)(?: \((\d{1,5})\))?$/;

/** Shapes of words in which no row can stand: our words, the reason, the name's place. */
const SHAPES: readonly (readonly [RegExp, string, string])[] = [
  [/^no such table: ([\w.$-]{1,200})$/, "no such table: {}", "no-object"],
  [
    /^no such (?:column|index|function|collation sequence|view|trigger): ([\w.$-]{1,200})$/,
    "not there: {}",
    "no-object",
  ],
  [/^no such module: (\w{1,100})$/, "no module {}", "no-module"],
  [/^unknown tokenizer: (\w{1,100})/, "no tokenizer {}", "no-module"],
  [/^table "?([\w.$-]{1,200})"? already exists$/, "table {} exists already", "exists"],
  [/^(?:UNIQUE|NOT NULL) constraint failed: ([\w.$, -]{1,300})$/, "a constraint failed: {}", "constraint"],
  [/^CHECK constraint failed\b/, "a CHECK failed", "constraint"],
  [/^FOREIGN KEY constraint failed$/, "a foreign key failed", "constraint"],
  [/^database disk image is malformed\b/, "database disk image is malformed", "damaged"],
  [/^malformed database schema\b/, "malformed database schema", "damaged"],
  [
    /^(?:file is not a database|file is encrypted or is not a database)$/,
    "it is no SQLite database, or an encrypted one",
    "not-a-database",
  ],
  [/^database is locked\b/, "the database is locked", "locked"],
  [/^unsupported file format$/, "written by a newer format", "newer-format"],
  [/^attempt to write a readonly database\b/, "the file or its folder is read-only", "read-only"],
  [/^(?:database or disk is full|disk I\/O error)\b/, "the disk is full, or fails", "disk-full"],
  [/^out of memory$/, "memory ran out", "no-memory"],
  [/unable to open database file$|^unable to open database\b/, "the file cannot be opened", "no-file"],
  [
    /^(?:near "[\w.,()*=;]{1,40}": syntax error|incomplete input|unrecognized token)\b/,
    "a statement that SQLite does not read",
    "syntax",
  ],
];

function understood(line: string): ClientError | null {
  const found = CLIENT.exec(line);
  if (found === null) return null;
  const [, at, words = "", code] = found;
  const shape = SHAPES.find(([pattern]) => pattern.test(words));
  const name = shape?.[0].exec(words)?.[1];
  return {
    client: "sqlite3",
    severity: "error",
    message: shape === undefined ? "an error" : shape[1].replace("{}", name ?? ""),
    ...(shape === undefined ? {} : { reason: shape[2] }),
    ...(name === undefined ? {} : { named: name }),
    ...(code === undefined ? {} : { code }),
    ...(at === undefined ? {} : { line: Number(at) }),
  };
}

/** Of what is drawn below an error nothing is read. */
export const readErrors: ErrorReader = (text) => {
  const errors: ClientError[] = [];
  let left = 0;
  for (const line of text.split("\n").slice(0, 10_000)) {
    if (line.trim() === "") continue;
    const read = understood(line) ?? readTool(line, errors.length > 0);
    if (read !== null) errors.push(read);
    else left += 1;
  }
  return errors.length === 0 && left > 0 ? [unread(left)] : errors;
};

const LACKS: Readonly<Record<string, Lack>> = {
  "no-module": {
    because: (name) => `it needs ${name}, which this SQLite was not built with`,
    next: () => inImage("a SQLite that has it"),
  },
  "newer-format": {
    because: () => "it is of a newer file format than this SQLite reads",
    next: () => inImage("a newer sqlite3"),
  },
  "disk-full": { because: () => "the sandbox's disk is full or fails", next: () => ["df -h", "fogbell gc"] },
  "no-memory": { because: () => "the sandbox ran out of memory", next: () => ["free -h"] },
  locked: { because: () => "something holds a lock on it", next: () => ["run again"] },
};

export const unjudged = unjudgedBy(LACKS);
