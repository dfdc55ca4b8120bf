/** What is asked of a MariaDB or MySQL copy that nobody knows yet. */
import { printed } from "../../built-script.ts";
import { offsetMinutes } from "../../host/time-zone.ts";
import type { CopyPhrases, Line, NewestRowRequest, PlaceTable } from "../../parts.ts";
import { MADE_HERE, makeAccounts } from "./accounts.ts";
import { TABLES_OF_ROWS } from "./catalogue.ts";
import { execute, identifier, literal, question, READ_ONLY, sql } from "./client.ts";
import { unjudged } from "./errors.ts";
import { listen } from "./files.ts";
import type { Flavour } from "./flavour.ts";
import { brokenKeys, parentlessKeys, quotedName, READABLE_KEYS } from "./foreign-keys.ts";
import { momentOf } from "./moment.ts";
import { mutationsOf } from "./mutations.ts";
import { prepareOf } from "./prepare.ts";
import { surveyOf } from "./survey.ts";

function atCopy(places: PlaceTable): PlaceTable {
  const { SIDE_SOCKET: socket, SIDE_DATABASE: database } = places;
  return {
    ...places,
    ...(socket === undefined
      ? {}
      : { DB_SOCKET: { meaning: "The socket of the server with the restored copy.", value: socket.value } }),
    ...(database === undefined ? {} : { DATABASE: { meaning: "The copy.", value: database.value } }),
  };
}

const OWN = "('information_schema', 'performance_schema', 'mysql', 'sys')";
const TABLES = `information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ${TABLES_OF_ROWS}`;

/** One statement over everything that `from` finds: `each` makes the text of its part. */
const union = (each: string, from: string) =>
  execute(`SELECT GROUP_CONCAT(${each} SEPARATOR ' UNION ALL ') FROM ${from}`);

function tablesThere(flavour: Flavour): Line {
  return {
    say: "List the tables of the copy.",
    ...printed(sql(flavour, `SELECT JSON_QUOTE(TABLE_NAME) FROM ${TABLES};`, "production", "--raw")),
    uses: ["DB_SOCKET", "DATABASE"],
    destroys: false,
  };
}

const USUAL =
  "creat|insert|updat|modif|chang|happen|occur|logged|received|placed|_at$|_on$|^at$|^ts$|stamp|last_|beat_";
const asMs = (column: string) => `CAST(UNIX_TIMESTAMP(MAX(${column})) * 1000 AS SIGNED)`;

function readKeys(flavour: Flavour): Line {
  return question(
    flavour,
    "Read every foreign key: has each row its parent?",
    `${READABLE_KEYS}\n${execute(brokenKeys)}\n${execute(parentlessKeys)}`,
  );
}

/** Rows as they are now, and how many the table keeps of what they were before. */
const COUNTED = `CONCAT('SELECT ', QUOTE(TABLE_NAME), ', COUNT(*), '''', ',
  IF(TABLE_TYPE = 'SYSTEM VERSIONED', CONCAT('(SELECT COUNT(*) FROM ', ${quotedName("TABLE_NAME")}, ' FOR SYSTEM_TIME ALL) - COUNT(*)'), ''''''),
  ' FROM ', ${quotedName("TABLE_NAME")}) ORDER BY TABLE_NAME`;

/** Accounts whose rights something of the copy runs with: without them it fails when it is used, and not before. */
const DEFINED = `SELECT d.DEFINER AS account, COUNT(*) AS objects FROM (
  SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() AND SECURITY_TYPE = 'DEFINER'
  UNION ALL SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
  UNION ALL SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND SECURITY_TYPE = 'DEFINER'
  UNION ALL SELECT DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()) d
WHERE NOT EXISTS (SELECT 1 FROM mysql.user u WHERE CONCAT(u.User, '@', u.Host) = d.DEFINER
  AND u.max_user_connections <> ${MADE_HERE})
  AND d.DEFINER <> ''
GROUP BY d.DEFINER ORDER BY 1;`;

function structure(flavour: Flavour): Line {
  return {
    say: "Check every table and index for damage.",
    script: `${flavour.check} --socket="$DB_SOCKET" --check --extended "$DATABASE" >"$SCRATCH/looked" 2>&1
awk '
  / OK$/ { looked++; next }
  /^(error|Error|warning|Warning|status|note)/ { if (/^[Ee]rror/) print "broken\\t" last "\\t" $0; next }
  NF { last = $1 }
  END { print "looked\\t" looked + 0 }' "$SCRATCH/looked"`,
    uses: ["DB_SOCKET", "DATABASE", "SCRATCH"],
    destroys: false,
  };
}

