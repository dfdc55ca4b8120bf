/** One moment of a file that is used, for a ledger beside a backup. */
import { quote } from "../../host/sh.ts";
import type { HeldMoment } from "../../parts.ts";
import { CLIENT, fileOf, PATIENT } from "./client.ts";

const PRODUCTION = fileOf("production");

/**
 * One moment is a copy of the file: the program's own way of copying is told no moment. The backup is made of that copy, and so
 * is the ledger.
 */
export const snapshot: HeldMoment = {
  ledgerVersion: 3,
  environment: (database) => ({ DATABASE: database }),
  version: () => ({
    say: "Ask the program's version.",
    script: "sqlite3 --version | cut -d ' ' -f 1",
    uses: [],
    destroys: false,
  }),
  hold: () => ({
    say: "Copy one moment of the file, page by page, while it is used.",
    script: `test -f ${PRODUCTION} &&
${CLIENT} -readonly -cmd '${PATIENT}' ${PRODUCTION} \\
  ".backup '$SCRATCH/moment.db'" &&
echo "$SCRATCH/moment.db" &&
head -n 1 <"$RELEASE" >/dev/null`,
    uses: ["DATABASE", "SCRATCH", "RELEASE"],
    destroys: false,
  }),
  at({ built: _, ...line }) {
    if (!line.uses.includes("DATABASE"))
      throw new Error(`"${line.say}" asks no file, and cannot be changed to ask another`);
    return {
      ...line,
      script: `DATABASE=$SNAPSHOT\nexport DATABASE\n${line.script}`,
      uses: [...line.uses.filter((name) => name !== "DATABASE"), "SNAPSHOT", "DATABASE"],
    };
  },
  example: (_database, stem) => `cp {snapshot} ${quote(`${stem}.db`)}`,
};
