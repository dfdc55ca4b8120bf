/** What is asked of a SQLite copy that nobody knows yet, and of the database that a ledger is recorded of. */
import { offsetMinutes } from "../../host/time-zone.ts";
import type { CopyPhrases, Line, NewestRowRequest, PlaceTable } from "../../parts.ts";
import { CLIENT, fileOf, identifier, named, PATIENT, question, TABLES, twice } from "./client.ts";
import { unjudged } from "./errors.ts";
import { KEYS } from "./foreign-keys.ts";
import { snapshot } from "./moment.ts";
import { mutations } from "./mutations.ts";
import { survey, surveyRoles } from "./survey.ts";

const PRODUCTION = fileOf("production");

const atCopy = (places: PlaceTable): PlaceTable => {
  const { SIDE_DATABASE: side } = places;
  return side === undefined ? places : { ...places, DATABASE: { meaning: "The copy.", value: side.value } };
};

/** Names of columns that keep moments, as people call them; there is no type for them. */
const USUAL =
  "(n LIKE '%creat%' OR n LIKE '%updat%' OR n LIKE '%modif%' OR n LIKE '%chang%' OR n LIKE '%time%' OR n LIKE '%date%' OR n LIKE '%\\_at' ESCAPE '\\' OR n LIKE '%\\_on' ESCAPE '\\' OR n IN ('at', 'ts') OR n LIKE '%stamp%' OR n LIKE 'last\\_%' ESCAPE '\\' OR n LIKE 'beat\\_%' ESCAPE '\\')";

/** A moment as Unix milliseconds, however it is kept: text, seconds, milliseconds. Before 2000 a number is none. */
const asMs = (column: string) => `CASE typeof(${column})
    WHEN 'text' THEN CAST(strftime('%s', ${column}) AS INTEGER) * 1000
    WHEN 'blob' THEN NULL
    ELSE CASE WHEN ${column} >= 946684800000 THEN CAST(${column} AS INTEGER) WHEN ${column} BETWEEN 946684800 AND 94668480000 THEN CAST(${column} * 1000 AS INTEGER) END END`;
const NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000";
const IS_ZONED = (column: string) =>
  `iif(typeof(${column}) <> 'text' OR ${column} GLOB '*[Zz]' OR ${column} GLOB '*[+-][0-9][0-9]:[0-9][0-9]', 'zoned', 'local')`;

const newestRows = (): Line =>
  twice(
    "Find the newest row: the newest moment in any column that keeps moments.",
    `SELECT 'SELECT ' || quote(t) || ', ' || quote(c) || ', ms, kind FROM (SELECT ' || replace(replace(${sqlText(asMs("@"))}, '@', q), '#', q) || ' AS ms, ' || replace(${sqlText(IS_ZONED("@"))}, '@', q) || ' AS kind FROM ' || tq || ') WHERE ms <= ' || ${sqlText(NOW)} || ' ORDER BY ms DESC LIMIT 1;'
FROM (SELECT t.name AS t, c.name AS c, lower(c.name) AS n, ${named("c.name")} AS q, ${named("t.name")} AS tq
  FROM (SELECT t.name FROM ${TABLES}) t, pragma_table_xinfo(t.name) c WHERE c.hidden <> 1) WHERE ${USUAL};`,
  );

/** A text of ours as a constant of SQL. */
function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whatever the condition is, it can only read. */
function newestRow({ table, column, where, timezone, askedAtMs }: NewestRowRequest): Line {
  const fits = where === undefined ? "" : ` AND (${where})`;
  const ahead = timezone === undefined ? 0 : offsetMinutes(timezone, askedAtMs) * 60_000;
  const name = identifier(column);
  return question(
    `Read the newest moment of ${column} in ${table}.`,
    `SELECT ms, kind FROM (SELECT ${asMs(name)} AS ms, ${IS_ZONED(name)} AS kind FROM ${identifier(table)} WHERE TRUE${fits})
WHERE ms <= ${NOW} + iif(kind = 'local', ${ahead}, 0) ORDER BY ms DESC LIMIT 1;`,
  );
}

/** Who opens the file decides whether keys are kept: rows against one may have been there for years. */
const readKeys = (): Line =>
  twice(
    "Read every foreign key: has each row its parent?",
    `SELECT 'SELECT ''read'', ' || count(*) || ';' FROM ${KEYS};
SELECT 'SELECT ''unchecked'', ' || quote(replace(froms, '"', '')) || ', ' || quote(child) || ', ' || quote(parent) || ', count(*)' || against || ' HAVING count(*) > 0;' FROM ${KEYS};`,
  );

const structure = (): Line => ({
  say: "Check every table and index for damage.",
  script: `${CLIENT} -readonly -cmd '${PATIENT}' ${PRODUCTION} \\
  'PRAGMA integrity_check;' >"$SCRATCH/looked" 2>&1
if [ "$(cat "$SCRATCH/looked")" = ok ]; then
  printf 'looked\\t%s\\n' "$(${CLIENT} -readonly ${PRODUCTION} \\
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'")"
else
  sed "s/^/broken$(printf '\\t')the file$(printf '\\t')/; 20q" "$SCRATCH/looked"
  printf 'looked\\t0\\n'
fi`,
  uses: ["DATABASE", "SCRATCH"],
  destroys: false,
});

export const copies: CopyPhrases = {
  home: "main",
  everywhere: [],
  keepsLines: true,
  snapshot,
  mutations,
  atCopy,
  prepare: () => [],
  unjudged,
  survey,
  surveyRoles,
  databases: () =>
    question("Name the database of the file.", "SELECT name FROM pragma_database_list WHERE name = 'main';"),
  tablesThere: () =>
    question(
      "List the tables of the copy.",
      "SELECT json_quote(name) FROM pragma_table_list WHERE schema = 'main' AND type <> 'view';",
    ),
  countAll: () =>
    twice(
      "Count the rows of every table.",
      `SELECT 'SELECT ' || quote(t.name) || ', count(*), '''', '''' FROM ' || ${named("t.name")} || ';' FROM ${TABLES} ORDER BY t.name;`,
    ),
  readKeys,
  structure,
  newestRows,
  newestRow,
  query: (sql) => question("Ask the question of fogbell.yaml.", sql),
  shell: (script) => ({
    say: "Run the command from fogbell.yaml.",
    script: `export DATABASE\n${script}`,
    uses: ["DATABASE"],
    destroys: false,
  }),
};
