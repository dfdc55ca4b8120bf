/** The binary log of MariaDB and MySQL, archived file by file, and how a restored database is brought forward through it. */
import { apart } from "../../host/sh.ts";
import { type BackupFacts, CHECK_ENDS, type Line, type LogArchive, type Target } from "../../parts.ts";
import { at, client, sql, withoutValues } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { isOfServer, timesIn } from "./log-start.ts";

/** `binlog.000012`, `mysql-bin.000012`, `db1.example.org-bin.000012`. */
const PIECE = /^[\w.-]*bin(log)?\.[0-9]{6,}$/;
const PIECES = "grep -E 'bin(log)?\\.[0-9]{6,}$' | sort";
const numberOf = (piece: string) => Number(piece.slice(piece.lastIndexOf(".") + 1));
const stemOf = (piece: string) => piece.slice(0, piece.lastIndexOf("."));

/** A log that holds rows and is written through. */
export const LOG_SETTINGS = { server_id: "1", log_bin: "binlog", binlog_format: "ROW", sync_binlog: "1" } as const;

export const logOf = (flavour: Flavour): LogArchive => ({
  stays: false,
  placeTold: "mariadb-dump --master-data=2, a folder of mariadb-backup",
  // An event carries whole seconds.
  resolutionMs: 1000,
  settings: LOG_SETTINGS,
  close: () => ({
    say: "Close the current file of the log, and copy those that are closed to the archive.",
    script: apart(`${sql(flavour, "FLUSH BINARY LOGS;", "server").print("&&")}
for piece in $(echo 'SHOW BINARY LOGS;' |
  ${client(flavour, "server")} | cut -f1 | sed '$d'); do
  if ! grep -qx "$piece" "$ARCHIVE/copied" 2>/dev/null; then
    ${flavour.binlog} ${at("server")} --read-from-remote-server \\
      --raw --result-file="$ARCHIVE/part." "$piece" &&
    mv "$ARCHIVE/part.$piece" "$ARCHIVE/$piece" &&
    echo "$piece" >>"$ARCHIVE/copied" || exit 1
  fi
done
echo "archived up to $(tail -n 1 "$ARCHIVE/copied")"`),
    uses: ["DB_SOCKET", "ARCHIVE"],
    expect: '"archived up to" and the name of a file.',
    ifNot: "The archive's disk is full, or the log was purged. What the archive holds so far can still be used.",
    destroys: false,
  }),
  isPiece: (name) => PIECE.test(name),
  isNeeded: (piece, from) => stemOf(piece) === stemOf(from) && numberOf(piece) >= numberOf(from),
  isOf: isOfServer,
  isAlso: (piece, from) => !PIECE.test(piece) && stemOf(piece) === stemOf(from) && numberOf(piece) >= numberOf(from),
  timesIn,
});

/**
 * What a file of the log says of those around it: the highest transaction of each domain and server before it (`first`)
 * and in it (`last`), and the file that follows. Only lines of the program's own count: a statement may hold any text.
 * Source: MariaDB manual, "GTID_LIST_EVENT", "ROTATE_EVENT".
 */
const NEIGHBOURS = `awk '
  function note(of, gtid, part) {
    split(gtid, part, "-")
    part[1] = part[1] "-" part[2]
    if (part[3] + 0 > of[part[1]] + 0) of[part[1]] = part[3]
  }
  /^# at [0-9]+$/ { own = 1; next }
  goes_on || (own && /\\tGtid list [[]/) {
    print "listed"; text = $0; goes_on = text !~ /[]]/
    sub(/.*Gtid list [[]/, "", text); gsub(/[][# ]/, "", text)
    n = split(text, gtid, ",")
    for (i = 1; i <= n; i++) if (gtid[i] != "") {
      note(first, gtid[i]); note(last, gtid[i]) }
  }
  own && /\\tGTID [0-9]/ { sub(/.*\\tGTID /, ""); note(last, $1) }
  own && /\\tRotate to / { sub(/.*\\tRotate to /, ""); follows = $1 }
  { own = 0 }
  END { print "follows", follows
    for (one in first) print "first", one, first[one]
    for (one in last) print "last", one, last[one] }'`;

