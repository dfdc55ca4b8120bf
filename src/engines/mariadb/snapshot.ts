/**
 * Snapshots: the data folder as it stands on disk. Of a stopped server it is a clean copy; of one that is frozen in the
 * middle of its work it is what a crash would leave, and is repaired from its own log when it starts.
 */
import { defineMethod } from "../../define.ts";
import { type Compression, isTar, layersOf } from "../../host/packing.ts";
import type { BackupFacts, Content, Line } from "../../parts.ts";
import { ENDING, IMAGE_OPTIONS, type ImageOptions, PACK } from "../compressing.ts";
import { checkArchive, removeSide, startSide, unpack, untilReady } from "./files.ts";
import type { Flavour } from "./flavour.ts";

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
    check: ({ packing }) => [checkArchive(packing)],
    recover: ({ packing }) => [unpack(packing, "image"), startSide(flavour)],
    removeSide,
  });
