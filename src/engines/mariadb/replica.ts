/**
 * Replicas: a second server that applies the binary log of the first. At once it is there for a failover; with a delay
 * it still has the past. Replication copies damage as faithfully as work, so whether it did is asked first.
 */

import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { durationText } from "../../fields.ts";
import { apart } from "../../host/sh.ts";
import { parseDuration } from "../../host/units.ts";
import type { Line, Target } from "../../parts.ts";
import { client } from "./client.ts";
import { removeSide, startScript } from "./files.ts";
import type { Flavour } from "./flavour.ts";
import { LOG_SETTINGS } from "./log.ts";

const options = z.strictObject({
  delay: durationText()
    .default("0s")
    .describe("How far it keeps behind the server it follows; 0s is not at all.")
    .meta({ examples: ["1h"] }),
});
type Options = z.infer<typeof options>;

const delayMs = ({ delay }: Options) => parseDuration(delay) ?? 0;

const ask = (flavour: Flavour, where: "server" | "side server", text: string) =>
  `${client(flavour, where)} -e "${text}"`;

/** Makes `replica_says NAME` print one value of the replica's own account of itself. */
const SAYS = (flavour: Flavour) => `replica_says() {
  ${client(flavour, "side server", "--column-names --vertical")} \\
    -e "SHOW ${flavour.words.replica} STATUS" | sed -n "s/^ *$1: //p"
}`;

/**
 * A replica asks over TCP only, and a server in a sandbox listens on a socket only. Between them stands a door on the
 * loopback of the replica's own network namespace.
 */
const DOOR = `setsid perl -MIO::Socket -MIO::Select -e '
  my ($to, $told) = @ARGV;
  my $door = IO::Socket::INET->new(Listen => 5,
    LocalAddr => "127.0.0.1") or die;
  open my $file, ">", $told; print $file $door->sockport; close $file;
  $SIG{CHLD} = "IGNORE";
  while (my $in = $door->accept) {
    next if fork;
    my $out = IO::Socket::UNIX->new(Peer => $to) or exit;
    my $both = IO::Select->new($in, $out);
    while (1) {
      for my $one ($both->can_read) {
        sysread($one, my $bytes, 65536) or exit;
        ($one == $in ? $out : $in)->print($bytes);
      }
    }
  }' "$DB_SOCKET" "$SIDE_DATA/door" </dev/null >/dev/null 2>&1 &
until [ -s "$SIDE_DATA/door" ]; do sleep 0.05; done`;

/** Two replicas of the same number drive each other off: it comes from the folder, which no other has. */
const OWN_ID = `$(printf %s "$SIDE_DATA" | cksum | cut -d " " -f 1)`;

/**
 * Made of a physical copy, which knows its place in the log: before its server starts, or afterwards. MariaDB 11 renamed
 * the file that tells it.
 */
const follow = (flavour: Flavour): Line => {
  const { words } = flavour;
  const settings = `server_id = ${OWN_ID}\nrelay_log = relay\nread_only = ON${flavour.replicaSettings}`;
  return {
    say: "Create a second server that replicates from this one.",
    script: `${flavour.copyBeside}
${startScript(flavour, settings)} || exit 1${flavour.placeOfCopy}
${DOOR}
${client(flavour, "side server")} <<SQL
${words.change} ${words.source}_HOST = '127.0.0.1',
  ${words.source}_PORT = $(cat "$SIDE_DATA/door"), ${words.source}_USER = 'root',${flavour.replicaLink}
  ${words.source}_LOG_FILE = '$file', ${words.source}_LOG_POS = $place,
  ${words.source}_CONNECT_RETRY = 1;
START ${words.replica};
SQL`,
    uses: ["DB_SOCKET", "SIDE_DATA", "SIDE_SOCKET", ...flavour.copyUses],
    destroys: false,
  };
};

/** `$file` and `$place`: how far the first server's log goes. */
const NOW = (flavour: Flavour) =>
  `now=$(${ask(flavour, "server", flavour.words.logStatus)}) &&
file=$(echo "$now" | cut -f1) place=$(echo "$now" | cut -f2)`;

const applied = (flavour: Flavour) => `${NOW(flavour)} &&
[ "$(${ask(flavour, "side server", `SELECT ${flavour.words.source}_POS_WAIT('$file', $place, 60) >= 0`)})" = 1 ]`;

const hold = (flavour: Flavour): Line => ({
  say: "Pause the replica here; it keeps receiving.",
  script: `${applied(flavour)} &&
${ask(flavour, "side server", `STOP ${flavour.words.replica} SQL_THREAD`)}`,
  uses: ["DB_SOCKET", "SIDE_SOCKET"],
  destroys: false,
});