/**
 * A hole makes everything behind it wrong, and no tool minds. Nor does one mind files that changed places: each must go on
 * where the one before it ended, by its number: a job may call them after their host. Source: MariaDB manual, "Binary Log Formats".
 */
export function checkLog(flavour: Flavour, { logFrom = "", logPosition = "4" }: BackupFacts): Line {
  return {
    say: "Check the log: every file is there, complete, readable, and continues the one before.",
    script: apart(`wanted= follows=
rm -f "$SCRATCH/log.last"
if [ "$(stat -c %s "$LOG/${logFrom}" || echo 0)" -lt ${logPosition} ]; then
  echo "${logFrom} ends before the place of the backup"
  if [ "$(ls "$LOG" | wc -l)" -eq 1 ]; then exit ${CHECK_ENDS.shortLog}; fi
  exit 14
fi
for piece in $(cd "$LOG" && ls |
  ${PIECES}); do
  number=$(printf %s "\${piece##*.}" | sed 's/^0*//')
  if [ -n "$wanted" ] && [ "$number" -ne "$wanted" ]; then
    echo "the log has a hole before $piece"; exit 11
  fi
  if ! ${flavour.binlog} --verify-binlog-checksum \\
    --base64-output=${flavour.noRows} "$LOG/$piece" \\
    >/dev/null 2>"$SCRATCH/log.errors"; then
    echo "$piece cannot be read to its end"; exit 12
  fi
  ${flavour.binlog} --base64-output=${flavour.noRows} "$LOG/$piece" |
    ${NEIGHBOURS} |
    sort -u >"$SCRATCH/log.piece"
  if ! grep -q '^follows' "$SCRATCH/log.piece"; then
    echo "$piece cannot be read"; exit 12
  fi
  sed -n 's/^first //p' "$SCRATCH/log.piece" >"$SCRATCH/log.first"
  if [ -n "$follows" ] && [ "\${follows##*.}" != "\${piece##*.}" ] ||
    { [ -e "$SCRATCH/log.last" ] &&
      grep -q '^listed' "$SCRATCH/log.piece" &&
      ! cmp -s "$SCRATCH/log.last" "$SCRATCH/log.first"; }; then
    echo "$piece does not go on where the file before it ends"
    exit 13
  fi
  follows=$(sed -n 's/^follows //p' "$SCRATCH/log.piece")
  if grep -q '^listed' "$SCRATCH/log.piece"; then
    sed -n 's/^last //p' "$SCRATCH/log.piece" >"$SCRATCH/log.last"
  fi
  wanted=$((number + 1))
done
test -n "$wanted"`),
    uses: ["LOG", "SCRATCH"],
    expect: "No output, and exit code 0.",
    ifNot: `Don't replay this log from ${logFrom}. Take the next older backup, or stop before the gap.`,
    destroys: false,
  };
}

