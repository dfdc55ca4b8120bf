/** Where every sequence of a PostgreSQL database stands, against the numbers that rows have. */
import type { Line } from "../../parts.ts";
import { question } from "./client.ts";
import { USER_SCHEMA } from "./questions.ts";

/** The highest number in a column, as a whole one; nothing when there is none. */
const HIGHEST = "(SELECT NULLIF(floor(max(%I)::numeric), ''NaN'') FROM %s)";

/**
 * Columns that a sequence hands numbers to: those that own it, and those whose default takes the next of it. A default
 * that names its sequence as text leaves no trace in the catalogue but its own words.
 */
export const FED = `WITH fed AS (
  SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS attnum
  FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  UNION
  SELECT COALESCE(d.refobjid, to_regclass(x.named), to_regclass(quote_ident(n.nspname) || '.' || x.named),
    to_regclass('public.' || x.named)), f.adrelid, f.adnum
  FROM pg_catalog.pg_attrdef f
  JOIN pg_catalog.pg_class r ON r.oid = f.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
  CROSS JOIN LATERAL (SELECT pg_get_expr(f.adbin, f.adrelid) AS words) e
  CROSS JOIN LATERAL (SELECT substring(e.words FROM '^nextval\\(\\(?''((?:[^'']|'''')+)''::text') AS named) x
  LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.refobjid IN (SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'S')
  WHERE e.words LIKE 'nextval(%'
), numbered AS (
  SELECT f.sequence, f.relation, a.attname, f.attnum
  FROM fed f JOIN pg_catalog.pg_attribute a ON a.attrelid = f.relation AND a.attnum = f.attnum
  JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid AND ty.typcategory = 'N'
)`;

/**
 * A sequence that was never asked stands before its first number. One that goes down, or begins again at its end, is not
 * held against the numbers in use, and neither is one that no column is known to take from: the last field is its value.
 */
export function sequences(): Line {
  return question(
    "Compare every sequence with the numbers in use.",
    `
SET search_path = '';
${FED}
SELECT format(
  'COPY (SELECT %L, s.value, %L, %L, %s, %L FROM (SELECT CASE WHEN is_called THEN last_value ELSE last_value - %s END AS value FROM %s) s) TO STDOUT',
  q.seqrelid::regclass::text, u.tables, u.columns,
  CASE WHEN q.seqincrement < 0 OR q.seqcycle OR u.highest IS NULL THEN 's.value'
    ELSE format('GREATEST(%s)', u.highest) END,
  CASE WHEN q.seqincrement < 0 THEN 'down' WHEN q.seqcycle THEN 'round' ELSE 'up' END,
  q.seqincrement, q.seqrelid::regclass)
FROM pg_catalog.pg_sequence q
JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT min(f.relation::regclass::text) AS tables, min(f.attname) AS columns,
    string_agg(concat_ws(', ',
      format('${HIGHEST}', f.attname, f.relation::regclass),
      (SELECT string_agg(format('${HIGHEST}', g.attname, k.conrelid::regclass), ', ')
       FROM pg_catalog.pg_constraint k
       JOIN pg_catalog.pg_attribute g ON g.attrelid = k.conrelid AND g.attnum = k.conkey[1]
       JOIN pg_catalog.pg_type ty ON ty.oid = g.atttypid AND ty.typcategory = 'N'
       WHERE k.contype = 'f' AND k.confrelid = f.relation AND k.confkey = ARRAY[f.attnum::smallint])), ', ') AS highest
  FROM numbered f WHERE f.sequence = q.seqrelid
) u
WHERE ${USER_SCHEMA}
ORDER BY 1 \\gexec`,
  );
}
