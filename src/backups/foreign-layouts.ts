/** Forms that show in what lies together: in an archive, or under the names of a tool's own layout. */

import { firstOfZip } from "../host/archives.ts";
import type { View } from "../host/unpack-head.ts";
import type { Form } from "./form.ts";

const foreign = (name: string, ...next: string[]): Form => ({ kind: "foreign", name, next });

const endsWith = (names: readonly string[], file: string) =>
  names.some((name) => name === file || name.endsWith(`/${file}`));

/** Files of a server's data folder, as volumes and careless jobs archive it. */
function dataFolder(names: readonly string[]): Form | null {
  const isPg = endsWith(names, "PG_VERSION") || endsWith(names, "global/pg_control");
  const isMariaDb = endsWith(names, "ibdata1") || endsWith(names, "aria_log_control") || endsWith(names, "mysql.ibd");
  if (!isPg && !isMariaDb) return null;
  const ran = endsWith(names, "postmaster.pid")
    ? "; it was copied from a running server (postmaster.pid is in it), so its files may not fit each other"
    : "";
  const tool = isPg ? "pg_basebackup" : "mariadb-backup";
  return foreign(
    `an archive of a server's data folder (a volume)${ran}`,
    `take it with ${tool}, or with the server stopped`,
    "or take a dump beside it, and verify that",
  );
}

/** What an archive is by its members. */
export function formsOfArchives(view: View): Form | null {
  const { members, bytes } = view;
  if (members === undefined) return null;
  if (firstOfZip(bytes)?.isEncrypted === true)
    return {
      kind: "encrypted",
      name: "encrypted with a zip's password",
      with: "zip",
      next: ["unzip -P … FILE, or better: encrypt with age or gpg"],
    };
  const names = members.map(({ name }) => name);
  const data = dataFolder(names);
  if (data !== null) return data;
  if (names.some((name) => /(^|\/)(metadata|[^/]+-schema(-create)?\.sql(\.\w+)?)$/.test(name)) && names.length > 1)
    return foreign("a folder of mydumper, archived", "myloader --directory FOLDER restores it; Fogbell does not yet");
  if (names.some((name) => /(^|\/)(xtrabackup|mariadb_backup)_(info|checkpoints)$/.test(name)))
    return foreign(
      "a folder of mariadb-backup, archived",
      "unpack it into a folder of the store, or stream it: mariadb-backup --stream=xbstream",
    );
  if (members.length === 0) return foreign("an archive without files", "look at the job that makes it");
  return null;
}

/** What a tool keeps in pieces of its own is a backup only for that tool. */
const repository = (name: string, ...next: string[]): Form =>
  foreign(`a file in a repository of ${name}: what is in it shows only to ${name}`, ...next);

const LAYOUTS: readonly (readonly [RegExp, Form])[] = [
  [
    /(^|\/)(data\/[\da-f]{2}\/[\da-f]{64}|(index|keys|snapshots|locks)\/[\da-f]{64})$/,
    repository("restic", "restic snapshots", "restic restore latest --target FOLDER, then verify what it brings back"),
  ],
  [
    /(^|\/)data\/\d+\/\d+$|(^|\/)(index|hints|integrity)\.\d+$/,
    repository("borg", "borg list REPOSITORY", "borg extract REPOSITORY::ARCHIVE, then verify what it brings back"),
  ],
  [
    /(^|\/)kopia\.(repository|blobcfg|maintenance)(\.f)?$|(^|\/)[pqx_][\da-f]{3}\/[\da-f]{3}\/[^/]+\.f$|\.f$/,
    repository("Kopia", "kopia snapshot list", "kopia restore SNAPSHOT FOLDER, then verify what it brings back"),
  ],
  [
    /(^|\/)duplicity-(full|inc|new)[^/]*\.(manifest|sigtar|difftar)/,
    repository("duplicity", "duplicity restore URL FOLDER, then verify what it brings back"),
  ],
  [
    /(^|\/)duplicati-[^/]*\.d(block|index|list)\./,
    repository("Duplicati", "restore it into a folder, then verify what it brings back"),
  ],
  [
    /(^|\/)rdiff-backup-data\//,
    repository("rdiff-backup", "rdiff-backup restore REPOSITORY FOLDER, then verify what it brings back"),
  ],
  [
    /(^|\/)@(\.done|\.post|\.users)?\.(json|sql)$|@@?\d*\.(tsv|csv)(\.zst|\.gz)?(\.idx)?$/,
    foreign("a file of MySQL Shell's dump", "mysqlsh: util.loadDump(FOLDER) restores it; Fogbell does not yet"),
  ],
  [
    /\.vma(\.\w+)?$|(^|\/)vzdump-/,
    foreign("a backup of a whole machine (Proxmox)", "restore the machine, then verify a dump of its database"),
  ],
  [
    /\.(vbk|vib|vrb)$/,
    foreign("a backup of a whole machine (Veeam)", "restore the machine, then verify a dump of its database"),
  ],
  [
    /(^|\/)base\/\d{8}T\d{6}\/(backup\.info|data\.tar(\.\w+)?)$/,
    foreign("a file in the layout of barman-cloud", "barman-cloud-restore brings it back; then verify a dump of it"),
  ],
  [
    /(^|\/)wals\/[0-9A-F]{16}\/[0-9A-F]{24}(\.\w+)?$/,
    foreign("a piece of log in barman's layout", "barman-cloud-wal-restore"),
  ],
  [
    /(^|\/)(basebackups_\d+|wal_\d+)\//,
    foreign("a file in the layout of WAL-G", "wal-g backup-list, wal-g backup-fetch"),
  ],
  [
    /(^|\/)(archive|backup)\/[^/]+\/(archive|backup)\.info(\.copy)?$/,
    foreign("a repository of pgBackRest without a finished backup", "pgbackrest --stanza=NAME info"),
  ],
  [
    /(^|\/)metadata$|-schema(-create)?\.sql(\.\w+)?$/,
    foreign("a file of mydumper", "myloader --directory FOLDER restores it; Fogbell does not yet"),
  ],
];

/** What an object is by the names of the folders that it lies in. */
export const formsOfLayouts = (key: string): Form | null => LAYOUTS.find(([pattern]) => pattern.test(key))?.[1] ?? null;
