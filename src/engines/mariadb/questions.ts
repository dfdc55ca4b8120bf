/** What can be asked of a MariaDB or MySQL database: its tables, rows' digests, catalogue, counters, heartbeats. */
import type { DigestRequest, Line } from "../../parts.ts";
import { client, execute, identifier, literal, question } from "./client.ts";
import type { Flavour } from "./flavour.ts";

const HERE = "TABLE_SCHEMA = DATABASE()";

/**
 * A row as one text that no other row has: each value with its length before it, and NULL apart from everything. A FLOAT
 * is its six digits: a dump carries no more, and compared by more every row of a clean one would be called altered.
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
      FROM information_schema.COLUMNS WHERE ${HERE} AND TABLE_NAME = ${literal(table)}) c
    WHERE ${which}) c)`;
}

/**
 * The statement that reads a table as digests: bucket `b`, key `k` and row `r`, both 16 hexadecimal digits. The bucket
 * has a function of its own, because a number out of MD5's digits takes longer than MD5. Measured on 90,000 rows: 0.3 s
 * in place of 0.6 s.
 * NULL when there is no such table, which is an answer and not an error.
 */
function digests({ table, buckets, keyColumns }: DigestRequest, around: (rows: string) => string): string {
  const isKey = keyColumns.length === 0 ? "TRUE" : `c.COLUMN_NAME IN (${keyColumns.map(literal).join(", ")})`;
  const key = textOfColumns(table, isKey);
  const row = textOfColumns(table, "TRUE");
  const [before = "", after = ""] = around("\u0000").split("\u0000");
  return `SELECT CONCAT(${literal(before)}, 'SELECT CRC32(', ${key}, ') % ${buckets} AS b,
  LEFT(MD5(', ${key}, '), 16) AS k, LEFT(MD5(', ${row}, '), 16) AS r FROM ', ${literal(identifier(table))}, ${literal(after)})`;
}

/** Everything that can be asked, for one of the two. */
export function questionsOf(flavour: Flavour) {
  const ask = (say: string, text: string, destination?: "production" | "side") =>
    question(flavour, say, text, destination);

  const listTables = (): Line =>
    ask(
      "List every table and its key.",
      `
SELECT t.TABLE_NAME, 'text', COALESCE(t.TABLE_ROWS, 0), COALESCE((
  SELECT CONCAT('[', GROUP_CONCAT(JSON_QUOTE(i.COLUMN_NAME) ORDER BY i.SEQ_IN_INDEX SEPARATOR ','), ']')
  FROM information_schema.STATISTICS i
  WHERE i.TABLE_SCHEMA = t.TABLE_SCHEMA AND i.TABLE_NAME = t.TABLE_NAME AND i.INDEX_NAME = 'PRIMARY'), '[]')
FROM information_schema.TABLES t
WHERE t.${HERE} AND t.TABLE_TYPE = 'BASE TABLE' ORDER BY 1;`,
    );

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
    const line = ask(`Digest the rows of ${request.table} by key.`, text);
    // Row by row: the client would hold a large answer in memory.
    return {
      ...line,
      script: line.script.replace(client(flavour, "production"), client(flavour, "production", "--quick")),
    };
  };

  const ifThere = (table: string, statement: string) =>
    `SELECT ${literal(statement)} FROM information_schema.TABLES WHERE ${HERE} AND TABLE_NAME = ${literal(table)}`;

  return {
    listTables,
    bucketDigests,
    keyDigests,
    catalogue: (): Line =>
      ask("List every constraint, index, trigger, view, event, grant and column.", catalogue(flavour)),
    sequences: (): Line => ask("Compare every automatic counter with the numbers in use.", counters()),
    orphans: (): Line => ask("Count the rows that stand against a foreign key.", execute(orphanCounts())),
    countRows: (table: string): Line =>
      ask(
        `Count the rows of ${table}.`,
        `SELECT 'missing' WHERE NOT EXISTS (${ifThere(table, "")});
${execute(ifThere(table, `SELECT COUNT(*) FROM ${identifier(table)}`))}`,
      ),
    tableExists: (table: string): Line =>
      ask(`Ask whether ${table} is there.`, `SELECT IF(EXISTS (${ifThere(table, "")}), 'yes', 'no');`),
    newestHeartbeat: (database: "production" | "side"): Line =>
      ask(
        `Read the newest heartbeat in the ${database} database.`,
        `SELECT CAST(UNIX_TIMESTAMP(MAX(beat_at)) * 1000 AS SIGNED), COUNT(*)
FROM fogbell_heartbeat HAVING COUNT(*) > 0;`,
        database,
      ),
    databaseSize: (): Line =>
      ask(
        "Ask how large the database is.",
        `SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0) FROM information_schema.TABLES WHERE ${HERE};`,
      ),
    fullName: (table: string): string => table,
  };
}

