/** Physical backups: pg_basebackup's tar with its manifest, restored as a server of its own, and forward through the log. */
import { z } from "zod";
import { compressionOf, unpackHead } from "../../host/packing.ts";
import {
  type BackupFacts,
  defineMethod,
  type Gathered,
  type Line,
  type StoredObject,
  type Target,
} from "../../parts.ts";
import { checkLog, throughLog } from "./log.ts";
import { SIDE } from "./psql.ts";

const options = z.strictObject({
  compress: z
    .enum(["none", "gzip", "zstd"])
    .default("gzip")
    .describe("How the backup is compressed.")
    .meta({ examples: ["gzip", "zstd"] }),
});
type Options = z.infer<typeof options>;

const ENDING = { none: "", gzip: ".gz", zstd: ".zst" } as const;
const PACK = { none: "none", gzip: "gzip:1", zstd: "zstd:1" } as const;
const UNPACK = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" } as const;

const archive = (compression: BackupFacts["compression"]) => `base.tar${ENDING[compression]}`;

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
    compression: compress,
    complete: "unknown",
    because: "not made yet",
  };
}

/** The archive, its manifest, and the archives of other tablespaces share a folder. */
function gather(objects: readonly StoredObject[]): Gathered[] {
  const folderOf = (key: string) => key.slice(0, key.lastIndexOf("/") + 1);
  return objects
    .filter(({ key }) => /(^|\/)base\.tar(\.gz|\.zst)?$/.test(key))
    .map((lead) => ({
      lead,
      members: objects.filter(
        ({ key }) =>
          folderOf(key) === folderOf(lead.key) && /(^|\/)(backup_manifest|[^/]+\.tar(\.gz|\.zst)?)$/.test(key),
      ),
    }));
}

/** The archive begins with `backup_label`. Source: perform_base_backup in src/backend/backup/basebackup.c. */
function inspect(head: Uint8Array): BackupFacts | null {
  const compression = compressionOf(head);
  const bytes = unpackHead(head, compression);
  if (bytes === null || bytes.toString("latin1", 257, 262) !== "ustar") return null;
  if (!bytes.toString("latin1", 0, 100).startsWith("backup_label\0")) return null;
  const label = bytes.toString("utf8", 512, 1536);
  const from = /START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/.exec(label)?.[1];
  if (from === undefined) return null;
  return {
    engine: "postgres",
    method: "physical",
    format: "tar",
    compression,
    complete: "unknown",
    because: "an archive: known when it has been read to its end",
    logFrom: from,
  };
}

function check(facts: BackupFacts): readonly Line[] {
  const file = `"$BACKUP/${archive(facts.compression)}"`;
  const out = (name: string) => `${UNPACK[facts.compression]} ${file} | tar -xO -f - ${name}`;
  const test = { none: "", gzip: `gzip -t ${file} &&\n`, zstd: `zstd -tq ${file} &&\n` }[facts.compression];
  return [
    {
      say: "Read the copy to its end: is it whole, and of this version?",
      script: `test -s "$BACKUP/backup_manifest" &&
${test}${UNPACK[facts.compression]} ${file} | tar -t -f - >/dev/null &&
theirs=$(${out("PG_VERSION")}) &&
ours=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/') &&
if [ "$theirs" != "$ours" ]; then
  echo "taken by version $theirs, and this is version $ours"; false
fi`,
      uses: ["BACKUP"],
      expect: "No output, and exit code 0.",
      ifNot: "Do not restore it. Take the next older recovery point, or a server of that version.",
      destroys: false,
    },
    ...(facts.hasLog === true ? [checkLog(out("global/pg_control"))] : []),
  ];
}

/** What a restored server must not do: archive over production's log, listen, run what was preloaded. */
const OWN_SETTINGS = `cat >>"$SIDE_DATA/postgresql.auto.conf" <<CONF &&
listen_addresses = ''
unix_socket_directories = '$SIDE_HOST'
archive_mode = off
archive_command = ''
primary_conninfo = ''
max_logical_replication_workers = 0
shared_preload_libraries = ''
shared_buffers = 128MB
log_min_error_statement = panic
CONF
mkdir -p -m 700 "$SIDE_HOST"`;

function recover(facts: BackupFacts, target: Target): readonly Line[] {
  const file = `"$BACKUP/${archive(facts.compression)}"`;
  const unpack: Line = {
    say: "Unpack the backup into an empty folder. Nothing touches the damaged server.",
    script: `mkdir -p -m 700 "$(dirname "$SIDE_DATA")" &&
mkdir -m 700 "$SIDE_DATA" &&
${UNPACK[facts.compression]} ${file} |
  tar -x -f - -C "$SIDE_DATA"`,
    uses: ["BACKUP", "SIDE_DATA"],
    expect: "No output.",
    ifNot: "If the folder exists, somebody is restoring already: ask aloud. If the disk is full, choose another.",
    destroys: false,
    progress: 'echo "$(du -sb "$SIDE_DATA" | cut -f1) $EXPECTED_BYTES"',
  };
  const verify: Line = {
    say: "Compare every file with the backup's own list of checksums.",
    script: 'pg_verifybackup -q -n -m "$BACKUP/backup_manifest" "$SIDE_DATA"',
    uses: ["BACKUP", "SIDE_DATA"],
    expect: "No output.",
    ifNot: "The copy is damaged: remove the folder and begin again with the next older recovery point.",
    destroys: false,
  };
  const settings: Line = {
    say: "Give the restored server settings of its own: it archives nothing and listens only here.",
    script: OWN_SETTINGS,
    uses: ["SIDE_DATA", "SIDE_HOST"],
    expect: "No output.",
    ifNot: "SIDE_HOST must be a folder that you may write to.",
    destroys: false,
  };
  const start: Line = {
    say: "Start the restored server.",
    script: `pg_ctl -s -w -t 86400 -D "$SIDE_DATA" \\
  -l "$SIDE_DATA/server.log" start &&
psql -Xq ${SIDE} -At -c "SELECT 'open'"`,
    uses: ["SIDE_DATA", "SIDE_HOST", "SIDE_DATABASE"],
    expect: '"open".',
    ifNot: "Read the end of server.log in SIDE_DATA.",
    destroys: false,
  };
  return [unpack, verify, settings, ...(facts.hasLog === true ? throughLog(target) : [start])];
}

export const physical = defineMethod<Options>({
  name: "physical",
  summary: "pg_basebackup, and forward through the archived log to any moment since.",
  options,
  gives: ["side-restore", "one-table", "point-in-time"],
  needs: ["sql"],
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
  removeSide: () => [
    {
      say: "Stop the restored server, and remove it.",
      script: `pg_ctl -s -m immediate -D "$SIDE_DATA" stop
rm -r "$SIDE_DATA" "$SIDE_HOST"`,
      uses: ["SIDE_DATA", "SIDE_HOST"],
      expect: "No output.",
      ifNot: "It can stay; it only takes room.",
      destroys: true,
    },
  ],
});
