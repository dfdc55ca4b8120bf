/** What can be asked of a PostgreSQL database: whether tables are there and hold rows, heartbeats, size, orphans. */
import type { Line } from "../../parts.ts";
import { qualified, question, regclass } from "./client.ts";

export const USER_SCHEMA = `n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'`;

/** `schema.table`, as `listTables` prints it. */
export function fullName(table: string): string {
  return table.includes(".") ? table : `public.${table}`;
}

export function countRows(table: string): Line {
  return question(
    `Count the rows of ${table}.`,
    `SELECT to_regclass(${regclass(table)}) IS NULL AS missing \\gset
\\if :missing
  \\echo missing
\\else
  SELECT count(*) FROM ${qualified(table)};
\\endif`,
  );
}

export function tableExists(table: string): Line {
  return question(
    `Ask whether ${table} is there.`,
    `SELECT CASE WHEN to_regclass(${regclass(table)}) IS NULL
  THEN 'no' ELSE 'yes' END;`,
  );
}

export function newestHeartbeat(database: "production" | "side"): Line {
  return question(
    `Read the newest heartbeat in the ${database} database.`,
    `COPY (
  SELECT (extract(epoch FROM max(beat_at)) * 1000)::bigint, count(*)
  FROM fogbell.heartbeat HAVING count(*) > 0
) TO STDOUT;`,
    database,
  );
}

export function databaseSize(): Line {
  return question("Ask how large the database is.", "SELECT pg_database_size(current_database());");
}

/** Foreign keys that are not validated, with the rows that keep them so. */
export function orphans(): Line {
  return question(
    "Count the rows that keep a foreign key from being validated.",
    `
SET search_path = '';
SELECT format(
  'COPY (SELECT %L, %L, %L, count(*), count(DISTINCT (%s)) FROM %s c WHERE NOT EXISTS (SELECT FROM %s p WHERE %s) AND %s) TO STDOUT',
  k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
  string_agg(format('c.%I', f.attname), ', ' ORDER BY x.at), k.conrelid::regclass, k.confrelid::regclass,
  string_agg(format('p.%I = c.%I', g.attname, f.attname), ' AND ' ORDER BY x.at),
  string_agg(format('c.%I IS NOT NULL', f.attname), ' AND ' ORDER BY x.at))
FROM pg_catalog.pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS x(child, parent, at)
JOIN pg_catalog.pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = x.child
JOIN pg_catalog.pg_attribute g ON g.attrelid = k.confrelid AND g.attnum = x.parent
WHERE k.contype = 'f' AND NOT k.convalidated
GROUP BY k.oid, k.conname, k.conrelid, k.confrelid
ORDER BY 1 \\gexec`,
  );
}
