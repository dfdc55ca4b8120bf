/** Foreign keys of a PostgreSQL copy: each read against its parent, without trusting that the server once did. */
import type { Line } from "../../parts.ts";
import { question } from "./client.ts";

/** A key that is not validated was not valid where it comes from: no fault of the copy, and told. */
export function readKeys(): Line {
  return question(
    "Read every foreign key: has each row its parent?",
    `SET search_path = '';
SELECT 'read' || chr(9) || count(*) FROM pg_catalog.pg_constraint WHERE contype = 'f' AND convalidated;
SELECT format(
  'COPY (SELECT %L, %L, %L, %L, count(*) FROM %s c WHERE NOT EXISTS (SELECT FROM %s p WHERE %s) AND %s HAVING count(*) > 0 OR %L) TO STDOUT',
  CASE WHEN k.convalidated THEN 'broken' ELSE 'unchecked' END, k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
  k.conrelid::regclass, k.confrelid::regclass,
  string_agg(format('p.%I = c.%I', g.attname, f.attname), ' AND ' ORDER BY x.at),
  string_agg(format('c.%I IS NOT NULL', f.attname), ' AND ' ORDER BY x.at), NOT k.convalidated)
FROM pg_catalog.pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS x(child, parent, at)
JOIN pg_catalog.pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = x.child
JOIN pg_catalog.pg_attribute g ON g.attrelid = k.confrelid AND g.attnum = x.parent
WHERE k.contype = 'f'
GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, k.convalidated ORDER BY 1 \\gexec`,
  );
}
