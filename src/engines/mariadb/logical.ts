/** Logical backups: mariadb-dump or mysqldump as plain SQL, packed or not, told by its content. */
import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { messageInDump, messageOf, withoutMessages } from "../../host/dump-messages.ts";
import { layersOf, type Packing, unpacked } from "../../host/packing.ts";
import type { BackupFacts, Content, Line, Target } from "../../parts.ts";
import { compressOption, thenPack } from "../compressing.ts";
import { aboutLog, logChecks } from "../packed-log.ts";
import { at, client, sql } from "./client.ts";
import { readHeader } from "./dump-header.ts";
import { readUnsigned } from "./dump-unsigned.ts";
import type { Flavour } from "./flavour.ts";
import { checkLog, throughLog } from "./log.ts";
import { readDump, TRAILER } from "./named-databases.ts";
import { DUMP_FLAGS, isWhole } from "./recovery.ts";

const options = z.strictObject({
  compress: compressOption,
  "names-target": z
    .boolean()
    .default(false)
    .describe("The dump drops and makes its database by name, wherever it is restored.")
    .meta({ examples: [true] }),
});
type Options = z.infer<typeof options>;

/**
 * Dump first, compress after: in `mariadb-dump | gzip > file` the pipe's exit code is gzip's, and a failed dump becomes a
 * small archive that passes `gzip -t`.
 */
function backup(flavour: Flavour, stem: string, { compress, "names-target": names }: Options): readonly Line[] {
  const file = `"$BACKUP_DIR/${stem}.sql"`;
  const what = names ? '--add-drop-database --databases "$DATABASE"' : '"$DATABASE"';
  return [
    {
      say: "Back up the database.",
      script: `place=$(echo 'SELECT IF(@@log_bin, "${flavour.placeFlag}", "");' |
  ${client(flavour, "server")}) &&
${flavour.dump} ${at("production")}${flavour.dumpFlags} $place \\
  ${DUMP_FLAGS} --result-file=${file} ${what} &&
${isWhole(file)}${thenPack(compress, file)}`,
      uses: ["DB_SOCKET", "DATABASE", "BACKUP_DIR"],
      destroys: false,
    },
    {
      say: "Back up the application's accounts and what they may do.",
      script: `${sql(flavour, `${flavour.openAccounts};`, "server").with({ output: '>"$BACKUP_DIR/accounts"' }).print("&&")}
echo '-- accounts and what they may do' >"$BACKUP_DIR/${stem}.globals.sql" &&
for what in 'SHOW CREATE USER' 'SHOW GRANTS FOR'; do
  awk -F '\\t' -v what="$what" '${
    flavour.beforeAccounts === ""
      ? ""
      : `BEGIN {
    print "${flavour.beforeAccounts}" }
  `
  }{ gsub(/\\047/, "&&")
    print what " \\047" $1 "\\047@\\047" $2 "\\047;" }' "$BACKUP_DIR/accounts" |
    ${client(flavour, "server")} |
    sed 's/^CREATE USER /CREATE USER IF NOT EXISTS /; s/$/;/' \\
    >>"$BACKUP_DIR/${stem}.globals.sql"
done && rm "$BACKUP_DIR/accounts"`,
      uses: ["DB_SOCKET", "BACKUP_DIR"],
      destroys: false,
    },
  ];
}

/** A dump that names its database restores over that one, whichever database it was given. */
function over(flavour: Flavour, { compress, "names-target": names }: Options): readonly Line[] {
  const uses = ["DB_SOCKET", "DATABASE", "TAKEN"];
  const scratch = `${flavour.admin} ${at("server")} create "$DATABASE"_scratch &&\n`;
  const into = names ? `${flavour.client} ${at("server")} --batch "$DATABASE"_scratch` : client(flavour, "production");
  return [
    {
      say: names ? "Try the backup out, in a database of its own." : "Restore the dump over the living database.",
      script: `${names ? scratch : ""}${unpacked(layersOf(compress), '"$TAKEN"')} | ${into}`,
      uses,
      destroys: true,
    },
  ];
}

