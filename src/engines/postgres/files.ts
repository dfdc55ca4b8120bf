/** Copies of a server's files: how one comes back as a server of its own, whatever made the copy. */
import { type Packing, unpacked, whole } from "../../host/packing.ts";
import { CHECK_ENDS, type Line } from "../../parts.ts";
import { SIDE } from "./client.ts";

/** An archive of files, as the shell names it: `"$BACKUP/base.tar.gz"`. */
export interface PackedFiles {
  readonly file: string;
  readonly packing: Packing;
}

/** Where a restored server has its tablespaces; those of the copy name folders of the other machine. */
export const TABLESPACES = "$SIDE_DATA.tablespaces";

/** Prints a packed file, whatever it is packed with. `name` is a variable of the script's. */
export const printAny = (name: string, indent: string): string =>
  [
    `case $${name} in`,
    `*.gz) gunzip -c "$${name}" ;;`,
    `*.zst) zstd -dcq "$${name}" ;;`,
    `*.bz2) bunzip2 -c "$${name}" ;;`,
    `*.xz) xz -dcq "$${name}" ;;`,
    `*.lz4) lz4 -dcq "$${name}" ;;`,
    `*) cat "$${name}" ;;`,
    "esac",
  ].join(`\n${indent}`);

/** Prints one member of the archive. */
export function member({ file, packing }: PackedFiles, name: string): string {
  return `${unpacked(packing, file)} | tar -xO -f - ${name}`;
}

/** Reads the archive to its end, and compares the version that made it with the one installed here. */
export function checkArchive(archive: PackedFiles, first = ""): Line {
  const { file, packing } = archive;
  const test = packing.length === 0 ? "" : `${whole(packing, file)} &&\n`;
  return {
    say: "Read the copy to the end. Check that it's complete and of this version.",
    script: `${first}${test}${unpacked(packing, file)} | tar -t -f - >/dev/null &&
theirs=$(${member(archive, "PG_VERSION")} |
  head -n 1) &&
ours=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/') &&
if [ "$theirs" != "$ours" ]; then
  printf 'version\\t%s\\t%s\\n' "$theirs" "$ours"; (exit ${CHECK_ENDS.otherVersion})
fi`,
    uses: ["BACKUP"],
    expect: "No output, and exit code 0.",
    ifNot:
      "If it prints two versions (the copy's, then this server's), use a server of the first. Otherwise take the next older copy.",
    destroys: false,
  };
}

/** `more` is done after the archive was unpacked, sets `whole` to no when it fails, and ends by asking for it. */
export function unpack({ file, packing }: PackedFiles, more = ""): Line {
  return {
    say: "Unpack the backup into an empty folder. The damaged server isn't touched.",
    // Not what an earlier try left in the terminal of whoever types it.
    script: `${more === "" ? "" : "whole=no\n"}mkdir -p -m 700 "$(dirname "$SIDE_DATA")" &&
mkdir -m 700 "$SIDE_DATA" &&
${unpacked(packing, file)} |
  tar -x -f - -C "$SIDE_DATA"${more === "" ? "" : ` &&\nwhole=yes\n${more}`}`,
    uses: ["BACKUP", "SIDE_DATA", "EXPECTED_BYTES"],
    expect: "No output.",
    ifNot:
      "If the folder already exists, someone else may be restoring: ask aloud. If the disk is full, choose another.",
    destroys: false,
    progress: UNPACKED,
  };
}

/** Bytes on disk against bytes expected. */
export const UNPACKED = 'echo "$(du -sb "$SIDE_DATA" | cut -f1) $EXPECTED_BYTES"';

/**
 * Debian and its kin keep these files in /etc, so that no copy of the data folder holds them, or holds a link, through which
 * something would be written elsewhere. The settings may name another folder of data. A server that goes through a log must
 * allow at least as much as the one that wrote it. Source: PostgreSQL manual, 27.4.3, "Administrator's Overview".
 */
