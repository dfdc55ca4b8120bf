/**
 * What MariaDB's and MySQL's programs print about a failure, read: the client (`ERROR 1062 (23000) at line 12: …`, after
 * the statement between two rows of dashes), its siblings, a server's log, mariadb-backup, mbstream, mariadb-binlog. A
 * message is told by its number (messages.ts); the statement, and every word of an unknown shape, is left out.
 */
import { type ClientError, type ErrorReader, readTool, unread } from "../../host/client-errors.ts";
import { messageOf } from "./messages.ts";

export { unjudged } from "./blame.ts";

const PROGRAMS =
  "mariadb|mysql|mariadb-dump|mysqldump|mariadb-admin|mysqladmin|mariadb-check|mysqlcheck|mariadb-binlog|mysqlbinlog|mariadb-backup|mariabackup|xtrabackup|mbstream|xbstream|mariadb-install-db|mysql_install_db|mariadbd|mysqld|mariadb-upgrade|mysql_upgrade";

/** The client: the words after the place may hold anything. */
const CLIENT =
  /^(?:\S{0,200}?: )?ERROR(?: (\d{1,5})(?: \((\w{5})\))?)?(?: at line (\d{1,15})(?: in file: '.{0,500}?')?)?: (.*)$/;
/** Its siblings: `mariadb-admin: CREATE DATABASE failed; error: '…'`, `mariadb-binlog: Error 1049: …`, `Got error: 1045: "…"`. */
const SIBLING = new RegExp(`^(?:\\S{0,200}/)?(${PROGRAMS}): (.*)$`);
const NUMBERED = /\b[Ee]rror:? '?(\d{4,5})\b/;
/** A server's log: `2026-11-28  0:01:02 0 [ERROR] InnoDB: …`; mariadb-backup writes `[00] 2026-…` before its own words. */
const LOG = /^(?:\[\d{2}\] )?(?:\d{4}-\d{2}-\d{2}[T ] ?[\d:.Z]{7,} \d{1,12} )?\[(ERROR|FATAL|Error)\] (.*)$/;
const BACKUP =
  /^\[\d{2}\] (?:\d{4}-\d{2}-\d{2} [\d:]{7,} )?(?:FATAL ERROR|Error): (?:\d{4}-\d{2}-\d{2} [\d:]{7,} )?(.*)$/;

