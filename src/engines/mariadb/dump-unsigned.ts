/**
 * A dump without its comments (`--skip-comments`, `--compact`, or a filter behind the program), told by its language: the
 * first statement that only mariadb-dump and mysqldump write. It says nothing of its server but what its words need. Total
 * over any text.
 */
import type { DumpHeader } from "./dump-header.ts";

/** What tells nothing yet: blank lines, the client's sandbox mode, plain settings, a transaction that begins. */
const BEFORE =
  /^(?:\s+|\/\*M?!999999\\- enable the sandbox mode \*\/|(?:SET|set) (?!@OLD_AUTOCOMMIT)[^;\n]{1,400};|(?:START TRANSACTION|BEGIN);)/;

/** The forms in which both programs begin. mydumper's own (`SET NAMES binary*\/` without a blank) is none of them. */
const FIRST: readonly RegExp[] = [
  /^\/\*!\d{5} SET (?:@OLD_|@saved_cs_client|NAMES (?!binary\*\/)|character_set_client|TIME_ZONE)/,
  /^\/\*M?!\d{5,6} SET @OLD_/,
  /^SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT/,
  /^\/\*!\d{5} DROP (?:DATABASE|VIEW) /,
  /^CREATE DATABASE \/\*!32312 IF NOT EXISTS\*\/ `/,
  /^\/\*!50001 CREATE VIEW `/,
  /^(?:DROP SEQUENCE IF EXISTS `[^`\n]+`;\s+)?CREATE SEQUENCE `/,
];
/** Others write these, too; with the words that only such a server prints behind a table. */
const TABLE = /^(?:DROP TABLE (?:IF EXISTS )?`[^`\n]+`;\s+)?CREATE TABLE (?:IF NOT EXISTS )?`/;
const OF_ENGINE = /^\) ENGINE=\w+ /m;
/** Rows alone, as `--compact --no-create-info` lists them. */
const ROWS = /^(?:LOCK TABLES `[^`\n]+` WRITE;|INSERT INTO `[^`\n]+` (?:\([^)\n]{1,2000}\) )?VALUES[ \n]\()/;

/** Names that one of the two products has, and the other does not. */
const OF_MYSQL = /_0900_|\/\*!80\d{3} |SET @@GLOBAL\.GTID_PURGED|@MYSQLDUMP_TEMP_LOG_BIN/;
const OF_MARIADB = /^\/\*M!|_uca1400_|^SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT|WITH SYSTEM VERSIONING|ENGINE=Aria /m;

/** Its first statement that tells something. */
function firstOf(text: string): string {
  let rest = text;
  for (let blank = BEFORE.exec(rest); blank !== null; blank = BEFORE.exec(rest)) rest = rest.slice(blank[0].length);
  return rest;
}

export interface UnsignedDump {
  /** Null: either of them may have written it. */
  readonly server: DumpHeader["server"] | null;
  readonly lacksTables: boolean;
}

/** Of the beginning of a text; null when it is no such dump. */
export function readUnsigned(text: string): UnsignedDump | null {
  const first = firstOf(text);
  const isRows = ROWS.test(first);
  const isDump = isRows || FIRST.some((form) => form.test(first)) || (TABLE.test(first) && OF_ENGINE.test(first));
  if (!isDump) return null;
  const server = OF_MYSQL.test(text) ? "mysql" : OF_MARIADB.test(text) ? "mariadb" : null;
  // A table is made before its rows are.
  const made = /^(CREATE TABLE|LOCK TABLES|INSERT INTO|REPLACE INTO) /m.exec(text)?.[1];
  return { server, lacksTables: made !== undefined && made !== "CREATE TABLE" };
}
