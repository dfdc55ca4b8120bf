/** Every object that a SQLite database consists of, and every guard of its rows that stands. */
import { TABLES } from "./client.ts";
import { KEYS } from "./foreign-keys.ts";

/** A text by its digest: a definition can be pages long. */
const digest = (text: string) => `substr(lower(hex(sha3(${text}, 256))), 1, 16)`;

/** Each part of it a statement, since only the last of them hangs on what the tables are called. */
const NAMED = `
SELECT 'table', t.name, 'SQL ' || CASE WHEN t.wr THEN 'WITHOUT ROWID ' ELSE '' END || CASE WHEN t.strict THEN 'STRICT ' ELSE '' END || t.type
  FROM ${TABLES}
UNION ALL SELECT 'column', t.name || '.' || c.name, c.type || ' ' || coalesce(c.dflt_value, 'no default') || ' ' || c.pk || ' ' || c.hidden
  FROM (SELECT * FROM ${TABLES}) t, pragma_table_xinfo(t.name) c WHERE c.hidden <> 1
UNION ALL SELECT 'not-null', t.name || '.' || c.name, ''
  FROM (SELECT * FROM ${TABLES}) t, pragma_table_xinfo(t.name) c WHERE c."notnull" AND c.hidden <> 1
UNION ALL SELECT 'constraint', t.name || '.as written', ${digest("s.sql")}
  FROM (SELECT * FROM ${TABLES}) t JOIN sqlite_schema s ON s.name = t.name AND s.type = 'table'
UNION ALL SELECT 'index', i.name, iif(i."unique", 'UNIQUE ', '') || coalesce(${digest("s.sql")}, 'of the table ' || (SELECT group_concat(name) FROM pragma_index_info(i.name)))
  FROM (SELECT * FROM ${TABLES}) t, pragma_index_list(t.name) i LEFT JOIN sqlite_schema s ON s.name = i.name AND s.type = 'index'
UNION ALL SELECT 'unique', i.name, ''
  FROM (SELECT * FROM ${TABLES}) t, pragma_index_list(t.name) i WHERE i."unique"
UNION ALL SELECT type, CASE type WHEN 'trigger' THEN tbl_name || '.' ELSE '' END || name, ${digest("sql")}
  FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY 1, 2`;

/** Keys with rows against them stand, and guard new rows only. A key has no name: it goes by its columns. */
export const CATALOGUE = `SELECT ${`'${NAMED.replaceAll("'", "''")};'`};
SELECT 'SELECT ''constraint'', ' || quote(child || '.' || replace(froms, '"', '')) || ', ' ||
  quote('FOREIGN KEY (' || froms || ') REFERENCES ' || parent || ' (' || tos || ') ON DELETE ' || del || ' ON UPDATE ' || upd) ||
  ' || iif(EXISTS (SELECT 1' || against || '), '' NOT VALID'', '''');'
FROM ${KEYS};`;
