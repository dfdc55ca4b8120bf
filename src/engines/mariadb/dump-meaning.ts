/** What one statement of a MariaDB or MySQL dump is, what it is about, and whether it would act elsewhere. */
import type { LeavingKind } from "../../parts.ts";
import { Cursor, type ObjectName } from "./dump-cursor.ts";
import type { Statement } from "./dump-open.ts";
import { type Leaves, leavesBySetting } from "./dump-settings.ts";

export interface Meaning {
  /** From a list of our own: `CREATE TABLE`; `unknown` for words that begin no statement. */
  readonly kind: string;
  readonly name?: string;
  readonly leaves?: Leaves;
  /** The account under which it runs. */
  readonly definer?: string;
  /** An account that it makes. */
  readonly makes?: string;
  /** Storage engines of the table that it makes, and of its partitions. */
  readonly engines?: readonly string[];
}

/** Statements that stay where they are, by their first word, beside those that are told apart below. */
const STAYS: ReadonlySet<string> = new Set(
  `ANALYZE BEGIN CHECK CHECKSUM COMMIT DELETE DESC DESCRIBE DO EXPLAIN HANDLER HELP INSERT LOCK OPTIMIZE RELEASE REPAIR
  REPLACE ROLLBACK SAVEPOINT SELECT SHOW START TABLE TRUNCATE UNLOCK UPDATE VALUES WITH XA`.split(/\s+/),
);

/** Statements that act on more than a database, by their first word. */
const ACTS: Readonly<Record<string, LeavingKind>> = {
  BACKUP: "server",
  BINLOG: "replication",
  CACHE: "server",
  CALL: "unclear",
  CASE: "unclear",
  CHANGE: "replication",
  CLONE: "server",
  EXECUTE: "unclear",
  FLUSH: "server",
  FOR: "unclear",
  GRANT: "account",
  IF: "unclear",
  IMPORT: "file",
  INSTALL: "server",
  KILL: "server",
  LOAD: "file",
  LOOP: "unclear",
  PREPARE: "unclear",
  PURGE: "replication",
  REPEAT: "unclear",
  RESET: "replication",
  RESTART: "server",
  REVOKE: "account",
  SHUTDOWN: "server",
  STOP: "replication",
  UNINSTALL: "server",
  WHILE: "unclear",
};

/** What CREATE, ALTER and DROP make beyond a database. */
const MADE: Readonly<Record<string, LeavingKind>> = {
  INSTANCE: "server",
  LOGFILE: "tablespace",
  RESOURCE: "server",
  ROLE: "account",
  SERVER: "server",
  TABLESPACE: "tablespace",
  UNDO: "tablespace",
  USER: "account",
};

const OBJECTS: ReadonlySet<string> = new Set([
  ...["DATABASE", "SCHEMA", "TABLE", "TABLES", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "SEQUENCE"],
  ...["INDEX", "PACKAGE", "USER", "ROLE", ...Object.keys(MADE)],
]);

const CODE: ReadonlySet<string> = new Set(["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"]);

export function meaningOf(statement: Statement): Meaning {
  const meaning = told(new Cursor(statement.tokens), statement, 0);
  if (meaning.leaves !== undefined) return meaning;
  const isCode = [...CODE].some((word) => meaning.kind === `CREATE ${word}`);
  const word = statement.reaches.find((one) => (isCode ? one === "SONAME" : true));
  if (word === undefined || meaning.kind === "CREATE VIEW") return meaning;
  const kind = word === "SONAME" ? "server" : "file";
  return { ...meaning, leaves: { kind, what: word === "SONAME" ? "a function of a library" : word } };
}

