/**
 * Rows of a PostgreSQL database as numbers. Two rows have the same number when they are *identical*, not when the types
 * call them equal: `1.50` and `1.5`, `0` and `-0`, a month and thirty days, `anna` and `ANNA` under a collation that takes
 * one for the other are all different rows.
 */
import type { DigestRequest, Line } from "../../parts.ts";
import { literal, qualified, question, regclass } from "./client.ts";
import { USER_SCHEMA } from "./questions.ts";

/** Large objects lie in no table of anybody's: they are digested under the name of the catalogue that holds their pages. */
export const LARGE_OBJECTS = "pg_catalog.pg_largeobject";

/** Types of which two values are identical whenever they are equal; only then does a type's own hash tell them apart. */
const EXACT = [
  "bool",
  "bytea",
  "char",
  "name",
  "int2",
  "int4",
  "int8",
  "text",
  "varchar",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
  "macaddr",
  "oid",
];

/** Likewise when the column says how long it is, or how many digits it has: values are stored filled up to that. */
const EXACT_WHEN_SIZED = ["bpchar", "numeric"];

/** Types that print their value exactly, by an output function that `::text` calls. */
const PRINTED = ["float4", "float8", "interval", "json", "jsonb", "numeric"];

const oneOf = (types: readonly string[]) => `ty.typname IN (${types.map(literal).join(", ")})`;
const OWN = "ty.typnamespace = 'pg_catalog'::regnamespace";

/**
 * What stands for one column in the record that is hashed. Bytes are compared under "C"; a value whose type has no exact
 * hash goes in as what its output function prints, which is what a dump carries of it.
 */
const COLUMN = `CASE
    WHEN ${OWN} AND (${oneOf(EXACT)} OR a.atttypmod >= 0 AND ${oneOf(EXACT_WHEN_SIZED)})
      THEN format('t.%I', a.attname) || CASE WHEN COALESCE(co.collisdeterministic, true) THEN '' ELSE ' COLLATE "C"' END
    WHEN ${OWN} AND ${oneOf(PRINTED)} THEN format('t.%I::text COLLATE "C"', a.attname)
    ELSE format('ROW(t.%I)::text COLLATE "C"', a.attname) END`;

/** A whole table whose columns are all exact as they are is hashed as it is: that is fastest. */
const hashed = (columns: string) => `'hash_record_extended(ROW(' || ${columns} || '), 0)'`;

/** Values print the same in every session, so that digests compare. */
const STABLE_TEXT = `SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601';
SET bytea_output = 'hex'; SET extra_float_digits = 1; SET lc_monetary = 'C'; SET xmloption = 'content';
SET search_path = '';`;

/**
 * A large object by its pages, in any order. A page that was never written and one of zeros are the same to whoever reads
 * it, and a dump makes the one into the other.
 */
const LARGE_OBJECT_ROWS = `SELECT hash_record_extended(ROW(m.oid), 0) AS k,
  hash_record_extended(ROW(m.oid, COALESCE(max(p.pageno * 2048::bigint + length(p.data)), 0),
    sum(hash_record_extended(ROW(p.pageno, rtrim(p.data, '\\x00'::bytea)), 0)::numeric)
      FILTER (WHERE rtrim(p.data, '\\x00'::bytea) <> ''::bytea)), 0) AS r
FROM pg_catalog.pg_largeobject_metadata m LEFT JOIN pg_catalog.pg_largeobject p ON p.loid = m.oid GROUP BY m.oid`;

/** Tables that hold rows themselves (partitions, not their parents), and large objects where they may be read. */
export function listTables(): Line {
  return question(
    "List every table, its key and how it can be digested.",
    `
COPY (
  SELECT n.nspname || '.' || c.relname, 'record', GREATEST(c.reltuples, 0)::bigint,
    COALESCE((
      SELECT jsonb_agg(k.attname ORDER BY x.at)
      FROM pg_index i
      CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS x(num, at)
      JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = x.num
      WHERE i.indrelid = c.oid AND i.indisprimary), '[]')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${USER_SCHEMA}
  UNION ALL
  SELECT ${literal(LARGE_OBJECTS)}, 'record', count(*), '["loid"]'
  FROM pg_largeobject_metadata
  HAVING count(*) > 0 AND has_table_privilege(${literal(LARGE_OBJECTS)}, 'SELECT')
  ORDER BY 1
) TO STDOUT;`,
  );
}

