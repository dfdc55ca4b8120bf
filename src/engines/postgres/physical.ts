/** Physical backups: pg_basebackup's tar with its manifest, restored as a server of its own, and forward through the log. */

import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { folderOf } from "../../host/key-parts.ts";
import { isTar, layersOf } from "../../host/packing.ts";
import {
  type BackupFacts,
  CHECK_ENDS,
  type Content,
  type Gathered,
  type Line,
  type StoredObject,
  type Target,
} from "../../parts.ts";
import { compressOption } from "../compressing.ts";
import { aboutLog, logChecks } from "../packed-log.ts";
import {
  checkArchive,
  member,
  type PackedFiles,
  printAny,
  removeSide,
  settingsOfSide,
  startSide,
  TABLESPACES,
  unpack,
} from "./files.ts";
import { checkLog, throughLog } from "./log.ts";

const options = z.strictObject({
  compress: compressOption,
});
type Options = z.infer<typeof options>;

const PACK = { none: "none", gzip: "gzip:1", zstd: "zstd:1" } as const;

const INCREMENTAL = "incremental";
/** With the log that the copy needs to be consistent (`-X fetch`), so that it can come back without any archive. */
function backup(stem: string, { compress }: Options): readonly Line[] {
  return [
    {
      say: "Back up the whole server's files while it runs.",
      script: `pg_basebackup -D "$BACKUP_DIR/${stem}" -Ft -X fetch -c fast \\
  --compress=${PACK[compress]}`,
      uses: ["PGHOST", "BACKUP_DIR"],
      destroys: false,
    },
  ];
}

function facts({ compress }: Options): BackupFacts {
  return {
    engine: "postgres",
    method: "physical",
    format: "tar",
    packing: layersOf(compress),
    complete: "unknown",
    because: "not made yet",
  };
}

/** The archive, its manifest, and the archives of other tablespaces share a folder. */
function gather(objects: readonly StoredObject[]): Gathered[] {
  return objects
    .filter(({ key }) => /(^|\/)base\.tar(\.(gz|zst|bz2|xz|lz4))?$/.test(key))
    .map((lead) => ({
      lead,
      members: objects.filter(
        ({ key }) =>
          folderOf(key) === folderOf(lead.key) &&
          /(^|\/)(backup_manifest|[^/]+\.tar(\.(gz|zst|bz2|xz|lz4))?)$/.test(key),
      ),
    }));
}

