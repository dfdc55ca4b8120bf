/**
 * What PostgreSQL's programs print about a failure, read: psql and pg_restore, the other clients, a server's log,
 * pgBackRest. A message is kept when its shape is known (messages.ts) and replaced by its code's condition when it is not;
 * details, hints, contexts, queries and the statement itself hold rows, and only an object's name is taken from them.
 */
import { type ClientError, type ErrorReader, readTool, unread } from "../../host/client-errors.ts";
import { plainWords } from "../../host/plain-words.ts";
import { conditionOf, reasonOf } from "./conditions.ts";
import { knownMessage } from "./messages.ts";
import { statementHead } from "./statement-head.ts";

const PROGRAMS =
  "psql|pg_restore|pg_dump|pg_dumpall|createdb|dropdb|createuser|initdb|pg_ctl|postgres|pg_basebackup|pg_verifybackup|pg_waldump|pg_controldata|pg_combinebackup|pg_amcheck|pg_archivecleanup|pg_rewind|vacuumdb|reindexdb|clusterdb";
/** `psql:dump.sql:52: …`, `pg_restore: error: …`; a file's name may hold spaces and colons. */
const BY_PROGRAM = new RegExp(`^(${PROGRAMS})(?:: (.*)|:.{0,1000}?:(\\d{1,15}): (.*))$`);
const SEVERITY = "ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|LOG|DEBUG";
/** A server's message, alone or behind what a program says first; two spaces are the server's own. */
const SERVER = new RegExp(`^(.{0,400}?)\\b(${SEVERITY}): {1,2}(?:([0-9A-Z]{5})(?:: |$))?(.*)$`);
/** A line of a server's log: moment, process, severity. */
const LOGGED = new RegExp(`^\\d{4}-\\d\\d-\\d\\d .{0,80}?(${SEVERITY}): {1,2}(.*)$`);
const FIELD =
  /^(DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LOCATION|BACKTRACE|SCHEMA NAME|TABLE NAME|COLUMN NAME|DATATYPE NAME|CONSTRAINT NAME|LINE \d{1,15}): *(.*)$/;
