/** What else happens to a PostgreSQL server: forgotten sessions, databases of similar name, settings that skip. */
import { Feed, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { PSQL, placesOf, psql, qualified } from "./client.ts";

/** Started apart, so that it lives on when this line has ended. Returns when the lock is held. */
export function holdLock(table: string, seconds: number): Line {
  return {
    say: `Let a forgotten session hold ${table}.`,
    script: `cat >"$SCRATCH/forgotten.sql" <<'SQL' &&
BEGIN;
LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE;
SELECT pg_sleep(${seconds});
SQL
{ PGAPPNAME=forgotten setsid psql -Xq -d "$PGDATABASE" \\
  -f "$SCRATCH/forgotten.sql" </dev/null >/dev/null 2>&1 & } &&
while held=$(${PSQL} \\
  -At -d postgres -c "SELECT count(*)
  FROM pg_stat_activity WHERE application_name = 'forgotten'
  AND wait_event = 'PgSleep'")
  [ "$held" != 1 ]; do sleep 0.05; done`,
    uses: ["PGHOST", "PGDATABASE", "SCRATCH"],
    destroys: true,
  };
}

/** What a new environment looks like when its first deployment is done: the tables, and nobody's rows. */
export function makeSibling(): Line {
  return {
    say: "Make a database of similar name, with the same tables and no rows.",
    script: `createdb -T template0 -E UTF8 "$SIBLING" &&
pg_dump -s -f "$SCRATCH/sibling.sql" -d "$PGDATABASE" &&
${PSQL} -o /dev/null -d "$SIBLING" -f "$SCRATCH/sibling.sql"`,
    uses: ["PGHOST", "PGDATABASE", "SIBLING", "SCRATCH"],
    destroys: false,
  };
}

/**
 * The wrong move of entry 3: pages that cannot be read are taken for empty, and what was in them is gone without a word.
 * Source: PostgreSQL manual, 20.17 Developer Options, zero_damaged_pages.
 */
export function skipBroken(table: string): Line {
  return {
    say: `Let the server take the broken pages of ${table} for empty.`,
    ...printed(
      psql(`SET client_min_messages = error;\nSET zero_damaged_pages = on;\nVACUUM FULL ${qualified(table)};`),
    ),
    uses: placesOf("production"),
    destroys: true,
  };
}

export function runSql(say: string, text: string): Line {
  return { say, ...printed(psql(text)), uses: placesOf("production"), destroys: true };
}

export function runSqlInSibling(say: string, text: string): Line {
  return {
    say,
    ...printed(new Feed({ client: PSQL, database: '-d "$SIBLING"', text })),
    uses: ["PGHOST", "SIBLING"],
    destroys: true,
  };
}