/** The major version, when a file that tells it stands in what was read: the folder's own order says how early it comes. */
function versionIn(archive: Buffer): string | undefined {
  for (let at = 0; at + 1024 <= archive.length; ) {
    const name = archive.toString("latin1", at, at + 100).split("\0")[0] ?? "";
    const size = Number.parseInt(archive.toString("latin1", at + 124, at + 136), 8);
    if (name === "" || Number.isNaN(size)) return undefined;
    if (/(^|\/)PG_VERSION$/.test(name))
      return /^\d+(?=\n)/.exec(archive.toString("latin1", at + 512, at + 512 + size))?.[0];
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}

/** The archive begins with `backup_label`. Source: perform_base_backup in src/backend/backup/basebackup.c. */
function inspect({ head: bytes, packing }: Content): BackupFacts | null {
  if (!isTar(bytes) || packing.some((layer) => typeof layer === "object")) return null;
  if (!bytes.toString("latin1", 0, 100).startsWith("backup_label\0")) return null;
  const label = bytes.toString("utf8", 512, 1536);
  const from = /START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/.exec(label)?.[1];
  if (from === undefined) return null;
  const version = versionIn(bytes);
  // Zones without an abbreviation are written as numbers.
  const began = /^START TIME: ([\d-]{10} [\d:]{8} (?:[A-Z]{1,5}|[+-]\d{2}(?::?\d{2})?))$/m.exec(label)?.[1];
  return {
    engine: "postgres",
    method: "physical",
    // PostgreSQL 17 and later. Source: build_backup_content in src/backend/access/transam/xlogbackup.c.
    format: /^INCREMENTAL FROM LSN: /m.test(label) ? INCREMENTAL : "tar",
    packing,
    ...(version === undefined ? {} : { serverVersion: version }),
    complete: "unknown",
    because: "an archive: known when it has been read to its end",
    logFrom: from,
    ...(began === undefined ? {} : { made: { text: began, at: "begin" } }),
  };
}

const ENDINGS: Readonly<Record<string, string>> = { gzip: ".gz", zstd: ".zst", bzip2: ".bz2", xz: ".xz", lz4: ".lz4" };

const archiveOf = ({ packing }: BackupFacts): PackedFiles => ({
  file: `"$BACKUP/base.tar${packing.map((layer) => ENDINGS[String(layer)] ?? "").join("")}"`,
  packing,
});

/** Half of each file lies in the copies before it: by itself it would be unpacked, found faultless, and never start. */
const byItself: Line = {
  say: "Check that the copy can be restored on its own.",
  script: `echo "incremental: it needs the copies before it"
(exit ${CHECK_ENDS.notAlone})`,
  uses: [],
  expect: "No output, and exit code 0.",
  ifNot:
    "Combine it with the backups before it: pg_combinebackup FULL INCREMENTAL… -o JOINED. Or take the newest full backup.",
  destroys: false,
};

const HAS_MANIFEST = `{ test -s "$BACKUP/backup_manifest" ||
  { echo "its backup_manifest is missing or empty"; false; }; } &&
`;

function check(facts: BackupFacts): readonly Line[] {
  if (facts.format === INCREMENTAL) return [byItself];
  const archive = archiveOf(facts);
  return [checkArchive(archive, HAS_MANIFEST), ...logChecks(facts, checkLog(member(archive, "global/pg_control")))];
}

/** Each tablespace is an archive of its own, named by its number. */
const tablespaces = `for one in "$BACKUP"/[0-9]*.tar*; do
  if [ -e "$one" ]; then
    id=\${one##*/}
    id=\${id%%.*}
    mkdir -p -m 700 "${TABLESPACES}/$id" &&
    ${printAny("one", "    ")} | tar -x -f - -C "${TABLESPACES}/$id" &&
    ln -s "${TABLESPACES}/$id" "$SIDE_DATA/pg_tblspc/$id" ||
      whole=no
  fi
done
[ "$whole" = yes ]`;

/**
 * `-X stream`, which is pg_basebackup's default, puts the log that the copy needs into an archive of its own. The map of
 * the tablespaces is one of the files that were compared: it is written anew only now.
 */
const beside: Line = {
  say: "Add the log that was streamed with the copy, if any, and set where its tablespaces are now.",
  script: `for wal in "$BACKUP"/pg_wal.tar*; do
  if [ -e "$wal" ]; then
    ${printAny("wal", "    ")} | tar -x -f - -C "$SIDE_DATA/pg_wal" || false
  fi
done &&
if [ -d "${TABLESPACES}" ]; then
  ls "${TABLESPACES}" | while read -r id; do
    echo "$id ${TABLESPACES}/$id"
  done >"$SIDE_DATA/tablespace_map"
fi`,
  uses: ["BACKUP", "SIDE_DATA"],
  expect: "No output.",
  ifNot: "The log is damaged. Start again with the next older backup.",
  destroys: false,
};

function recover(facts: BackupFacts, target: Target): readonly Line[] {
  const verify: Line = {
    say: "Compare every file with the backup's checksums.",
    script: 'pg_verifybackup -q -n -m "$BACKUP/backup_manifest" "$SIDE_DATA"',
    uses: ["BACKUP", "SIDE_DATA"],
    expect: "No output.",
    ifNot: "The copy is damaged. Remove the folder and start again with the next older backup.",
    destroys: false,
  };
  return [
    unpack(archiveOf(facts), tablespaces),
    verify,
    beside,
    ...settingsOfSide,
    ...(facts.hasLog === true ? aboutLog(throughLog(target)) : [startSide]),
  ];
}

export const physical = defineMethod<Options>({
  name: "physical",
  summary: "pg_basebackup, and forward through the archived log to any moment since.",
  options,
  gives: ["side-restore", "one-table", "point-in-time"],
  side: "server",
  variants: [
    { name: "physical", options: () => ({}), log: false },
    { name: "physical + log", options: () => ({}), log: true },
  ],
  backup,
  gather,
  facts,
  inspect,
  check,
  recover,
  removeSide,
});
