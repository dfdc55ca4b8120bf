/**
 * The file itself, in three ways: page by page while it is used (`.backup`), written anew (`VACUUM INTO`), or copied like
 * every other file, which is right only while nobody writes and with the -wal that belongs to it.
 */
import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { layersOf, type Packing, unpacked } from "../../host/packing.ts";
import {
  type BackupFacts,
  CHECK_ENDS,
  type Content,
  type Gathered,
  type Line,
  type StoredObject,
} from "../../parts.ts";
import { thenPack } from "../compressing.ts";
import { CLIENT, fileOf, PATIENT } from "./client.ts";

const options = z.strictObject({
  way: z
    .enum(["online", "vacuum", "copy"])
    .default("online")
    .describe("How the file is copied: page by page while it is used, written anew, or like every other file.")
    .meta({ examples: ["vacuum", "copy"] }),
  wal: z
    .boolean()
    .default(true)
    .describe("Of a plain copy: whether the -wal goes with it, which holds the newest rows.")
    .meta({ examples: [false] }),
  compress: z
    .enum(["none", "gzip", "zstd"])
    .default("none")
    .describe("How the backup is compressed. A plain copy is not.")
    .meta({ examples: ["gzip", "zstd"] }),
});
type Options = z.infer<typeof options>;

function backup(stem: string, { way, wal, compress }: Options): readonly Line[] {
  const file = `"$BACKUP_DIR/${stem}.db"`;
  const inside = (command: string) => `(cd "$BACKUP_DIR" && ${CLIENT} ${fileOf("production")} \\
  '${PATIENT}' "${command}")`;
  const pack = way === "copy" ? "" : thenPack(compress, file);
  const deeds = {
    online: `${inside(`.backup ${stem}.db`)}${pack}`,
    vacuum: `${inside(`VACUUM INTO '${stem}.db'`)}${pack}`,
    copy: `cp ${fileOf("production")} ${file}${wal ? ` &&\nif [ -s ${fileOf("production")}-wal ]; then cp ${fileOf("production")}-wal ${file}-wal; fi` : ""}`,
  };
  return [
    {
      say: wal ? "Back up the file." : "Back up the file, without the -wal that belongs to it.",
      script: `test -f ${fileOf("production")} &&\n${deeds[way]}`,
      uses: ["DATABASE", "BACKUP_DIR"],
      destroys: false,
    },
  ];
}

/** What lies beside a file while it is used. */
export const beside = (file: string) => `${file}-wal \\
  ${file}-shm ${file}-journal`;

/** A -wal, and the index of it, go with the file of their name. */
const ENDING = /-(?:wal|shm|journal)$/;

function gather(objects: readonly StoredObject[]): readonly Gathered[] {
  const keys = new Set(objects.map(({ key }) => key));
  const beside = objects.filter(({ key }) => ENDING.test(key) && keys.has(key.replace(ENDING, "")));
  const members = new Set(beside.map(({ key }) => key));
  return objects
    .filter(({ key }) => !members.has(key))
    .map((lead) => ({ lead, members: [lead, ...beside.filter(({ key }) => key.replace(ENDING, "") === lead.key)] }));
}

/** What the file's head says. Source: sqlite.org, "Database File Format", 1.3. */
const MAGIC = "SQLite format 3\0";
const WAL_MAGIC = [0x377f0682, 0x377f0683];
const NEWEST_FORMAT = 2;

const facts = (packing: Packing): BackupFacts => ({
  engine: "sqlite",
  method: "physical",
  format: "file",
  packing,
  complete: "unknown",
  because: "not read to its end",
});

function inspect({ head, packing, members }: Content): BackupFacts | null {
  if (members !== undefined) return null;
  if (head.length >= 32 && WAL_MAGIC.includes(head.readUInt32BE(0)))
    return { ...facts(packing), format: "wal", complete: "no", because: "a -wal without the file that it belongs to" };
  if (head.length < 100 || head.toString("latin1", 0, 16) !== MAGIC) return null;
  const number = head.readUInt32BE(96);
  const version = [Math.floor(number / 1_000_000), Math.floor(number / 1000) % 1000, number % 1000].join(".");
  const isNewer = (head[19] ?? 0) > NEWEST_FORMAT;
  return {
    ...facts(packing),
    ...(number > 0 ? { serverVersion: version } : {}),
    // Written by a copy made page by page, too: which of them it is, the file does not say.
    ...(head[18] === 2
      ? { mayMiss: "whether a -wal with newer rows was left behind could not be told; a ledger beside it would tell" }
      : {}),
    ...(isNewer
      ? { format: "newer", because: `its format is ${head[19]}, and ${NEWEST_FORMAT} is the newest that is known` }
      : {}),
  };
}

