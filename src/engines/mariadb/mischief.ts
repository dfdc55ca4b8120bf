/** What else happens to a MariaDB or MySQL server: forgotten sessions, databases of similar name, settings that skip. */
import { Feed, printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { Line } from "../../parts.ts";
import { at, client, placesOf, sql } from "./client.ts";
import { shutDown, startAgain } from "./damage.ts";
import type { Flavour } from "./flavour.ts";

export function mischiefOf(flavour: Flavour) {
  const production = placesOf("production");
  return {
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
{ setsid ${client(flavour, "production")} \\
  <"$SCRATCH/forgotten.sql" >/dev/null 2>&1 & } &&
while held=$(${client(flavour, "server")} \\
  -e "SELECT COUNT(*) FROM information_schema.PROCESSLIST
  WHERE state = 'User sleep'")
  [ "$held" != 1 ]; do sleep 0.05; done`,
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
  --result-file="$SCRATCH/skipped.sql" "$DATABASE" ${quote(table)} 2>/dev/null
${flavour.admin} ${at("server")} shutdown 2>/dev/null
sleep 0.5; while [ -e "$DATADIR/server.pid" ]; do sleep 0.1; done
${startAgain(flavour)} &&
${client(flavour, "production")} --force <"$SCRATCH/skipped.sql"`,
      uses: [...production, "DATADIR", "SCRATCH"],
      destroys: true,
    }),

    runSql: (say: string, text: string): Line => ({
      say,
      ...printed(sql(flavour, text)),
      uses: production,
      destroys: true,
    }),

    runSqlInSibling: (say: string, text: string): Line => ({
      say,
      ...printed(new Feed({ client: `${flavour.client} ${at("server")} --batch`, database: '"$SIBLING"', text })),
      uses: ["DB_SOCKET", "SIBLING"],
      destroys: true,
    }),
  };
}
