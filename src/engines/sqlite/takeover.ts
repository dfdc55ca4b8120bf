/** How a whole SQLite database is looked for, lost and replaced: it is one file, and what lies beside it. */
import { printed } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { CLIENT, fileOf, sql } from "./client.ts";
import { beside } from "./physical.ts";
import { bumpSequences } from "./sequences.ts";

const PRODUCTION = fileOf("production");
const SIDE = fileOf("side");

/** A -wal that is left behind would be played into the new file. */
const takeOver = (): readonly Line[] => [
  {
    say: "Write the restored file's -wal into the file itself.",
    ...printed(sql("PRAGMA wal_checkpoint(TRUNCATE);", "side").with({ output: ">/dev/null" })),
    uses: ["SIDE_DATABASE"],
    expect: "No output.",
    ifNot: "Something has the restored file open. Close it.",
    destroys: false,
  },
  {
    say: "Replace the damaged file with it. First remove the old -wal, which would be applied to the new file.",
    script: `rm -f ${beside(PRODUCTION)} &&
cp ${SIDE} ${PRODUCTION}.new &&
mv ${PRODUCTION}.new ${PRODUCTION} &&
chmod 600 ${PRODUCTION}`,
    uses: ["SIDE_DATABASE", "DATABASE"],
    expect: "No output. The application is still locked out.",
    ifNot: "If the disk is full, the unfinished copy is the file that ends in .new.",
    destroys: true,
  },
];

const lookAround = (): Line => ({
  say: "Check what's there: files, sizes, times, owners.",
  script: `ls -ln --time-style=full-iso -- "$(dirname ${PRODUCTION})" &&
for file in "$(dirname ${PRODUCTION})"/*; do
  [ "$(head -c 15 "$file")" = 'SQLite format 3' ] || continue
  printf '%s: %s tables\\n' "$file" "$(${CLIENT} -readonly "$file" \\
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'")"
done`,
  uses: ["DATABASE"],
  expect: "Files, each with its number of tables. Write down any name that's almost the right one.",
  ifNot: "If the folder is missing, check that the disk is mounted.",
  destroys: false,
});

export const takeover = {
  takeOver,
  lookAround,
  bumpSequences: () => bumpSequences(),
  dropDatabase: (): Line => ({
    say: "Remove the application's file, as a clean-up of one's own machine does.",
    script: `rm ${PRODUCTION} && rm -f ${beside(PRODUCTION)}`,
    uses: ["DATABASE"],
    destroys: true,
  }),
};