const arrive = (flavour: Flavour, held: boolean): Line => ({
  say: held ? "Let the replica receive what was committed." : "Let the replica apply what was committed.",
  script: held
    ? `${SAYS(flavour)}
${NOW(flavour)} || exit 1
tries=0
until [ "$(replica_says ${flavour.words.Source}_Log_File)" = "$file" ] &&
  [ "$(replica_says Read_${flavour.words.Source}_Log_Pos)" -ge "$place" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 600 ]; then echo "the replica is stuck" >&2; exit 1; fi
  sleep 0.1
done`
    : applied(flavour),
  uses: ["DB_SOCKET", "SIDE_SOCKET"],
  destroys: false,
});

/**
 * Writes to `$SCRATCH/target` where, in the log of the server it followed, the first transaction at the damage or after
 * it begins: file and place, or `none`. Relay logs carry the first server's places and times; its own events are passed over.
 */
const findTarget = (flavour: Flavour) => `at=$(printf %s "$DAMAGED_AT" | sed -n \\
  's/^\\([0-9-]\\{10\\}\\)T\\([0-9:]\\{8\\}\\)\\(\\.0*\\)\\{0,1\\}Z$/\\1 \\2/p')
if [ -z "$at" ]; then
  echo "DAMAGED_AT must be UTC, whole seconds: 2026-01-31T02:10:00Z" >&2
  exit 2
fi
(cd "$SIDE_DATA" && ls | grep -E '^relay\\.[0-9]{6,}$' | sort |
  TZ=UTC xargs ${flavour.binlog} --base64-output=${flavour.noRows} 2>/dev/null) |
  awk -v at="$at" \\
    -v own="${OWN_ID}" '
    !/^#[0-9][0-9][0-9][0-9][0-9][0-9] / { next }
    { line = $0; time = $2; if (length(time) == 7) time = "0" time
      stamp = "20" substr($1, 2, 2) "-" substr($1, 4, 2) "-" \\
        substr($1, 6, 2) " " time
      match(line, /server id [0-9]+/)
      id = substr(line, RSTART + 10, RLENGTH - 10)
      match(line, /end_log_pos [0-9]+/)
      end = substr(line, RSTART + 12, RLENGTH - 12) }
    /Rotate to / { match(line, /Rotate to [^ ]+ +pos: [0-9]+/)
      split(substr(line, RSTART, RLENGTH), word, " +")
      if (word[3] !~ /^relay/) { file = word[3]; place = word[5] }
      next }
    id == own || end == 0 { next }
    /GTID [0-9]|GTID\\t/ && !found && !(stamp < at) {
      print file, place; found = 1 }
    { place = end }
    END { if (!found) print "none" }' >"$SCRATCH/target"`;

const stopped = (flavour: Flavour, target: Target): Line => {
  const answers = `${SAYS(flavour)}
if [ -z "$(replica_says ${flavour.words.Source}_Host)" ]; then
  echo "it does not answer, or it is no replica any more"; exit 10
fi`;
  if (target.to !== "before-damage") {
    return {
      say: "Check that the replica answers and is still a replica.",
      script: apart(answers),
      uses: ["SIDE_SOCKET"],
      expect: "No output, and exit code 0.",
      ifNot: "Don't promote it: two servers that both took writes can't be merged again. Take a backup.",
      destroys: false,
    };
  }
  return {
    say: "Pause the replica, and check whether it's already past the damage.",
    script: apart(`${answers}
${ask(flavour, "side server", `STOP ${flavour.words.replica} SQL_THREAD`)} &&
${findTarget(flavour)} &&
read -r file place <"$SCRATCH/target" &&
done_file=$(replica_says Relay_${flavour.words.Source}_Log_File) &&
done_place=$(replica_says Exec_${flavour.words.Source}_Log_Pos) &&
if [ "$file" = none ]; then
  echo "it has received nothing from the damage on: find out why"
  exit 12
fi &&
if [ "$done_file" \\> "$file" ] ||
  { [ "$done_file" = "$file" ] &&
    [ "$done_place" -gt "$place" ]; }; then
  echo "it has replayed the damage already:" \\
    "it stands at $done_file $done_place," \\
    "and the damage begins at $file $place"
  exit 11
fi
echo "it stands at $done_file $done_place;" \\
  "the damage begins at $file $place"`),
    uses: ["SIDE_SOCKET", "SIDE_DATA", "SCRATCH", "DAMAGED_AT"],
    expect: "Its position, then the position where the damage begins. The second must be later.",
    ifNot: "It has the same damage: replication isn't a backup. Take the next older backup.",
    destroys: false,
  };
};

/** `$stands`: how far the replica has come, in the log of the server it followed. */
const STANDS = (flavour: Flavour) => `stands=$(replica_says Relay_${flavour.words.Source}_Log_File) &&
stands="$stands $(replica_says Exec_${flavour.words.Source}_Log_Pos)"`;

