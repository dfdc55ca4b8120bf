/** What a scenario and its probes ask of a PostgreSQL server beyond its rows: nothing here changes anything. */
import { printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { identifier, literal, placesOf, psql, qualified, regclass } from "./client.ts";

export const inSql = (name: string, what: "table" | "column"): string =>
  what === "column" ? identifier(name) : qualified(name);

export function askSql(text: string, database: "production" | "side"): Line {
  // For this one command: a shell that kept the setting could not be used to recover anything.
  const environment = "PGOPTIONS='-c default_transaction_read_only=on' \\\n ";
  return {
    say: "Ask the scenario's own question, unable to write.",
    ...printed(psql(text, database, "-At").with({ environment })),
    uses: placesOf(database),
    expect: "One number or word. Before you look, say aloud what you expect.",
    ifNot: "Write down both: what you expected and what you saw.",
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
