/** How a whole PostgreSQL database is preserved, replaced, and made safe to reopen. */
import { printed } from "../../built-script.ts";
import type { Line, Side } from "../../parts.ts";
import { copyDataFolder } from "../data-folder.ts";
import { PSQL, placesOf, psql } from "./client.ts";

export function lookAround(): Line {
  return {
    say: "Check what's there: databases, their sizes, roles.",
    ...printed(
      psql(
        `
SELECT datname, pg_size_pretty(pg_database_size(oid)) AS size, oid
FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY oid;
SELECT rolname, rolcanlogin FROM pg_roles
WHERE rolname !~ '^pg_' ORDER BY 1;`,
        "server",
      ),
    ),
    uses: placesOf("server"),
    expect:
      "Databases, oldest first, and roles. Write down what is missing, and every name that is nearly the right one.",
    ifNot: "If the server doesn't answer, this is a different disaster. Use the page for that one.",
    destroys: false,
  };
}

export function copyFiles(): readonly Line[] {
  return [
    {
      say: "Shut the server down, so that nothing overwrites the damaged data.",
      script: `pg_ctl -s -w -t 3600 -m fast -D "$PGDATA" stop ||
! pg_ctl -s -D "$PGDATA" status`,
      uses: ["PGDATA"],
      expect: "No output.",
      ifNot: "Stop it with -m immediate. Its log repairs what that leaves.",
      destroys: false,
    },
    ...copyDataFolder("PGDATA"),
  ];
}

/** A role that exists already is no error; anything else is. */
export function restoreRoles(): Line {
  return {
    say: "Create the missing roles, with their privileges.",
    script: `test -s "$GLOBALS" &&
psql -Xq -o /dev/null -d postgres -f "$GLOBALS" 2>"$SCRATCH/roles.log"
! grep -E 'ERROR|FATAL' "$SCRATCH/roles.log" | grep -v 'already exists'`,
    uses: ["PGHOST", "GLOBALS", "SCRATCH"],
    expect: "No output.",
    ifNot: "Without the roles the data can't be restored as it was. Read roles.log and create them by hand.",
    destroys: false,
  };
}

const SHUT = "SELECT format('ALTER DATABASE %I CONNECTION LIMIT 0', :'side') \\gexec";

/** A database of the same server is renamed, which takes no time; a server of its own is pointed at. */
export function takeOver(side: Side): readonly Line[] {
  if (side === "database") {
    return [
      {
        say: "Swap in the restored database. The damaged one is kept under another name.",
        ...printed(
          psql(
            `
${SHUT}
SELECT count(pg_terminate_backend(pid)) || ' sessions closed'
FROM pg_stat_activity
WHERE datname IN (:'db', :'side') AND pid <> pg_backend_pid();
SELECT format('ALTER DATABASE %I RENAME TO %I',
  datname, datname || '_damaged')
FROM pg_database WHERE datname = :'db' \\gexec
SELECT format('ALTER DATABASE %I RENAME TO %I', :'side', :'db') \\gexec`,
            "server",
            '-At -v db="$PGDATABASE" -v side="$SIDE_DATABASE"',
          ),
        ),
        uses: ["PGHOST", "PGDATABASE", "SIDE_DATABASE"],
        expect: "The number of closed sessions. The application is still locked out.",
        ifNot: "A session reconnected: stop the application's servers by hand, then run this again.",
        destroys: true,
      },
    ];
  }
  return [
    {
      say: "Lock the application out of the restored server as well, until it has been checked.",
      ...printed(psql(SHUT, "side", '-At -v side="$SIDE_DATABASE"')),
      uses: placesOf("side"),
      expect: "No output.",
      ifNot: "Don't point the application at it yet.",
      destroys: false,
    },
    {
      say: "Point the application at the restored server. From here on, PGHOST means that server.",
      script: `printf 'host=%s\\ndatabase=%s\\n' \\
  "$SIDE_HOST" "$SIDE_DATABASE" >"$APP_CONFIG" &&
cat "$APP_CONFIG"
PGHOST=$SIDE_HOST PGDATABASE=$SIDE_DATABASE
export PGHOST PGDATABASE`,
      uses: ["SIDE_HOST", "SIDE_DATABASE", "APP_CONFIG"],
      expect: "The host and the database of the restored server. Read both aloud.",
      ifNot: "Check where else the application sets its connection: environment, secrets, a proxy.",
      destroys: false,
    },
  ];
}

/** Numbers handed out after the backup live on in mails and caches, and must not be handed out again (entry 17). */
export function bumpSequences(): Line {
  return {
    say: "Move every sequence past the numbers that were used and lost.",
    ...printed(
      psql(
        `
SET search_path = '';
SELECT format(
  'SELECT setval(%L, LEAST(last_value + 10000, %s)) FROM %s',
  s.seqrelid::regclass, s.seqmax, s.seqrelid::regclass)
FROM pg_sequence s WHERE s.seqincrement > 0
ORDER BY s.seqrelid::regclass::text \\gexec`,
        "production",
        "-At",
      ),
    ),
    uses: placesOf("production"),
    expect: "The next number, one line per sequence.",
    ifNot: "Set it by hand, far above the highest number in use.",
    destroys: true,
  };
}

const STUCK = `SELECT 'process ' || a.pid || ' waits for process '
  || b.pid || ', which is ' || b.state
FROM pg_stat_activity a,
  LATERAL unnest(pg_blocking_pids(a.pid)) AS p (pid)
  JOIN pg_stat_activity b ON b.pid = p.pid
WHERE a.datname = :'db' OR a.datname = :'side'`;

/** Slow is told from stuck by one question: is anybody waited for? */
export function findBlocker(): Line {
  const both = '-At -v db="$PGDATABASE" -v side="$SIDE_DATABASE"';
  return {
    say: "Slow, or stuck? Find who is waiting for whom, and end the session that blocks.",
    script: `: >"$SCRATCH/stuck"
while [ ! -e "$SCRATCH/detached.exit" ]; do
  ${PSQL} \\
    ${both} \\
    -d postgres >"$SCRATCH/stuck" <<'SQL'
${STUCK};
SQL
  if [ -s "$SCRATCH/stuck" ]; then break; fi
  sleep 0.2
done
cat "$SCRATCH/stuck"
${psql(
  `
SELECT 'ended process ' || p.pid
FROM pg_stat_activity a,
  LATERAL unnest(pg_blocking_pids(a.pid)) AS p (pid)
WHERE (a.datname = :'db' OR a.datname = :'side')
  AND pg_terminate_backend(p.pid);`,
  "server",
  both,
)}`,
    uses: ["PGHOST", "PGDATABASE", "SIDE_DATABASE", "SCRATCH"],
    expect: "Who was waiting for whom, and which session was ended. Nothing if it was only slow.",
    ifNot: "If a person's own session is blocking, ask that person first, aloud.",
    destroys: true,
  };
}
