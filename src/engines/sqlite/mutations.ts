/** Known ways to spoil a SQLite copy: what a check of it should notice. Each prints what it was done to. */
import type { FreshColumn, Line, Mutation } from "../../parts.ts";
import { CLIENT, literal, named, PATIENT, question, TABLES } from "./client.ts";

/** The table with the most pages; a file that cannot tell pages takes the one with the most rows that a count is kept of. */
const LARGEST = `(SELECT t.name FROM ${TABLES} AND t.type = 'table' AND t.name <> 'fogbell_heartbeat'
  ORDER BY (SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 s WHERE s.tbl = t.name) DESC, t.name LIMIT 1)`;

/** `asked` writes the statements; the last of them prints the subject. */
const mutation = (name: string, say: string, asked: string): Mutation => {
  const line: Line = {
    say,
    // Without statistics the first question fails on their table: made, empty, they are harmless.
    script: `${CLIENT} -cmd '${PATIENT}' "$DATABASE" 'ANALYZE;' &&
ask=$(${question("", asked).script}
) &&
printf '%s\\n' 'PRAGMA foreign_keys = OFF;' "$ask" |
  ${CLIENT} -cmd '${PATIENT}' "$DATABASE"`,
    uses: ["DATABASE"],
    destroys: false,
  };
  return { name, line };
};

const columnOf = (
  fits: string,
) => `(SELECT t.name AS t, c.name AS c, c.type AS ty FROM (SELECT ${LARGEST} AS name) t, pragma_table_info(t.name) c
  WHERE c.pk = 0 AND ${fits}
    AND c.name NOT IN (SELECT i.name FROM pragma_index_list(t.name) l, pragma_index_info(l.name) i WHERE i.name IS NOT NULL) LIMIT 1)`;

const MOMENTS = "(c.name LIKE '%\\_at' ESCAPE '\\' OR c.name LIKE '%date%' OR c.name LIKE '%time%')";

export function mutations(fresh: FreshColumn | null): readonly Mutation[] {
  const declared =
    fresh === null ? "FALSE" : `(t.name = ${literal(fresh.table)} AND c.name = ${literal(fresh.column)})`;
  const older = (column: string) =>
    `CASE typeof(${column}) WHEN ''text'' THEN datetime(${column}, ''-7 days'') ELSE ${column} - iif(${column} > 94668480000, 604800000, 604800) END`;
  return [
    mutation(
      "table-emptied",
      "Empty the largest table.",
      `SELECT 'DELETE FROM ' || ${named("t")} || '; SELECT ' || quote(t) || ';' FROM (SELECT ${LARGEST} AS t) WHERE t IS NOT NULL;`,
    ),
    mutation(
      "rows-missing",
      "Take about one row of a hundred out of the largest table.",
      `SELECT 'DELETE FROM ' || ${named("t")} || ' WHERE rowid % 100 = (SELECT min(rowid) % 100 FROM ' || ${named("t")} || '); SELECT ' || quote(t) || ';'
FROM (SELECT ${LARGEST} AS t) WHERE t IS NOT NULL AND NOT (SELECT wr FROM pragma_table_list WHERE name = t AND schema = 'main');`,
    ),
    mutation(
      "column-nulled",
      "Empty a column.",
      `SELECT 'UPDATE ' || ${named("t")} || ' SET ' || ${named("c")} || ' = NULL; SELECT ' || quote(t || '.' || c) || ';' FROM ${columnOf('NOT c."notnull"')};`,
    ),
    mutation(
      "stale-by-a-week",
      "Make every moment a week older.",
      `SELECT 'UPDATE OR IGNORE ' || ${named("t")} || ' SET ' || q || ' = ' || replace('${older("@")}', '@', q) || ' WHERE ' || q || ' IS NOT NULL;'
  FROM (SELECT t.name AS t, ${named("c.name")} AS q FROM (SELECT t.name FROM ${TABLES} AND t.type = 'table') t, pragma_table_info(t.name) c WHERE ${MOMENTS} OR ${declared});
SELECT 'SELECT ''every moment, ' || replace(t.name || '.' || c.name, '''', '') || ' among them'';'
  FROM (SELECT t.name FROM ${TABLES} AND t.type = 'table') t, pragma_table_info(t.name) c WHERE ${MOMENTS} OR ${declared} ORDER BY ${declared} DESC LIMIT 1;`,
    ),
    mutation(
      "value-changed",
      "Change one value in one row.",
      `SELECT 'UPDATE ' || ${named("t")} || ' SET ' || ${named("c")} || ' = ' || ${named("c")} || ' + 1 WHERE rowid = (SELECT min(rowid) FROM ' || ${named("t")} || '); SELECT ' || quote(t || '.' || c) || ';'
FROM ${columnOf("(upper(c.type) LIKE '%INT%' OR upper(c.type) IN ('REAL', 'NUMERIC'))")} WHERE NOT (SELECT wr FROM pragma_table_list WHERE name = t AND schema = 'main');`,
    ),
  ];
}
