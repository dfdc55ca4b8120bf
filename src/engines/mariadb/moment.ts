/**
 * One moment of a server that goes on, for a ledger beside a dump. The dump program opens a moment of its own and tells
 * nobody which, so writers are kept out until it has: then both moments are the same. One session holds it, and answers.
 */
import { Feed, feedOf, printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { HeldMoment, Line } from "../../parts.ts";
import { TABLES_OF_ROWS } from "./catalogue.ts";
import { BARE, pinOf, ROW_BY_ROW, sql } from "./client.ts";
import type { Flavour } from "./flavour.ts";

/** Somebody who reads for longer than this must not make writers wait behind the lock: then there is none, and no ledger. */
const LONGEST_WAIT_SECONDS = 10;

const own = (flavour: Flavour) => `${flavour.client} ${BARE}`;

/** Without the statement, which the client draws above its error. */
const ERRORS = `grep '^ERROR' "$SCRATCH/errors" >&2`;

/** The session reads from a pipe that never ends by itself; when the client is gone, a line in it lets its feeder go. */
const hold = (flavour: Flavour): Line => ({
  say: "Keep writers out, and open one moment of the database.",
  script: `: >"$SCRATCH/held"
{ cat <<'SQL'
${pinOf(flavour)}
SET SESSION lock_wait_timeout = ${LONGEST_WAIT_SECONDS};
FLUSH TABLES WITH READ LOCK;
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
START TRANSACTION WITH CONSISTENT SNAPSHOT;
SELECT 'held';
SQL
  cat "$RELEASE"; } |
{ ${own(flavour)} --unbuffered "$DATABASE" 2>"$SCRATCH/errors"
  exec </dev/null; rm -f "$SCRATCH/held"; echo 1<>"$RELEASE"; ${ERRORS}; } |
tee "$SCRATCH/answers"`,
  uses: ["DATABASE", "RELEASE", "SCRATCH"],
  destroys: false,
});

/** The words of a question, sent into the session: it is pinned already, and has options of its own. */
function intoSession(line: Line): Feed {
  const { flags = "", output, reader, text } = feedOf(line).parts;
  if (!["", ROW_BY_ROW].includes(flags) || output !== undefined || reader !== undefined) {
    throw new Error(`"${line.say}" cannot be asked in a session that is open already`);
  }
  return new Feed({ client: "cat", output: '>>"$RELEASE"', text: `${text.trim()}\nSELECT 'answered';` });
}

/** The same question, asked in the session that holds the moment. */
const at = ({ built, ...line }: Line): Line => ({
  ...line,
  script: `seen=$(wc -l <"$SCRATCH/answers")
${intoSession({ ...line, ...(built === undefined ? {} : { built }) })}
until [ "$(wc -l <"$SCRATCH/answers")" -gt "$seen" ] &&
  [ "$(tail -n 1 "$SCRATCH/answers")" = answered ]; do
  [ -e "$SCRATCH/held" ] || { ${ERRORS}; exit 1; }
  sleep 0.05
done
tail -n "+$((seen + 1))" "$SCRATCH/answers" | sed '$d'`,
  uses: ["RELEASE", "SCRATCH"],
});

const asked = (flavour: Flavour, say: string, text: string): Line =>
  at({ say, ...printed(sql(flavour, text)), uses: [], destroys: false });

export const momentOf = (flavour: Flavour): HeldMoment => ({
  // Up to 3 with MD5, which MySQL took out in 9.6.
  ledgerVersion: 4,
  environment: (database) => ({ DATABASE: database }),
  version: () => ({
    say: "Ask the server's version.",
    script: `echo 'SELECT VERSION();' | ${own(flavour)}`,
    uses: [],
    destroys: false,
  }),
  hold: () => hold(flavour),
  at,
  example: (database, stem) =>
    `${flavour.dump} --single-transaction ${quote(`--result-file=${stem}.sql`)} ${quote(database)}`,
  lock: {
    longestMs: LONGEST_WAIT_SECONDS * 1000,
    // Every dump program of the family reads rows with these words, after it has opened its moment.
    seen: () =>
      asked(
        flavour,
        "Look whether the dump reads rows already.",
        `SELECT COUNT(*) FROM information_schema.PROCESSLIST
WHERE ID > CONNECTION_ID() AND DB = DATABASE() AND INFO LIKE 'SELECT /*!40001 SQL_NO_CACHE */%';`,
      ),
    open: () => asked(flavour, "Let writers go on.", "UNLOCK TABLES;"),
    unheld: () =>
      asked(
        flavour,
        "List the tables that keep no moments.",
        `SELECT TABLE_NAME FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND ${TABLES_OF_ROWS} AND ENGINE <> 'InnoDB' ORDER BY 1;`,
      ),
  },
});
