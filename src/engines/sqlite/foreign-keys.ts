/** Foreign keys of a SQLite database. Whether rows are kept to them is for whoever writes to say. */
import type { Line } from "../../parts.ts";
import { named, TABLES, twice } from "./client.ts";

/**
 * The foreign keys: the two tables, the columns on both sides, and `against`, SQL that finds the rows which have no parent. All
 * of them have none where the parent is gone.
 */
export const KEYS = `(SELECT t.name AS child, f.id AS id, f."table" AS parent, f.on_delete AS del, f.on_update AS upd,
    group_concat(${named('f."from"')}, ', ') AS froms, coalesce(group_concat(${named('f."to"')}, ', '), 'its key') AS tos,
    group_concat('n.' || ${named('f."from"')}, ' || '','' || ') AS ours,
    ' FROM ' || ${named("t.name")} || ' n WHERE ' || group_concat('n.' || ${named('f."from"')} || ' IS NOT NULL', ' AND ') ||
      iif(EXISTS (SELECT 1 FROM pragma_table_list p WHERE p.schema = 'main' AND p.name = f."table" COLLATE NOCASE),
        ' AND NOT EXISTS (SELECT 1 FROM ' || ${named('f."table"')} || ' p WHERE ' || group_concat('p.' || ${named(
          `coalesce(f."to", (SELECT k.name FROM pragma_table_info(f."table") k WHERE k.pk = f.seq + 1), 'rowid')`,
        )} || ' = n.' || ${named('f."from"')}, ' AND ') || ')', '') AS against
  FROM (SELECT t.name FROM ${TABLES}) t, pragma_foreign_key_list(t.name) f GROUP BY t.name, f.id ORDER BY t.name, f.id)`;

/** A key has no name of its own: it goes by its columns. */
export const orphans = (): Line =>
  twice(
    "Count the rows that stand against a foreign key.",
    `SELECT 'SELECT ' || quote(replace(froms, '"', '')) || ', ' || quote(child) || ', ' || quote(parent) || ', count(*), count(DISTINCT ' || ours || ')' || against || ' HAVING count(*) > 0;'
FROM ${KEYS};`,
  );