/** Its pages as the head counts them, where the head was written last by a program that counts (byte 92 equals byte 24). */
const COUNTED = `od -An -v -tu1 -N100 |
  tr -s ' \\n' ' ' | awk '{
    size = $17 * 256 + $18; if (size == 1) size = 65536
    pages = (($29 * 256 + $30) * 256 + $31) * 256 + $32
    told = $25 == $93 && $26 == $94 && $27 == $95 && $28 == $96
    print told ? size * pages : 0 }'`;

/** Enters a folder of members, or takes the one file. */
const LEAD = `lead=$BACKUP
if [ -d "$BACKUP" ]; then
  for one in "$BACKUP"/*; do
    case $one in *-wal|*-shm|*-journal) ;; *) lead=$one ;; esac
  done
fi`;

function check({ format, packing }: BackupFacts): readonly Line[] {
  const plain = packing.length === 0;
  const line = (script: string): Line => ({
    say: "Check that the file is as long as its own header says.",
    script,
    uses: ["BACKUP"],
    expect: "No output.",
    ifNot: "Don't restore it. Take the next older backup.",
    destroys: false,
  });
  if (format === "wal") {
    const alone = `echo 'a -wal without the file that it belongs to'\nsh -c 'exit ${CHECK_ENDS.notAlone}' "$BACKUP"`;
    return [{ ...line(alone), say: "Check that the copy can be restored on its own." }];
  }
  const read = (command: string) => (plain ? command : `${unpacked(packing)} | ${command}`);
  return [
    line(`${plain ? `${LEAD}\n` : ""}told=$(${plain ? `head -c 100 "$lead"` : unpacked(packing)} | ${COUNTED}) &&
long=$(${plain ? `stat -c %s "$lead"` : read("wc -c")}) &&
if [ "$long" -lt "$told" ]${plain ? ` && [ ! -e "$lead-wal" ]` : ""}; then
  echo "cut: its head counts $told bytes, and $long are there"
  false
fi`),
  ];
}

const recover = ({ packing }: BackupFacts): readonly Line[] => [
  {
    say: "Copy the backup to a file of its own, with its -wal. The damaged file isn't touched.",
    script:
      packing.length === 0
        ? `test ! -e ${fileOf("side")} &&
${LEAD}
cp "$lead" ${fileOf("side")} && chmod u+w ${fileOf("side")} &&
if [ -e "$lead-wal" ]; then
  cp "$lead-wal" ${fileOf("side")}-wal
fi`
        : `test ! -e ${fileOf("side")} &&
${unpacked(packing)} >${fileOf("side")}`,
    uses: ["BACKUP", "SIDE_DATABASE"],
    expect: "No output.",
    ifNot: "If the disk is full, remove the copy and start again where there's room.",
    destroys: false,
    progress: `echo "$(stat -c %s ${fileOf("side")}) 0"`,
  },
  {
    say: "Apply the -wal, and read the file to the end.",
    script: `[ "$(${CLIENT} ${fileOf("side")} \\
  'PRAGMA wal_checkpoint(TRUNCATE);' 'PRAGMA integrity_check;' |
  tail -n 1)" = ok ]`,
    uses: ["SIDE_DATABASE"],
    expect: "No output.",
    ifNot: "It's damaged inside. Remove the side file, and take the next older backup.",
    destroys: false,
  },
];

export const physical = defineMethod<Options>({
  name: "physical",
  summary: "The file: .backup, VACUUM INTO, or a plain copy. Loses what stands in a -wal that is left behind.",
  options,
  gives: ["side-restore", "one-table"],
  side: "database",
  variants: [
    { name: "physical", options: () => ({}), log: false },
    { name: "vacuum into", options: () => ({ way: "vacuum" }), log: false },
    { name: "plain copy", options: () => ({ way: "copy" }), log: false },
  ],
  backup,
  gather,
  facts: ({ compress, way }) => ({ ...facts(way === "copy" ? [] : layersOf(compress)), because: "not made yet" }),
  inspect,
  over: ({ compress, way }) => [
    {
      say: "Restore the backup over the live file.",
      script: `rm -f ${fileOf("production")}-wal ${fileOf("production")}-shm &&
${unpacked(way === "copy" ? [] : layersOf(compress), '"$TAKEN"')} >${fileOf("production")}`,
      uses: ["DATABASE", "TAKEN"],
      destroys: true,
    },
  ],
  check,
  recover,
});
