/** How a MariaDB or MySQL database is mended: the lines that the drill runs and the runbook prints. */
import { ownLine, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { at, client, execute, folded, identifier, literal, placesOf, sql, withoutValues } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { orphanCounts } from "./foreign-keys.ts";
import { highest } from "./sequences.ts";

/** What every dump here is made with: one moment, and everything that belongs to the database. */
export const DUMP_FLAGS = "--single-transaction --hex-blob --routines --triggers --events";

/** Reads a dump's end: the tool writes this line last, and only when it got there. */
export const isWhole = (file: string) => `tail -c 200 ${file} | grep -q '^-- Dump completed'`;

/**
 * There is no limit of connections for one database, so the accounts are locked: those that could log in, and are no
 * administrators. They are written down first, so that exactly these are let in again.
 */
function stopWriters(flavour: Flavour): Line {
  const accounts = '"$SCRATCH/accounts.locked"';
  const each = (statement: string) => `awk -F '\\t' '{ gsub(/\\047/, "&&")
  print "${statement}" }' \\
  ${accounts}`;
  return {
    say: "Lock the application out, and close its sessions.",
    stopsWriters: true,
    script: `${sql(flavour, folded(`${flavour.openAccounts};`), "server")
      .with({ output: ownLine(`>>${accounts}`) })
      .print("&&")}
${each('ALTER USER \\047" $1 "\\047@\\047" $2 "\\047 ACCOUNT LOCK;')} |
  ${client(flavour, "server")} &&
${each(`SELECT CONCAT(\\047KILL \\047, id, \\047;\\047)" \\
    " FROM information_schema.PROCESSLIST" \\
    " WHERE user = \\047" $1 "\\047;`)} |
  ${client(flavour, "server")} |
  tee "$SCRATCH/sessions" |
  ${client(flavour, "server", "--force")} 2>/dev/null
echo "$(wc -l <"$SCRATCH/sessions") sessions closed"`,
    uses: ["DB_SOCKET", "SCRATCH"],
    expect: "The number of closed sessions (0 if none were open).",
    ifNot: "Stop the application's servers by hand, then run this again.",
    destroys: false,
  };
}

function resumeWriters(flavour: Flavour): Line {
  return {
    say: "Let the application in again.",
    script: `awk -F '\\t' '{ gsub(/\\047/, "&&")
  print "ALTER USER \\047" $1 "\\047@\\047" $2 "\\047 ACCOUNT UNLOCK;" }' \\
  "$SCRATCH/accounts.locked" | ${client(flavour, "server")}`,
    uses: ["DB_SOCKET", "SCRATCH"],
    expect: "No output. Then log in once the way the application does.",
    ifNot: "Unlock each account by hand. The list of locked accounts is in SCRATCH.",
    destroys: false,
  };
}

function copyDamaged(flavour: Flavour): readonly Line[] {
  const file = '"$EVIDENCE/damaged.sql"';
  return [
    {
      say: "Copy the damaged database before you touch it.",
      // A view of a table that is gone cannot be dumped; with --force the rest is, and the next line proves that it ended.
      script: `test ! -e ${file} &&
{ ${flavour.dump} ${at("production")} --force${flavour.dumpFlags} \\
  ${DUMP_FLAGS} \\
  --result-file=${file} \\
  "$DATABASE" 2>"$EVIDENCE/damaged.log"
  test -s ${file}; }`,
      uses: ["DB_SOCKET", "DATABASE", "EVIDENCE"],
      expect: "No output. Anything that couldn't be copied is listed in damaged.log.",
      ifNot:
        "Choose an empty EVIDENCE folder with enough room for the whole database. Don't continue without this copy.",
      destroys: false,
      progress: `echo "$(stat -c %s ${file}) 0"`,
    },
    {
      say: "Check that the copy was written to the end.",
      script: `${isWhole(file)} &&\nsha256sum ${file}`,
      uses: ["EVIDENCE"],
      expect: "One line: a hash and the file's name. Write the hash down.",
      ifNot: "Copy it again to another disk.",
      destroys: false,
    },
  ];
}

/** Past every number in use here or in a table that refers here, and a margin further, for those that live on elsewhere. */
function bumpCounter(flavour: Flavour, table: string): Line {
  const one = `t.TABLE_NAME = ${literal(table)}`;
  return {
    say: "Move the table's counter past every number ever used.",
    ...printed(
      sql(
        flavour,
        folded(`
SET @counters = (${highest(one)});
${execute(`SELECT CONCAT('CREATE TEMPORARY TABLE fogbell_counter ',
  '(name TEXT, last BIGINT, tab TEXT, col TEXT, used BIGINT) AS ',
  'SELECT * FROM (SELECT NULL AS name, NULL AS last, NULL AS tab, ',
  'NULL AS col, NULL AS used FROM DUAL WHERE FALSE',
  COALESCE(CONCAT(' UNION ALL ', @counters), ''), ') x')`)}
${execute(`SELECT CONCAT(${literal(`ALTER TABLE ${identifier(table)} AUTO_INCREMENT = `)}, (SELECT MAX(GREATEST(last, used)) + 10000 FROM fogbell_counter)) FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND ${one} AND t.AUTO_INCREMENT IS NOT NULL`)}
SELECT AUTO_INCREMENT FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND ${one};`),
      ),
    ),
    uses: placesOf("production"),
    expect: "The next number, or NULL if the table has no counter.",
    ifNot: "Set it by hand, far above the highest number in use.",
    destroys: true,
  };
}

function copyTableBack(flavour: Flavour, table: string): readonly Line[] {
  const name = table.replace(/[^A-Za-z0-9_-]/g, "_");
  const file = `"$SCRATCH/${name}.sql"`;
  return [
    {
      say: `Copy ${table} from the side database, with its keys, counter and triggers.`,
      script: `${flavour.dump} ${at("side")}${flavour.dumpFlags} \\
  --single-transaction --hex-blob --triggers --skip-add-drop-table \\
  --result-file=${file} "$SIDE_DATABASE" ${shellName(table)} &&
${isWhole(file)}`,
      uses: ["SIDE_SOCKET", "SIDE_DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: "The table isn't in this backup (choose another one), or SCRATCH is full.",
      destroys: false,
      progress: `echo "$(stat -c %s ${file}) 0"`,
    },
    {
      say: `Put ${table} back. Foreign keys of other tables that refer to it work again at once.`,
      script: withoutValues(`${client(flavour, "production")} <${file}`),
      uses: ["DB_SOCKET", "DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: `If it says that ${table} already exists, someone recreated it: stop, and check what's in it first. If it broke off in the middle, drop what it created and run it again.`,
      destroys: true,
    },
    bumpCounter(flavour, table),
    {
      say: "Update planner statistics, and list foreign keys that have rows without a parent.",
      ...printed(
        sql(
          flavour,
          folded(`
ANALYZE NO_WRITE_TO_BINLOG TABLE ${identifier(table)};
${execute(orphanCounts(`f.parent = ${literal(table)}`))}`),
        ),
      ),
      uses: placesOf("production"),
      expect: "One line per foreign key whose parent rows were newer than the backup; none if nothing was lost.",
      ifNot: "Such a key still checks new rows. Fix the rows it lists.",
      destroys: false,
    },
  ];
}