/** What comes first decides: a table is made before its rows are. */
const isDataOnly = (start: string) =>
  /^(-- Dumping data for table|-- Table structure for table|-- Current Database:|CREATE TABLE|INSERT INTO)/m.exec(
    start,
  )?.[1] === "-- Dumping data for table";

/** `--system=users`, read to its end: accounts and what they may do, and no database. */
const isOfAccounts = (text: string) =>
  text.includes(TRAILER) &&
  /^(?:CREATE USER|CREATE ROLE|GRANT) /m.test(text) &&
  !/^(?:-- Current Database|-- Table structure|CREATE (?:TABLE|DATABASE)|USE |INSERT )/m.test(text);

/** Without a header nothing says what its end would look like: that is known when it has been read to its end. */
function unsigned({ name }: Flavour, { bytes, packing }: { bytes: Buffer; packing: Packing }): BackupFacts | null {
  const text = bytes.toString("latin1");
  const own = messageOf(text.slice(0, 8000));
  const found = readUnsigned(own === null ? text : withoutMessages(text));
  if (found === null || (found.server ?? name) !== name) return null;
  return {
    engine: name,
    method: "logical",
    isDump: true,
    format: "plain",
    packing,
    ...(found.lacksTables ? { lacks: "tables" as const } : {}),
    complete: own === null ? "unknown" : "no",
    because:
      own === null ? "without comments (--skip-comments): known when it has been read to its end" : messageInDump(own),
  };
}

function inspect(flavour: Flavour, { head: bytes, tail, packing, members }: Content): BackupFacts | null {
  // A dump in an archive is seen as its member.
  if (members !== undefined) return null;
  const start = bytes.toString("latin1", 0, 8000);
  // A first line about the client's sandbox mode may come before it (MariaDB 10.5.25, 10.11.8 and later).
  const message = messageOf(start);
  const header = readHeader(start);
  if (header === null) return unsigned(flavour, { bytes, packing });
  if (header.server !== flavour.name || isOfAccounts(bytes.toString("latin1"))) return null;
  const { server: _, ...told } = header;
  // The place in the log: `--master-data=2` as a comment, 1 as a statement, which a restore leaves out.
  const place =
    /^(?:-- )?CHANGE (?:MASTER|REPLICATION SOURCE) TO (?:MASTER|SOURCE)_LOG_FILE='([^']+)', (?:MASTER|SOURCE)_LOG_POS=(\d+)/m.exec(
      start,
    );
  // `--gtid` says the same in transactions, and whose they are: at the beginning, or behind all rows.
  const end = tail?.toString("latin1") ?? null;
  const after = /^(?:-- )?SET GLOBAL gtid_slave_pos='([\d,-]+)'/m.exec(`${start}\n${end ?? ""}`)?.[1];
  const complete = end === null ? "unknown" : end.includes(TRAILER) ? "yes" : "no";
  // In the zone of the machine that dumped, which it does not say.
  const done = /^-- Dump completed on ([\d-]{10} {1,2}[\d:]{7,8})\s*$/m.exec(end ?? "")?.[1];
  return {
    engine: flavour.name,
    method: "logical",
    isDump: true,
    format: "plain",
    packing,
    ...told,
    ...(isDataOnly(start) ? { lacks: "tables" as const } : {}),
    ...(done === undefined ? {} : { made: { text: done, at: "end" } }),
    ...(place?.[1] === undefined || place[2] === undefined ? {} : { logFrom: place[1], logPosition: place[2] }),
    ...(after === undefined ? {} : { logOf: after }),
    complete: message === null ? complete : "no",
    because:
      message !== null
        ? messageInDump(message)
        : {
            yes: "it ends with the dump's closing line",
            no: "the dump's closing line is missing: it was cut off",
            unknown: "compressed: known when it has been read to its end",
          }[complete],
  };
}

