/** How a PostgreSQL database is hurt on purpose. */
import { printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { identifier, PSQL, placesOf, psql, qualified, regclass } from "./client.ts";

export function dropTable(table: string): Line {
  return {
    say: `Drop ${table}, and with it every key and view that hangs on it.`,
    ...printed(psql(`SET client_min_messages = error;\nDROP TABLE ${qualified(table)} CASCADE;`)),
    uses: placesOf("production"),
    destroys: true,
  };
}

/** A clean-up script for one's own machine, run in the wrong tab: it drops what it finds, and the roles with it. */
export function dropDatabase(roles: readonly string[]): Line {
  const drops = roles.map((role) => `DROP ROLE IF EXISTS ${identifier(role)};`).join("\n");
  return {
    say: "Drop the application's database, and its roles.",
    ...printed(
      psql(`SELECT format('DROP DATABASE %I WITH (FORCE)', :'db') \\gexec\n${drops}`, "server", '-v db="$PGDATABASE"'),
    ),
    uses: ["PGHOST", "PGDATABASE"],
    destroys: true,
  };
}

const START = 'pg_ctl -s -w -t 120 -D "$PGDATA" -l "$PGDATA/server.log" start';

/** In the middle of a page in the middle of the file, as a disk does it: nobody hears of it until the page is read. */
export function corruptTable(table: string): Line {
  return {
    say: `Let the disk spoil a page of ${table}.`,
    script: `file=$(${PSQL} -At -d "$PGDATABASE" <<'SQL'
CHECKPOINT;
SELECT pg_relation_filepath(${regclass(table)});
SQL
) && size=$(stat -c %s "$PGDATA/$file") && [ "$size" -ge 8192 ] &&
pg_ctl -s -w -t 3600 -m fast -D "$PGDATA" stop &&
printf 'the disk wrote this' | dd of="$PGDATA/$file" bs=1 conv=notrunc status=none \\
  seek=$(( size / 8192 / 2 * 8192 + 4000 )) &&
${START}`,
    uses: ["PGHOST", "PGDATABASE", "PGDATA"],
    destroys: true,
  };
}

export function loseServer(): Line {
  return {
    say: "Lose the machine: the server dies, and its disk with it.",
    script: 'pg_ctl -s -m immediate -D "$PGDATA" stop\nrm -rf "$PGDATA"',
    uses: ["PGDATA"],
    destroys: true,
  };
}
