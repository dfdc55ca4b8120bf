/** PostgreSQL's log (WAL), archived segment by segment, and how a restored server is brought forward through it. */
import { printed } from "../../built-script.ts";
import { apart } from "../../host/sh.ts";
import { CHECK_ENDS, type Content, type Line, type LogArchive, type StoredObject, type Target } from "../../parts.ts";
import { literal, PSQL, placesOf, psql, question } from "./client.ts";
import { WHY_STOPPED } from "./files.ts";
import { timesIn } from "./log-times.ts";

/** A segment, or the history of a timeline. Source: PostgreSQL manual, 26.3.1, and XLogFileName in xlog_internal.h. */
const PIECE = /^([0-9A-F]{24}|[0-9A-F]{8}\.history)$/;

/** Which cluster wrote a segment. Source: XLogLongPageHeaderData in xlog_internal.h. */
const systemOf = (head: Buffer): string => head.readBigUInt64LE(24).toString();

/** The manifest of PostgreSQL 17 and later says it, and each segment that was streamed beside the copy. */
function teller(members: readonly StoredObject[]): ReturnType<NonNullable<LogArchive["teller"]>> {
  const named = (pattern: RegExp) => members.find(({ key }) => pattern.test(key));
  const wal = named(/(^|\/)pg_wal\.tar(\.\w+)?$/);
  if (wal !== undefined) {
    const isPiece = ({ packing }: Content) => {
      const last = packing.at(-1);
      return typeof last === "object" && "tar" in last && PIECE.test(last.tar) && !last.tar.endsWith(".history");
    };
    return {
      object: wal,
      whose: (content) => (isPiece(content) && content.head.length >= 32 ? systemOf(content.head) : null),
    };
  }
  const manifest = named(/(^|\/)backup_manifest$/);
  if (manifest === undefined) return null;
  const whose = ({ head }: Content) =>
    /"System-Identifier": (\d{1,20})/.exec(head.toString("latin1", 0, 1000))?.[1] ?? null;
  return { object: manifest, whose };
}

export const log: LogArchive = {
  stays: false,
  resolutionMs: 1,
  settings: {
    archive_mode: "on",
    // Never over an existing file, and under its own name only when it is whole.
    archive_command: 'test ! -f "$ARCHIVE/%f" && cp "%p" "$ARCHIVE/%f.part" && mv "$ARCHIVE/%f.part" "$ARCHIVE/%f"',
  },
  close: () => ({
    say: "Close the current log segment, and wait until it's archived.",
    ...printed(
      psql(
        `
SELECT pg_walfile_name(pg_switch_wal()) AS piece \\gset
SELECT set_config('fogbell.piece', :'piece', false) \\g /dev/null
DO $$
DECLARE
  wanted text := current_setting('fogbell.piece');
  seen text; last text; idle int := 0;
BEGIN
  LOOP
    PERFORM pg_stat_clear_snapshot();
    SELECT last_archived_wal INTO last FROM pg_stat_archiver;
    EXIT WHEN last COLLATE "C" >= wanted;
    idle := CASE WHEN last = seen OR last IS NULL THEN idle + 1 ELSE 0 END;
    seen := last;
    IF idle > 600 THEN
      RAISE 'nothing was archived for 30 s: % still waits', wanted;
    END IF;
    PERFORM pg_sleep(0.05);
  END LOOP;
END $$;
\\echo archived up to :piece`,
        "server",
        "-At",
      ),
    ),
    uses: placesOf("server"),
    expect: '"archived up to" and the name of a piece.',
    ifNot:
      "Look at the server's log: the archive command fails, or its disk is full. What it holds so far can still be used.",
    destroys: false,
  }),
  namePoint: (point) => ({
    say: `Create a named restore point: ${point}.`,
    ...printed(psql(`SELECT 'named, at ' || pg_create_restore_point(${literal(point)});`, "server", "-At")),
    uses: placesOf("server"),
    expect: "A log position.",
    ifNot: "This server doesn't archive its log. Take a backup instead.",
    destroys: false,
  }),
  isPiece: (name) => PIECE.test(name),
  // Histories are small, and say which timeline follows which.
  isNeeded: (piece, from) => piece.endsWith(".history") || piece.slice(8) >= from.slice(8),
  lineOf: (piece) => piece.slice(0, 8),
  // `-X stream` and `-X fetch` bring the pieces that the copy itself needs.
  maybeBrought: true,
  isOf: (head, { logOf }) => (logOf === undefined || head.length < 32 ? null : systemOf(head) === logOf),
  teller,
  timesIn,
  reached: () =>
    question(
      "Ask up to when its log brought it.",
      `SELECT (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::bigint
  WHERE pg_last_xact_replay_timestamp() IS NOT NULL;`,
    ),
};

