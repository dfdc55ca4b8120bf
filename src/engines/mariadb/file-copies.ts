/**
 * Full copies by mariadb-backup as people keep them: a folder of files, prepared or not, or one stream of them. What our own
 * drills make, sets in folders of their own, stands in `physical.ts`.
 */
import { folderOf } from "../../host/key-parts.ts";
import { roomOf, unpacked } from "../../host/packing.ts";
import { apart } from "../../host/sh.ts";
import {
  type BackupFacts,
  CHECK_ENDS,
  type Content,
  type Gathered,
  type Line,
  type StoredObject,
} from "../../parts.ts";
import { UNPACKED } from "./files.ts";

/** Formats of `BackupFacts` that this file restores. */
export const FOLDER = "folder";
const STREAM = "stream";
export const isFileCopy = ({ format }: BackupFacts): boolean => format === FOLDER || format === STREAM;

/** The tool's own description; MariaDB 11 renamed it. */
export const INFO_NAMES = ["xtrabackup_info", "mariadb_backup_info"] as const;

const MAGIC = "XBSTCK01";
/** Of the copy and not against it. */
const PARTIAL = "incremental: it needs the copies before it";

/** Everything below a folder that has such a description, and no stream beside it. */
export function gatherFolders(objects: readonly StoredObject[], isSet: (folder: string) => boolean): Gathered[] {
  const folders = objects.flatMap((lead) => {
    const name = INFO_NAMES.find((one) => lead.key === one || lead.key.endsWith(`/${one}`));
    return name === undefined ? [] : [{ lead, folder: lead.key.slice(0, -name.length) }];
  });
  return (
    folders
      .filter(({ folder }) => !isSet(folder))
      // Its description comes first and tells its moment: a copy that is prepared later has other files written anew.
      .map(({ lead, folder }) => ({
        lead,
        members: [lead, ...objects.filter((one) => one !== lead && one.key.startsWith(folder))],
      }))
      // Of an increment there is `ibdata1.delta` only.
      .map((one) => ({ ...one, isWhole: one.members.some(({ key }) => key === `${folderOf(one.lead.key)}ibdata1`) }))
      .filter(({ lead, members }) => members.some(({ key }) => isOfServer(key.slice(folderOf(lead.key).length))))
  );
}

/** A file of the server's: its system tablespace, or a table's. Beside a description without any there is no copy. */
const isOfServer = (name: string) => name === "ibdata1" || /^[^/]+\/[^/]+\.(ibd|frm|MAI|MYI)$/.test(name);

/** The description of a copy that lies elsewhere (`--extra-lsndir`) is none. */
export const isDescription = (key: string): boolean =>
  (INFO_NAMES as readonly string[]).includes(key.slice(folderOf(key).length));

/** A stream says nothing of itself before all of it was unpacked; a folder's description is its lead. */
export function inspectStream(engine: string, { head, packing }: Content): BackupFacts | null {
  if (head.toString("latin1", 0, MAGIC.length) !== MAGIC) return null;
  return {
    engine,
    method: "physical",
    format: STREAM,
    packing,
    complete: "unknown",
    because: "a stream: known when it has been read to its end",
  };
}

/** Puts the files into `into`, a folder that is there. */
const layOut = (facts: BackupFacts, into: string) =>
  facts.format === FOLDER
    ? `cp -R "$BACKUP"/. "${into}"`
    : `{ ${unpacked(facts.packing)} || echo broken; } |\n  mbstream -x -C "${into}"`;

/** How the numbers file is called, whichever version wrote it. */
const NUMBERS = (folder: string) => `"${folder}"/*_checkpoints`;

/**
 * What encrypts a server's tables is loaded from its keys, which stay with it: without them there is nothing to read. The
 * program would load whatever library the copy names, out of the copy itself: it is asked before.
 */