/** Columns of a key in their order, as one text; `q` quotes them for use in a statement. */
const columnsOf = (column: string, alias = "u") =>
  `GROUP_CONCAT(CONCAT('\`', REPLACE(${alias}.${column}, '\`', '\`\`'), '\`') ORDER BY ${alias}.ORDINAL_POSITION SEPARATOR ', ')`;

/** Foreign keys with what their statements need: child, parent, columns, and how they are matched. */
const FOREIGN_KEYS = `SELECT u.CONSTRAINT_NAME AS name, u.TABLE_NAME AS child, u.REFERENCED_TABLE_NAME AS parent,
    ${columnsOf("COLUMN_NAME")} AS columns, ${columnsOf("REFERENCED_COLUMN_NAME")} AS referenced,
    GROUP_CONCAT(CONCAT('p.\`', u.REFERENCED_COLUMN_NAME, '\` = c.\`', u.COLUMN_NAME, '\`') SEPARATOR ' AND ') AS matched,
    GROUP_CONCAT(CONCAT('c.\`', u.COLUMN_NAME, '\` IS NOT NULL') SEPARATOR ' AND ') AS told,
    GROUP_CONCAT(CONCAT('c.\`', u.COLUMN_NAME, '\`') SEPARATOR ', ') AS lost,
    EXISTS (SELECT 1 FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = u.REFERENCED_TABLE_NAME) AS has_parent
  FROM information_schema.KEY_COLUMN_USAGE u
  WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_NAME IS NOT NULL
  GROUP BY u.CONSTRAINT_NAME, u.TABLE_NAME, u.REFERENCED_TABLE_NAME`;

const against = `' FROM \`', f.child, '\` c WHERE NOT EXISTS (SELECT 1 FROM \`', f.parent, '\` p WHERE ', f.matched, ') AND ', f.told`;

/**
 * Rows without their parent. A key is checked when a row is written and never again: tables that were loaded with the
 * checks off, as every dump does, can hold such rows under a key that looks whole.
 */
export function orphanCounts(where = "TRUE"): string {
  return `SELECT GROUP_CONCAT(CONCAT('SELECT * FROM (SELECT ''', f.name, ''', ''', f.child, ''', ''', f.parent,
    ''', COUNT(*) AS rows_lost, COUNT(DISTINCT ', f.lost, ') AS parents_lost', ${against}, ') x WHERE rows_lost > 0')
  ORDER BY f.child, f.name SEPARATOR ' UNION ALL ') FROM (${FOREIGN_KEYS}) f WHERE f.has_parent AND ${where}`;
}

/** A foreign key that rows stand against is told as not valid, as other systems do by themselves. */
const FOREIGN_KEY_LINES = `SELECT GROUP_CONCAT(CONCAT('SELECT ''constraint'', ''', f.child, '.', f.name, ''', CONCAT(''FOREIGN KEY (',
    REPLACE(f.columns, '''', ''''''), ') REFERENCES ', f.parent, ' (', f.referenced, ') ',
    (SELECT CONCAT(r.UPDATE_RULE, ' ', r.DELETE_RULE) FROM information_schema.REFERENTIAL_CONSTRAINTS r
      WHERE r.CONSTRAINT_SCHEMA = DATABASE() AND r.TABLE_NAME = f.child AND r.CONSTRAINT_NAME = f.name),
    ''', ', IF(f.has_parent, CONCAT('IF(EXISTS (SELECT 1', ${against}, '), '' NOT VALID'', '''')'), ''' NOT VALID'''), ')')
  ORDER BY f.child, f.name SEPARATOR ' UNION ALL ') FROM (${FOREIGN_KEYS}) f`;

