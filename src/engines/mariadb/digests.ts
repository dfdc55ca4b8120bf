/** Rows of a MariaDB or MySQL database as numbers, of which two are the same only when the rows are identical. */
import type { DigestRequest, Line } from "../../parts.ts";
import { TABLES_OF_ROWS } from "./catalogue.ts";
import { execute, identifier, literal, question, ROW_BY_ROW } from "./client.ts";
import type { Flavour } from "./flavour.ts";

const HERE = "TABLE_SCHEMA = DATABASE()";

/**
 * A row as one text that no other row has: each value with its length before it, and NULL apart from everything. A FLOAT
 * is its six digits: a dump carries no more, and compared by more every row of a clean one would be called altered. When a
 * row was written is the server's own to say, where it keeps history: a restore writes it anew.
 */
const AS_TEXT = `CASE
    WHEN DATA_TYPE = 'double' THEN CONCAT('CAST(', c.q, ' AS DOUBLE)')
    ELSE c.q END`;

/** An expression over the columns of a table that are named by `which`, for use inside `execute`. */
function textOfColumns(table: string, which: string): string {
  return `(SELECT CONCAT('CONCAT(', GROUP_CONCAT(
    'IFNULL(CONCAT(LENGTH(', c.v, '), '':'', CAST(', c.v, ' AS BINARY)), ''-'')'
    ORDER BY c.ORDINAL_POSITION SEPARATOR ', '), ')')
  FROM (SELECT c.ORDINAL_POSITION, ${AS_TEXT} AS v
    FROM (SELECT ORDINAL_POSITION, DATA_TYPE,
        CONCAT('\`', REPLACE(COLUMN_NAME, '\`', '\`\`'), '\`') AS q, COLUMN_NAME
      FROM information_schema.COLUMNS WHERE ${HERE} AND TABLE_NAME = ${literal(table)}
        AND COALESCE(GENERATION_EXPRESSION, '') NOT IN ('ROW START', 'ROW END')) c
    WHERE ${which}) c)`;
}

/**
 * The statement that reads a table as digests: bucket `b`, key `k` and row `r`, both 16 hexadecimal digits, by the one
 * function that every server of the family has: MySQL took MD5 and SHA1 out in 9.6. The bucket has a function of its own,
 * because a number out of a digest's digits takes longer than the digest.
 * NULL when there is no such table, which is an answer and not an error.
 */
function digests({ table, buckets, keyColumns }: DigestRequest, around: (rows: string) => string): string {
  const isKey = keyColumns.length === 0 ? "TRUE" : `c.COLUMN_NAME IN (${keyColumns.map(literal).join(", ")})`;
  const key = textOfColumns(table, isKey);
  const row = textOfColumns(table, "TRUE");
  const [before = "", after = ""] = around("\u0000").split("\u0000");
  return `SELECT CONCAT(${literal(before)}, 'SELECT CRC32(', ${key}, ') % ${buckets} AS b,
  LEFT(SHA2(', ${key}, ', 256), 16) AS k,
  LEFT(SHA2(', ${row}, ', 256), 16) AS r FROM ', ${literal(identifier(table))}, ${literal(after)})`;
}

const TABLES_AND_KEYS = `
SELECT t.TABLE_NAME, 'text', COALESCE(t.TABLE_ROWS, 0), COALESCE((
  SELECT CONCAT('[', GROUP_CONCAT(JSON_QUOTE(i.COLUMN_NAME) ORDER BY i.SEQ_IN_INDEX SEPARATOR ','), ']')
  FROM information_schema.STATISTICS i
  WHERE i.TABLE_SCHEMA = t.TABLE_SCHEMA AND i.TABLE_NAME = t.TABLE_NAME AND i.INDEX_NAME = 'PRIMARY'), '[]')
FROM information_schema.TABLES t
WHERE t.${HERE} AND t.${TABLES_OF_ROWS} ORDER BY 1;`;

/** What the ledger is recorded by, for one of the two. */
export function digestsOf(flavour: Flavour) {
  const ask = (say: string, text: string, destination?: "production" | "side", flags?: string) =>
    question(flavour, say, text, destination, flags);

  const listTables = (): Line => ask("List every table and its key.", TABLES_AND_KEYS);

  const bucketDigests = (requests: readonly DigestRequest[]): Line =>
    ask(
      "Digest every row, summed by bucket.",
      requests
        .map((request) =>
          execute(
            digests(
              request,
              (rows) =>
                `SELECT ${literal(request.table)}, b, COUNT(*), SUM(CAST(CONV(r, 16, 10) AS UNSIGNED)) FROM (${rows}) e GROUP BY b ORDER BY b`,
            ),
          ),
        )
        .join("\n"),
    );

  const keyDigests = (request: DigestRequest, buckets?: readonly number[]): Line => {
    const only = buckets === undefined ? "" : ` WHERE b IN (${[...buckets, -1].join(", ")})`;
    const text = execute(
      digests(
        request,
        (rows) => `SELECT CONCAT(LOWER(LPAD(HEX(b), 8, '0')), k, r) FROM (${rows}) e${only} ORDER BY b, k, r`,
      ),
    );
    // Row by row: the client would hold a large answer in memory.
    return ask(`Digest the rows of ${request.table} by key.`, text, "production", ROW_BY_ROW);
  };

  return { listTables, bucketDigests, keyDigests };
}