export const hasKeys = (folder: string) => `plugin=$(sed -n \\
  's/^ *plugin[-_]load[-_a-z]* *= *"\\{0,1\\}\\([A-Za-z0-9_]*\\).*/\\1/p' \\
  "${folder}/backup-my.cnf" 2>/dev/null | head -n 1)
if [ -n "$plugin" ]; then
  echo "its server's tables are encrypted by $plugin, whose keys are not here"
  exit ${CHECK_ENDS.notAlone}
fi`;

/** Of the settings that come with a copy only those about its files: others name folders, and libraries to load. */
export const OWN_SETTINGS = (folder: string) => `if [ -e "${folder}/backup-my.cnf" ]; then
  sed -n -i -e '/^\\[/p' -e '/^innodb_undo_directory *= *\\.\\//p' \\
    -e '/^innodb_data_file_path *= *[A-Za-z0-9_.:;]*$/p' \\
    -e '/^innodb_[a-z_]* *= *[a-z0-9_]*$/p' "${folder}/backup-my.cnf"
fi`;

/** Complains when the files are no full copy, or of another version than the one that is to prepare them. */
const fits = (folder: string) => `if grep -q '^backup_type = incremental' ${NUMBERS(folder)}; then
  echo "${PARTIAL}"; exit ${CHECK_ENDS.notAlone}
fi
${hasKeys(folder)}
theirs=$(sed -n 's/^server_version = \\([0-9]*\\.[0-9]*\\).*/\\1/p' \\
  "${folder}"/*_info | head -n 1)
ours=$(mariadb-backup --version 2>&1 |
  sed -n 's/.* \\([0-9]*\\.[0-9]*\\)\\.[0-9]*-MariaDB.*/\\1/p')
if [ "$theirs" != "$ours" ]; then
  printf 'version\\t%s\\t%s\\n' "$theirs" "$ours"; exit ${CHECK_ENDS.otherVersion}
fi`;

export function checkFiles(facts: BackupFacts): readonly Line[] {
  const read = "$SCRATCH/read";
  const script =
    facts.format === FOLDER
      ? `test -s "$BACKUP/ibdata1" || {\n  echo "it has no ibdata1, which every copy has"; exit 7; }\n${fits("$BACKUP")}`
      : `mkdir "${read}" &&
${layOut(facts, read)} || {
  echo "it cannot be read to its end"; exit 12; }
${fits(read)}
rm -rf "${read}"`;
  return [
    {
      say: "Read the copy to the end. Check that it's a full one and of this version.",
      script: apart(script),
      uses: ["BACKUP", "SCRATCH"],
      expect: "No output, and exit code 0.",
      ifNot:
        "Don't restore it. Take the next older backup, or a server of its version. One that is encrypted is restored where its keys are.",
      destroys: false,
    },
  ];
}

export function recoverFiles(facts: BackupFacts): Line {
  return {
    say: "Extract the copy into an empty folder, and make it consistent.",
    script: apart(`mkdir -m 700 "$SIDE_DATA" &&
${layOut(facts, "$SIDE_DATA")} &&
${OWN_SETTINGS("$SIDE_DATA")} &&
if ! grep -q '^backup_type = \\(full-prepared\\|log-applied\\)' ${NUMBERS("$SIDE_DATA")}; then
  mariadb-backup --prepare --target-dir="$SIDE_DATA" \\
    2>"$SCRATCH/prepare.log" || {
    tail -n 3 "$SCRATCH/prepare.log" >&2; exit 1; }
fi`),
    uses: [
      "BACKUP",
      "SIDE_DATA",
      "SCRATCH",
      ...roomOf(facts.packing).filter((place) => place !== "SCRATCH"),
      "EXPECTED_BYTES",
    ],
    expect: "No output.",
    ifNot:
      "The copy is damaged, or the disk is full. If the folder already exists, someone else may be restoring: ask aloud.",
    destroys: false,
    progress: UNPACKED,
  };
}
