/** What the tables of a database that nobody described are to each other, so that a disaster can be about one of them. */
import type { Line } from "../../parts.ts";
import { question } from "./client.ts";
import { USER_SCHEMA } from "./questions.ts";

/** Tables of the foreign keys at one end of which the table stands. */
const others = (
  own: string,
  other: string,
) => `(SELECT COALESCE(json_agg(DISTINCT on_.nspname || '.' || o.relname), '[]')
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class o ON o.oid = k.${other}
    JOIN pg_catalog.pg_namespace on_ ON on_.oid = o.relnamespace
    WHERE k.contype = 'f' AND k.${own} = c.oid AND k.${other} <> c.oid)`;

/** Accounts that an application may use; predefined roles and those that replicate are none. */
export function surveyRoles(): Line {
  return question(
    "Ask which accounts may use the database.",
    `SELECT r.rolname FROM pg_catalog.pg_roles r
WHERE r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolreplication AND r.rolname ~ '^[a-z_][a-z0-9_]{0,31}$'
  AND has_database_privilege(r.oid, current_database(), 'CONNECT')
ORDER BY (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND ${USER_SCHEMA} AND has_table_privilege(r.oid, c.oid, 'SELECT')) DESC, r.rolname;`,
  );
}

/** Parts of a partitioned table come and go by themselves: none of them is asked for. */
export function survey(): Line {
  return question(
    "Ask what the tables are to each other.",
    `SET search_path = '';
SELECT concat_ws(chr(9), n.nspname || '.' || c.relname, ${others("confrelid", "conrelid")}, ${others("conrelid", "confrelid")},
  COALESCE((SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
    ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
      AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)), ''),
  (SELECT COALESCE(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND a.atttypid IN ('text'::regtype, 'varchar'::regtype) AND (a.atttypmod = -1 OR a.atttypmod >= 16)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey))))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relpersistence <> 't' AND ${USER_SCHEMA} ORDER BY 1;`,
  );
}