/**
 * A server that meets a spoiled record takes it for the end of its log, opens, and has lost all that follows: each record
 * is read here before, by its checksum and its place. A last record that goes on in a piece that was never archived is no
 * fault. Source: XLogPageHeaderData in xlog_internal.h, ValidXLogRecord in xlogreader.c.
 */
const READ_RECORDS = `for line in $(cd "$LOG" && ls |
  grep -E '^[0-9A-F]{24}$' | cut -c1-8 | sort -u); do
  pieces=$(cd "$LOG" && ls | grep -E "^$line[0-9A-F]{16}$" | sort)
  first=$(echo "$pieces" | head -n 1)
  last=$(echo "$pieces" | tail -n 1)
  LC_ALL=C pg_waldump -q -p "$LOG" "$first" "$last" \\
    2>"$SCRATCH/log.errors" || {
    echo "a piece of the log is spoiled:"
    sed -n 's/^pg_waldump: error: //p' "$SCRATCH/log.errors"
    exit 13
  }
done`;

/**
 * Whole, of this cluster, and without a hole? A server that meets a hole in its log takes it for the end.
 * The system identifier stands in the first page of each segment and at the start of pg_control.
 * Source: XLogLongPageHeaderData in xlog_internal.h, ControlFileData in pg_control.h.
 */
export function checkLog(control: string): Line {
  return {
    say: "Check the log: same server, no file missing, every record readable.",
    script: apart(`id=$(${control} |
  od -An -tu8 -N8 | tr -d ' ') &&
wanted= line= &&
for piece in $(cd "$LOG" && ls | grep -E '^[0-9A-F]{24}$' | sort); do
  theirs=$(od -An -tu8 -j24 -N8 "$LOG/$piece" | tr -d ' ')
  if [ "$theirs" != "$id" ]; then
    echo "$piece is of another server"; exit ${CHECK_ENDS.otherLog}
  fi
  high=$(printf %s "$piece" | cut -c9-16)
  low=$(printf %s "$piece" | cut -c17-24)
  here=$(( 0x$high * 0x100000000 + 0x$low ))
  before=$line
  line=$(printf %s "$piece" | cut -c1-8)
  # A timeline goes on from anywhere in the one before it.
  if [ -n "$wanted" ] && [ "$here" -ne "$wanted" ] &&
    { [ "$line" = "$before" ] || [ "$here" -gt "$wanted" ]; }; then
    echo "the log has a hole before $piece"; exit 11
  fi
  each=$(od -An -tu4 -j32 -N4 "$LOG/$piece" | tr -d ' ')
  size=$(stat -c %s "$LOG/$piece")
  if [ "$size" -ne "$each" ]; then
    echo "$piece has $size of $each bytes"; exit 12
  fi
  # Segments are counted to 4 GB, then the middle number grows.
  if [ $(( 0x$low + 1 )) -eq $(( 0x100000000 / each )) ]; then
    wanted=$(( (0x$high + 1) * 0x100000000 ))
  else
    wanted=$(( here + 1 ))
  fi
done
if [ -z "$wanted" ]; then
  echo "no piece of the log can be seen"; exit 14
fi
${READ_RECORDS}`),
    uses: ["BACKUP", "LOG", "SCRATCH"],
    expect: "No output, and exit code 0.",
    ifNot: "Don't replay this log. Take the next older backup, or stop before the gap.",
    destroys: false,
  };
}

/** Where the restored server finds the pieces of its log. */
export interface LogSource {
  /** A folder with the pieces as they were archived, as it stands between double quotes in the shell. */
  readonly folder: string;
  readonly uses: readonly string[];
  /** What the server runs to get a piece; expanded by the shell that writes it into its settings. */
  readonly restoreCommand: string;
  /** The places that this command refers to. */
  readonly commandUses: readonly string[];
}

const FETCHED_LOG: LogSource = {
  folder: "$LOG",
  uses: ["LOG"],
  restoreCommand: 'cp "$LOG/%f" "%p"',
  commandUses: ["LOG"],
};

/**
 * Looks for the commits on both sides of the damage, from the newest piece backwards, so that only the end of a long log
 * is read. Times are in UTC and must say so: an hour's error is a wrong restore point.
 */