/** Shapes of words that come without a number, in which no row can stand: our words, the reason, the name's place. */
const SHAPES: readonly (readonly [RegExp, string, string])[] = [
  [
    /uses page size (\d{1,6}), but the innodb_page_size start-up parameter is \d{1,6}/,
    "another page size: {}",
    "page-size",
  ],
  [/Unknown storage engine '([\w.-]{1,60})'/, "unknown storage engine {}", "no-engine"],
  [/Unknown collation: '([\w.-]{1,60})'/, "unknown collation {}", "no-collation"],
  [/Unknown character set: '([\w.-]{1,60})'/, "unknown character set {}", "no-charset"],
  [/Unknown system variable '([\w.-]{1,60})'/, "unknown system variable {}", "no-variable"],
  [/unknown (?:option|variable) '(?:--)?([\w-]{1,60})(?:=[^']{0,200})?'/, "unknown option {}", "no-feature"],
  [/Plugin '([\w.-]{1,60})' is not loaded/, "plugin {} is not loaded", "no-plugin"],
  [/No space left on device|Disk quota exceeded|Errcode: 28\b/, "the disk is full", "disk-full"],
  [/Cannot allocate memory|Out of memory|Errcode: 12\b/i, "memory ran out", "no-memory"],
  [/Access denied for user/, "access denied for the account", "no-entry"],
  [/Can't connect to (?:local )?(?:MySQL|MariaDB|server)/, "the server does not answer", "stopped"],
  [/Lost connection to (?:MySQL )?server|server has gone away/, "the connection was lost", "stopped"],
  [/Unknown database '([\w$-]{1,64})'/, "unknown database {}", "no-object"],
  [/Can't create database '([\w$-]{1,64})'; database exists/, "database {} exists already", "exists"],
  [/ASCII '\\0' appeared in the statement/, "a byte of zero in a statement", "zeros"],
  [/Unknown command '\\.'/, "a command that the client does not have", "client-command"],
  [/DELIMITER (?:must be|cannot contain)/, "a wrong DELIMITER", "syntax"],
  [
    /Upgrade after a crash is not supported/,
    "the copy was made by another version, and after a crash",
    "other-version",
  ],
  [
    /Unsupported redo log format|redo log .{0,40}(?:was created with|format)/i,
    "a redo log of another version",
    "other-version",
  ],
  [
    /Table flags are 0x[0-9a-f]{1,16} in the data dictionary/i,
    "a table that the dictionary tells otherwise",
    "damaged",
  ],
  [/[Cc]hecksum mismatch|page corruption|[Cc]orrupt(?:ed|ion)?\b/, "damaged data", "damaged"],
  [/Missing (?:MLOG_CHECKPOINT|FILE_CHECKPOINT)|No valid checkpoint/i, "the redo log lacks its checkpoint", "damaged"],
  [
    /(?:Event|event) (?:read|crc|checksum)|Could not read entry at offset \d+/,
    "an event of the log that cannot be read",
    "damaged-log",
  ],
  [
    /File '?([\w./$ -]{1,200})'? not found|Can't (?:open|find|read) file: '([\w./$ -]{1,200})'/,
    "a file is missing: {}",
    "no-file",
  ],
  [
    /read_stream|wrong chunk magic|unexpected end of file|xb_stream_read_chunk/,
    "a stream that is cut off or damaged",
    "cut",
  ],
  [
    /cannot (?:open|find) .{0,80}(?:xtrabackup|mariadb_backup)_checkpoints/i,
    "it has no file of its checkpoints",
    "no-file",
  ],
  [
    /Target directory .{0,200} (?:is not empty|does not exist)/,
    "the folder to restore into is not empty, or missing",
    "own",
  ],
];

/** `isWhole`: only what the words begin with counts, because a statement follows. */
function byShape(words: string, isWhole = false): Pick<ClientError, "message" | "reason" | "named"> | null {
  for (const [pattern, message, reason] of SHAPES) {
    const found = pattern.exec(words);
    if (found === null || (isWhole && found.index > 0)) continue;
    const named = found[1] ?? found[2];
    return {
      message: message.replace("{}", named ?? ""),
      reason,
      ...(named === undefined ? {} : { named }),
    };
  }
  return null;
}

const error = (client: string, told: Pick<ClientError, "message" | "reason" | "named">, more = {}): ClientError => ({
  client,
  severity: "error",
  ...told,
  ...more,
});

function byClient(line: string): ClientError | null {
  const [, code, , at, words] = CLIENT.exec(line) ?? [];
  if (words === undefined) return null;
  const place = at === undefined ? {} : { line: Number(at) };
  if (code === undefined) {
    const told = byShape(words, true) ?? { message: "an error in a form that is not read here" };
    return error("mariadb", told, place);
  }
  return error("mariadb", messageOf(code, words), { code, ...place });
}

function bySibling(line: string): ClientError | null {
  const [, program, words = ""] = SIBLING.exec(line) ?? [];
  if (program === undefined) return null;
  if (/^\[?(Warning|Note)\b/i.test(words) || words.startsWith("Deprecated program name")) return null;
  const code = NUMBERED.exec(words.slice(0, 300))?.[1];
  const told = byShape(words.slice(0, 2000));
  if (told !== null) return error(program, told, code === undefined ? {} : { code });
  if (code !== undefined) return error(program, messageOf(code, words), { code });
  return error(program, { message: "an error in a form that is not read here" });
}

function byLog(line: string): ClientError | null {
  const words = LOG.exec(line)?.[2] ?? BACKUP.exec(line)?.[1];
  if (words === undefined) return null;
  const part = /^(InnoDB|Aria|mariadbd|mysqld|Plugin|Got an error|Slave SQL|Fatal)\b/.exec(words)?.[1];
  const told = byShape(words.slice(0, 2000));
  return error(part === "InnoDB" ? "InnoDB" : "mariadbd", told ?? { message: "an error in the server's log" });
}

/** A row of dashes: what stands between two of them is the statement. */
const DASHES = /^-{10,}$/;

export const readErrors: ErrorReader = (text) => {
  const errors: ClientError[] = [];
  let strange = 0;
  for (const line of text.split(/\r?\n/)) {
    const read = byClient(line) ?? byLog(line) ?? bySibling(line) ?? readTool(line, strange > 0);
    if (read !== null) errors.push(read);
    else if (line.trim() !== "" && !DASHES.test(line) && errors.length === 0) strange += 1;
  }
  return strange > 0 && errors.length === 0 ? [unread(strange)] : errors;
};
