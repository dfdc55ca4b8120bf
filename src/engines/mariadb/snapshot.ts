/**
 * Snapshots: the data folder as it stands on disk. Of a stopped server it is a clean copy; of one that is frozen in the
 * middle of its work it is what a crash would leave, and is repaired from its own log when it starts.
 */
import { defineMethod } from "../../define.ts";
import { type Compression, isTar, layersOf, unpacked, whole } from "../../host/packing.ts";
import type { BackupFacts, Content, Line } from "../../parts.ts";
import { IMAGE_OPTIONS, type ImageOptions, PACK } from "../snapshot-options.ts";
import { removeSide, startSide, UNPACKED, untilReady } from "./files.ts";
import type { Flavour } from "./flavour.ts";

const ENDING: Readonly<Record<Compression, string>> = { none: "", gzip: ".gz", zstd: ".zst" };
/** Comes first in the archive, so that an image can be told by its start. */
const FIRST = "ibdata1";

function image(stem: string, compress: Compression): string {
  return `{ tar -c -C "$DATADIR" --exclude=./server.log --exclude=./server.pid \\
  --exclude=./${FIRST} -f - ${FIRST} . && : >"$BACKUP_DIR/whole"; } |
  ${PACK[compress]} >"$BACKUP_DIR/${stem}.snapshot.tar${ENDING[compress]}"
rm "$BACKUP_DIR/whole"`;
}

function backup(flavour: Flavour, stem: string, { server, compress }: ImageOptions): readonly Line[] {
  const uses = ["DATADIR", "BACKUP_DIR"];
  const copy = image(stem, compress);
  const frozen = `server=$(cat "$DATADIR/server.pid") &&
kill -STOP "$server" &&
${copy}
code=$?
kill -CONT "$server" &&
exit $code`;
  const stopped = `${flavour.admin} --socket="$DB_SOCKET" shutdown &&
while [ -e "$DATADIR/server.pid" ]; do sleep 0.1; done
${copy}
code=$?
{ setsid ${flavour.server} --defaults-file="$DATADIR/my.cnf" \\
  </dev/null >/dev/null 2>&1 & }
${untilReady(flavour, '"$DB_SOCKET"', '"$DATADIR/server.log"')} &&
exit $code`;
  return [
    server === "frozen"
      ? { say: "Hold the server still, image its files, and let it go on.", script: frozen, uses, destroys: false }
      : {
          say: "Shut the server down, image its files, and start it again.",
          script: stopped,
          uses: ["DB_SOCKET", ...uses],
          destroys: false,
        },
  ];
}

function inspect(flavour: Flavour, { head: bytes, packing }: Content): BackupFacts | null {
  if (!isTar(bytes)) return null;
  if (!bytes.toString("latin1", 0, 100).startsWith(`${FIRST}\0`)) return null;
  return {
    engine: flavour.name,
    method: "snapshot",
    format: "tar",
    packing,
    complete: "unknown",
    because: "an archive: known when it has been read to its end",
  };
}

function check({ packing }: BackupFacts): readonly Line[] {
  const test = packing.length === 0 ? "" : `${whole(packing)} &&\n`;
  return [
    {
      say: "Read the copy to its end: is it whole?",
      script: `${test}${unpacked(packing)} | tar -t -f - >/dev/null`,
      uses: ["BACKUP"],
      expect: "No output, and exit code 0.",
      ifNot: "Do not restore it. Take the next older recovery point.",
      destroys: false,
    },
  ];
}

function recover(flavour: Flavour, { packing }: BackupFacts): readonly Line[] {
  return [
    {
      say: "Unpack the image into an empty folder. Nothing touches the damaged server.",
      script: `mkdir -m 700 "$SIDE_DATA" &&
${unpacked(packing)} |
  tar -x -f - -C "$SIDE_DATA"`,
      uses: ["BACKUP", "SIDE_DATA", "EXPECTED_BYTES"],
      expect: "No output.",
      ifNot: "If the folder exists, somebody is restoring already: ask aloud. If the disk is full, choose another.",
      destroys: false,
      progress: UNPACKED,
    },
    startSide(flavour),
  ];
}

export const snapshotOf = (flavour: Flavour) =>
  defineMethod<ImageOptions>({
    name: "snapshot",
    summary: "An image of the data folder, of a stopped server or of one held still.",
    options: IMAGE_OPTIONS,
    gives: ["side-restore", "one-table"],
    side: "server",
    variants: [{ name: "snapshot", options: () => ({}), log: false }],
    backup: (stem, told) => backup(flavour, stem, told),
    facts: ({ compress }) => ({
      engine: flavour.name,
      method: "snapshot",
      format: "tar",
      packing: layersOf(compress),
      complete: "unknown",
      because: "not made yet",
    }),
    inspect: (content) => inspect(flavour, content),
    check,
    recover: (facts) => recover(flavour, facts),
    removeSide,
  });
