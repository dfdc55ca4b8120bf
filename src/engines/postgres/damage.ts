/** How a PostgreSQL database is hurt on purpose. */
import { Feed, printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { identifier, literal, PSQL, placesOf, psql, qualified, regclass } from "./psql.ts";

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

export const inSql = (name: string, what: "table" | "column"): string =>
  what === "column" ? identifier(name) : qualified(name);

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

export function askSql(text: string, database: "production" | "side"): Line {
  // For this one command: a shell that kept the setting could not be used to recover anything.
  const environment = "PGOPTIONS='-c default_transaction_read_only=on' \\\n ";
  return {
    say: "Ask the scenario's own question, unable to write.",
    ...printed(psql(text, database, "-At").with({ environment })),
    uses: placesOf(database),
    expect: "One number or word. Say aloud what you expect before you look.",
    ifNot: "Write down both, what you expected and what you saw.",
    destroys: false,
  };
}

export function databaseExists(): Line {
  return {
    say: "Ask whether the application's database is there.",
    ...printed(
      psql(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = :'db') THEN 'yes' ELSE 'no' END;",
        "server",
        '-At -v db="$PGDATABASE"',
      ),
    ),
    uses: ["PGHOST", "PGDATABASE"],
    destroys: false,
  };
}

/** Asked as an administrator, because the application is kept out until it is let in again. */
export function canLogIn(role: string): Line {
  return {
    say: `Ask whether ${role} may log in to the application's database.`,
    ...printed(
      psql(
        `SELECT CASE WHEN EXISTS (
  SELECT FROM pg_roles r JOIN pg_database d ON d.datname = :'db'
  WHERE r.rolname = ${literal(role)} AND r.rolcanlogin
    AND has_database_privilege(r.oid, d.oid, 'CONNECT'))
THEN 'yes' ELSE 'no' END;`,
        "server",
        '-At -v db="$PGDATABASE"',
      ),
    ),
    uses: ["PGHOST", "PGDATABASE"],
    destroys: false,
  };
}

/** Each row as text, so that values stored apart are fetched as well; an error ends one table and not the reading. */
export function readAll(table?: string): Line {
  const only = table === undefined ? "" : ` AND c.oid = ${regclass(table)}::regclass`;
  return {
    say: table === undefined ? "Read every table to its end." : `Read ${table} to its end.`,
    ...printed(
      psql(
        `
SET client_min_messages = error;
CREATE TEMP TABLE fogbell_read (name text, why text);
DO $$
DECLARE t record; n bigint;
BEGIN
  FOR t IN SELECT c.oid::regclass::text AS name FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_'
      AND n.nspname <> 'information_schema'${only}
  LOOP
    BEGIN
      EXECUTE format('SELECT sum(length(t::text)) FROM %s t', t.name) INTO n;
      INSERT INTO fogbell_read VALUES (t.name, NULL);
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO fogbell_read VALUES (t.name, SQLERRM);
    END;
  END LOOP;
END $$;
SELECT name || E'\\t' || why FROM fogbell_read WHERE why IS NOT NULL ORDER BY 1;
SELECT E'read\\t' || count(*) FROM fogbell_read;`,
        "production",
        "-At",
      ),
    ),
    uses: placesOf("production"),
    destroys: false,
  };
}
