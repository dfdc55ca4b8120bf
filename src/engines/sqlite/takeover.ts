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
    say: "Write everything of the restored file into the file itself.",
    ...printed(sql("PRAGMA wal_checkpoint(TRUNCATE);", "side").with({ output: ">/dev/null" })),
    uses: ["SIDE_DATABASE"],
    expect: "No output.",
    ifNot: "Something has the restored file open: close it.",
    destroys: false,
  },
  {
    say: "Put it in the place of the damaged one; its -wal goes first, since it would be played into the new file.",
    script: `rm -f ${beside(PRODUCTION)} &&
cp ${SIDE} ${PRODUCTION}.new &&
mv ${PRODUCTION}.new ${PRODUCTION} &&
chmod 600 ${PRODUCTION}`,
    uses: ["SIDE_DATABASE", "DATABASE"],
    expect: "No output. The application is still kept out.",
    ifNot: "Is the disk full? The copy beside it, with .new behind its name, is what is half done.",
    destroys: true,
  },
];

const lookAround = (): Line => ({
  say: "Look at what is there: which files, how large, written when, by whom.",
  script: `ls -ln --time-style=full-iso -- "$(dirname ${PRODUCTION})" &&
for file in "$(dirname ${PRODUCTION})"/*; do
  [ "$(head -c 15 "$file")" = 'SQLite format 3' ] || continue
  printf '%s: %s tables\\n' "$file" "$(${CLIENT} -readonly "$file" \\
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'")"
done`,
  uses: ["DATABASE"],
  expect: "Files, and how many tables each holds. Write down every name that is nearly the right one.",
  ifNot: "The folder is not there: is the disk mounted?",
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
