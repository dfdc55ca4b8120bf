/**
 * Snapshots: the data folder as it stands on disk, as a volume or a file system would image it. Of a stopped server it is
 * a clean copy; of one that is frozen in the middle of its work it is what a crash would leave, and is repaired from its
 * own log when it starts.
 */
import { defineMethod } from "../../define.ts";
import { type Compression, isTar, layersOf } from "../../host/packing.ts";
import type { BackupFacts, Content, Line } from "../../parts.ts";
import { ENDING, IMAGE_OPTIONS, type ImageOptions, PACK } from "../compressing.ts";
import { checkArchive, type PackedFiles, removeSide, settingsOfSide, startSide, unpack } from "./files.ts";

/** Every process of the server, parents first. Only /proc tells, because each has a process group of its own. */
const FAMILY = `server=$(head -n 1 "$PGDATA/postmaster.pid") &&
family="$server $(grep -slE "^PPid:[^0-9]$server$" /proc/[0-9]*/status |
  cut -d/ -f3 | tr '\\n' ' ')"`;

/** The version comes first, so that an image can be told by its start; the process id of the original stays out. */
function image(stem: string, compress: Compression): string {
  const file = `"$BACKUP_DIR/${stem}.snapshot.tar${ENDING[compress]}"`;
  return `{ tar -c -C "$PGDATA" --exclude=./postmaster.pid \\
  --exclude=./server.log -f - PG_VERSION . && : >"$BACKUP_DIR/whole"; } |
  ${PACK[compress]} >${file}
rm "$BACKUP_DIR/whole"`;
}

function backup(stem: string, { server, compress }: ImageOptions): readonly Line[] {
  const uses = ["PGDATA", "BACKUP_DIR"];
  const copy = image(stem, compress);
  if (server === "stopped") {
    return [
      {
        say: "Shut the server down, image its files, and start it again.",
        script: `pg_ctl -s -w -t 600 -m fast -D "$PGDATA" stop &&
${copy}
code=$?
pg_ctl -s -w -t 600 -D "$PGDATA" -l "$PGDATA/server.log" start &&
exit $code`,
        uses,
        destroys: false,
      },
    ];
  }
  return [
    {
      say: "Hold the server still, image its files, and let it go on.",
      script: `${FAMILY} &&
kill -STOP $family &&
${copy}
code=$?
kill -CONT $family &&
exit $code`,
      uses,
      destroys: false,
    },
  ];
}

function facts({ compress }: ImageOptions): BackupFacts {
  return {
    engine: "postgres",
    method: "snapshot",
    format: "tar",
    packing: layersOf(compress),
    complete: "unknown",
    because: "not made yet",
  };
}

function inspect({ head: bytes, packing }: Content): BackupFacts | null {
  if (!isTar(bytes)) return null;
  if (!bytes.toString("latin1", 0, 100).startsWith("PG_VERSION\0")) return null;
  const version = /^\d+(\.\d+)?/.exec(bytes.toString("latin1", 512, 520))?.[0];
  return {
    engine: "postgres",
    method: "snapshot",
    format: "tar",
    packing,
    ...(version === undefined ? {} : { serverVersion: version }),
    complete: "unknown",
    because: "an archive: known when it has been read to its end",
  };
}

const archiveOf = ({ packing }: BackupFacts): PackedFiles => ({ file: '"$BACKUP"', packing });

export const snapshot = defineMethod<ImageOptions>({
  name: "snapshot",
  summary: "An image of the data folder, of a stopped server or of one held still.",
  options: IMAGE_OPTIONS,
  gives: ["side-restore", "one-table"],
  side: "server",
  variants: [{ name: "snapshot", options: () => ({}), log: false }],
  backup,
  facts,
  inspect,
  check: (facts) => [checkArchive(archiveOf(facts))],
  recover: (facts) => [unpack(archiveOf(facts)), ...settingsOfSide, startSide],
  removeSide,
});
