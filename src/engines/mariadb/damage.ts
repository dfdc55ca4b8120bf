/** How a MariaDB or MySQL database is hurt on purpose, and the questions that prove it. */
import type { Line } from "../../parts.ts";
import { at, client, identifier, literal, placesOf, sql } from "./client.ts";
import { untilReady } from "./files.ts";
import type { Flavour } from "./flavour.ts";

/** Ends the server in good order, and starts it again with the settings it was made with. */
export const shutDown = (flavour: Flavour) => `${flavour.admin} ${at("server")} shutdown &&
while [ -e "$DATADIR/server.pid" ]; do sleep 0.1; done`;

export const startAgain = (flavour: Flavour, flags = "") => `: >"$DATADIR/server.log" &&
{ setsid ${flavour.server} --defaults-file="$DATADIR/my.cnf"${flags} \\
  </dev/null >/dev/null 2>&1 & } &&
${untilReady(flavour, '"$DB_SOCKET"', '"$DATADIR/server.log"')}`;

const SERVER = ["DB_SOCKET", "DATADIR"];

/** What a scenario brings of its own. A line that is only the end of a heredoc would end this one. */
const own = (text: string) => text.replace(/^SQL$/gm, " SQL");

/** Shell quoting of a table's name as the server writes it into a file name; plain names only. */
const fileOf = (table: string) => `"$DATADIR/$DATABASE/"'${table.replaceAll("'", "'\\''")}.ibd'`;

