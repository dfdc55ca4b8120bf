/** Where every counter of a MariaDB or MySQL database stands, against the numbers that rows have. */
import { execute } from "./client.ts";
import { quotedName } from "./foreign-keys.ts";

const HERE = "TABLE_SCHEMA = DATABASE()";
const highestIn = (table: string, column: string) =>
  `'COALESCE((SELECT MAX(', ${quotedName(column)}, ') FROM ', ${quotedName(table)}, '), 0)'`;

/** One statement over all counters: name, last number handed out, table, column, highest in use, and `more` columns. */
export function highest(where: string, more = ""): string {
  return `SELECT GROUP_CONCAT(CONCAT('SELECT ', QUOTE(CONCAT(t.TABLE_NAME, '.', c.COLUMN_NAME)), ', ', t.AUTO_INCREMENT - 1, ', ', QUOTE(t.TABLE_NAME), ', ', QUOTE(c.COLUMN_NAME),
    ', GREATEST(', ${highestIn("t.TABLE_NAME", "c.COLUMN_NAME")}, COALESCE((
      SELECT GROUP_CONCAT(CONCAT(', ', ${highestIn("u.TABLE_NAME", "u.COLUMN_NAME")}) SEPARATOR '')
      FROM information_schema.KEY_COLUMN_USAGE u
      WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_NAME = t.TABLE_NAME AND u.REFERENCED_COLUMN_NAME = c.COLUMN_NAME), ''), ', 0) AS used${more}')
    ORDER BY t.TABLE_NAME SEPARATOR ' UNION ALL ')
  FROM information_schema.TABLES t JOIN information_schema.COLUMNS c
    ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.EXTRA LIKE '%auto_increment%'
  WHERE t.${HERE} AND t.AUTO_INCREMENT IS NOT NULL AND ${where}`;
}

/** The sequence that a column's default takes the next number of, as the server prints the default. */
const NEXT_OF = `CONCAT('nextval(', ${quotedName("t.TABLE_SCHEMA")}, '.', ${quotedName("t.TABLE_NAME")}, ')')`;

/**
 * Sequences, which stand just before the next number that is not handed out ahead. One that goes down, or that no column is
 * known to take from, is not held against the numbers in use: the last field is its value.
 */
const sequences = `SELECT GROUP_CONCAT(CONCAT('SELECT ', QUOTE(t.TABLE_NAME), ', next_not_cached_value - SIGN(increment), ',
    IF(u.tables IS NULL, '''''', QUOTE(u.tables)), ', ', IF(u.columns IS NULL, '''''', QUOTE(u.columns)), ', IF(increment > 0 AND NOT cycle_option, ',
    IF(u.used IS NULL, 'next_not_cached_value - SIGN(increment)', CONCAT('GREATEST(0, ', u.used, ')')),
    ', next_not_cached_value - SIGN(increment)), IF(increment < 0, ''down'', IF(cycle_option, ''round'', ''up'')) FROM ', ${quotedName("t.TABLE_NAME")})
    ORDER BY t.TABLE_NAME SEPARATOR ' UNION ALL ')
  FROM information_schema.TABLES t
  LEFT JOIN (
    SELECT c.COLUMN_DEFAULT AS taken, MIN(c.TABLE_NAME) AS tables, MIN(c.COLUMN_NAME) AS columns,
      GROUP_CONCAT(CONCAT(${highestIn("c.TABLE_NAME", "c.COLUMN_NAME")}) SEPARATOR ', ') AS used
    FROM information_schema.COLUMNS c
    WHERE c.TABLE_SCHEMA = DATABASE() AND c.COLUMN_DEFAULT LIKE 'nextval(%'
      AND c.DATA_TYPE IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal')
    GROUP BY c.COLUMN_DEFAULT) u ON u.taken = ${NEXT_OF}
  WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'SEQUENCE'`;

/** The next number of each counter, against the highest in its column and in every column that refers to it. */
export const counters = (): string => `${execute(highest("TRUE", ", ''up''"))}\n${execute(sequences)}`;
