/** What can be asked of a PostgreSQL database: its tables, rows' digests, catalogue, sequences, heartbeats. */
import type { DigestRequest, Line } from "../../parts.ts";
import { identifier, literal, qualified, question, regclass } from "./psql.ts";

export const USER_SCHEMA = `n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'`;

/**
 * Types with a hash function of their own. Anything else makes the whole table fall back to its text.
 * Source: pg_opclass of PostgreSQL 14 to 17; json, xml, point, money, bit and tsvector have none.
 */
const HASHABLE = [
  "bool",
  "bytea",
  "char",
  "name",
  "int2",
  "int4",
  "int8",
  "float4",
  "float8",
  "numeric",
  "text",
  "varchar",
  "bpchar",
  "date",
  "time",
  "timetz",
  "timestamp",
  "timestamptz",
  "interval",
  "uuid",
  "jsonb",
  "inet",
  "cidr",
  "macaddr",
  "oid",
];

/** `schema.table`, as `listTables` prints it. */
export function fullName(table: string): string {
  return table.includes(".") ? table : `public.${table}`;
}

/** Tables that hold rows themselves: partitions, not their parents. */
export function listTables(): Line {
  return question(
    "List every table, its key and how it can be digested.",
    `
COPY (
  SELECT n.nspname || '.' || c.relname,
    CASE WHEN bool_and(
      CASE WHEN e.typtype = 'd' THEN b.typname ELSE e.typname END
        IN (${HASHABLE.map(literal).join(", ")})) THEN 'record' ELSE 'text' END,
    GREATEST(c.reltuples, 0)::bigint,
    COALESCE((
      SELECT jsonb_agg(k.attname ORDER BY x.at)
      FROM pg_index i
      CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS x(num, at)
      JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = x.num
      WHERE i.indrelid = c.oid AND i.indisprimary), '[]')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END
  LEFT JOIN pg_type b ON b.oid = e.typbasetype
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${USER_SCHEMA}
  GROUP BY c.oid, n.nspname, c.relname, c.reltuples
  ORDER BY 1
) TO STDOUT;`,
  );
}

/** Dates and floats print the same in every session, so that the text digest compares. */
const STABLE_TEXT = `SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601';
SET bytea_output = 'hex'; SET extra_float_digits = 1;`;

/**
 * Two numbers a row: one of its key, one of all of it. Measured on 4 M rows: the record hash takes half the time of
 * hashing the text, and a quarter of md5.
 */
function digestOf(request: DigestRequest): string {
  const row = request.hash === "record" ? "hash_record_extended(t, 0)" : "hashtextextended(t::text, 0)";
  const columns = request.keyColumns.map((column) => `t.${identifier(column)}`);
  const key =
    columns.length === 0
      ? row
      : request.hash === "record"
        ? `hash_record_extended(ROW(${columns.join(", ")}), 0)`
        : `hashtextextended(ROW(${columns.join(", ")})::text, 0)`;
  return `SELECT ${key} AS k, ${row} AS r FROM ONLY ${qualified(request.table)} t`;
}

/** The bucket of a key: its digest without the sign bit, modulo the number of buckets. */
function bucketOf(request: DigestRequest): string {
  return `(k & 9223372036854775807) % ${request.buckets}`;
}

/** One statement a table, sent only when the table exists: a missing table is an answer, not an error. */
function ifTableExists(request: DigestRequest, sql: string): string {
  return `SELECT ${literal(sql)} WHERE to_regclass(${regclass(request.table)}) IS NOT NULL \\gexec`;
}

/**
 * Lets every processor take part. The planner takes the number of buckets for the number of rows, because it has no
 * statistics of an expression, and then sums in one process; behind a union it assumes few. Measured: half the time.
 */
const IN_PARALLEL = `SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0; SET jit = off; SET work_mem = '128MB';`;
const UNION_OF_NOTHING = "UNION ALL SELECT 0::bigint, 0::bigint FROM pg_catalog.pg_class WHERE relname = ''";

export function bucketDigests(requests: readonly DigestRequest[]): Line {
  const statements = requests.map((request) => {
    const rows = `SELECT ${bucketOf(request)} AS b, r FROM (${digestOf(request)}) d ${UNION_OF_NOTHING}`;
    const sums = `SELECT ${literal(request.table)}, b, count(*), sum(r) FROM (${rows}) e GROUP BY b ORDER BY b`;
    return ifTableExists(request, `COPY (${sums}) TO STDOUT`);
  });
  return question("Digest every row, summed by bucket.", `${STABLE_TEXT}\n${IN_PARALLEL}\n${statements.join("\n")}`);
}

