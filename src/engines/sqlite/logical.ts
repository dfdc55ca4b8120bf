/** Logical backups: `.dump` as text, packed or not, told by its content. Of use where a file is too broken, or too new, to open. */
import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { layersOf, unpacked } from "../../host/packing.ts";
import type { BackupFacts, Content, Line } from "../../parts.ts";
import { compressOption, thenPack } from "../compressing.ts";
import { CLIENT, fileOf, PATIENT } from "./client.ts";
import { isWhole } from "./recovery.ts";

const options = z.strictObject({
  compress: compressOption,
});
type Options = z.infer<typeof options>;

/** A dump that met a broken page ends with this line instead of COMMIT, and the program with 0. */
const ENDED = "COMMIT;";

/** Dump first, compress after: the exit code of a pipe is its last program's. */
const backup = (stem: string, { compress }: Options): readonly Line[] => {
  const file = `"$BACKUP_DIR/${stem}.sql"`;
  return [
    {
      say: "Write the database down as text.",
      script: `test -f ${fileOf("production")} &&
${CLIENT} -readonly ${fileOf("production")} \\
  '${PATIENT}' .dump >${file} &&
[ "$(tail -n 1 ${file})" = '${ENDED}' ]${thenPack(compress, file)}`,
      uses: ["DATABASE", "BACKUP_DIR"],
      destroys: false,
    },
  ];
};

const said = (packing: BackupFacts["packing"]): BackupFacts => ({
  engine: "sqlite",
  method: "logical",
  isDump: true,
  format: "plain",
  packing,
  complete: "unknown",
  because: "not read to its end",
});

/** Its own first two lines; comments that people put above them are theirs. */
const HEAD = /^(?:\s*--[^\n]*\n|\s*\n)*PRAGMA foreign_keys=OFF;\r?\nBEGIN TRANSACTION;/;

function inspect({ head, tail, packing, members }: Content): BackupFacts | null {
  if (members !== undefined || !HEAD.test(head.toString("latin1", 0, 8000))) return null;
  const end = tail?.toString("latin1").trimEnd();
  const complete = end === undefined ? "unknown" : end.endsWith(ENDED) ? "yes" : "no";
  return {
    ...said(packing),
    complete,
    because:
      complete === "yes"
        ? "it ends with COMMIT"
        : complete === "no"
          ? "it does not end with COMMIT"
          : "not read to its end",
  };
}

/** The client takes statements alone in its safe mode: a text could hold any command, and one that attaches another file. */
const load = (facts: BackupFacts, into: string) =>
  `{ ${unpacked(facts.packing)} || echo 'unpacking failed;'; } |
  ${CLIENT} -safe ${into}`;

export const logical = defineMethod<Options>({
  name: "logical",
  summary: ".dump, as SQL text. Loses user_version and the other pragmas that stand in the file's head.",
  options,
  gives: ["side-restore", "one-table"],
  side: "database",
  variants: [{ name: "logical", options: () => ({}), log: false }],
  backup,
  facts: ({ compress }) => ({ ...said(layersOf(compress)), because: "not made yet" }),
  inspect,
  over: ({ compress }) => [
    {
      say: "Restore the dump over the live file.",
      script: `rm -f ${fileOf("production")} ${fileOf("production")}-wal ${fileOf("production")}-shm &&
${unpacked(layersOf(compress), '"$TAKEN"')} | ${CLIENT} -safe ${fileOf("production")}`,
      uses: ["DATABASE", "TAKEN"],
      destroys: true,
    },
  ],
  check: (facts) => [
    {
      say: "Read the copy to the end. Check that it's complete and stays inside its target.",
      script: 'fogbell backups check "$BACKUP"',
      own: "check",
      without: `${unpacked(facts.packing)} | tail -n 1 | grep -x '${ENDED}'`,
      uses: ["BACKUP"],
      expect: '"whole" and a number of lines.',
      ifNot: "Don't restore it. Take the next older backup.",
      destroys: false,
    },
  ],
  recover: (facts) => [
    {
      say: "Restore the backup into a file of its own. The damaged file isn't touched.",
      script: `test ! -e ${fileOf("side")} &&
${load(facts, fileOf("side"))}`,
      uses: ["BACKUP", "SIDE_DATABASE"],
      expect: "No output, and exit code 0.",
      ifNot: "Remove the side file and start again with the next older backup.",
      destroys: false,
      progress: `echo "$(stat -c %s ${fileOf("side")}) 0"`,
    },
    {
      say: "Read the restored file to the end.",
      script: isWhole(fileOf("side")),
      uses: ["SIDE_DATABASE"],
      expect: "No output.",
      ifNot: "Take the next older backup.",
      destroys: false,
    },
  ],
});