const findTarget = (log: LogSource): Line => ({
  say: "Find the last commit before the damage, and the first after it.",
  script: `at=$(printf %s "$DAMAGED_AT" | sed -n \\
  's/^\\([0-9-]\\{10\\}\\)T\\([0-9:.]*\\)Z$/\\1 \\2/p')
if [ -z "$at" ]; then
  echo "DAMAGED_AT must be UTC: 2026-01-31T02:10:00Z" >&2
  false
else
  : >"$SCRATCH/commits"
  for piece in $(cd "${log.folder}" && ls |
    grep -E '^[0-9A-F]{24}$' | sort -r); do
    TZ=UTC pg_waldump -r Transaction \\
      "${log.folder}/$piece" "${log.folder}/$piece" \\
      2>/dev/null | sed -n \\
    's/.*lsn: \\([^,]*\\),.*COMMIT \\([^ ]*\\) \\([0-9:.]*\\).*/\\2 \\3 \\1/p' \\
      >"$SCRATCH/commits.piece"
    cat "$SCRATCH/commits.piece" "$SCRATCH/commits" \\
      >"$SCRATCH/commits.all"
    mv "$SCRATCH/commits.all" "$SCRATCH/commits"
    if [ "$(head -n 1 "$SCRATCH/commits.piece")" \\< "$at" ] &&
      [ -s "$SCRATCH/commits.piece" ]; then break; fi
  done
  awk -v at="$at" '
    $1 " " $2 < at { before = $0; next }
    after == "" { after = $0 }
    END {
      print "before: " (before == "" ? "none" : before)
      print "after: " (after == "" ? "none" : after)
    }' "$SCRATCH/commits" | tee "$SCRATCH/target"
fi`,
  uses: [...new Set([...log.uses, "SCRATCH", "DAMAGED_AT"])],
  expect: "The last commit before the damage and the first after it, each with its time (UTC) and log position.",
  ifNot: '"after: none" means that the log ends before the damage: it will be gone through to its end.',
  destroys: false,
});

/** The server knows no letter Z here: time zone names are not loaded yet when it reads this setting. */
const STOP: Readonly<Record<"time" | "position", string>> = {
  time: `echo "recovery_target_time = '\${DAMAGED_AT%Z}+00'"`,
  position: `echo "recovery_target_lsn = '\${after##* }'"`,
};

/** Writes where to stop into the restored server's own settings, which win over the copied ones. */
function stopAt(target: Target): { readonly script: string; readonly uses: readonly string[] } {
  const settings = '"$SIDE_DATA/postgresql.auto.conf"';
  if (target.to === "before-damage") {
    return {
      script: `after=$(sed -n 's/^after: //p' "$SCRATCH/target") &&
if [ "$after" != none ]; then
  { ${STOP[target.by]}
    echo "recovery_target_inclusive = off"
    echo "recovery_target_action = pause"
  } >>${settings}
fi`,
      uses: target.by === "time" ? ["SIDE_DATA", "SCRATCH", "DAMAGED_AT"] : ["SIDE_DATA", "SCRATCH"],
    };
  }
  if (target.to === "end-of-log") return { script: "", uses: [] };
  return {
    script: `cat >>${settings} <<'CONF'
recovery_target_name = ${literal(target.point)}
recovery_target_action = pause
CONF`,
    uses: ["SIDE_DATA"],
  };
}

/** Bytes of log gone through against bytes there are. */
const replayed = ({ folder }: LogSource) => `${PSQL} \\
  -At -v log="${folder}" -h "$SIDE_HOST" -d postgres <<'SQL'
SELECT count(*) * 16777216 AS total FROM pg_ls_dir(:'log') \\gset
SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), redo_lsn)::bigint
  || ' ' || :total FROM pg_control_checkpoint();
SQL`;

const askSide = (sql: string) => `${PSQL} \\
  -At -h "$SIDE_HOST" -d postgres \\
  -c "${sql}"`;

/**
 * Whether the replay ended in the last piece that was there. A server cannot tell the end of its log from a piece that it
 * could not get or read, and opens either way.
 */
const ranToItsEnd = ({ folder, uses }: LogSource): Line => ({
  say: "Check that it reached the end of the log, and up to what time.",
  // Once it is open, it is a timeline of its own: the last line of that one's history names the one that it came from.
  script: `last=$(cd "${folder}" && ls |
  grep -E '^[0-9A-F]{24}$' | sort | tail -n 1)
own=$(${askSide(`SELECT left(
    pg_walfile_name(pg_current_wal_lsn()), 8)`)}) &&
from=$(grep '^[0-9]' "$SIDE_DATA/pg_wal/$own.history" 2>/dev/null |
  tail -n 1 | cut -f1)
line=$(printf %08X "\${from:-0x$own}")
reached=$(${askSide(`SELECT substr(
    pg_walfile_name(pg_last_wal_replay_lsn()), 9)`)}) &&
reached=$line$reached &&
if [ -n "$last" ] && [ "$reached" \\< "$last" ]; then
  echo "it ended in piece $reached, and the log goes on to $last"
  (exit 17)
else
  ${askSide(`SELECT 'last commit in: ' || coalesce(to_char(
    pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC',
    'YYYY-MM-DD HH24:MI:SS.US'), 'none')`).replaceAll("\n", "\n  ")}
fi`,
  uses: [...new Set(["SIDE_HOST", "SIDE_DATA", ...uses])],
  expect: '"last commit in" and a time (UTC): whatever was committed later is lost.',
  ifNot: "Don't use it: commits are missing. Check the log file it names, and get another copy of it.",
  destroys: false,
});