export function keyDigests(request: DigestRequest, buckets?: readonly number[]): Line {
  const only = buckets === undefined ? "" : ` WHERE b = ANY ('{${buckets.join(",")}}'::bigint[])`;
  const hex = (column: string, width: number) => `lpad(to_hex(${column}), ${width}, '0')`;
  const sql =
    `COPY (SELECT ${hex("b", 8)} || ${hex("k", 16)} || ${hex("r", 16)} ` +
    `FROM (SELECT ${bucketOf(request)} AS b, k, r FROM (${digestOf(request)}) d) e${only} ORDER BY b, k, r) TO STDOUT`;
  return question(
    `Digest the rows of ${request.table} by key.`,
    `${STABLE_TEXT}\nSET work_mem = '256MB';\n${ifTableExists(request, sql)}`,
  );
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

/** Every object that a dump should bring back, one line each, with nothing in it that differs between equal copies. */
export function catalogue(): Line {
  return question(
    "List every constraint, index, trigger, view, policy, grant and column.",
    `
SET search_path = '';
COPY (
  WITH n AS (SELECT oid, nspname FROM pg_catalog.pg_namespace n WHERE ${USER_SCHEMA}),
  r AS (SELECT c.*, n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace)
  SELECT 'table', name, relkind::text || ' ' || relrowsecurity || ' ' || relforcerowsecurity
    FROM r WHERE relkind IN ('r', 'p')
  UNION ALL SELECT 'column', r.name || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || ' ' || a.attidentity::text || a.attgenerated::text
    FROM r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum WHERE r.relkind IN ('r', 'p')
  UNION ALL SELECT 'constraint', r.name || '.' || k.conname, pg_get_constraintdef(k.oid)
    FROM r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
  UNION ALL SELECT 'index', x.name, pg_get_indexdef(x.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
    FROM r x JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid
  UNION ALL SELECT 'trigger', r.name || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    FROM r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL SELECT 'view', name, pg_get_viewdef(oid) FROM r WHERE relkind IN ('v', 'm')
  UNION ALL SELECT 'rule', r.name || '.' || w.rulename, pg_get_ruledef(w.oid)
    FROM r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
  UNION ALL SELECT 'policy', r.name || '.' || p.polname, p.polcmd::text || p.polpermissive
      || COALESCE(' using ' || pg_get_expr(p.polqual, p.polrelid), '')
      || COALESCE(' check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
    FROM r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
  UNION ALL SELECT 'sequence', r.name, format_type(s.seqtypid, NULL) || ' ' || s.seqincrement || ' ' || s.seqmin || ' ' || s.seqmax || ' ' || s.seqcycle
    FROM r JOIN pg_catalog.pg_sequence s ON s.seqrelid = r.oid
  UNION ALL SELECT 'function', n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', md5(pg_get_functiondef(p.oid))
    FROM pg_catalog.pg_proc p JOIN n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p')
  UNION ALL SELECT 'comment', r.name || '.' || d.objsubid, md5(d.description)
    FROM r JOIN pg_catalog.pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_class'::regclass
  UNION ALL SELECT 'grant', r.name || ' owner', pg_get_userbyid(r.relowner) FROM r WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
  UNION ALL SELECT 'grant', r.name || ' ' || COALESCE(g.rolname, 'PUBLIC') || ' ' || x.privilege_type, x.is_grantable::text
    FROM r CROSS JOIN LATERAL aclexplode(r.relacl) x LEFT JOIN pg_catalog.pg_roles g ON g.oid = x.grantee
  UNION ALL SELECT 'grant', r.name || '.' || a.attname || ' ' || COALESCE(g.rolname, 'PUBLIC') || ' ' || x.privilege_type, x.is_grantable::text
    FROM r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid CROSS JOIN LATERAL aclexplode(a.attacl) x
    LEFT JOIN pg_catalog.pg_roles g ON g.oid = x.grantee
  ORDER BY 1, 2, 3
) TO STDOUT;`,
  );
}

/** For each sequence that a column owns: its value, and the highest number that any row still refers to. */
export function sequences(): Line {
  return question(
    "Compare every sequence with the numbers in use.",
    `
SET search_path = '';
SELECT format(
  'COPY (SELECT %L, (SELECT last_value FROM %s), %L, %L, GREATEST(%s)) TO STDOUT',
  s.oid::regclass::text, s.oid::regclass, t.oid::regclass::text, a.attname,
  concat_ws(', ',
    format('(SELECT max(%I)::bigint FROM %s)', a.attname, t.oid::regclass),
    (SELECT string_agg(format('(SELECT max(%I)::bigint FROM %s)', f.attname, k.conrelid::regclass), ', ')
     FROM pg_catalog.pg_constraint k
     JOIN pg_catalog.pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = k.conkey[1]
     WHERE k.contype = 'f' AND k.confrelid = t.oid AND k.confkey = ARRAY[a.attnum])))
FROM pg_catalog.pg_class s
JOIN pg_catalog.pg_depend d ON d.objid = s.oid AND d.classid = 'pg_catalog.pg_class'::regclass
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
WHERE s.relkind = 'S' AND ${USER_SCHEMA}
ORDER BY 1 \\gexec`,
  );
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