const missingSettings: Line = {
  say: "Create the settings files that the copy lacks (some systems keep them outside the data folder).",
  script: `for name in postgresql.conf postgresql.auto.conf pg_hba.conf \\
  pg_ident.conf server.log; do
  if [ -L "$SIDE_DATA/$name" ]; then
    mv "$SIDE_DATA/$name" "$SIDE_DATA/$name.link"
  fi
done
if [ -e "$SIDE_DATA/postgresql.conf" ]; then
  sed -i 's/^[[:space:]]*data_directory/#&/' \\
    "$SIDE_DATA/postgresql.conf"
else
  LC_ALL=C pg_controldata "$SIDE_DATA" | sed -n \\
    -e 's/_xacts setting:/_transactions setting:/' \\
    -e 's/_per_xact setting:/_per_transaction setting:/' \\
    -e 's/^\\(max_[a-z_]*\\) setting: */\\1 = /p' \\
    >"$SIDE_DATA/postgresql.conf"
fi &&
{ [ -e "$SIDE_DATA/pg_hba.conf" ] ||
  echo 'local all all trust' >"$SIDE_DATA/pg_hba.conf"; } &&
touch "$SIDE_DATA/pg_ident.conf"`,
  uses: ["SIDE_DATA"],
  expect: "No output. Before production uses this server, copy its own files from /etc.",
  ifNot: "SIDE_DATA isn't the unpacked backup. Start again with an empty folder.",
  destroys: false,
};

/**
 * What a restored server must not do: archive over production's log, listen, follow production, wait for production's
 * standbys, run what was preloaded or is to be run in a recovery, write outside its folder, wait as a standby when the copy
 * was taken from one; let each question write, or shut it out (a trigger ON login). And what it could not do here: find certificates, groups, log folders, huge pages and the language of
 * the other machine. These stand in the file that ALTER SYSTEM writes, which wins over all others. A client is told no port,
 * so the server has the one that a client takes.
 */
const ownSettings: Line = {
  say: "Give the restored server its own settings: no archiving, local connections only.",
  script: `for name in recovery.signal standby.signal; do
  if [ -e "$SIDE_DATA/$name" ]; then
    mv "$SIDE_DATA/$name" "$SIDE_DATA/$name.was"
  fi
done
cat >>"$SIDE_DATA/postgresql.auto.conf" <<CONF &&
listen_addresses = ''
port = \${PGPORT:-5432}
unix_socket_directories = '$SIDE_HOST'
unix_socket_group = ''
unix_socket_permissions = 0700
hba_file = '$SIDE_DATA/pg_hba.conf'
ident_file = '$SIDE_DATA/pg_ident.conf'
ssl = off
ssl_passphrase_command = ''
external_pid_file = ''
log_destination = stderr
logging_collector = off
huge_pages = off
dynamic_shared_memory_type = mmap
lc_messages = 'C'
archive_mode = off
archive_command = ''
restore_command = ''
archive_cleanup_command = ''
recovery_end_command = ''
primary_conninfo = ''
synchronous_standby_names = ''
max_logical_replication_workers = 0
shared_preload_libraries = ''
session_preload_libraries = ''
local_preload_libraries = ''
shared_buffers = 128MB
log_min_error_statement = panic
CONF
if [ "$(cat "$SIDE_DATA/PG_VERSION")" -ge 17 ]; then
  echo "event_triggers = off" >>"$SIDE_DATA/postgresql.auto.conf"
fi &&
mkdir -p -m 700 "$SIDE_HOST"`,
  uses: ["SIDE_DATA", "SIDE_HOST"],
  expect: "No output.",
  ifNot: "SIDE_HOST must be a folder you can write to.",
  destroys: false,
};

/** Between the copy's files and the first start of their server. */
export const settingsOfSide: readonly Line[] = [missingSettings, ownSettings];

/** Why the restored server stopped, without what it told those who knocked while it was starting. */
export const WHY_STOPPED = `sed -n -e '/FATAL:  the database system is /d' \\
  -e 's/^.*FATAL:  /FATAL:  /p' -e '/^pg_ctl: /p' \\
  "$SIDE_DATA/server.log" >&2`;

export const startSide: Line = {
  say: "Start the restored server.",
  script: `pg_ctl -s -w -t 86400 -D "$SIDE_DATA" \\
  -l "$SIDE_DATA/server.log" start 2>>"$SIDE_DATA/server.log" ||
{ ${WHY_STOPPED}; false; } &&
psql -Xq ${SIDE} -At -c "SELECT 'open'"`,
  uses: ["SIDE_DATA", "SIDE_HOST", "SIDE_DATABASE"],
  expect: '"open".',
  ifNot: "Read the end of server.log in SIDE_DATA.",
  destroys: false,
};

export const removeSide = (): readonly Line[] => [
  {
    say: "Stop the restored server, and remove it.",
    script: `pg_ctl -s -m immediate -D "$SIDE_DATA" stop
rm -r "$SIDE_DATA" "$SIDE_HOST" &&
rm -rf "${TABLESPACES}"`,
    uses: ["SIDE_DATA", "SIDE_HOST"],
    expect: "No output.",
    ifNot: "You can leave it; it only takes up space.",
    destroys: true,
  },
];
