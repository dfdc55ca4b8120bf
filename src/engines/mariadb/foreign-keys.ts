/** Foreign keys of a MariaDB or MySQL database: what they match, and which rows stand against them. */

/** A name as a statement writes it, made by the server from a column that holds it. */
export const quotedName = (column: string) => `CONCAT('\`', REPLACE(${column}, '\`', '\`\`'), '\`')`;

/** Columns of a key in their order, as one text. */
export const columnsOf = (column: string, alias = "u") =>
  `GROUP_CONCAT(${quotedName(`${alias}.${column}`)} ORDER BY ${alias}.ORDINAL_POSITION SEPARATOR ', ')`;

/**
 * Foreign keys with what their statements need: child, parent, columns, and how they are matched. `child_q`, `parent_q` are
 * the names as a statement writes them; a parent of another database is told by `elsewhere`.
 */
const FOREIGN_KEYS = `SELECT u.CONSTRAINT_NAME AS name, u.TABLE_NAME AS child, u.REFERENCED_TABLE_NAME AS parent,
    ${quotedName("u.TABLE_NAME")} AS child_q, ${quotedName("u.REFERENCED_TABLE_NAME")} AS parent_q,
    u.REFERENCED_TABLE_SCHEMA <> DATABASE() AS elsewhere,
    ${columnsOf("COLUMN_NAME")} AS columns, ${columnsOf("REFERENCED_COLUMN_NAME")} AS referenced,
    GROUP_CONCAT(CONCAT('p.', ${quotedName("u.REFERENCED_COLUMN_NAME")}, ' = c.', ${quotedName("u.COLUMN_NAME")}) SEPARATOR ' AND ') AS matched,
    GROUP_CONCAT(CONCAT('c.', ${quotedName("u.COLUMN_NAME")}, ' IS NOT NULL') SEPARATOR ' AND ') AS told,
    GROUP_CONCAT(CONCAT('c.', ${quotedName("u.COLUMN_NAME")}) SEPARATOR ', ') AS lost,
    u.REFERENCED_TABLE_SCHEMA = DATABASE() AND EXISTS (SELECT 1 FROM information_schema.TABLES t
      WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = u.REFERENCED_TABLE_NAME) AS has_parent
  FROM information_schema.KEY_COLUMN_USAGE u
  WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_NAME IS NOT NULL
  GROUP BY u.CONSTRAINT_NAME, u.TABLE_NAME, u.REFERENCED_TABLE_SCHEMA, u.REFERENCED_TABLE_NAME`;

const against = `' FROM ', f.child_q, ' c WHERE NOT EXISTS (SELECT 1 FROM ', f.parent_q, ' p WHERE ', f.matched, ') AND ', f.told`;

/** One statement over every key that `which` allows. */
const overKeys = (statement: string, which: string) =>
  `SELECT GROUP_CONCAT(CONCAT(${statement}) ORDER BY f.child, f.name SEPARATOR ' UNION ALL ') FROM (${FOREIGN_KEYS}) f WHERE ${which}`;

/**
 * Rows without their parent. A key is checked when a row is written and never again: tables that were loaded with the
 * checks off, as every dump does, can hold such rows under a key that looks whole. Each column has a name of its own: a
 * table that refers to itself would be two of one name.
 */
export function orphanCounts(where = "TRUE"): string {
  return overKeys(
    `'SELECT * FROM (SELECT ', QUOTE(f.name), ' AS k, ', QUOTE(f.child), ' AS t, ', QUOTE(f.parent),
    ' AS o, COUNT(*) AS rows_lost, COUNT(DISTINCT ', f.lost, ') AS parents_lost', ${against}, ') x WHERE rows_lost > 0'`,
    `f.has_parent AND ${where}`,
  );
}

/** As `ForeignKeyPhrases.readKeys` wants them: `broken` rows, keys whose parent is not here, keys into another database. */
export const brokenKeys = overKeys(
  `'SELECT * FROM (SELECT ''broken'' AS b, ', QUOTE(f.name), ' AS k, ', QUOTE(f.child), ' AS t, ', QUOTE(f.parent),
    ' AS o, COUNT(*) AS rows_lost', ${against}, ') x WHERE rows_lost > 0'`,
  "f.has_parent",
);
export const parentlessKeys = overKeys(
  `'SELECT ', IF(f.elsewhere, '''elsewhere''', '''parentless'''), ', ', QUOTE(f.name), ', ', QUOTE(f.child), ', ', QUOTE(f.parent),
    ', COUNT(*) FROM ', f.child_q, ' c WHERE ', f.told`,
  "NOT f.has_parent",
);
export const READABLE_KEYS = `SELECT 'read', COUNT(*) FROM (${FOREIGN_KEYS}) f WHERE f.has_parent;`;

/** A foreign key that rows stand against is told as not valid, as other systems do by themselves. */
export const FOREIGN_KEY_LINES = overKeys(
  `'SELECT ''constraint'', ', QUOTE(CONCAT(f.child, '.', f.name)), ', CONCAT(', QUOTE(CONCAT('FOREIGN KEY (', f.columns,
    ') REFERENCES ', f.parent, ' (', f.referenced, ') ',
    (SELECT CONCAT(r.UPDATE_RULE, ' ', r.DELETE_RULE) FROM information_schema.REFERENTIAL_CONSTRAINTS r
      WHERE r.CONSTRAINT_SCHEMA = DATABASE() AND r.TABLE_NAME = f.child AND r.CONSTRAINT_NAME = f.name))),
    ', ', IF(f.has_parent, CONCAT('IF(EXISTS (SELECT 1', ${against}, '), '' NOT VALID'', '''')'), ''' NOT VALID'''), ')'`,
  "TRUE",
);