const REPOSITORY = /^(?:\d{4}-\d\d-\d\d \S+ )?(?:P\d\d +)?(ERROR|WARN): (?:\[(\d{3})\]: )?(.*)$/;
const COMMAND = /^(?:pg_\w+: detail: )?Command was: (.*)$/;
const POSITION = / at character \d{1,15}$/;
const COPIED = /^COPY ([^,"]{1,130}), line (\d{1,15})(?:, column ([\w.$-]{1,63}))?/;
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_$. -]{0,130}$/u;
/** The places in the server's code where functions of somebody's own raise: their words and codes can be anything. */
const RAISED = /^(exec_stmt_raise|exec_stmt_assert|plpy_|PLy_|plperl_|pltcl_)/;
const AT_RAISE = / at RAISE$/;

interface Draft {
  readonly client: string;
  readonly severity: ClientError["severity"];
  readonly line?: number;
  readonly code?: string;
  /** The primary message, which may go on over several lines. */
  words: string;
  /** It is the server's, and goes on until a field or another message begins. */
  isServer: boolean;
  isOpen: boolean;
  isRaised: boolean;
  /** Nobody wants it: a notice. */
  readonly isNotice: boolean;
  /** The field that was read last: a context goes on over several lines. */
  field?: string;
  schema?: string;
  object?: string;
  column?: string;
  row?: number;
  kind?: string;
}

function draft(client: string, severity: string, words: string, more: { line?: number; code?: string } = {}): Draft {
  return {
    client,
    severity: severity === "WARNING" || severity === "WARN" ? "warning" : "error",
    isNotice: ["NOTICE", "INFO", "LOG", "DEBUG"].includes(severity),
    words,
    isServer: true,
    isOpen: true,
    isRaised: false,
    ...more,
  };
}

/** psql's own words that quote what it read. */
const OWN_WORDS: readonly (readonly [RegExp, string, string?])[] = [
  [
    /^invalid command \\(un)?restrict\b/,
    "it does not know \\restrict: the program is older than the dump's",
    "old-client",
  ],
  [/^invalid command \\/, "a command that psql does not have"],
  [/backslash commands are restricted/, "a command of psql in a dump, where none is allowed", "restricted"],
  [/^COPY failed for table /, "COPY failed"],
  [/^could not read from input file: end of file/, "could not read from input file: end of file"],
];

/** They read an archive, or a repository's lists, and quote what they find there. */
const QUOTING: ReadonlySet<string> = new Set(["pg_restore", "pgbackrest"]);

/** What a program says by itself: a shape that is known; else of one that reads no backup every word, of others plain ones. */
function ownWords(client: string, words: string): Pick<ClientError, "message" | "reason" | "named"> {
  const known = knownMessage(words);
  if (known !== null) return known;
  const own = OWN_WORDS.find(([pattern]) => pattern.test(words));
  if (own !== undefined) return { message: own[1], ...(own[2] === undefined ? {} : { reason: own[2] }) };
  if (
    client === "psql" &&
    !/^(error: )?(connection|could not connect|.{0,200}: No such file or directory$)/.test(words)
  )
    return { message: "psql stopped, in words that may hold rows" };
  const full = /No space left on device/.test(words) ? { reason: "disk-full" } : {};
  const said = words.slice(0, 300);
  return { message: QUOTING.has(client) ? plainWords(said) : said, ...full };
}

function finished(one: Draft): ClientError | null {
  if (one.isNotice) return null;
  const { client, severity, code, line, row, column } = one;
  const words = one.words.trimEnd().replace(POSITION, "");
  const known = !one.isServer ? ownWords(client, words) : one.isRaised || code === "P0001" ? null : knownMessage(words);
  const condition = one.isRaised ? conditionOf("P0001") : code === undefined ? UNKNOWN : conditionOf(code);
  const reason = known?.reason ?? (code === undefined || one.isRaised ? undefined : reasonOf(code));
  const name = one.schema === undefined || one.object === undefined ? one.object : `${one.schema}.${one.object}`;
  const at = row === undefined ? "" : `, row ${row} of its data${column === undefined ? "" : `, column ${column}`}`;
  return {
    client,
    severity,
    ...(code === undefined ? {} : { code }),
    message: `${known?.message ?? condition}${at}`,
    ...(reason === undefined ? {} : { reason }),
    ...(known?.named === undefined ? {} : { named: known.named }),
    ...(line === undefined ? {} : { line }),
    ...(name === undefined ? {} : { object: name }),
    ...(one.kind === undefined ? {} : { statementKind: one.kind }),
  };
}

const UNKNOWN = "an error whose words are left out, because they may hold rows";

/** A named field of the message before it: objects are named by the catalogue, everything else may be a row. */
function takeField(one: Draft, field: string, value: string): void {
  one.isOpen = false;
  one.field = field;
  const name = PLAIN_NAME.test(value) ? value : undefined;
  if (field === "LOCATION" && RAISED.test(value)) one.isRaised = true;
  if (field === "CONTEXT") {
    if (AT_RAISE.test(value)) one.isRaised = true;
    const [, table, row, column] = COPIED.exec(value) ?? [];
    if (table === undefined) return;
    if (one.object === undefined && PLAIN_NAME.test(table)) one.object = table;
    one.row = Number(row);
    one.kind ??= "COPY";
    if (column !== undefined) one.column = column;
  }
  // What a RAISE says here is its own, too.
  if (one.isRaised || one.code === "P0001" || name === undefined) return;
  if (field === "SCHEMA NAME") one.schema = name;
  if (field === "TABLE NAME") one.object = name;
}

/** A line that begins something: a program's or a server's message. */
function begins(line: string): Draft | null {
  const [, program, plain, number, behind] = BY_PROGRAM.exec(line) ?? [];
  if (program !== undefined) {
    const at = number === undefined ? {} : { line: Number(number) };
    const rest = plain ?? behind ?? "";
    const said = /^(error|fatal|warning|detail|hint): (.*)$/.exec(rest);
    const words = said?.[2] ?? rest;
    const server = SERVER.exec(words);
    if (server !== null) return fromServer(program, server, at);
    if (said?.[1] === "detail" || said?.[1] === "hint") return { ...draft(program, "NOTICE", "", at), isServer: false };
    // These say first that it is an error; without that they tell what they do.
    const isTold = said === null && plain !== undefined && !SPEAKS_PLAINLY.has(program);
    const own = draft(program, isTold ? "INFO" : said?.[1] === "warning" ? "WARNING" : "ERROR", words, at);
    return { ...own, isServer: false, isOpen: false };
  }
  const logged = LOGGED.exec(line);
  if (logged !== null) return draft("postgres", logged[1] ?? "", logged[2] ?? "");
  const alone = SERVER.exec(line);
  if (alone !== null && alone[1] === "" && !/^(ERROR|INFO): \[/.test(line)) return fromServer("postgres", alone, {});
  const [, severity, code, words] = REPOSITORY.exec(line) ?? [];
  if (severity === undefined) return null;
  const own = draft("pgbackrest", severity, (words ?? "").slice(0, 300), code === undefined ? {} : { code });
  return { ...own, isServer: false, isOpen: false };
}

/** They name what went wrong without the word. */
const SPEAKS_PLAINLY: ReadonlySet<string> = new Set(["pg_ctl", "postgres", "initdb", "pg_controldata"]);
const COPY_FAILED = /COPY failed for table "([^"]{1,63})": $/;