function told(cursor: Cursor, statement: Statement, depth: number): Meaning {
  // (SELECT …) may begin with brackets.
  while (cursor.passMark("("));
  const first = cursor.word();
  if (cursor.tokens[cursor.at + 1]?.text === ":" && !STAYS.has(first)) return unclear("a program of its own");
  switch (first) {
    case "CREATE":
    case "ALTER":
    case "DROP":
      return made(cursor, first);
    case "USE":
      cursor.at++;
      return database("USE", cursor.part());
    case "SET":
      return setting(cursor, statement, depth);
    case "INSERT":
    case "REPLACE":
    case "DELETE":
    case "UPDATE":
    case "TRUNCATE":
      return rows(cursor, first);
    case "LOCK":
    case "UNLOCK":
      return locked(cursor, first);
    case "RENAME":
      return renamed(cursor);
    case "START":
    case "BEGIN":
      return begun(cursor, first);
    case "EXPLAIN":
    case "DESCRIBE":
    case "DESC":
    case "ANALYZE":
      return explained(cursor, statement, depth);
    default:
      return simple(cursor, first);
  }
}

const unclear = (what: string): Meaning => ({ kind: what, leaves: { kind: "unclear", what } });

function simple(cursor: Cursor, first: string): Meaning {
  if (STAYS.has(first)) return { kind: first };
  const kind = ACTS[first];
  if (kind === undefined) return { kind: first === "" ? "nothing" : "unknown" };
  const second = cursor.word(1);
  const known = /^(MASTER|REPLICATION|DATA|XML|PLUGIN|SONAME|COMPONENT|SLAVE|REPLICA|IMMEDIATE|BINARY|TABLE)$/;
  const what = known.test(second) ? `${first} ${second}` : first;
  return { kind: what, leaves: { kind, what, ...(PLACES.has(first) ? { isPlace: true } : {}) } };
}

/** First words of statements about whom a server follows. */
const PLACES: ReadonlySet<string> = new Set(["CHANGE", "STOP"]);

function database(what: string, name: string | null): Meaning {
  return {
    kind: what,
    ...(name === null ? {} : { name }),
    leaves: { kind: "database", what, ...(name === null ? {} : { database: name }) },
  };
}

/** A statement about a table: of another database, when its name says so. */
function about(kind: string, object: ObjectName | null): Meaning {
  if (object === null) return { kind };
  const { database: other, name } = object;
  if (other === null) return { kind, name };
  return { kind, name, leaves: { kind: "database", what: `${kind} in a database by its name`, database: other } };
}

function made(cursor: Cursor, verb: string): Meaning {
  cursor.at++;
  const begin = cursor.at;
  const definer = definerOf(cursor);
  cursor.at = begin;
  // What stands between the verb and the object: OR REPLACE, TEMPORARY, ALGORITHM = …, DEFINER = …, SQL SECURITY …
  const found = cursor.seek(...OBJECTS);
  const object = found ? cursor.word() : "";
  const isTemporary = cursor.tokens.slice(begin, cursor.at).some(({ text }) => text.toUpperCase() === "TEMPORARY");
  if (!found || cursor.at - begin > 40) return { kind: `${verb} something` };
  cursor.at++;
  const other = MADE[object];
  if (other !== undefined) return account(cursor, `${verb} ${object}`, { kind: other, what: `${verb} ${object}` });
  if (object === "DATABASE" || object === "SCHEMA") {
    cursor.passIf();
    const name = /^(CHARACTER|DEFAULT|COLLATE|UPGRADE)$/.test(cursor.word()) ? null : cursor.part();
    return database(`${verb} DATABASE`, name);
  }
  if (object === "PACKAGE") cursor.pass("BODY");
  cursor.passIf();
  if (object === "INDEX") cursor.seek("ON") && cursor.at++;
  const kind = isTemporary ? `${verb} TEMPORARY ${object}` : `${verb} ${object}`;
  const meaning = about(kind, cursor.object());
  if (verb === "DROP") return otherNames(cursor, meaning);
  if (object === "TABLE") return { ...meaning, engines: enginesIn(cursor) };
  return definer === null ? meaning : { ...meaning, definer };
}

/** `ENGINE=Aria`, behind the columns and behind each partition. A column of that name stands in quotes. */
function enginesIn({ tokens, at }: Cursor): string[] {
  const found = tokens.slice(at).flatMap(({ kind, text }, index) => {
    const [mark, value] = tokens.slice(at + index + 1, at + index + 3);
    const isNamed = kind === "word" && text.toUpperCase() === "ENGINE" && mark?.text === "=";
    return isNamed && value !== undefined && value.kind !== "mark" ? [value.text] : [];
  });
  return [...new Set(found)];
}

