/**
 * What MariaDB and MySQL say about a failure, by the number of the error: words of our own, an object's name from where
 * the number has one, and nothing else. The server's own words quote rows and statements.
 * Source: sql/share/errmsg-utf8.txt of MariaDB, share/messages_to_clients.txt of MySQL.
 */
import { MASKED } from "../../host/client-errors.ts";

interface Known {
  /** `{}` is where the name stands. */
  readonly words: string;
  /** Finds the name in the server's own words. */
  readonly name?: RegExp;
  readonly reason?: string;
}

const QUOTED = /['"`]([^'"`]{1,140})['"`]/;
const LAST_KEY = /for key ['"`]?([^'"`]{1,140})['"`]?$/;
const FOR_COLUMN = /for column [`'"]?([\w.$`-]{1,200}?)[`'"]? at row \d+$/;
const COLUMN = /[Cc]olumn '([^']{1,140})'/;

const known = (words: string, name?: RegExp, reason?: string): Known => ({
  words,
  ...(name === undefined ? {} : { name }),
  ...(reason === undefined ? {} : { reason }),
});

const ERRORS: Readonly<Record<string, Known>> = {
  // Of a file itself: a table's own folder (DATA DIRECTORY) is not here, or not the server's.
  "1": known("a file cannot be made: its folder is not here", undefined, "no-folder"),
  // Faults of what is restored.
  "1005": known("can't create table {}", /[Tt]able [`'"](.{1,200}?)[`'"] \(errno/, "no-table"),
  "1007": known("database {} exists already", QUOTED),
  "1008": known("there is no database {}", QUOTED),
  "1022": known("duplicate key {}", QUOTED, "duplicate"),
  "1046": known("no database is chosen"),
  "1048": known("column {} cannot be null", QUOTED, "null"),
  "1049": known("unknown database {}", QUOTED),
  "1050": known("table {} already exists", QUOTED, "exists"),
  "1051": known("unknown table {}", QUOTED, "no-object"),
  "1054": known("unknown column {}", undefined, "no-object"),
  "1060": known("duplicate column {}", QUOTED),
  "1061": known("duplicate key name {}", QUOTED, "exists"),
  "1062": known("duplicate entry for key {}", LAST_KEY, "duplicate"),
  "1064": known("error in the SQL syntax", undefined, "syntax"),
  "1065": known("an empty statement", undefined, "syntax"),
  "1067": known("invalid default value for {}", QUOTED),
  "1068": known("multiple primary keys"),
  "1071": known("a key is too long"),
  "1072": known("key column {} doesn't exist in the table", QUOTED),
  "1075": known("a wrong counter: it has to be a key"),
  "1091": known("can't drop {}: it doesn't exist", QUOTED, "no-object"),
  "1101": known("a column of large values cannot have this default"),
  "1118": known("a row is too large", undefined, "row-size"),
  "1136": known("the number of values isn't that of the columns", undefined, "syntax"),
  "1146": known("table {} doesn't exist", QUOTED, "no-object"),
  "1170": known("a key over large values needs a length"),
  "1180": known("the rows of a table cannot be committed: a key that is not unique, or a damaged file"),
  "1215": known("cannot add a foreign key", undefined, "no-parent"),
  "1216": known("a foreign key fails: the parent row is missing", undefined, "no-parent"),
  "1217": known("a foreign key fails: rows depend on it", undefined, "no-parent"),
  "1264": known("a value is out of range for column {}", COLUMN, "not-a-value"),
  "1265": known("a value is too precise for column {}", COLUMN, "not-a-value"),
  "1292": known("a value is wrong for column {}", FOR_COLUMN, "not-a-value"),
  "1304": known("{} already exists", /\b([\w$-]{1,130}) already exists/, "exists"),
  "1305": known("a routine does not exist", undefined, "no-routine"),
  "1356": known(
    "view {} references invalid tables, columns or functions, or an account without rights",
    QUOTED,
    "view",
  ),
  "1359": known("trigger {} already exists", QUOTED, "exists"),
  "1360": known("the trigger does not exist", undefined, "no-object"),
  "1364": known("field {} has no default value", QUOTED),
  "1365": known("division by zero"),
  "1366": known("a value is wrong for column {}", FOR_COLUMN, "not-a-value"),
  "1406": known("a value is too long for column {}", COLUMN, "not-a-value"),
  "1411": known("a wrong date or time"),
  "1442": known("a trigger would change its own table"),
  "1449": known("the account that it runs as does not exist", undefined, "no-account"),
  "1451": known("a foreign key fails: rows depend on it", undefined, "no-parent"),
  "1452": known("a foreign key fails: the parent row is missing", undefined, "no-parent"),
  "1526": known("the table has no partition for a value", undefined, "no-partition"),
  "1537": known("event {} already exists", QUOTED, "exists"),
  "1553": known("index {} is needed by a foreign key", QUOTED),
  "1557": known("a foreign key would have duplicate rows"),
  "1586": known("duplicate entry for key {}", LAST_KEY, "duplicate"),
  "1643": known("raised by a routine of the backup's own"),
  "1644": known("raised by a routine of the backup's own"),
  "1690": known("a number is out of range"),
  "1822": known("a foreign key's parent lacks its index", undefined, "no-parent"),
  "1824": known("the table that a foreign key refers to is missing", undefined, "no-parent"),
  "1932": known("table {} doesn't exist in its engine", QUOTED, "damaged"),
  "3140": known("invalid JSON text", undefined, "not-a-value"),
  "3819": known("check {} is violated", QUOTED, "check"),
  "4025": known("constraint {} failed", /CONSTRAINT ['"`](.{1,200}?)['"`] failed/, "check"),
  // Files that are damaged.
  "1033": known("wrong information in a table's file", undefined, "damaged"),
  "1034": known("wrong key file for table {}", QUOTED, "damaged"),
  "1194": known("table {} is marked as crashed", QUOTED, "damaged"),
  "1195": known("table {} is marked as crashed, and the last repair failed", QUOTED, "damaged"),
  "1712": known("index {} is corrupted", QUOTED, "damaged"),
  "1812": known("a tablespace is missing for table {}", QUOTED, "damaged"),
  // What this machine or this version lacks.
  "1115": known("unknown character set {}", QUOTED, "no-charset"),
  "1193": known("unknown system variable {}", QUOTED, "no-variable"),
  "1231": known("variable {} can't be set to such a value", QUOTED, "no-variable"),
  "1235": known("this version does not support something that the backup uses", undefined, "no-feature"),
  "1267": known("collations do not go together"),
  "1273": known("unknown collation {}", QUOTED, "no-collation"),
  "1286": known("unknown storage engine {}", QUOTED, "no-engine"),
  "1289": known("a feature is not built in: {}", QUOTED, "no-feature"),
  "1290": known("the server runs with {} and can't execute the statement", /with the (--[\w-]{1,60})/, "own-setting"),
  "1478": known("the storage engine doesn't support an option: {}", QUOTED, "no-feature"),
  "1524": known("plugin {} is not loaded", QUOTED, "no-plugin"),
  "1911": known("unknown option {}", QUOTED, "no-feature"),
  "1917": known("unknown data type {}", QUOTED, "no-type"),
  "4161": known("unknown data type {}", QUOTED, "no-type"),
  "4162": known("operator does not exist", undefined, "no-feature"),
  // What ran out, and what ended.
  "1021": known("the disk is full", undefined, "disk-full"),
  "1037": known("memory ran out", undefined, "no-memory"),
  "1038": known("memory for sorting ran out", undefined, "no-memory"),
  "1040": known("too many connections", undefined, "no-memory"),
  "1041": known("memory ran out", undefined, "no-memory"),
  "1114": known("table {} is full", QUOTED, "disk-full"),
  "1153": known("a packet is larger than max_allowed_packet", undefined, "packet"),
  "2020": known("a packet is larger than max_allowed_packet", undefined, "packet"),
  "1205": known("waiting for a lock took too long", undefined, "stopped"),
  "1213": known("a deadlock", undefined, "stopped"),
  "1317": known("the statement was interrupted", undefined, "cancelled"),
  "1927": known("the connection was killed", undefined, "cancelled"),
  "1969": known("the statement took longer than it may", undefined, "cancelled"),
  "1053": known("the server is shutting down", undefined, "stopped"),
  "2002": known("the server does not answer", undefined, "stopped"),
  "2003": known("the server does not answer", undefined, "stopped"),
  "2006": known("the server has gone away", undefined, "stopped"),
  "2013": known("the connection was lost", undefined, "stopped"),
  "2026": known("the connection could not be made safe", undefined, "stopped"),
  // Who may what.
  "1044": known("access denied to a database", undefined, "no-entry"),
  "1045": known("access denied for the account", undefined, "no-entry"),
  "1142": known("a right is missing on a table", undefined, "denied"),
  "1227": known("a right is missing for the statement", undefined, "denied"),
  "1396": known("an account could not be made or changed", undefined, "account"),
  "1410": known("no right to make an account by GRANT", undefined, "account"),
  "1418": known("a function does not say that it is deterministic", undefined, "denied"),
  "1419": known("a right is missing, because the binary log is on", undefined, "denied"),
  "1665": known("the binary log cannot hold the statement"),
};

/** A name as people and tools choose them, with its database before it. Anything else in its place may be what a row holds. */
const NAME = /^(?=.{1,140}$)[\p{L}\p{N}_$][\p{L}\p{N}_ $.-]*$/u;

export interface KnownMessage {
  readonly message: string;
  readonly reason?: string;
  readonly named?: string;
}

const bare = (name: string) => name.replaceAll("`", "");

/** What an error of this number says, without its rows. `text` is the server's own words. */
export function messageOf(code: string, text: string): KnownMessage {
  const one = ERRORS[code];
  const start = text.slice(0, 2000);
  const full = /No space left on device|Disk quota exceeded|Errcode: 28\b|errno: 28\b|error 28\b/i.test(start);
  if (one === undefined)
    return full
      ? { message: "the disk is full", reason: "disk-full" }
      : { message: `an error of the server: ${MASKED}` };
  const found = one.name?.exec(start)?.[1];
  const named = found !== undefined && NAME.test(bare(found)) ? bare(found) : undefined;
  // A real server wrote these options down: what refuses them is this one, which has no key or another page size.
  if (/errno: 140\b/.test(start))
    return {
      message: `table ${named ?? MASKED} has options that this server does not take (errno 140)`,
      reason: "no-option",
      ...(named === undefined ? {} : { named }),
    };
  // Not there, not ours to write to, or read only: a table that lies outside of the server's own folder.
  const isElsewhere = code === "1005" && /errno: (?:2|13|30)\b/.test(start);
  const reason = full ? "disk-full" : isElsewhere ? "no-folder" : one.reason;
  return {
    message: one.words.replace("{}", named ?? MASKED),
    ...(reason === undefined ? {} : { reason }),
    ...(named === undefined ? {} : { named }),
  };
}
