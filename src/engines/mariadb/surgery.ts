/** Surgery on a living MariaDB or MySQL database: some rows from a side restore, and nothing else touched. */
import { printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { Line, RepairRequest } from "../../parts.ts";
import { at, client, execute, folded, identifier, literal, placesOf, sql, withoutValues } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { isWhole } from "./recovery.ts";
import { ASIDE, triggersAside } from "./trigger-guard.ts";

/** Names in the procedure's own text: the staging database is the living one's name with `_repair` behind it. */
const LAID = "CONCAT('`', REPLACE(DATABASE(), '`', '``'), '_repair`.`', REPLACE(t, '`', '``'), '`')";

/** Parts of a statement on one table, from its columns and its key. `n` is a row now, `s` the same row then. */
const PARTS = `
    SET living = CONCAT('\`', REPLACE(t, '\`', '\`\`'), '\`'), laid = ${LAID};
    SELECT GROUP_CONCAT(CONCAT('n.\`', COLUMN_NAME, '\` = s.\`', COLUMN_NAME, '\`') SEPARATOR ' AND '),
      MIN(CONCAT('\`', COLUMN_NAME, '\`')) INTO same, leader
      FROM information_schema.KEY_COLUMN_USAGE
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = t AND CONSTRAINT_NAME = 'PRIMARY';
    SELECT GROUP_CONCAT(CONCAT('\`', COLUMN_NAME, '\`') ORDER BY ORDINAL_POSITION SEPARATOR ', '),
      GROUP_CONCAT(CONCAT('s.\`', COLUMN_NAME, '\`') ORDER BY ORDINAL_POSITION SEPARATOR ', '),
      GROUP_CONCAT(CONCAT('n.\`', COLUMN_NAME, '\` = s.\`', COLUMN_NAME, '\`') ORDER BY ORDINAL_POSITION SEPARATOR ', '),
      GROUP_CONCAT(CONCAT('n.\`', COLUMN_NAME, '\` <=> s.\`', COLUMN_NAME, '\`') ORDER BY ORDINAL_POSITION SEPARATOR ' AND ')
      INTO columns_all, columns_then, assigned, alike
      FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = t AND COALESCE(GENERATION_EXPRESSION, '') = '';
    IF same IS NULL THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a table has no primary key: copy it back whole';
    END IF;`;

/** Children come after their parents; a table that refers to itself counts once. */
const ORDERED = `
  WITH RECURSIVE deep (name, depth) AS (
    SELECT name, 0 FROM fogbell_told
    UNION ALL
    SELECT u.TABLE_NAME, d.depth + 1 FROM deep d
    JOIN information_schema.KEY_COLUMN_USAGE u ON u.TABLE_SCHEMA = DATABASE()
      AND u.REFERENCED_TABLE_NAME = d.name AND u.TABLE_NAME <> d.name
    WHERE d.depth < 20 AND u.TABLE_NAME IN (SELECT name FROM fogbell_told_too))
  SELECT name, MAX(depth) AS depth FROM deep GROUP BY name`;

const procedure = (name: string, order: "ASC" | "DESC", body: string) => `
DROP PROCEDURE IF EXISTS ${name};
DELIMITER //
CREATE PROCEDURE ${name}()
BEGIN
  DECLARE done INT DEFAULT 0;
  DECLARE t VARCHAR(64);
  DECLARE touched, living, laid, same, leader, columns_all, columns_then, assigned, alike TEXT;
  DECLARE each_table CURSOR FOR SELECT name, condition_now FROM fogbell_order ORDER BY depth ${order}, name;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
  OPEN each_table;
  one: LOOP
    FETCH each_table INTO t, touched;
    IF done THEN LEAVE one; END IF;${PARTS}
${body}
  END LOOP;
  CLOSE each_table;
END //
DELIMITER ;`;

const run = (text: string) => `    SET @fogbell = ${text};
    PREPARE fogbell FROM @fogbell; EXECUTE fogbell; DEALLOCATE PREPARE fogbell;`;

const told = (tables: RepairRequest["tables"]) => `
CREATE TEMPORARY TABLE fogbell_told (name VARCHAR(64), condition_now TEXT);
INSERT INTO fogbell_told VALUES ${Object.entries(tables)
  .map(([table, touched]) => `(${literal(table)}, ${literal(`COALESCE((${touched}), FALSE)`)})`)
  .join(",\n  ")};
CREATE TEMPORARY TABLE fogbell_told_too AS SELECT * FROM fogbell_told;
CREATE TEMPORARY TABLE fogbell_order (name VARCHAR(64), depth INT, condition_now TEXT);
INSERT INTO fogbell_order (name, depth) ${ORDERED.trim()};
UPDATE fogbell_order o JOIN fogbell_told t ON t.name = o.name SET o.condition_now = t.condition_now;`;

function dryRun({ tables, strangers }: RepairRequest): string {
  const counts = `CONCAT('SELECT CONCAT(''', t, ': insert ', ''', (SELECT COUNT(*) FROM ', laid, ' s LEFT JOIN ', living, ' n ON ', same, ' WHERE n.', leader, ' IS NULL), '', update '', (SELECT COUNT(*) FROM (SELECT * FROM ', living, ' WHERE ', touched, ') n JOIN ', laid, ' s ON ', same, ' WHERE NOT (', alike, ')), '', delete '', (SELECT COUNT(*) FROM (SELECT * FROM ', living, ' WHERE ', touched, ') n LEFT JOIN ', laid, ' s ON ', same, ' WHERE s.', leader, ' IS NULL AND ${strangers === "delete" ? "TRUE" : "FALSE"}), ', ''', leave '', (SELECT COUNT(*) FROM (SELECT * FROM ', living, ' WHERE NOT ', touched, ') n LEFT JOIN ', laid, ' s ON ', same, ' WHERE s.', leader, ' IS NULL OR NOT (', alike, ')))')`;
  return `${told(tables)}
${procedure("fogbell_plan", "ASC", run(counts))}
CALL fogbell_plan();
DROP PROCEDURE fogbell_plan;`;
}

/** One transaction, parents first, strangers last and children first; the tables' own triggers stay out of it. */
function apply({ tables, strangers }: RepairRequest): string {
  const put = [
    `CONCAT('INSERT INTO ', living, ' (', columns_all, ') SELECT ', columns_then, ' FROM ', laid, ' s LEFT JOIN ', living, ' n ON ', same, ' WHERE n.', leader, ' IS NULL')`,
    `CONCAT('UPDATE ', living, ' n JOIN ', laid, ' s ON ', same, ' JOIN (SELECT * FROM ', living, ' WHERE ', touched, ') x ON ', REPLACE(same, 's.', 'x.'), ' SET ', assigned, ' WHERE NOT (', alike, ')')`,
  ].map(run);
  const remove = run(
    `CONCAT('DELETE n FROM ', living, ' n JOIN (SELECT * FROM ', living, ' WHERE ', touched, ') x ON ', REPLACE(same, 's.', 'x.'), ' LEFT JOIN ', laid, ' s ON ', same, ' WHERE s.', leader, ' IS NULL')`,
  );
  return `${told(tables)}
${procedure("fogbell_put", "ASC", put.join("\n"))}
${procedure("fogbell_remove", "DESC", remove)}
${ASIDE}
START TRANSACTION;
CALL fogbell_put();
${strangers === "delete" ? "CALL fogbell_remove();\n" : ""}COMMIT;
DROP PROCEDURE fogbell_put;
DROP PROCEDURE fogbell_remove;
SELECT 'repaired';`;
}

/** The program writes its condition into a comment of the dump: it must be one line there, and is several on paper. */
const oneLine = (condition: string): string =>
  condition
    .trim()
    .split("\n")
    .map((line, at) => quote(at === 0 ? line : ` ${line.trim()}`))
    .join("\\\n");

/** The tables that are wanted whole together; each that only some rows are wanted of apart. */
function dumpsOf({ tables, only = {} }: RepairRequest) {
  const [some, whole] = [Object.keys(tables).filter((t) => t in only), Object.keys(tables).filter((t) => !(t in only))];
  const all = whole.length === 0 ? [] : [{ file: '"$SCRATCH/repair.sql"', of: whole, where: undefined }];
  return [
    ...all,
    ...some.map((t, i) => ({
      file: `"$SCRATCH/repair-${i + 1}.sql"`,
      of: [t],
      where: only[t] === undefined ? undefined : oneLine(only[t]),
    })),
  ];
}

function repairRows(flavour: Flavour, request: RepairRequest): readonly Line[] {
  const tables = Object.keys(request.tables);
  const names = tables.join(", ");
  const dumps = dumpsOf(request);
  const triggers = triggersAside(flavour, tables);
  return [
    {
      say: `Copy ${names} out of the restored database.`,
      script: dumps
        .map(
          ({ file, of, where }) => `${flavour.dump} ${at("side")}${flavour.dumpFlags} \\
  --single-transaction --hex-blob --skip-triggers \\
${where === undefined ? "" : `  --where=${where} \\\n`}  --result-file=${file} "$SIDE_DATABASE" \\
  ${of.map(quote).join(" ")} &&
${isWhole(file)}`,
        )
        .join(" &&\n"),
      uses: ["SIDE_SOCKET", "SIDE_DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: "A table isn't in this backup (choose another one), or SCRATCH is full.",
      destroys: false,
      progress: `echo "$(cat "$SCRATCH"/repair*.sql | wc -c) 0"`,
    },
    {
      say: "Load these rows beside the live ones. Live data isn't touched.",
      script: `${flavour.admin} ${at("production")} create "$DATABASE"_repair &&
${withoutValues(`${dumps.length === 1 ? "" : `cat ${dumps.map(({ file }) => file).join(" \\\n  ")} |\n`}${flavour.client} ${at("production")} --batch \\
  "$DATABASE"_repair${dumps.length === 1 ? ` <${dumps[0]?.file}` : ""}`)}`,
      uses: ["DB_SOCKET", "DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: "If it already exists, someone else may be repairing. Ask aloud before you continue.",
      destroys: false,
    },
    {
      say: "Dry run: count the rows that would be inserted, updated, deleted and left alone.",
      ...printed(sql(flavour, folded(dryRun(request)))),
      uses: placesOf("production"),
      expect: "One line per table. Read the numbers aloud: do they match the damage, and nothing else?",
      ifNot: "Stop here. Correct the condition that tells damaged rows from good ones.",
      destroys: false,
    },
    ...triggers.before,
    {
      say: "Apply the repair in one transaction.",
      script: withoutValues(`${sql(flavour, folded(apply(request)))}`),
      uses: [...placesOf("production"), "SCRATCH"],
      expect: '"repaired". When it fails, nothing has changed.',
      ifNot: "A row needs a parent in a table that isn't being repaired. Add that table and start again.",
      destroys: true,
    },
    triggers.after,
    {
      say: "Remove the rows that were loaded beside.",
      script: `${flavour.admin} ${at("production")} --force drop \\
  "$DATABASE"_repair >/dev/null`,
      uses: placesOf("production"),
      expect: "No output.",
      ifNot: "You can leave it; it only takes up space.",
      destroys: true,
    },
  ];
}

/** Rows that were written to the wrong database, with numbers of this one: those they got there belong to others here. */
function mergeRows(flavour: Flavour, table: string, where: string): readonly Line[] {
  const name = identifier(table);
  return [
    {
      say: `Insert the rows of ${table} that belong here, with new ids.`,
      script: withoutValues(`{ printf "SET @sibling = '%s';\\n" \\
    "$(printf %s "$SIBLING" | sed "s/'/''/g")"
  cat <<'SQL'
SET group_concat_max_len = 4294967295, @columns = (
  SELECT GROUP_CONCAT(CONCAT('\`', COLUMN_NAME, '\`'))
  FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${literal(table)}
    AND EXTRA NOT LIKE '%auto_increment%'
    AND EXTRA NOT LIKE '%GENERATED%');
${folded(execute(`SELECT CONCAT(${literal(`INSERT INTO ${name} (`)}, @columns, ') SELECT ', @columns, ' FROM \`', @sibling, ${literal(`\`.${name} WHERE ${where.replaceAll("\n", " ")}`)})`))}
SELECT CONCAT(ROW_COUNT(), ' rows');
SQL
} | ${client(flavour, "production")}`),
      uses: ["DB_SOCKET", "DATABASE", "SIBLING", "SCRATCH"],
      expect: "A number of rows. It should be the number of missing ones.",
      ifNot: "If a row already exists, someone re-entered it by hand. Ask which one counts.",
      destroys: true,
    },
  ];
}

export function surgeryOf(flavour: Flavour) {
  return {
    repairRows: (request: RepairRequest) => repairRows(flavour, request),
    mergeRows: (table: string, where: string) => mergeRows(flavour, table, where),
  };
}