/** A table's name as an argument; control characters were refused by `identifier` before. */
const shellName = (table: string) =>
  `'${identifier(table).slice(1, -1).replaceAll("``", "`").replaceAll("'", "'\\''")}'`;

export function recoveryOf(flavour: Flavour) {
  return {
    stopWriters: () => stopWriters(flavour),
    resumeWriters: () => resumeWriters(flavour),
    copyDamaged: () => copyDamaged(flavour),
    copyTableBack: (table: string) => copyTableBack(flavour, table),
    takeBackup: (): Line => ({
      say: "Take a fresh backup now, and read it to the end.",
      script: `test ! -e "$EVIDENCE/recovered.sql" &&
${flavour.dump} ${at("production")}${flavour.dumpFlags} \\
  ${DUMP_FLAGS} \\
  --result-file="$EVIDENCE/recovered.sql" "$DATABASE" &&
${isWhole('"$EVIDENCE/recovered.sql"')} &&
sha256sum "$EVIDENCE/recovered.sql"`,
      uses: ["DB_SOCKET", "DATABASE", "EVIDENCE"],
      expect: "One line: a hash and the file's name. Move the file to where you keep backups.",
      ifNot: "Until this works, the old backup is your only one. Suspend its retention.",
      destroys: false,
      progress: 'echo "$(stat -c %s "$EVIDENCE/recovered.sql") 0"',
    }),
    dropSide: (): Line => ({
      say: "Remove the side database.",
      script: `${flavour.admin} ${at("side")} --force \\
  drop "$SIDE_DATABASE" >/dev/null`,
      uses: ["SIDE_SOCKET", "SIDE_DATABASE"],
      expect: "No output.",
      ifNot: "You can leave it; it only takes up space.",
      destroys: true,
    }),
  };
}
