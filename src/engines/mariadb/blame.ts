/** What can be lacking here that says nothing of a backup, and what to do about it. */
import { COMMON_LACKS, inImage, type Lack, OWN_SERVER, unjudgedBy } from "../unjudged.ts";

const AS_IT_WAS = "make the dump with the program of the server's own version";

/** Names that one product has and the other does not: the other's dump is read by the wrong server. */
const MYSQL_ONLY =
  /_0900_|^(gtid_purged|@?@?global\.gtid_purged|session_track_.*|sql_require_primary_key)$|^(ndbcluster|ndb)$/i;
const MARIADB_ONLY =
  /^(aria|sequence|columnstore|mroonga|spider|s3|connect|oqgraph|sphinx|rocksdb)$|_uca1400_|_nopad_/i;

/** Of which product a name is, in words. */
const ofWhom = (name: string): string =>
  MYSQL_ONLY.test(name)
    ? ", which MySQL 8 has and MariaDB has not"
    : MARIADB_ONLY.test(name)
      ? ", which MariaDB has"
      : "";

const lacks = (what: string) => (name: string) => `this server has no ${what} ${name}${ofWhom(name)}`;
const version = (name: string) =>
  MYSQL_ONLY.test(name)
    ? ["the dump was made by MySQL 8: verify it on MySQL (engine: mysql)", OWN_SERVER]
    : [OWN_SERVER, AS_IT_WAS];

const LACKS: Readonly<Record<string, Lack>> = {
  "no-collation": { because: lacks("collation"), next: version },
  "no-charset": { because: lacks("character set"), next: version },
  "no-variable": { because: lacks("variable"), next: version },
  "no-engine": { because: lacks("storage engine"), next: (name) => inImage(`the storage engine ${name}`) },
  "no-plugin": { because: lacks("plugin"), next: (name) => inImage(`the plugin ${name}`) },
  "no-type": { because: lacks("data type"), next: version },
  "no-feature": {
    because: (name) => `this server's version lacks something that the backup uses${name === "" ? "" : `: ${name}`}`,
    next: version,
  },
  "no-option": {
    because: (name) =>
      `this server does not take an option of the table ${name}: encryption without its keys, a row format, a page size`,
    next: () => [OWN_SERVER, "SHOW CREATE TABLE says which: ENCRYPTED, PAGE_COMPRESSED, ROW_FORMAT, KEY_BLOCK_SIZE"],
  },
  // A trigger that is there before the rows fires as they come, as an account that the dump does not bring.
  "no-account": {
    because: () => "rows set off a trigger or a routine that runs as an account which the backup does not bring",
    next: () => [
      "let the dump make its triggers after the rows: structure and rows in one call of mariadb-dump",
      OWN_SERVER,
    ],
  },
  "own-setting": {
    because: (name) => `the sandbox's server runs with ${name}, and does not execute a statement of the backup`,
    next: () => ["please report this; the backup isn't at fault"],
  },
  // Its own server made the table: with this setting off, or with larger pages.
  "row-size": {
    because: () => "a table's rows may be larger than a server with innodb_strict_mode or with pages of 16 KiB takes",
    next: () => [
      "on its own server: SELECT @@innodb_strict_mode, @@innodb_page_size",
      "on the night: SET GLOBAL innodb_strict_mode = OFF before the restore, or shorten the columns in time",
    ],
  },
  "no-folder": {
    because: () => "a table lies in a folder of its own (DATA DIRECTORY, INDEX DIRECTORY), which this machine lacks",
    next: () => ["make that folder on the night before the restore", "or take DATA DIRECTORY out of the dump with sed"],
  },
  "page-size": {
    because: (name) => `the copy has InnoDB pages of ${name} bytes, and this server has others`,
    next: () => [OWN_SERVER],
  },
  "no-entry": {
    because: () => "the restored server lets nobody in, by its own accounts",
    next: () => ["look at the accounts of the copy: root@localhost has to be able to log in on the socket"],
  },
  packet: {
    because: () => "a row of the backup is larger than the sandbox's server takes (max_allowed_packet)",
    next: () => [OWN_SERVER],
  },
  stopped: {
    because: () => "the sandbox's server was stopped, or does not answer",
    next: () => ["run it again", "free -h"],
  },
};

/** Why a failure says nothing about the backup; else null. */
export const unjudged = unjudgedBy({ ...COMMON_LACKS, ...LACKS });
