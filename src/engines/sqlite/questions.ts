/** What can be asked of a SQLite database: its tables, rows' digests, counters, heartbeats. */
import type { DigestRequest, Line } from "../../parts.ts";
import { CATALOGUE } from "./catalogue.ts";
import {
  type Destination,
  fileOf,
  identifier,
  literal,
  named,
  PATIENT,
  placeOf,
  question,
  reading,
  TABLES,
  twice,
} from "./client.ts";
import { orphans } from "./foreign-keys.ts";
import { sequences } from "./sequences.ts";

/**
 * A value as text that no other value has. A REAL is its 15 digits: more of it is not kept by a dump. `quote` ends a text at
 * a byte of zero.
 */
const valueText = (column: string) =>
  `'CASE typeof(' || ${column} || ') WHEN ''real'' THEN printf(''%!.15g'', ' || ${column} || ')` +
  ` WHEN ''text'' THEN CASE WHEN instr(' || ${column} || ', char(0)) THEN ''z'' || hex(' || ${column} || ')` +
  ` ELSE quote(' || ${column} || ') END ELSE quote(' || ${column} || ') END'`;

/**
 * The expression that digests the columns which `which` names: SHA3-256 as capital hexadecimal digits. Two encodings of the
 * same text count as equal, so that text is digested as text where a file keeps it in sixteen bits.
 */
const digestOf = (table: string, which: string) => `(SELECT 'hex(sha3(' ||
    iif((SELECT encoding FROM pragma_encoding) = 'UTF-8', 'CAST(', '(') ||
    group_concat(v, ' || '','' || ') ||
    iif((SELECT encoding FROM pragma_encoding) = 'UTF-8', ' AS BLOB)', ')') || ', 256))'
  FROM (SELECT ${valueText(named("c.name"))} AS v
    FROM pragma_table_xinfo(${literal(table)}) c WHERE c.hidden <> 1 AND ${which} ORDER BY c.cid))`;

/** The bucket of a key, from the first digits of its digest. */
const bucketOf = (buckets: number) =>
  `(((unicode(k) * 71 + unicode(substr(k, 2))) * 71 + unicode(substr(k, 3))) * 71 + unicode(substr(k, 4))) % ${buckets}`;

/** Writes the statement that reads a table as digests: bucket `b`, key `k`, row `r`. Nothing when there is no such table. */
function digests({ table, buckets, keyColumns }: DigestRequest, around: (rows: string) => string): string {
  const isKey = keyColumns.length === 0 ? "TRUE" : `c.name IN (${keyColumns.map(literal).join(", ")})`;
  // Materialized: else each mention of a digest would digest the row again.
  const each = `WITH d (k, r) AS MATERIALIZED (SELECT \u0000, \u0000 FROM ${identifier(table)}) `;
  const rows = `SELECT ${bucketOf(buckets)} AS b, substr(k, 1, 16) AS k, substr(r, 1, 16) AS r FROM d`;
  const [before = "", between = "", after = ""] = `${each}${around(rows)}`.split("\u0000");
  return `SELECT ${literal(before)} || ${digestOf(table, isKey)} || ${literal(between)} || ${digestOf(table, "TRUE")} || ${literal(`${after};`)}
  WHERE EXISTS (SELECT 1 FROM ${TABLES} AND t.name = ${literal(table)});`;
}

const listTables = (): Line =>
  twice(
    "List every table and its key.",
    // So many numbers as there may be rows at most: nothing is counted.
    `SELECT 'SELECT ' || quote(t.name) || ', ''text'', ' ||
  iif(t.wr OR t.type = 'virtual', '1000', 'min(coalesce(max(rowid) - min(rowid) + 1, 0), (SELECT page_count * page_size / 16 FROM pragma_page_count, pragma_page_size))') || ', ' ||
  quote(coalesce((SELECT json_group_array(name) FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk)), '[]')) ||
  iif(t.wr OR t.type = 'virtual', '', ' FROM ' || ${named("t.name")}) || ';'
FROM ${TABLES} ORDER BY t.name;`,
  );

const bucketDigests = (requests: readonly DigestRequest[]): Line =>
  twice(
    "Digest every row, summed by bucket.",
    requests
      .map((one) =>
        digests(
          one,
          (rows) =>
            `SELECT ${literal(one.table)}, b, count(*), substr(hex(sha3(group_concat(k || r, ''), 256)), 1, 32) FROM (SELECT b, k, r FROM (${rows}) ORDER BY b, k, r) GROUP BY b ORDER BY b`,
        ),
      )
      .join("\n"),
  );

const keyDigests = (request: DigestRequest, buckets?: readonly number[]): Line => {
  const only = buckets === undefined ? "" : ` WHERE b IN (${[...buckets, -1].join(", ")})`;
  return twice(
    `Digest the rows of ${request.table} by key.`,
    digests(
      request,
      (rows) => `SELECT printf('%08x', b) || lower(k) || lower(r) FROM (${rows})${only} ORDER BY b, k, r`,
    ),
  );
};

const isThere = (table: string) => `SELECT 1 FROM ${TABLES} AND t.name = ${literal(table)}`;

/** Each table by itself: a file that is malformed ends the first question that comes upon it. */
const readAll = (table?: string): Line => ({
  say: table === undefined ? "Read every table and index to its end." : `Read ${table} and its indexes to their end.`,
  script: `${reading(`SELECT t.name FROM ${TABLES}${table === undefined ? "" : ` AND t.name = ${literal(table)}`};`)
    .with({ output: '>"$SCRATCH/tables"' })
    .print("&&")}
read=0 && while IFS= read -r table; do
  said=$(printf "PRAGMA integrity_check('%s');\\n" \\
    "$(printf %s "$table" | sed "s/'/''/g")" |
    sqlite3 -batch -bail -readonly -cmd '${PATIENT}' "$DATABASE" 2>&1)
  if [ "$said" = ok ]; then read=$((read + 1))
  else printf '%s\\t%s\\n' "$table" "$(printf %s "$said" | tail -n 1)"; fi
done <"$SCRATCH/tables"
printf 'read\\t%s\\n' "$read"`,
  uses: ["DATABASE", "SCRATCH"],
  destroys: false,
});

export const questions = {
  listTables,
  bucketDigests,
  keyDigests,
  orphans,
  readAll,
  catalogue: (): Line => twice("List every constraint, index, trigger, view and column.", CATALOGUE),
  sequences,
  countRows: (table: string): Line =>
    twice(
      `Count the rows of ${table}.`,
      `SELECT iif(EXISTS (${isThere(table)}), ${literal(`SELECT count(*) FROM ${identifier(table)};`)}, 'SELECT ''missing'';');`,
    ),
  tableExists: (table: string): Line =>
    question(`Ask whether ${table} is there.`, `SELECT iif(EXISTS (${isThere(table)}), 'yes', 'no');`),
  newestHeartbeat: (database: Destination): Line =>
    question(
      `Read the newest heartbeat in the ${database} database.`,
      "SELECT max(beat_at), count(*) FROM fogbell_heartbeat HAVING count(*) > 0;",
      database,
    ),
  databaseSize: (): Line =>
    question(
      "Ask how large the database is.",
      "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size;",
    ),
  databaseExists: (): Line => ({
    say: "Ask whether the file is there.",
    script: `if [ -f ${fileOf("production")} ]; then echo yes; else echo no; fi`,
    uses: [placeOf("production")],
    destroys: false,
  }),
};