/** Every object that a dump should bring back, one line each, with nothing in it that differs between equal copies. */
function catalogue(flavour: Flavour): string {
  return `
SELECT 'table', TABLE_NAME, CONCAT_WS(' ', ENGINE, TABLE_COLLATION, CREATE_OPTIONS, MD5(TABLE_COMMENT))
  FROM information_schema.TABLES WHERE ${HERE} AND TABLE_TYPE = 'BASE TABLE'
UNION ALL SELECT 'column', CONCAT(c.TABLE_NAME, '.', c.COLUMN_NAME),
  CONCAT_WS(' ', COLUMN_TYPE, IS_NULLABLE, COALESCE(COLUMN_DEFAULT, 'no default'), EXTRA, COLLATION_NAME, MD5(GENERATION_EXPRESSION))
  FROM information_schema.COLUMNS c JOIN information_schema.TABLES t
    ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE'
  WHERE c.${HERE}
UNION ALL SELECT 'constraint', CONCAT(k.TABLE_NAME, '.', k.CONSTRAINT_NAME),
  CONCAT(k.CONSTRAINT_TYPE, ' (', ${columnsOf("COLUMN_NAME")}, ')')
  FROM information_schema.TABLE_CONSTRAINTS k JOIN information_schema.KEY_COLUMN_USAGE u
    ON u.TABLE_SCHEMA = k.TABLE_SCHEMA AND u.TABLE_NAME = k.TABLE_NAME AND u.CONSTRAINT_NAME = k.CONSTRAINT_NAME
  WHERE k.${HERE} AND k.CONSTRAINT_TYPE IN ('PRIMARY KEY', 'UNIQUE')
  GROUP BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.CONSTRAINT_TYPE
UNION ALL SELECT 'constraint', CONCAT(k.TABLE_NAME, '.', k.CONSTRAINT_NAME), CONCAT('CHECK ', c.CHECK_CLAUSE)
  FROM information_schema.TABLE_CONSTRAINTS k JOIN information_schema.CHECK_CONSTRAINTS c ON ${flavour.joinChecks}
  WHERE k.${HERE} AND k.CONSTRAINT_TYPE = 'CHECK'
UNION ALL SELECT 'index', CONCAT(TABLE_NAME, '.', INDEX_NAME), CONCAT_WS(' ', INDEX_TYPE, NON_UNIQUE,
    GROUP_CONCAT(CONCAT_WS(' ', COLUMN_NAME, SUB_PART, COLLATION) ORDER BY SEQ_IN_INDEX SEPARATOR ', '))
  FROM information_schema.STATISTICS WHERE ${HERE} GROUP BY TABLE_NAME, INDEX_NAME, INDEX_TYPE, NON_UNIQUE
UNION ALL SELECT 'trigger', CONCAT(EVENT_OBJECT_TABLE, '.', TRIGGER_NAME),
  CONCAT_WS(' ', ACTION_TIMING, EVENT_MANIPULATION, DEFINER, MD5(ACTION_STATEMENT))
  FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
UNION ALL SELECT 'view', TABLE_NAME, CONCAT_WS(' ', DEFINER, SECURITY_TYPE, CHECK_OPTION, MD5(VIEW_DEFINITION))
  FROM information_schema.VIEWS WHERE ${HERE}
UNION ALL SELECT 'function', CONCAT(ROUTINE_TYPE, ' ', ROUTINE_NAME), CONCAT_WS(' ', DEFINER, SECURITY_TYPE, MD5(ROUTINE_DEFINITION))
  FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
UNION ALL SELECT 'event', EVENT_NAME, CONCAT_WS(' ', DEFINER, EVENT_TYPE, INTERVAL_VALUE, INTERVAL_FIELD, STATUS, MD5(EVENT_DEFINITION))
  FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
UNION ALL SELECT 'grant', CONCAT('database ', GRANTEE, ' ', PRIVILEGE_TYPE), IS_GRANTABLE
  FROM information_schema.SCHEMA_PRIVILEGES WHERE ${HERE}
UNION ALL SELECT 'grant', CONCAT(TABLE_NAME, ' ', GRANTEE, ' ', PRIVILEGE_TYPE), IS_GRANTABLE
  FROM information_schema.TABLE_PRIVILEGES WHERE ${HERE}
UNION ALL SELECT 'grant', CONCAT(TABLE_NAME, '.', COLUMN_NAME, ' ', GRANTEE, ' ', PRIVILEGE_TYPE), IS_GRANTABLE
  FROM information_schema.COLUMN_PRIVILEGES WHERE ${HERE}
ORDER BY 1, 2, 3;
${execute(FOREIGN_KEY_LINES)}`;
}

/** The next number of each counter, against the highest in its column and in every column that refers to it. */
function counters(where = "TRUE"): string {
  return execute(highest(where));
}

/** One statement over all counters: name, last number handed out, table, column, highest in use. */
export function highest(where: string): string {
  return `SELECT GROUP_CONCAT(CONCAT('SELECT ''', t.TABLE_NAME, '.', c.COLUMN_NAME, ''', ', t.AUTO_INCREMENT - 1, ', ''', t.TABLE_NAME, ''', ''', c.COLUMN_NAME,
    ''', GREATEST(COALESCE((SELECT MAX(\`', c.COLUMN_NAME, '\`) FROM \`', t.TABLE_NAME, '\`), 0)', COALESCE((
      SELECT GROUP_CONCAT(CONCAT(', COALESCE((SELECT MAX(\`', u.COLUMN_NAME, '\`) FROM \`', u.TABLE_NAME, '\`), 0)') SEPARATOR '')
      FROM information_schema.KEY_COLUMN_USAGE u
      WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_NAME = t.TABLE_NAME AND u.REFERENCED_COLUMN_NAME = c.COLUMN_NAME), ''), ', 0) AS used')
    ORDER BY t.TABLE_NAME SEPARATOR ' UNION ALL ')
  FROM information_schema.TABLES t JOIN information_schema.COLUMNS c
    ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.EXTRA LIKE '%auto_increment%'
  WHERE t.${HERE} AND t.AUTO_INCREMENT IS NOT NULL AND ${where}`;
}
