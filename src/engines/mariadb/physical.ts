/** Physical backups: mariadb-backup's stream, full or incremental, restored as a server of its own, and forward through the log. */

import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { folderOf } from "../../host/key-parts.ts";
import type { Compression } from "../../host/packing.ts";
import { apart } from "../../host/sh.ts";

import type { BackupFacts, Content, Gathered, Line, StoredObject, Target } from "../../parts.ts";
import { compressOption } from "../compressing.ts";
import { aboutLog, logChecks } from "../packed-log.ts";
import { at } from "./client.ts";
import {
  checkFiles,
  FOLDER,
  gatherFolders,
  INFO_NAMES,
  inspectStream,
  isDescription,
  isFileCopy,
  recoverFiles,
} from "./file-copies.ts";
import { removeSide, startSide } from "./files.ts";
import type { Flavour } from "./flavour.ts";
import { checkFolders, isFolders, recoverChain, recoverFolders } from "./folder-chain.ts";
import { checkLog, throughLog } from "./log.ts";

const options = z.strictObject({
  kind: z
    .enum(["full", "incremental"])
    .default("full")
    .describe("What is copied: everything, or what changed since the backup before.")
    .meta({ examples: ["full", "incremental"] }),
  compress: compressOption,
});
type Options = z.infer<typeof options>;

const PACK: Readonly<Record<Compression, string>> = { none: "", gzip: "gzip -1 -q", zstd: "zstd -1 -q --rm" };

/** The tool's own description of a backup; small, and written beside the stream. */
const INFO = "xtrabackup_info";
const STREAM = /^backup\.mbs(\.gz|\.zst)?$/;

/** What was copied last stands in `$SCRATCH/last`, as a cron job would keep it; the next incremental begins there. */
function backup(stem: string, { kind, compress }: Options): readonly Line[] {
  const folder = `"$BACKUP_DIR/${stem}`;
  const since = kind === "incremental" ? ' \\\n  --incremental-basedir="$SCRATCH/last"' : "";
  const pack = compress === "none" ? "" : ` &&\n${PACK[compress]} ${folder}/backup.mbs"`;
  return [
    {
      say: `Take a ${kind} backup of the whole server's files while it runs.`,
      script: `mkdir -p ${folder}" "$SCRATCH/last.new" &&
if ! mariadb-backup --backup ${at("production")} \\
  --datadir="$DATADIR" --target-dir="$SCRATCH/last.new"${since} \\
  --extra-lsndir="$SCRATCH/last.new" \\
  --stream=mbstream 2>"$SCRATCH/backup.log" >${folder}/backup.mbs"
then tail -n 3 "$SCRATCH/backup.log" >&2; false
else
  rm -rf "$SCRATCH/last" && mv "$SCRATCH/last.new" "$SCRATCH/last" &&
  cp "$SCRATCH/last"/*_info ${folder}/${INFO}"
fi${pack}`,
      uses: ["DB_SOCKET", "DATADIR", "SCRATCH", "BACKUP_DIR"],
      destroys: false,
    },
  ];
}

/**
 * An incremental needs the full backup before it and every incremental between. Which came when is told by the objects'
 * times; whether they fit is told by their own numbers, when they are checked.
 */
function gather(objects: readonly StoredObject[]): Gathered[] {
  const streams = new Set(
    objects.flatMap(({ key }) => (STREAM.test(key.slice(folderOf(key).length)) ? [folderOf(key)] : [])),
  );
  const isInfo = ({ key }: StoredObject) =>
    INFO_NAMES.some((name) => key.endsWith(`/${name}`)) && streams.has(folderOf(key));
  const sets = objects
    .filter(isInfo)
    .map((lead) => ({
      lead,
      own: objects.filter(
        ({ key }) =>
          folderOf(key) === folderOf(lead.key) && (key === lead.key || STREAM.test(key.slice(folderOf(key).length))),
      ),
    }))
    .sort((a, b) => (a.lead.modifiedAt < b.lead.modifiedAt ? -1 : 1));
  const inSets = new Set(sets.flatMap(({ own }) => own));
  const isAlone = (object: StoredObject) => !inSets.has(object) && !isDescription(object.key);
  const alone = objects.filter(isAlone).map((lead) => ({ lead, members: [lead] }));
  return [
    ...gatherFolders(objects, (folder) => streams.has(folder)),
    ...alone,
    ...sets.flatMap(({ lead, own }, index) => [
      // As a full one, and as one that goes on from those before it: `inspect` tells which of the two it is.
      { lead, members: own, shared: true },
      ...(index === 0
        ? []
        : [{ lead, members: [...own, ...sets.slice(0, index).flatMap((one) => one.own)], shared: true, chain: true }]),
    ]),
  ];
}