/**
 * Bytes of the first server's log gone through since `$SCRATCH/stood` against those up to `$SCRATCH/target`. A piece is
 * counted as long as it may become: how long each one was, only the first server knew.
 */
const replayed = (flavour: Flavour) => `${SAYS(flavour)}
${STANDS(flavour)}
most=$(${ask(flavour, "side server", "SELECT @@max_binlog_size")})
echo "$(cat "$SCRATCH/stood") $stands $(cat "$SCRATCH/target") $most" |
  awk 'function number(file) { sub(/.*[.]/, "", file); return file + 0 }
    function since(file, place) {
      return (number(file) - number($1)) * $7 + place - $2 }
    { printf "%d %d\\n", since($3, $4), since($5, $6) }'`;

const forward = (flavour: Flavour): Line => ({
  say: "Let it apply what it received, up to just before the damage.",
  script: `${SAYS(flavour)}
read -r file place <"$SCRATCH/target" &&
${STANDS(flavour)} &&
echo "$stands" >"$SCRATCH/stood" &&
${ask(
  flavour,
  "side server",
  `START ${flavour.words.replica} SQL_THREAD
  UNTIL ${flavour.words.source}_LOG_FILE = '$file',
  ${flavour.words.source}_LOG_POS = $place`,
)} &&
until [ "$(replica_says ${flavour.words.Replica}_SQL_Running)" = No ]; do
  sleep 0.1
done
${STANDS(flavour)}
echo "it stands at $stands, just before the damage at $file $place"
error=$(replica_says Last_SQL_Error)
if [ -n "$error" ]; then
  echo "it could not apply a change" >&2; false
fi &&
[ "$stands" = "$file $place" ]`,
  uses: ["SIDE_SOCKET", "SCRATCH"],
  expect: "Its position is exactly where the damage begins.",
  ifNot: `Do not open it. Read Last_SQL_Error of SHOW ${flavour.words.replica} STATUS: this one is on the wrong side or stopped early.`,
  destroys: true,
  progress: replayed(flavour),
});

const toEnd = (flavour: Flavour): Line => ({
  say: "Let it apply everything it received.",
  script: `${SAYS(flavour)}
file=$(replica_says ${flavour.words.Source}_Log_File)
place=$(replica_says Read_${flavour.words.Source}_Log_Pos)
echo "$file $place" >"$SCRATCH/target"
${STANDS(flavour)} &&
echo "$stands" >"$SCRATCH/stood"
${ask(flavour, "side server", `START ${flavour.words.replica} SQL_THREAD`)} \\
  2>/dev/null
reached=$(${client(flavour, "side server")} \\
  -e "SELECT ${flavour.words.source}_POS_WAIT('$file', $place, 86400) >= 0")
[ "$reached" = 1 ]`,
  uses: ["SIDE_SOCKET", "SCRATCH"],
  expect: "No output.",
  ifNot: `Read Last_SQL_Error of SHOW ${flavour.words.replica} STATUS.`,
  destroys: true,
  progress: replayed(flavour),
});

const open = (flavour: Flavour): Line => ({
  say: "End replication and make it writable.",
  script: `${ask(
    flavour,
    "side server",
    `STOP ${flavour.words.replica}; RESET ${flavour.words.replica} ALL;
  SET GLOBAL read_only = OFF`,
  )} &&
${client(flavour, "side server")} \\
  -e "SELECT IF(@@read_only, 'still read-only', 'open')"`,
  uses: ["SIDE_SOCKET"],
  expect: '"open".',
  ifNot: "Check again: a long transaction may be running.",
  destroys: true,
});

export const replicaOf = (flavour: Flavour) =>
  defineMethod<Options>({
    name: "replica",
    summary:
      "A second server that applies the log, at once or with a delay: opened, or brought to just before the damage.",
    options,
    gives: ["side-restore", "one-table", "point-in-time"],
    side: "server",
    settings: { ...LOG_SETTINGS, ...flavour.copySettings },
    programs: [...flavour.copyPrograms, "perl"],
    live: { delayMs, hold: () => hold(flavour), arrive: (held) => arrive(flavour, held) },
    variants: [{ name: "replica, delayed", options: (index) => (index === 0 ? { delay: "1h" } : null), log: false }],
    backup: () => [follow(flavour)],
    facts: (told) => ({
      engine: flavour.name,
      method: "replica",
      format: delayMs(told) > 0 ? "delayed" : "streaming",
      packing: [],
      complete: "yes",
      because: "a running server",
    }),
    inspect: () => null,
    check: (_facts, target) => [stopped(flavour, target)],
    recover: (_facts, target) => [target.to === "before-damage" ? forward(flavour) : toEnd(flavour), open(flavour)],
    removeSide,
  });