/** From an unpacked base to a server that stands where the target says, looked at on both sides, and opened. */
export function throughLog(target: Target, log: LogSource = FETCHED_LOG): readonly Line[] {
  const stop = stopAt(target);
  const uses = [...new Set(["SIDE_DATA", ...log.commandUses, ...stop.uses])];
  const prepare: Line = {
    say: "Tell the restored server where its log is and where to stop.",
    script: `cat >>"$SIDE_DATA/postgresql.auto.conf" <<CONF &&
restore_command = '${log.restoreCommand}'
hot_standby = on
CONF
touch "$SIDE_DATA/recovery.signal"${stop.script === "" ? "" : ` &&\n${stop.script}`}`,
    uses,
    expect: "No output.",
    ifNot: "SIDE_DATA isn't the unpacked backup. Start again with an empty folder.",
    destroys: false,
  };
  const replay: Line = {
    say: "Start the restored server and let it replay the log until it pauses.",
    // One client is asked again and again: a new one each time would take a processor that the replay needs.
    script: `pg_ctl -s -w -t 86400 -D "$SIDE_DATA" \\
  -l "$SIDE_DATA/server.log" start 2>>"$SIDE_DATA/server.log" &&
state=$(while echo "SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN 'end of log'
    ELSE pg_get_wal_replay_pause_state() END;"; do sleep 0.05; done |
  ${PSQL} -At \\
    -h "$SIDE_HOST" -d postgres 2>/dev/null |
  grep -E -m 1 '^(paused|end of log)$')
case $state in
paused | 'end of log') echo "$state" ;;
*) ${WHY_STOPPED}; false ;;
esac`,
    uses: [...new Set(["SIDE_DATA", "SIDE_HOST", ...log.uses])],
    expect: '"paused", or "end of log" when the log ends before the target.',
    ifNot:
      "The message says why: the target lies before the backup or after the log's end, or a piece is missing. Choose another target, or an older recovery point.",
    destroys: false,
    progress: replayed(log),
  };
  const both: Line = {
    say: "Before promoting it, check both sides: the last good commit is in, the damage isn't.",
    script: `${askSide(`SELECT 'last commit in: ' || to_char(
    pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC',
    'YYYY-MM-DD HH24:MI:SS.US')`)} |
  tee "$SCRATCH/reached"
sed -n 's/^after: /first commit left out: /p' "$SCRATCH/target"
[ "$(sed 's/last commit in: //' "$SCRATCH/reached")" = \\
  "$(sed -n 's/^before: \\([^ ]* [^ ]*\\).*/\\1/p' "$SCRATCH/target")" ]`,
    uses: ["SIDE_HOST", "SCRATCH"],
    expect: "The last commit before the damage is included; the damage is the first one left out.",
    ifNot: "Don't promote it: it stopped on the wrong side. Stop it, remove it, and restore again with another target.",
    destroys: false,
  };
  const promote: Line = {
    say: "Promote the restored server, so that it accepts writes.",
    // Not asked between quotes: bash 5.2 cannot read a quoted substitution of several lines at its prompt.
    script: `recovering=$(${askSide("SELECT pg_is_in_recovery()")})
if [ "$recovering" = t ]; then
  pg_ctl -s -w -t 3600 -D "$SIDE_DATA" promote
fi &&
${askSide(`SELECT CASE WHEN pg_is_in_recovery()
    THEN 'still read-only' ELSE 'open' END`)}`,
    uses: ["SIDE_DATA", "SIDE_HOST"],
    expect: '"open".',
    ifNot: "Wait, then check again: a long checkpoint may be running.",
    destroys: true,
  };
  const before = target.to === "before-damage";
  const toEnd = target.to === "end-of-log" ? [ranToItsEnd(log)] : [];
  return [...(before ? [findTarget(log)] : []), prepare, replay, ...(before ? [both] : []), promote, ...toEnd];
}
