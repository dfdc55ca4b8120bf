/**
 * A repair that the tables' own triggers stay out of, on a database that lives: for this one session they do nothing, for
 * everybody else they do what they always did. No switch of the server does that, so they are made anew with a condition
 * around them, and afterwards as they were. Nobody writes between an old one and its new one: the tables are locked so long.
 */
import { quote } from "../../host/sh.ts";
import type { Line } from "../../parts.ts";
import { at, identifier, literal, placesOf, sql, withoutValues } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { isWhole } from "./recovery.ts";

/** What the one session says of itself. */
export const ASIDE = "SET @fogbell_repairing = 1;";

const AS_THEY_ARE = '"$SCRATCH/triggers.sql"';
const ASIDE_FILE = '"$SCRATCH/triggers-aside.sql"';
/** Nothing that stands in somebody's own text. */
const END = "//fogbell//";

/** Each of them as a script: gone, and there again with a condition around what it does. In the order in which they act. */
const guarded = (tables: readonly string[]) => `
SELECT CONCAT('SET sql_mode = ', QUOTE(mode), ';
DROP TRIGGER \`', name, '\`;
DELIMITER ${END}
CREATE DEFINER = \`', account, '\`', host, ' TRIGGER \`', name, '\`
  ', moment, ' ON \`', place, '\` FOR EACH ROW
IF @fogbell_repairing IS NULL THEN
', act, '
; END IF
${END}
DELIMITER ;')
FROM (SELECT SQL_MODE AS mode, ACTION_STATEMENT AS act,
    REPLACE(TRIGGER_NAME, '\`', '\`\`') AS name,
    REPLACE(EVENT_OBJECT_TABLE, '\`', '\`\`') AS place,
    CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION) AS moment,
    REPLACE(REGEXP_REPLACE(DEFINER, '@[^@]*$', ''), '\`', '\`\`')
      AS account,
    CASE WHEN DEFINER LIKE '%@' THEN '' ELSE CONCAT('@\`',
      SUBSTRING_INDEX(DEFINER, '@', -1), '\`') END AS host,
    ACTION_ORDER AS step
  FROM information_schema.TRIGGERS
  WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE IN (
    ${tables.map(literal).join(",\n    ")})) t
ORDER BY place, moment, step;`;

/** Runs a file of triggers while nobody else reads or writes their tables. */
function underLocks(flavour: Flavour, tables: readonly string[], file: string): string {
  const locks = tables.map((table) => `${identifier(table)} WRITE`).join(",\n  ");
  return withoutValues(`{ cat <<'SQL'
LOCK TABLES ${locks};
SQL
  cat ${file}; echo "UNLOCK TABLES;"
} | ${flavour.client} ${at("production")} --batch "$DATABASE"`);
}

/** Before the repair, and after it, whether it succeeded or not. */
export function triggersAside(flavour: Flavour, tables: readonly string[]): { before: readonly Line[]; after: Line } {
  const names = tables.join(", ");
  const uses = [...placesOf("production"), "SCRATCH"];
  const dump = `${flavour.dump} ${at("production")}${flavour.dumpFlags} \\
  --no-data --no-create-info --triggers --add-drop-trigger \\
  --single-transaction --result-file=${AS_THEY_ARE} \\
  "$DATABASE" ${tables.map(quote).join(" \\\n  ")} &&
${isWhole(AS_THEY_ARE)}`;
  const write = sql(flavour, guarded(tables), "production", "--raw").with({ output: `\\\n  >${ASIDE_FILE}` });
  return {
    before: [
      {
        say: `Write down the triggers of ${names}, as they are and with a way past them.`,
        script: `${dump} &&\n${write}`,
        uses,
        expect: "No output.",
        ifNot: "This account may not read them: it needs TRIGGER on these tables.",
        destroys: false,
      },
      {
        say: "Let the triggers stay out of this repair. For everybody else they go on.",
        script: underLocks(flavour, tables, ASIDE_FILE),
        uses,
        expect: "No output. Sessions wait for a moment.",
        ifNot: 'Do the step "Put the triggers back", and ask whose account may make triggers.',
        destroys: true,
      },
    ],
    after: {
      say: "Put the triggers back as they were, also when the repair failed.",
      script: underLocks(flavour, tables, AS_THEY_ARE),
      uses,
      expect: "No output.",
      ifNot: `They are in ${AS_THEY_ARE.slice(1, -1)}: keep that file, and do this again.`,
      destroys: true,
    },
  };
}