function account(cursor: Cursor, kind: string, leaves: Leaves): Meaning {
  cursor.passIf();
  const makes = kind === "CREATE USER" || kind === "CREATE ROLE" ? cursor.account() : null;
  return { kind, leaves, ...(makes === null ? {} : { makes }) };
}

/** `DROP TABLE a, other.b`. */
function otherNames(cursor: Cursor, meaning: Meaning): Meaning {
  let found = meaning;
  while (found.leaves === undefined && cursor.passMark(",")) {
    const next = about(meaning.kind, cursor.object());
    if (next.leaves !== undefined) found = { ...meaning, leaves: next.leaves };
  }
  return found;
}

/** Stands before the object, so that a column of that name is none. */
function definerOf(cursor: Cursor): string | null {
  if (!cursor.seek("DEFINER", "TABLE", "DATABASE", "SCHEMA", "USER", "ROLE") || !cursor.pass("DEFINER")) return null;
  return cursor.passMark("=") ? cursor.account() : null;
}

const MODIFIERS = ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "QUICK", "IGNORE", "INTO", "FROM", "TABLE"];

function rows(cursor: Cursor, verb: string): Meaning {
  cursor.at++;
  while (MODIFIERS.includes(cursor.word())) cursor.at++;
  return about(verb, cursor.object());
}

function locked(cursor: Cursor, verb: string): Meaning {
  const { at } = cursor;
  cursor.at++;
  if (cursor.pass("INSTANCE"))
    return { kind: `${verb} INSTANCE`, leaves: { kind: "server", what: `${verb} INSTANCE` } };
  cursor.at = at + 2;
  return verb === "UNLOCK" ? { kind: "UNLOCK TABLES" } : about("LOCK TABLES", cursor.object());
}

function renamed(cursor: Cursor): Meaning {
  cursor.at++;
  if (cursor.pass("USER")) return { kind: "RENAME USER", leaves: { kind: "account", what: "RENAME USER" } };
  cursor.at++;
  const from = about("RENAME TABLE", cursor.object());
  const names = cursor.tokens.slice(cursor.at);
  const isElsewhere = names.some(({ kind, text }) => kind === "mark" && text === ".");
  return from.leaves === undefined && isElsewhere ? { ...from, leaves: elsewhere("RENAME TABLE") } : from;
}

const elsewhere = (kind: string): Leaves => ({ kind: "database", what: `${kind} in a database by its name` });

/** `START TRANSACTION` and `BEGIN` stay; a replica that is started, or a program without a name, does not. */
function begun(cursor: Cursor, first: string): Meaning {
  const second = cursor.word(1);
  if (first === "START" && second !== "TRANSACTION")
    return {
      kind: "START",
      leaves: { kind: "replication", what: `START ${second === "ALL" ? "ALL SLAVES" : "SLAVE"}`, isPlace: true },
    };
  if (first === "BEGIN" && second !== "" && second !== "WORK") return unclear("BEGIN NOT ATOMIC");
  return { kind: first === "START" ? "START TRANSACTION" : first };
}

/** What is explained may be run, too. */
function explained(cursor: Cursor, statement: Statement, depth: number): Meaning {
  const kind = cursor.word();
  const found = new Cursor(cursor.tokens, cursor.at + 1);
  if (depth > 3 || !found.seek("INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "WITH")) return { kind };
  const { leaves } = told(found, statement, depth + 1);
  return leaves === undefined ? { kind } : { kind, leaves };
}

function setting(cursor: Cursor, statement: Statement, depth: number): Meaning {
  cursor.at++;
  // MariaDB: SET STATEMENT … FOR any other statement.
  if (cursor.word() === "STATEMENT" && cursor.seek("FOR")) {
    cursor.at++;
    return depth > 3 ? unclear("SET STATEMENT") : told(cursor, statement, depth + 1);
  }
  const leaves = leavesBySetting(cursor.tokens.slice(cursor.at));
  return leaves === null ? { kind: "SET" } : { kind: "SET", leaves };
}