/** Times in the log are whole seconds in UTC, and each transaction begins with its number. */
function findTarget(flavour: Flavour): Line {
  return {
    say: "Find the first transaction committed at the damage or after it.",
    script: `at=$(printf %s "$DAMAGED_AT" | sed -n \\
  's/^\\([0-9-]\\{10\\}\\)T\\([0-9:]\\{8\\}\\)\\(\\.0*\\)\\{0,1\\}Z$/\\1 \\2/p')
if [ -z "$at" ]; then
  echo "DAMAGED_AT must be UTC, whole seconds: 2026-01-31T02:10:00Z" >&2
  false
else
  echo none >"$SCRATCH/target"
  for piece in $(cd "$LOG" && ls |
  ${PIECES}); do
    TZ=UTC ${flavour.binlog} --start-datetime="$at" \\
      --base64-output=${flavour.noRows} "$LOG/$piece" 2>/dev/null |
      awk -v piece="$piece" '/^# at / { place = $3 }
        /\\tGTID [0-9]|GTID\\t/ {
          print piece, place, substr($1, 2), $2; exit }' \\
      >"$SCRATCH/target.piece"
    if [ -s "$SCRATCH/target.piece" ]; then
      mv "$SCRATCH/target.piece" "$SCRATCH/target"; break
    fi
  done
  sed 's/^/first transaction left out: /' "$SCRATCH/target"
fi`,
    uses: ["LOG", "SCRATCH", "DAMAGED_AT"],
    expect: "A log file, a position in it, a date (yymmdd) and a time in UTC.",
    ifNot: '"none" means that the log ends before the damage: it will be gone through to its end.',
    destroys: false,
  };
}

/**
 * From the backup's own place in the log to just before the damage. A side database on the damaged server has another
 * name, so what is meant for the one is sent to the other; a restored server gets all of it.
 */
export function throughLog(flavour: Flavour, facts: BackupFacts, target: Target): readonly Line[] {
  const { logFrom = "", logPosition = "4" } = facts;
  const beside = facts.method === "logical";
  const rename = ' \\\n    --rewrite-db="$DATABASE->$SIDE_DATABASE"';
  // A copy that says only when its server runs how far it holds the log.
  const asks = !beside && flavour.placeOfCopy !== "";
  const names = beside
    ? `${rename} \\
    --database="${flavour.filtered}"`
    : "";
  const stops = target.to !== "end-of-log";
  const stop =
    target.to === "before-damage" && target.by === "position"
      ? "--stop-position=$place"
      : `--stop-datetime=$(printf %s "$DAMAGED_AT" |
    sed "s/T/ /; s/[.Z].*//")`;
  const replay: Line = {
    say: stops ? "Go through the log, and stop just before the damage." : "Go through the log to its end.",
    script:
      withoutValues(`${asks ? `${flavour.placeOfCopy.trim()}\nfirst=\${file##*.} begin=$place\n` : ""}read -r last place rest <"$SCRATCH/target"
set --
for piece in $(cd "$LOG" && ls |
  ${PIECES}); do
  if [ "\${piece##*.}" -ge "${asks ? "$first" : logFrom.slice(logFrom.lastIndexOf(".") + 1)}" ]; then
    set -- "$@" "$LOG/$piece"
  fi
  if [ "$piece" = "$last" ]; then break; fi
done
stop=
if [ "$last" != none ]; then
  stop=${stop}
fi
{ ${asks ? '[ -n "$first" ] && ' : ""}TZ=UTC ${flavour.binlog} --disable-log-bin${flavour.replayFlags}${names} \\
    --start-position=${asks ? "$begin" : logPosition} \${stop:+"$stop"} "$@" ||
  echo 'reading the log failed;'; } |
  ${client(flavour, beside ? "side" : "side server")}`),
    uses: [
      "LOG",
      "SCRATCH",
      "SIDE_SOCKET",
      ...(beside ? ["DATABASE", "SIDE_DATABASE"] : []),
      ...(stop.includes("DAMAGED_AT") ? ["DAMAGED_AT"] : []),
    ],
    expect: "No output, and exit code 0.",
    ifNot: "The log doesn't match the backup. Remove what was restored, and start again with another backup.",
    destroys: false,
    progress: `echo "$(cat /proc/$(pgrep -n -f '${flavour.binlog} --disable-log-bin')/io |
  sed -n 's/^rchar: //p') $(du -sb "$LOG" | cut -f1)"`,
  };
  const none: Line = {
    say: "Nothing to leave out: the log is replayed to its end.",
    script: 'echo none >"$SCRATCH/target"',
    uses: ["SCRATCH"],
    expect: "No output.",
    destroys: false,
  };
  return [stops ? findTarget(flavour) : none, replay];
}