function fromServer(program: string, found: RegExpExecArray, at: { line?: number }): Draft {
  const [, before = "", severity = "", code, words = ""] = found;
  const one = draft(program, severity, words, { ...at, ...(code === undefined ? {} : { code }) });
  const table = COPY_FAILED.exec(before)?.[1];
  if (table !== undefined) {
    one.kind = "COPY";
    if (PLAIN_NAME.test(table)) one.object = table;
  }
  return one;
}

/** Takes what belongs to the message before it. True when it did. */
function goesOn(one: Draft, line: string): boolean {
  const [, field, value = ""] = FIELD.exec(line) ?? [];
  if (field !== undefined) {
    takeField(one, field, value);
    return true;
  }
  if (one.field === "CONTEXT" && COPIED.test(line)) {
    takeField(one, "CONTEXT", line);
    return true;
  }
  const command = COMMAND.exec(line)?.[1];
  if (command !== undefined) {
    one.isOpen = false;
    const head = statementHead(command);
    if (head !== null) one.kind = head.statementKind;
    if (head?.object !== undefined) one.object = head.object;
    return true;
  }
  return false;
}

/** Of a whole text, each line in its turn. */
export const readErrors: ErrorReader = (text) => {
  const errors: ClientError[] = [];
  let current: Draft | null = null;
  let strange = 0;
  const close = () => {
    const error = current === null ? null : finished(current);
    if (error !== null) errors.push(error);
    current = null;
  };
  for (const line of text.split(/\r?\n/)) {
    if (current !== null && goesOn(current, line)) continue;
    const next = begins(line);
    const tool = next === null ? readTool(line, current !== null) : null;
    if (next !== null || tool !== null) {
      close();
      current = next;
      if (tool !== null) errors.push(tool);
    } else if (current !== null) {
      const open: Draft = current;
      // Its first line alone is no message of a known shape then.
      if (open.isOpen && open.isServer && open.words.length < 4000) open.words += `\n${line}`;
    } else if (line.trim() !== "") strange += 1;
  }
  close();
  return strange > 0 ? [...errors, unread(strange)] : errors;
};