function check(flavour: Flavour, facts: BackupFacts): readonly Line[] {
  return [
    {
      say: "Read the copy to the end. Check that it's complete and stays inside its target.",
      script: 'fogbell backups check "$BACKUP"',
      own: "check",
      without: `${unpacked(facts.packing)} | tail -n 8 |\n  grep "^${TRAILER}"`,
      uses: ["BACKUP"],
      expect: '"whole" and a number of lines.',
      ifNot: "Don't restore it. Take the next older backup.",
      destroys: false,
    },
    ...logChecks(facts, checkLog(flavour, facts)),
  ];
}

/** The size of the side database against what it should become. */
const progress = (flavour: Flavour) => `${client(flavour, "side")} <<SQL
SELECT CONCAT(SUM(DATA_LENGTH + INDEX_LENGTH), ' ', $EXPECTED_BYTES)
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE();
SQL`;

const SESSION = "SET SESSION sql_log_bin = 0,\n    unique_checks = 0, foreign_key_checks = 0";

/**
 * A dump sets a mode in which a value that its column cannot hold is changed, with a warning: a number that is none becomes
 * 0. What was a row once has no such value. An enum's own empty value warns, too, and comes in as it was.
 */
const NO_ROW_CHANGED = `awk '/^Warning \\(Code (1264|1366|1406)\\)/ {
  print "ERROR " substr($3, 1, 4) " (22007): a row"; exit
}' "$SCRATCH/said" >"$SCRATCH/changed" &&
{ [ ! -s "$SCRATCH/changed" ] ||
  { cat "$SCRATCH/changed" >&2; false; }; }`;

function recover(flavour: Flavour, facts: BackupFacts, target: Target): readonly Line[] {
  // Nothing of a restore belongs into the log, and rows were checked when they were first written. The client takes what
  // comes for statements alone, and no command of its own: a dump could hold any. What it says of a line is the dump's.
  const load = `{ ${readDump(facts)} ||
  echo 'unpacking failed;'; } |
  ${flavour.client} ${at("side")} -BN \\
  --binary-mode --local-infile=0 --show-warnings \\
  --init-command='${SESSION}' \\
  "$SIDE_DATABASE" >"$SCRATCH/said" &&
${NO_ROW_CHANGED}`;
  return [
    {
      say: "Create an empty database beside the damaged one.",
      script: `${flavour.admin} ${at("side")} create "$SIDE_DATABASE"`,
      uses: ["SIDE_SOCKET", "SIDE_DATABASE"],
      expect: "No output.",
      ifNot: "If it already exists, someone else may be restoring. Ask aloud before you continue.",
      destroys: false,
    },
    {
      say: "Restore the backup into it. The damaged database isn't touched.",
      script: load,
      uses: ["SIDE_SOCKET", "SIDE_DATABASE", "BACKUP", "SCRATCH", "EXPECTED_BYTES"],
      expect: "No output, and exit code 0.",
      ifNot: "Drop the side database and start again with the next older backup.",
      destroys: false,
      progress: progress(flavour),
    },
    ...(facts.hasLog === true ? aboutLog(throughLog(flavour, facts, target)) : []),
  ];
}

export const logicalOf = (flavour: Flavour) =>
  defineMethod<Options>({
    name: "logical",
    summary: `${flavour.dump}, plain SQL, with routines, triggers and events.`,
    options,
    gives: ["side-restore", "one-table", "point-in-time"],
    side: "database",
    over: (told) => over(flavour, told),
    variants: [
      { name: "logical", options: () => ({}), log: false },
      { name: "logical + log", options: () => ({}), log: true },
    ],
    backup: (stem, told) => backup(flavour, stem, told),
    facts: ({ compress }) => ({
      engine: flavour.name,
      method: "logical",
      isDump: true,
      format: "plain",
      packing: layersOf(compress),
      complete: "unknown",
      because: "not made yet",
      logFrom: "binlog.000001",
    }),
    inspect: (content) => inspect(flavour, content),
    check: (facts) => check(flavour, facts),
    recover: (facts, target) => recover(flavour, facts, target),
  });
