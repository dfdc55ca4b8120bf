/** What a statement is by its first words, and what it is about: enough to name it, and never a value. */

/** Kinds that a dump is made of, longest first where one begins with another. */
const KINDS: readonly string[] = [
  "ALTER DATABASE",
  "ALTER DEFAULT PRIVILEGES",
  "ALTER EVENT TRIGGER",
  "ALTER FOREIGN TABLE",
  "ALTER MATERIALIZED VIEW",
  "ALTER TEXT SEARCH CONFIGURATION",
  "ALTER TEXT SEARCH DICTIONARY",
  "COMMENT ON",
  "CREATE OR REPLACE FUNCTION",
  "CREATE OR REPLACE VIEW",
  "CREATE EVENT TRIGGER",
  "CREATE FOREIGN DATA WRAPPER",
  "CREATE FOREIGN TABLE",
  "CREATE MATERIALIZED VIEW",
  "CREATE PROCEDURAL LANGUAGE",
  "CREATE TEXT SEARCH CONFIGURATION",
  "CREATE TEXT SEARCH DICTIONARY",
  "CREATE UNIQUE INDEX",
  "CREATE UNLOGGED TABLE",
  "CREATE USER MAPPING",
  "CREATE CONSTRAINT TRIGGER",
  "INSERT INTO",
  "REFRESH MATERIALIZED VIEW",
  "SECURITY LABEL",
  ..."AGGREGATE CAST COLLATION CONVERSION DATABASE DOMAIN EXTENSION FUNCTION INDEX LANGUAGE OPERATOR POLICY PROCEDURE PUBLICATION ROLE RULE SCHEMA SEQUENCE SERVER STATISTICS SUBSCRIPTION TABLE TRIGGER TYPE VIEW"
    .split(" ")
    .flatMap((one) => [`CREATE ${one}`, `ALTER ${one}`, `DROP ${one}`]),
  "DROP MATERIALIZED VIEW",
  "DROP EVENT TRIGGER",
  "DROP FOREIGN TABLE",
  "CREATE",
  "ALTER",
  "DROP",
  "COPY",
  "DO",
  "GRANT",
  "REVOKE",
  "SELECT",
  "SET",
  "UPDATE",
  "DELETE FROM",
  "BEGIN",
  "COMMIT",
];

const SORTED = [...KINDS].sort((a, b) => b.length - a.length);
/** Between the kind and the name. */
const BETWEEN = /^(?:(?:IF (?:NOT )?EXISTS|ONLY|CONCURRENTLY|FOR|USER) )+/i;
const OBJECT =
  /^(?:[\p{L}_][\p{L}\p{N}_$]*|"[\p{L}\p{N}_$ .-]{1,63}")(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"[\p{L}\p{N}_$ .-]{1,63}"))?/u;
/** What follows these is no name of an object. */
const NAMELESS: ReadonlySet<string> = new Set([
  "SELECT",
  "SET",
  "DO",
  "GRANT",
  "REVOKE",
  "BEGIN",
  "COMMIT",
  "CREATE",
  "ALTER",
  "DROP",
  "CREATE CAST",
  "DROP CAST",
  "COMMENT ON",
  "SECURITY LABEL",
  "CREATE OPERATOR",
  "ALTER DEFAULT PRIVILEGES",
]);

export interface StatementHead {
  readonly statementKind: string;
  readonly object?: string;
}

/** Null: it begins like no statement of a dump. */
export function statementHead(text: string): StatementHead | null {
  const start = text.slice(0, 400).trimStart();
  const upper = start.toUpperCase();
  const kind = SORTED.find((one) => upper.startsWith(one) && !/[\w$]/.test(upper[one.length] ?? " "));
  if (kind === undefined) return null;
  const rest = start.slice(kind.length).trimStart().replace(BETWEEN, "");
  const object = NAMELESS.has(kind) ? undefined : OBJECT.exec(rest)?.[0];
  const statementKind = kind.replace(/ (INTO|FROM)$/, "");
  return object === undefined ? { statementKind } : { statementKind, object };
}
