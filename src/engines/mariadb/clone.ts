/**
 * MySQL's own physical copy: the clone plugin lays the server's files out beside it while it runs, and they are kept as one
 * archive. The copy knows to which place it holds the log, and says so when a server is started on it.
 */
import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { isTar, layersOf } from "../../host/packing.ts";
import { apart } from "../../host/sh.ts";
import type { BackupFacts, Content, Line, Target } from "../../parts.ts";
import { compressOption, ENDING, PACK } from "../compressing.ts";
import { aboutLog, logChecks } from "../packed-log.ts";
import { client } from "./client.ts";
import { checkArchive, removeSide, startSide, unpack } from "./files.ts";
import type { Flavour } from "./flavour.ts";
import { checkLog, throughLog } from "./log.ts";

const options = z.strictObject({
  compress: compressOption,
});
type Options = z.infer<typeof options>;

/** Comes first in the archive: what it is, and from which file on the log is needed. */
const FIRST = "clone_info";
const BLOCK_BYTES = 512;

/** The place is asked before the copy: it may need less of the log, and never more. */
function backup(flavour: Flavour, stem: string, { compress }: Options): readonly Line[] {
  return [
    {
      say: "Copy the whole server's files while it runs, by its own clone plugin.",
      script: apart(`ask() { ${client(flavour, "server")} -e "$1"; }
rm -rf "$SCRATCH/clone" &&
version=$(ask 'SELECT @@version') &&
begin=$(ask '${flavour.words.logStatus}' | cut -f1) &&
ask "CLONE LOCAL DATA DIRECTORY = '$SCRATCH/clone'" &&
printf 'server_version = %s\\nbinlog_file = %s\\n' \\
  "$version" "$begin" >"$SCRATCH/clone/${FIRST}" &&
{ tar -c -C "$SCRATCH/clone" --exclude=./${FIRST} -f - ${FIRST} . &&
  : >"$SCRATCH/cloned"; } |
  ${PACK[compress]} >"$BACKUP_DIR/${stem}.clone.tar${ENDING[compress]}"
rm -rf "$SCRATCH/clone" && rm "$SCRATCH/cloned"`),
      uses: ["DB_SOCKET", "SCRATCH", "BACKUP_DIR"],
      destroys: false,
    },
  ];
}

function inspect(flavour: Flavour, { head: bytes, packing }: Content): BackupFacts | null {
  if (!isTar(bytes) || !bytes.toString("latin1", 0, 100).startsWith(`${FIRST}\0`)) return null;
  const told = bytes.toString("latin1", BLOCK_BYTES, 2 * BLOCK_BYTES);
  const [server] = /^server_version = (\d+(?:\.\d+)*)/m.exec(told)?.slice(1) ?? [];
  const [from] = /^binlog_file = ([\w.-]+\.\d{6,})$/m.exec(told)?.slice(1) ?? [];
  return {
    engine: flavour.name,
    method: "physical",
    format: "clone",
    packing,
    ...(server === undefined ? {} : { serverVersion: server }),
    ...(from === undefined ? {} : { logFrom: from }),
    complete: "unknown",
    because: "an archive: known when it has been read to its end",
  };
}

function recover(flavour: Flavour, facts: BackupFacts, target: Target): readonly Line[] {
  return [
    unpack(facts.packing, "copy"),
    // It tells of the copy that the server was started on.
    startSide(flavour, flavour.copySettings),
    ...(facts.hasLog === true ? aboutLog(throughLog(flavour, facts, target)) : []),
  ];
}

export const cloneOf = (flavour: Flavour) =>
  defineMethod<Options>({
    name: "physical",
    summary: "The server's own clone plugin, and forward through the archived log to any moment since.",
    options,
    gives: ["side-restore", "one-table", "point-in-time"],
    side: "server",
    settings: flavour.copySettings,
    variants: [
      { name: "physical", options: () => ({}), log: false },
      { name: "physical + log", options: () => ({}), log: true },
    ],
    backup: (stem, told) => backup(flavour, stem, told),
    facts: ({ compress }) => ({
      engine: flavour.name,
      method: "physical",
      format: "clone",
      packing: layersOf(compress),
      complete: "unknown",
      because: "not made yet",
      logFrom: "binlog.000001",
    }),
    inspect: (content) => inspect(flavour, content),
    check: (facts) => [checkArchive(facts.packing), ...logChecks(facts, checkLog(flavour, facts))],
    recover: (facts, target) => recover(flavour, facts, target),
    removeSide,
  });