/** The bucket of a key: its digest without the sign bit, modulo the number of buckets. */
function bucketOf(request: DigestRequest): string {
  return `(k & 9223372036854775807) % ${request.buckets}`;
}

/**
 * Sends one statement a table, only when the table exists: a missing table is an answer, not an error. `around` puts a
 * statement around `SELECT … AS k, … AS r FROM …`, two numbers a row: one of its key, one of all of it.
 */
function statements(requests: readonly DigestRequest[], around: (request: DigestRequest, rows: string) => string) {
  const own = requests.filter(({ table }) => table === LARGE_OBJECTS);
  const tables = requests.filter(({ table }) => table !== LARGE_OBJECTS);
  const values = tables.map((request, at) => {
    const [before = "", after = ""] = around(request, "\u0000").split("\u0000");
    const from = ` AS r FROM ONLY ${qualified(request.table)} t${after}`;
    const key = `ARRAY[${request.keyColumns.map(literal).join(", ")}]::text[]`;
    return `(${at}, to_regclass(${regclass(request.table)}), ${key}, ${literal(`${before}SELECT `)}, ${literal(from)})`;
  });
  const written =
    values.length === 0
      ? []
      : [
          `SELECT q.before || COALESCE(${hashed("e.key")}, e.record) || ' AS k, ' || e.record || q.after
FROM (VALUES
${values.join(",\n")}
) AS q(at, relation, key, before, after)
CROSS JOIN LATERAL (
  SELECT string_agg(c.written, ', ' ORDER BY c.attnum) FILTER (WHERE c.attname::text = ANY (q.key)) AS key,
    CASE WHEN COALESCE(bool_and(c.is_plain), true) THEN 'hash_record_extended(t, 0)'
      ELSE ${hashed("string_agg(c.written, ', ' ORDER BY c.attnum)")} END AS record
  FROM (
    SELECT a.attnum, a.attname, w.written, w.written = format('t.%I', a.attname) AS is_plain
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    CROSS JOIN LATERAL (SELECT ${COLUMN} AS written) w
    WHERE a.attrelid = q.relation AND a.attnum > 0 AND NOT a.attisdropped) c
) e
WHERE q.relation IS NOT NULL ORDER BY q.at \\gexec`,
        ];
  return [...written, ...own.map((request) => `${around(request, LARGE_OBJECT_ROWS)};`)].join("\n");
}

/**
 * Lets every processor take part. The planner takes the number of buckets for the number of rows, because it has no
 * statistics of an expression, and then sums in one process; behind a union it assumes few. Measured: half the time.
 */
const IN_PARALLEL = `SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0; SET jit = off; SET work_mem = '128MB';`;
const UNION_OF_NOTHING = "UNION ALL SELECT 0::bigint, 0::bigint FROM pg_catalog.pg_class WHERE relname = ''";

export function bucketDigests(requests: readonly DigestRequest[]): Line {
  const sums = statements(requests, (request, digests) => {
    const rows = `SELECT ${bucketOf(request)} AS b, r FROM (${digests}) d ${UNION_OF_NOTHING}`;
    return `COPY (SELECT ${literal(request.table)}, b, count(*), sum(r) FROM (${rows}) e GROUP BY b ORDER BY b) TO STDOUT`;
  });
  return question("Digest every row, summed by bucket.", `${STABLE_TEXT}\n${IN_PARALLEL}\n${sums}`);
}

export function keyDigests(request: DigestRequest, buckets?: readonly number[]): Line {
  const only = buckets === undefined ? "" : ` WHERE b = ANY ('{${buckets.join(",")}}'::bigint[])`;
  const hex = (column: string, width: number) => `lpad(to_hex(${column}), ${width}, '0')`;
  const sql = statements(
    [request],
    (one, digests) =>
      `COPY (SELECT ${hex("b", 8)} || ${hex("k", 16)} || ${hex("r", 16)} ` +
      `FROM (SELECT ${bucketOf(one)} AS b, k, r FROM (${digests}) d) e${only} ORDER BY b, k, r) TO STDOUT`,
  );
  return question(`Digest the rows of ${request.table} by key.`, `${STABLE_TEXT}\nSET work_mem = '256MB';\n${sql}`);
}