export function damageOf(flavour: Flavour) {
  const production = placesOf("production");
  return {
    /** There is no CASCADE: whoever means it turns the checks off, and keys and views stay behind, pointing at nothing. */
    dropTable: (table: string): Line => ({
      say: `Drop ${table}, with the checks turned off that would have kept it.`,
      script: sql(flavour, `SET foreign_key_checks = 0;\nDROP TABLE ${identifier(table)};`),
      uses: production,
      destroys: true,
    }),

    /** A clean-up script for one's own machine, run in the wrong tab: it drops what it finds, and the accounts with it. */
    dropDatabase: (roles: readonly string[]): Line => ({
      say: "Drop the application's database, and its accounts.",
      script: `${flavour.admin} ${at("server")} --force drop "$DATABASE" >/dev/null &&
${sql(flavour, `${roles.map((role) => `DROP USER IF EXISTS ${literal(role)}@'%';`).join("\n")}\nDO 0;`, "server")}`,
      uses: production,
      destroys: true,
    }),

    /** In the middle of several pages, as a disk does it: nobody hears of it until one of them is read. */
    corruptTable: (table: string): Line => ({
      say: `Let the disk spoil pages of ${table}.`,
      script: `${sql(flavour, `FLUSH TABLES ${identifier(table)} FOR EXPORT;\nUNLOCK TABLES;`).replace("<<'SQL'\n", "<<'SQL' &&\n")}
${shutDown(flavour)} &&
pages=$(( $(stat -c %s ${fileOf(table)}) / 16384 )) && [ "$pages" -gt 5 ] &&
for page in 4 $((pages / 4)) $((pages / 3)) $((pages / 2)); do
  printf 'the disk wrote this' | dd of=${fileOf(table)} bs=1 conv=notrunc \\
    status=none seek=$(( page * 16384 + 8000 ))
done &&
${startAgain(flavour)}`,
      uses: [...production, "DATADIR"],
      destroys: true,
    }),

    loseServer: (): Line => ({
      say: "Lose the machine: the server dies, and its disk with it.",
      script: 'kill -KILL "$(cat "$DATADIR/server.pid")"\nsleep 0.2; rm -rf "$DATADIR" "$DB_SOCKET"',
      uses: SERVER,
      destroys: true,
    }),

    /**
     * A backup that somebody began and forgot: it holds everything that writes. (A table's lock would not do: a dump
     * restores with the checks off that would wait for it.)
     */
    holdLock: (table: string, seconds: number): Line => ({
      say: `Let a forgotten session hold ${table}, and everything else that is written.`,
      script: `cat >"$SCRATCH/forgotten.sql" <<'SQL' &&
FLUSH TABLES WITH READ LOCK;
SELECT SLEEP(${seconds}) /* forgotten */;
SQL
{ setsid ${client(flavour, "production")} <"$SCRATCH/forgotten.sql" \\
  >/dev/null 2>&1 & } &&
until [ "$(echo "SELECT COUNT(*) FROM information_schema.PROCESSLIST
  WHERE state = 'User sleep'" | ${client(flavour, "server")})" = 1 ]; do sleep 0.05; done`,
      uses: [...production, "SCRATCH"],
      destroys: true,
    }),

    /** What a new environment looks like when its first deployment is done: the tables, and nobody's rows. */
    makeSibling: (): Line => ({
      say: "Make a database of similar name, with the same tables and no rows.",
      script: `${flavour.admin} ${at("server")} create "$SIBLING" &&
${flavour.dump} ${at("server")}${flavour.dumpFlags} --no-data \\
  --result-file="$SCRATCH/sibling.sql" "$DATABASE" &&
${flavour.client} ${at("server")} --batch "$SIBLING" <"$SCRATCH/sibling.sql"`,
      uses: [...production, "SIBLING", "SCRATCH"],
      destroys: false,
    }),

    /**
     * The wrong move of entry 3: the server skips what it cannot read, and what comes out is loaded over the table.
     * Source: MariaDB, "InnoDB Recovery Modes", innodb_force_recovery.
     */
    skipBroken: (table: string): Line => ({
      say: `Let the server skip what it cannot read of ${table}, and keep the rest.`,
      script: `${shutDown(flavour)} &&
${startAgain(flavour, " --innodb-force-recovery=1")}
${flavour.dump} ${at("server")}${flavour.dumpFlags} --force --skip-lock-tables \\
  --result-file="$SCRATCH/skipped.sql" "$DATABASE" ${`'${table.replaceAll("'", "'\\''")}'`} 2>/dev/null
${flavour.admin} ${at("server")} shutdown 2>/dev/null
sleep 0.5; while [ -e "$DATADIR/server.pid" ]; do sleep 0.1; done
${startAgain(flavour)} &&
${client(flavour, "production")} --force <"$SCRATCH/skipped.sql"`,
      uses: [...production, "DATADIR", "SCRATCH"],
      destroys: true,
    }),

    runSql: (say: string, text: string): Line => ({
      say,
      script: sql(flavour, own(text)),
      uses: production,
      destroys: true,
    }),

    runSqlInSibling: (say: string, text: string): Line => ({
      say,
      script: `${flavour.client} ${at("server")} --batch "$SIBLING" <<'SQL'\n${own(text).trim()}\nSQL`,
      uses: ["DB_SOCKET", "SIBLING"],
      destroys: true,
    }),

    askSql: (text: string, database: "production" | "side"): Line => ({
      say: "Ask the scenario's own question, unable to write.",
      script: sql(flavour, `SET SESSION TRANSACTION READ ONLY;\nSTART TRANSACTION;\n${own(text).trim()}`, database),
      uses: placesOf(database),
      destroys: false,
    }),

    databaseExists: (): Line => ({
      say: "Ask whether the application's database is there.",
      script: `found=$(echo 'SHOW DATABASES' | ${client(flavour, "server")}) &&
if printf '%s\\n' "$found" | grep -qxF "$DATABASE"; then echo yes; else echo no; fi`,
      uses: production,
      destroys: false,
    }),

    /** Asked as an administrator, because the application is kept out until it is let in again. */
    canLogIn: (role: string): Line => ({
      say: `Ask whether ${role} may log in to the application's database.`,
      script: `name=$(printf %s "$DATABASE" | sed "s/'/''/g") &&
{ printf "SET @name = '%s';\\n" "$name"; cat <<'SQL'
SELECT IF(EXISTS (SELECT 1 FROM mysql.user WHERE User = ${literal(role)})
  AND EXISTS (SELECT 1 FROM (
    SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE TABLE_SCHEMA = @name
    UNION SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = @name) g
  WHERE GRANTEE LIKE CONCAT('''', ${literal(role)}, '''@%'))
  AND EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = @name),
  'yes', 'no');
SQL
} | ${client(flavour, "server")}`,
      uses: production,
      destroys: false,
    }),

    readAll: (table?: string): Line => ({
      say: table === undefined ? "Read every table to its end." : `Read ${table} to its end.`,
      script: `${sql(
        flavour,
        `SELECT CONCAT('CHECK TABLE \`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\` EXTENDED;')
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'${table === undefined ? "" : ` AND TABLE_NAME = ${literal(table)}`};`,
      ).replace("<<'SQL'", "<<'SQL' |")}
${client(flavour, "production", "--force")} 2>&1 | awk -F '\\t' '
  $3 == "status" && $4 == "OK" { whole++; next }
  NF < 4 { print "the server\\t" $0; next }
  $3 != "note" && $3 != "Note" { print $1 "\\t" $3; bad[$1] = 1 }
  END { for (one in bad) broken++; print "read\\t" whole + broken }'`,
      uses: production,
      destroys: false,
    }),
  };
}