/** Whatever the condition is, it can only read. A column without a zone of its own may be ahead of this clock. */
function newestRow(flavour: Flavour, { table, column, where, timezone, askedAtMs }: NewestRowRequest): Line {
  const fits = where === undefined ? "" : ` AND (${where})`;
  const ahead = timezone === undefined ? "" : ` + INTERVAL ${offsetMinutes(timezone, askedAtMs)} MINUTE`;
  const newest = (kind: "zoned" | "local", now: string) =>
    `SELECT ${asMs(identifier(column))}, '${kind}' FROM ${identifier(table)} WHERE ${identifier(column)} <= ${now}${fits}`;
  const isZoned = `EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${literal(table)}
  AND COLUMN_NAME = ${literal(column)} AND DATA_TYPE = 'timestamp')`;
  const either = `IF(${isZoned}, ${literal(newest("zoned", "NOW()"))}, ${literal(newest("local", `NOW()${ahead}`))})`;
  const there = `information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${literal(table)}`;
  return question(
    flavour,
    `Read the newest moment of ${column} in ${table}.`,
    `${READ_ONLY}\n${execute(`SELECT ${either} FROM ${there}`)}`,
  );
}

/** Accounts are not in a dump of one database: this one may do everything there, and nothing elsewhere. */
function letIn(flavour: Flavour, role: string): Line {
  const account = `${literal(role)}@'127.0.0.1'`;
  return {
    say: "Let the application log in.",
    ...printed(
      sql(
        flavour,
        `CREATE USER IF NOT EXISTS ${account};
${execute(`SELECT CONCAT('GRANT ALL ON ', ${quotedName("DATABASE()")}, '.* TO ', ${literal(account)})`)}`,
      ),
    ),
    uses: ["DB_SOCKET", "DATABASE"],
    destroys: false,
  };
}

/** For one of the two. */
export function copiesOf(flavour: Flavour): CopyPhrases {
  const ask = (say: string, text: string) => question(flavour, say, text);
  return {
    home: "mysql",
    everywhere: ["mysql", "sys", "information_schema", "performance_schema"],
    keepsName: true,
    snapshot: momentOf(flavour),
    mutations: (fresh) => mutationsOf(flavour, fresh),
    atCopy,
    keepsLines: true,
    prepare: (facts, story) => [...makeAccounts(flavour, facts, story), ...prepareOf(flavour)(facts, story)],
    unjudged,
    ...surveyOf(flavour),
    databases: () =>
      question(
        flavour,
        "List the databases of the restored server, largest first.",
        `SELECT s.SCHEMA_NAME FROM information_schema.SCHEMATA s
LEFT JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = s.SCHEMA_NAME
WHERE s.SCHEMA_NAME NOT IN ${OWN} GROUP BY s.SCHEMA_NAME
ORDER BY SUM(COALESCE(t.DATA_LENGTH + t.INDEX_LENGTH, 0)) DESC, 1;`,
      ),
    tablesThere: () => tablesThere(flavour),
    countAll: () => ask("Count the rows of every table.", union(COUNTED, TABLES)),
    loadsText: "mariadb-import",
    absent: () => ask("List the accounts that objects of the copy run as and that are not here.", DEFINED),
    readKeys: () => readKeys(flavour),
    structure: () => structure(flavour),
    newestRows: () =>
      ask(
        "Find the newest row: the newest moment in any column that keeps moments.",
        union(
          `CONCAT('SELECT * FROM (SELECT ', QUOTE(c.TABLE_NAME), ', ', QUOTE(c.COLUMN_NAME), ', ${asMs("', c.q, '")} AS ms, ', QUOTE(IF(c.DATA_TYPE = 'timestamp', 'zoned', 'local')), ' FROM ', c.t,
    ' WHERE ', c.q, ' <= NOW()) x WHERE ms IS NOT NULL')`,
          `(SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, ${quotedName("c.COLUMN_NAME")} AS q, ${quotedName("c.TABLE_NAME")} AS t
    FROM information_schema.COLUMNS c JOIN information_schema.TABLES b
      ON b.TABLE_SCHEMA = c.TABLE_SCHEMA AND b.TABLE_NAME = c.TABLE_NAME AND b.${TABLES_OF_ROWS}
    WHERE c.TABLE_SCHEMA = DATABASE() AND c.DATA_TYPE IN ('timestamp', 'datetime') AND c.COLUMN_NAME REGEXP '${USUAL}') c`,
        ),
      ),
    newestRow: (request) => newestRow(flavour, request),
    query: (sql, role) =>
      ask(
        "Ask the question of fogbell.yaml.",
        `${role === null ? "" : `SET ROLE ${identifier(role)};\n`}${READ_ONLY}
START TRANSACTION;
${sql.trim().replace(/;+$/, "")}
;
ROLLBACK;`,
      ),
    shell: (script) => ({
      say: "Run the command from fogbell.yaml.",
      script: `export DB_SOCKET DATABASE\n${script}`,
      uses: ["DB_SOCKET", "DATABASE"],
      destroys: false,
    }),
    listen: () => listen(flavour),
    letIn: (role) => letIn(flavour, role),
  };
}
