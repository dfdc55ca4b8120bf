/** How a whole MariaDB or MySQL database is preserved, replaced, and made safe to reopen. */
import { printed } from "../../built-script.ts";
import type { Line, Side } from "../../parts.ts";
import { copyDataFolder } from "../data-folder.ts";
import { at, client, placesOf, sql, withoutValues } from "./client.ts";
import { shutDown } from "./damage.ts";
import type { Flavour } from "./flavour.ts";
import { DUMP_FLAGS, isWhole } from "./recovery.ts";

function lookAround(flavour: Flavour): Line {
  return {
    say: "Check what's there: databases, their sizes, accounts.",
    ...printed(
      sql(
        flavour,
        `
SELECT s.SCHEMA_NAME, COUNT(t.TABLE_NAME) AS tables,
  COALESCE(SUM(t.DATA_LENGTH + t.INDEX_LENGTH), 0) AS bytes
FROM information_schema.SCHEMATA s
LEFT JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = s.SCHEMA_NAME
WHERE s.SCHEMA_NAME NOT IN
  ('mysql', 'sys', 'information_schema', 'performance_schema')
GROUP BY s.SCHEMA_NAME;
SELECT User, Host FROM mysql.user ORDER BY 1, 2;`,
        "server",
      ),
    ),
    uses: placesOf("server"),
    expect: "Databases and accounts. Write down what's missing, and any name that's almost the right one.",
    ifNot: "If the server doesn't answer, this is a different disaster. Use the page for that one.",
    destroys: false,
  };
}

function copyFiles(flavour: Flavour): readonly Line[] {
  return [
    {
      say: "Shut the server down, so that nothing overwrites the damaged data.",
      script: `${shutDown(flavour)} ||
! ${flavour.admin} ${at("server")} --silent ping 2>/dev/null`,
      uses: ["DB_SOCKET", "DATADIR"],
      expect: "No output.",
      ifNot: "Kill it. Its log repairs what that leaves.",
      destroys: false,
    },
    ...copyDataFolder("DATADIR"),
  ];
}

/**
 * An account that is there is no error (1396); nor is a right in a database or to a table that is not there yet (1049,
 * 1146): it is given the next time.
 */
function restoreRoles(flavour: Flavour): Line {
  return {
    say: "Create the missing accounts, with their privileges.",
    script: `test -s "$GLOBALS" &&
${client(flavour, "server", "--force")} \\
  <"$GLOBALS" 2>"$SCRATCH/roles.log"
! grep ERROR "$SCRATCH/roles.log" | grep -vE 'ERROR (1049|1146|1396) '`,
    uses: ["DB_SOCKET", "GLOBALS", "SCRATCH"],
    expect: "No output.",
    ifNot: "Without its accounts the application can't log in. Read roles.log and create them by hand.",
    destroys: false,
  };
}

function takeOver(flavour: Flavour, side: Side): readonly Line[] {
  if (side === "database") {
    return [
      {
        say: "Drop the damaged database. Its copy has been checked.",
        script: `${flavour.admin} ${at("server")} --force drop "$DATABASE" \\
  >/dev/null 2>&1
${flavour.admin} ${at("server")} create "$DATABASE"`,
        uses: ["DB_SOCKET", "DATABASE"],
        expect: "No output.",
        ifNot: "A session holds a lock: find it with SHOW PROCESSLIST, and end it.",
        destroys: true,
      },
      {
        say: "Copy the whole restored database into its place.",
        script: `${flavour.dump} ${at("side")}${flavour.dumpFlags} \\
  ${DUMP_FLAGS} \\
  --result-file="$SCRATCH/takeover.sql" "$SIDE_DATABASE" &&
${isWhole('"$SCRATCH/takeover.sql"')} &&
${withoutValues(`${client(flavour, "production")} <"$SCRATCH/takeover.sql"`)}`,
        uses: ["SIDE_SOCKET", "SIDE_DATABASE", "DB_SOCKET", "DATABASE", "SCRATCH"],
        expect: "No output. The application is still locked out.",
        ifNot: "If it broke off in the middle, start again with the step before.",
        destroys: true,
        progress: `echo "$(stat -c %s "$SCRATCH/takeover.sql") 0"`,
      },
    ];
  }
  return [
    {
      say: "Point the application at the restored server. From here on, DB_SOCKET means that server.",
      script: `printf 'socket=%s\\ndatabase=%s\\n' \\
  "$SIDE_SOCKET" "$SIDE_DATABASE" >"$APP_CONFIG" &&
cat "$APP_CONFIG"
DB_SOCKET=$SIDE_SOCKET DATABASE=$SIDE_DATABASE
export DB_SOCKET DATABASE`,
      uses: ["SIDE_SOCKET", "SIDE_DATABASE", "APP_CONFIG"],
      expect: "The socket and the database of the restored server. Read both aloud.",
      ifNot: "Check where else the application sets its connection: environment, secrets, a proxy.",
      destroys: false,
    },
  ];
}

/** Numbers handed out after the backup live on in mails and caches, and must not be handed out again (entry 17). */
function bumpSequences(flavour: Flavour): Line {
  return {
    say: "Move every counter past the numbers that were used and lost.",
    ...printed(
      sql(
        flavour,
        `
SELECT CONCAT('ALTER TABLE \`', REPLACE(TABLE_NAME, '\`', '\`\`'),
  '\` AUTO_INCREMENT = ', AUTO_INCREMENT + 10000, ';')
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND AUTO_INCREMENT IS NOT NULL;`,
      ).with({ reader: client(flavour, "production") }),
    ),
    uses: placesOf("production"),
    expect: "No output.",
    ifNot: "Set it by hand, far above the highest number in use.",
    destroys: true,
  };
}

/** Who waits says so in its state; who is waited for does nothing and has done so the longest. */
function findBlocker(flavour: Flavour): Line {
  const list = (columns: string, where: string) => `echo "SELECT ${columns}
    FROM information_schema.PROCESSLIST
    WHERE ${where}" |
    ${client(flavour, "server")}`;
  return {
    say: "Slow, or stuck? Find who is waiting, and end the idle session that blocks them.",
    script: `: >"$SCRATCH/stuck"
while [ ! -e "$SCRATCH/detached.exit" ]; do
  ${list("CONCAT('process ', id, ': ', state)", "state LIKE 'Waiting for%lock%' AND time >= 1")} \\
    >"$SCRATCH/stuck"
  if [ -s "$SCRATCH/stuck" ]; then break; fi
  sleep 0.2
done
cat "$SCRATCH/stuck"
if [ -s "$SCRATCH/stuck" ]; then
  ${list(
    "CONCAT('KILL ', id, ';')",
    "(state = 'User sleep' OR command = 'Sleep') AND time >= 1\n    AND user NOT IN ('system user', 'event_scheduler')",
  )} |
    tee "$SCRATCH/ended" |
    ${client(flavour, "server", "--force")} 2>/dev/null
  cat "$SCRATCH/ended"
fi`,
    uses: ["DB_SOCKET", "SCRATCH"],
    expect: "Who was waiting for a lock, and which idle sessions were ended. Nothing if it was only slow.",
    ifNot: "If a person's own session is blocking, ask that person first, aloud.",
    destroys: true,
  };
}

export function takeoverOf(flavour: Flavour) {
  return {
    lookAround: () => lookAround(flavour),
    copyFiles: () => copyFiles(flavour),
    restoreRoles: () => restoreRoles(flavour),
    takeOver: (side: Side) => takeOver(flavour, side),
    bumpSequences: () => bumpSequences(flavour),
    findBlocker: () => findBlocker(flavour),
  };
}