function inspect(flavour: Flavour, content: Content): BackupFacts | null {
  const { head, packing } = content;
  const stream = inspectStream(flavour.name, content);
  if (stream !== null) return stream;
  const text = head.toString("latin1");
  const value = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(text)?.[1]?.trim();
  if (packing.length > 0 || !/^tool_name = (mariabackup|mariadb-backup)/m.test(text)) return null;
  const incremental = value("incremental") === "Y";
  // A folder of files; what is streamed into sets says so. Half of an incremental one is in the folders before it.
  const isFolder = value("format") === "file";
  const [, from] = /^(\d+)$/.exec(value("innodb_from_lsn") ?? "") ?? [];
  const [, to] = /^(\d+)$/.exec(value("innodb_to_lsn") ?? "") ?? [];
  const isSpanned = isFolder && from !== undefined && to !== undefined;
  if (isFolder && incremental && !isSpanned) return null;
  const server = /^[0-9.]+/.exec(value("server_version") ?? "")?.[0];
  const place = /filename '([^']+)', position '([0-9]+)'/.exec(value("binlog_pos") ?? "");
  const after = /GTID of the last change '([\d,-]+)'/.exec(value("binlog_pos") ?? "")?.[1];
  const began = /^[\d-]{10} [\d:]{8}$/.exec(value("start_time") ?? "")?.[0];
  return {
    engine: flavour.name,
    method: "physical",
    format: isFolder ? FOLDER : incremental ? "incremental" : "full",
    packing: [],
    ...(server === undefined ? {} : { serverVersion: server }),
    complete: "unknown",
    because: "a stream: known when it has been read to its end",
    isChain: incremental && !isFolder,
    ...(isSpanned ? { span: { from: incremental ? from : "0", to } } : {}),
    ...(began === undefined ? {} : { made: { text: began, at: "begin" } }),
    ...(place?.[1] === undefined || place[2] === undefined ? {} : { logFrom: place[1], logPosition: place[2] }),
    ...(after === undefined ? {} : { logOf: after }),
  };
}

/**
 * Each set's folder with the numbers between which it holds every change, in the order in which they follow. A folder that
 * increments were applied to describes itself as the last of them, and holds everything since the beginning.
 */
const SETS = `find "$BACKUP" ${INFO_NAMES.map((name) => `-name ${name}`).join(" \\\n  -o ")} |
while IFS= read -r file; do
  from=$(sed -n 's/^innodb_from_lsn = //p' "$file")
  if [ -e "$(dirname "$file")/ibdata1" ]; then from=0; fi
  echo "$from" "$(sed -n 's/^innodb_to_lsn = //p' "$file")" \\
    "$(dirname "$file")"
done | sort -n -k1,1 -k2,2`;

/** Prints a stream, packed or not. */
const UNPACK = `case $stream in
  *.gz) gunzip -c "$stream" ;;
  *.zst) zstd -dcq "$stream" ;;
  *) cat "$stream" ;;
  esac`;

/** The newest full backup, and what follows it. A set that the chain does not need is left alone. */
const CHAIN = `${SETS} >"$SCRATCH/sets" &&
awk '{ line[NR] = $0; if ($1 == 0) full = NR }
  END { if (!full) exit 5
    for (i = full; i <= NR; i++) print line[i] }' \\
  "$SCRATCH/sets" >"$SCRATCH/chain"`;

function check(flavour: Flavour, facts: BackupFacts): readonly Line[] {
  if (isFolders(facts)) return [checkFolders(SETS), ...logChecks(facts, checkLog(flavour, facts))];
  if (isFileCopy(facts)) return [...checkFiles(facts), ...logChecks(facts, checkLog(flavour, facts))];
  return [
    {
      say: "Check the chain: every backup is there and readable, and each continues the one before.",
      script: apart(`if ! { ${CHAIN}; }; then
  echo "the full backup that it goes on from is missing"; false
else
  at=0
  while read -r from to folder; do
    if [ "$from" -ne "$at" ]; then
      echo "a set is missing: $at is reached, $from comes next"; exit 11
    fi
    at=$to
    stream=$(ls "$folder"/backup.mbs*) &&
    { ${UNPACK} || echo broken; } |
      mbstream -x -C "$(mktemp -d "$SCRATCH/read.XXXXXX")" || {
      echo "$(basename "$folder") cannot be read to its end"; exit 12; }
  done <"$SCRATCH/chain" && rm -rf "$SCRATCH"/read.*
fi`),
      uses: ["BACKUP", "SCRATCH"],
      expect: "No output, and exit code 0.",
      ifNot: "Don't restore it. Take the newest full backup, or the next older one.",
      destroys: false,
    },
    ...logChecks(facts, checkLog(flavour, facts)),
  ];
}

function recover(flavour: Flavour, facts: BackupFacts, target: Target): readonly Line[] {
  const restore = recoverChain(
    {
      say: "Unpack the backup into an empty folder, apply the increments, and make it consistent.",
      ifNot:
        "The sets do not fit together, or the disk is full. If the folder exists, somebody is restoring already: ask aloud.",
    },
    {
      before: `{ ${CHAIN}; } && `,
      fill: `stream=$(ls "$folder"/backup.mbs*) &&
  { ${UNPACK} || echo broken; } | mbstream -x -C "$into"`,
    },
  );
  return [
    isFolders(facts) ? recoverFolders : isFileCopy(facts) ? recoverFiles(facts) : restore,
    startSide(flavour),
    ...(facts.hasLog === true ? aboutLog(throughLog(flavour, facts, target)) : []),
  ];
}

export const physicalOf = (flavour: Flavour) =>
  defineMethod<Options>({
    name: "physical",
    summary: "mariadb-backup, full and incremental, and forward through the archived log to any moment since.",
    options,
    gives: ["side-restore", "one-table", "point-in-time"],
    side: "server",
    programs: ["mariadb-backup", "mbstream"],
    variants: [
      { name: "physical", options: () => ({}), log: false },
      {
        name: "physical, incremental",
        options: (index) => ({ kind: index === 0 ? "full" : "incremental" }),
        log: false,
      },
      { name: "physical + log", options: () => ({}), log: true },
    ],
    backup,
    gather,
    facts: ({ kind }) => ({
      engine: flavour.name,
      method: "physical",
      format: kind,
      packing: [],
      complete: "unknown",
      because: "not made yet",
      logFrom: "binlog.000001",
    }),
    inspect: (content) => inspect(flavour, content),
    check: (facts) => check(flavour, facts),
    recover: (facts, target) => recover(flavour, facts, target),
    removeSide,
  });
