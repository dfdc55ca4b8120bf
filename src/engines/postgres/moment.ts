/** One moment of a server that goes on, for a ledger beside a dump: exported by one session, and told to the dump program. */
import { feedOf, printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { HeldMoment } from "../../parts.ts";
import { PSQL, question } from "./client.ts";

const AT_SNAPSHOT = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
\\getenv snapshot SNAPSHOT
SET TRANSACTION SNAPSHOT :'snapshot';`;

export const heldMoment: HeldMoment = {
  ledgerVersion: 3,
  environment: (database) => ({ PGDATABASE: database }),
  version: () => question("Ask the server's version.", "SELECT split_part(current_setting('server_version'), ' ', 1);"),
  hold: () => ({
    say: "Open a snapshot of the database and export its name.",
    script: `{ echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();'
  cat "$RELEASE"; } | ${PSQL} -At -d "$PGDATABASE"`,
    uses: ["PGDATABASE", "RELEASE"],
    destroys: false,
  }),
  at: (line) => ({
    ...line,
    ...printed(feedOf(line).with({ session: AT_SNAPSHOT })),
    uses: [...line.uses, "SNAPSHOT"],
  }),
  example: (database, stem) => `pg_dump --snapshot={snapshot} -Fc -f ${quote(`${stem}.dump`)} ${quote(database)}`,
};
