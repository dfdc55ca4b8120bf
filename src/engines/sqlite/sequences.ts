/** Numbers that are handed out once: where they stand, and how they are moved. Only AUTOINCREMENT promises it. */

import { ownLine } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { CLIENT, fileOf, folded, literal, named, PATIENT, reading, TABLES, twice } from "./client.ts";

/** The columns of another table that take numbers from this one's key, as a list of the highest in use. */
const REFERRING = `(SELECT coalesce(group_concat(', (SELECT coalesce(max(' || '"' || replace(f."from", '"', '""') || '"' || '), 0) FROM ' || ${named("o.name")} || ')', ''), '')
    FROM pragma_table_list o, pragma_foreign_key_list(o.name) f
    WHERE o.schema = 'main' AND o.type = 'table' AND f."table" = t.name COLLATE NOCASE
      AND (SELECT count(*) FROM pragma_foreign_key_list(o.name) x WHERE x.id = f.id) = 1)`;
const KEY = "(SELECT name FROM pragma_table_info(t.name) WHERE pk = 1)";

/** Of each table that hands out numbers and never twice: they stand in a table of SQLite's own, once there is one. */
const SEQUENCES = `SELECT 'SELECT ' || quote(t.name) || ', coalesce((SELECT seq FROM sqlite_sequence WHERE name = ' || quote(t.name) || '), 0), ' ||
  quote(t.name) || ', ' || quote(${KEY}) || ', max(0, coalesce((SELECT max(' || ${named(KEY)} || ') FROM ' || ${named("t.name")} || '), 0)' || ${REFERRING} || '), ''up'';'
FROM ${TABLES} AND EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.name = 'sqlite_sequence')
  AND EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.name = t.name AND upper(s.sql) LIKE '%AUTOINCREMENT%') ORDER BY t.name;`;

export const sequences = (): Line => twice("Compare every automatic counter with the numbers in use.", SEQUENCES);

/** Past every number in use here or in a table that refers here, and a margin further, for those that live on elsewhere. */
export const bumpSequences = (table?: string): Line => ({
  say: `Move ${table === undefined ? "every counter" : "the table's counter"} past every number ever used.`,
  script: `${reading(folded(SEQUENCES)).with({ output: ownLine('>"$SCRATCH/ask.sql"') })}
test ! -s "$SCRATCH/ask.sql" ||
  ${CLIENT} -readonly ${fileOf("production")} <"$SCRATCH/ask.sql" |
    awk -F '\\t' '{ gsub(/\\047/, "&&", $1)
      top = $2 + 0 > $5 + 0 ? $2 : $5
      print "UPDATE sqlite_sequence SET seq = " top " + 10000" \\
        " WHERE name = \\047" $1 "\\047${table === undefined ? "" : ` AND name = ${literal(table).replaceAll("'", "\\047")}`};" }' |
    ${CLIENT} -cmd '${PATIENT}' ${fileOf("production")}`,
  uses: ["DATABASE", "SCRATCH"],
  expect: "No output.",
  ifNot: "Set it by hand in sqlite_sequence, far above the highest number in use.",
  destroys: true,
});
