/** How a SQLite database is hurt and mended: the lines that the drill runs and the runbook prints. */
import { inTurn, ownLine, printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { Line } from "../../parts.ts";
import {
  CLIENT,
  fileOf,
  folded,
  identifier,
  literal,
  named,
  PATIENT,
  question,
  reading,
  sql,
  TABLES,
} from "./client.ts";
import { beside } from "./physical.ts";
import { bumpSequences } from "./sequences.ts";

const PRODUCTION = fileOf("production");
const SIDE = fileOf("side");
const WAL = '"$DATABASE"-wal';

/** A file of SQLite read to its end: `ok`, and nothing else. Folders are entered, since the program takes a word for a name. */
export const isWhole = (file: string) =>
  `[ "$(sqlite3 -batch -bail -readonly ${file} \\\n  'PRAGMA integrity_check;' 2>&1)" = ok ]`;

/**
 * There are no accounts and no server that could refuse anybody: who has the file open is ended, and the file is taken out of
 * others' reach. What runs under the same account can open it again.
 */
const stopWriters = (): Line => ({
  say: "End every process that has the file open, and block access to it.",
  stopsWriters: true,
  script: `find /proc/[0-9]*/fd -type l -printf '%p\\t%l\\n' 2>/dev/null |
  FILE="$DATABASE" awk -F '\\t' '
  $2 == ENVIRON["FILE"] || $2 == ENVIRON["FILE"] "-wal" {
    split($1, part, "/"); print part[3] }' | sort -u >"$SCRATCH/writers"
while read -r process; do
  kill "$process" 2>/dev/null
done <"$SCRATCH/writers"
if [ -e ${PRODUCTION} ]; then
  stat -c %a ${PRODUCTION} >"$SCRATCH/mode" && chmod 600 ${PRODUCTION}
fi &&
echo "$(wc -l <"$SCRATCH/writers") processes ended"`,
  uses: ["DATABASE", "SCRATCH"],
  expect: "The number of ended processes (0 if nothing had it open).",
  ifNot: "Stop the application's service and jobs by hand, then run this again.",
  destroys: false,
});

const resumeWriters = (): Line => ({
  say: "Give the file back to the application.",
  script: `chmod "$(cat "$SCRATCH/mode" 2>/dev/null || echo 644)" ${PRODUCTION}`,
  uses: ["DATABASE", "SCRATCH"],
  expect: "No output. Then start the application, and use it once as its users do.",
  ifNot: "Restore owner and permissions: the application must be able to write the file and its folder.",
  destroys: false,
});

/** As it lies there, with the log that belongs to it: a program that opens it could change both. */
const copyDamaged = (): readonly Line[] => [
  {
    say: "Copy the damaged file and its -wal before you touch them.",
    script: `test ! -e "$EVIDENCE/damaged.db" &&
cp -p ${PRODUCTION} "$EVIDENCE/damaged.db" &&
if [ -e ${WAL} ]; then
  cp -p ${WAL} "$EVIDENCE/damaged.db-wal"
fi`,
    uses: ["DATABASE", "EVIDENCE"],
    expect: "No output.",
    ifNot: "Choose an empty EVIDENCE folder with enough room for the whole file. Don't continue without this copy.",
    destroys: false,
    progress: `echo "$(stat -c %s "$EVIDENCE/damaged.db") $(stat -c %s ${PRODUCTION})"`,
  },
  {
    say: "Check that the copy is identical, byte for byte.",
    script: `cmp ${PRODUCTION} "$EVIDENCE/damaged.db" &&
if [ -e ${WAL} ]; then
  cmp ${WAL} "$EVIDENCE/damaged.db-wal"
fi &&
sha256sum "$EVIDENCE/damaged.db"`,
    uses: ["DATABASE", "EVIDENCE"],
    expect: "One line: a hash and the file's name. Write the hash down.",
    ifNot: "Something is still writing. Go back one step and copy it again.",
    destroys: false,
  },
];

/** Statements that copy a table with all that hangs on it; `.dump TABLE` leaves its indexes behind. */
const copying = (table: string) => {
  const one = literal(table);
  return `SELECT 'PRAGMA foreign_keys = OFF;'; SELECT 'BEGIN IMMEDIATE;';
SELECT sql || ';' FROM sqlite_schema WHERE type = 'table' AND name = ${one};
SELECT 'INSERT INTO main.' || ${named("t.name")} || ' (' || c.list || ') SELECT ' || c.list || ' FROM side.' || ${named("t.name")} || ';'
  FROM (SELECT t.name FROM ${TABLES}) t, (SELECT group_concat(${named("name")}, ', ') AS list
    FROM pragma_table_xinfo(${one}) WHERE hidden = 0) c WHERE t.name = ${one};
SELECT sql || ';' FROM sqlite_schema WHERE tbl_name = ${one} AND type IN ('index', 'trigger') AND sql NOT NULL;
SELECT 'COMMIT;';`;
};

const copyTableBack = (table: string): readonly Line[] => {
  const file = `"$SCRATCH/"${quote(`${table.replace(/[^A-Za-z0-9_-]/g, "_")}.sql`)}`;
  return [
    {
      say: `Save the definition of ${table}, with its indexes and triggers.`,
      ...printed(
        inTurn(
          reading(folded(copying(table)), "side").with({ output: ownLine(`>${file}`) }),
          `grep -q '^INSERT' ${file}`,
        ),
      ),
      uses: ["SIDE_DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: "The table isn't in this backup. Choose another one.",
      destroys: false,
    },
    {
      say: `Put ${table} back from the side database. Foreign keys of other tables that refer to it work again at once.`,
      script: `test -f ${PRODUCTION} &&
${CLIENT} -cmd '${PATIENT}' \\
  -cmd "ATTACH '$SIDE_DATABASE' AS side;" ${PRODUCTION} \\
  <${file}`,
      uses: ["DATABASE", "SIDE_DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: `If it says that ${table} already exists, someone recreated it: stop, and check what's in it first. If it fails, nothing has changed.`,
      destroys: true,
    },
    bumpSequences(table),
  ];
};

const takeBackup = (): Line => ({
  say: "Take a fresh backup now, and read it to the end.",
  script: `test ! -e "$EVIDENCE/recovered.db" && test -f ${PRODUCTION} &&
(cd "$EVIDENCE" && ${CLIENT} ${PRODUCTION} \\
  '${PATIENT}' '.backup recovered.db') &&
${isWhole('"$EVIDENCE/recovered.db"')} &&
sha256sum "$EVIDENCE/recovered.db"`,
  uses: ["DATABASE", "EVIDENCE"],
  expect: "One line: a hash and the file's name. Move the file to where you keep backups.",
  ifNot: "Until this works, the old backup is your only one. Suspend its retention.",
  destroys: false,
  progress: `echo "$(stat -c %s "$EVIDENCE/recovered.db") $(stat -c %s ${PRODUCTION})"`,
});

export const recovery = {
  dropTable: (table: string): Line => ({
    say: `Drop ${table}, with the checks off, as they are by default.`,
    ...printed(sql(`PRAGMA foreign_keys = OFF;\nDROP TABLE ${identifier(table)};`)),
    uses: ["DATABASE"],
    destroys: true,
  }),
  stopWriters,
  resumeWriters,
  copyDamaged,
  copyTableBack,
  takeBackup,
  dropSide: (): Line => ({
    say: "Remove the side database.",
    script: `rm -f ${SIDE} ${beside(SIDE)}`,
    uses: ["SIDE_DATABASE"],
    expect: "No output.",
    ifNot: "You can leave it; it only takes up space.",
    destroys: true,
  }),
  askSql: (text: string, database: "production" | "side"): Line => ({
    ...question("Ask the scenario's own question, unable to write.", text, database),
    expect: "One number or word. Before you look, say aloud what you expect.",
    ifNot: "Write down both: what you expected and what you saw.",
  }),
};
