/**
 * Replicas: a second server that streams the log of the first. At once it is there for a failover; with a delay it still
 * has the past. Replication copies damage as faithfully as work, so whether it did is asked first.
 */

import { z } from "zod";
import { defineMethod } from "../../define.ts";
import { durationText } from "../../fields.ts";
import { apart } from "../../host/sh.ts";
import { parseDuration } from "../../host/units.ts";
import type { Line, Target } from "../../parts.ts";
import { PSQL } from "./client.ts";
import { removeSide } from "./files.ts";
import { type LogSource, throughLog } from "./log.ts";

const options = z.strictObject({
  delay: durationText()
    .default("0s")
    .describe("How far it keeps behind the server it follows; 0s is not at all.")
    .meta({ examples: ["1h"] }),
});
type Options = z.infer<typeof options>;

const delayMs = ({ delay }: Options) => parseDuration(delay) ?? 0;

const ask = (host: "PGHOST" | "SIDE_HOST", text: string) => `${PSQL} \\
  -At -h "$${host}" -d postgres \\
  -c "${text}"`;

/** A standby of its own folders. Source: PostgreSQL manual, 27.2.4 Setting Up a Standby Server. */
const follow: Line = {
  say: "Create a second server that replicates from this one.",
  script: `mkdir -p -m 700 "$(dirname "$SIDE_DATA")" "$SIDE_HOST" &&
pg_basebackup -D "$SIDE_DATA" -R -X stream -c fast &&
cat >>"$SIDE_DATA/postgresql.auto.conf" <<CONF &&
listen_addresses = ''
unix_socket_directories = '$SIDE_HOST'
dynamic_shared_memory_type = mmap
archive_mode = off
archive_command = ''
hot_standby = on
shared_buffers = 128MB
log_min_error_statement = panic
CONF
pg_ctl -s -w -t 86400 -D "$SIDE_DATA" \\
  -l "$SIDE_DATA/server.log" start`,
  uses: ["PGHOST", "SIDE_DATA", "SIDE_HOST"],
  destroys: false,
};

/** Waits for a condition on the replica; gives up after a minute. `$now` is the first server's place in the log. */
const until = (condition: string) => `now=$(${ask("PGHOST", "SELECT pg_current_wal_lsn()")}) || exit 1
tries=0
until [ "$(${ask("SIDE_HOST", `SELECT ${condition}`)})" = t ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 1200 ]; then echo "the replica is stuck" >&2; exit 1; fi
  sleep 0.05
done`;

const PAUSE = `${ask("SIDE_HOST", "SELECT pg_wal_replay_pause()")} >/dev/null &&
while state=$(${ask("SIDE_HOST", "SELECT pg_get_wal_replay_pause_state()")})
  [ "$state" != paused ]; do sleep 0.05; done`;

const hold = (): Line => ({
  say: "Pause the replica here; it keeps receiving.",
  script: `${until("pg_last_wal_replay_lsn() >= '$now'")}
${PAUSE}`,
  uses: ["PGHOST", "SIDE_HOST"],
  destroys: false,
});

const arrive = (held: boolean): Line => ({
  say: held ? "Let the replica receive what was committed." : "Let the replica apply what was committed.",
  script: until(held ? "pg_last_wal_receive_lsn() >= '$now'" : "pg_last_wal_replay_lsn() >= '$now'"),
  uses: ["PGHOST", "SIDE_HOST"],
  destroys: false,
});

const STANDS = `SELECT to_char(
    pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC',
    'YYYY-MM-DD HH24:MI:SS.US')`;

/** To its end everything is wanted, whatever it is; before the damage, the replica must not have come so far. */
function check(target: Target): readonly Line[] {
  const answers = `recovering=$(${ask("SIDE_HOST", "SELECT pg_is_in_recovery()")} 2>/dev/null)
if [ "$recovering" != t ]; then
  echo "it does not answer, or it is no replica any more"; exit 10
fi`;
  if (target.to !== "before-damage") {
    return [
      {
        say: "Check that the replica answers and is still a replica.",
        script: apart(answers),
        uses: ["SIDE_HOST"],
        expect: "No output, and exit code 0.",
        ifNot: "Don't promote it: two servers that both took writes can't be merged again. Take a backup.",
        destroys: false,
      },
    ];
  }
  return [
    {
      say: "Pause the replica, and check how far it has got.",
      script: apart(`${answers}
${PAUSE}
at=$(printf %s "$DAMAGED_AT" | sed 's/T/ /; s/Z$//')
stands=$(${ask("SIDE_HOST", STANDS)}) &&
if [ -n "$stands" ] && ! [ "$stands" \\< "$at" ]; then
  echo "it has replayed the damage already: it stands at $stands"
  exit 11
fi
echo "it stands at \${stands:-its beginning}"`),
      uses: ["SIDE_HOST", "DAMAGED_AT"],
      expect: '"it stands at" and a time (UTC) before the damage.',
      ifNot: "It has the same damage: replication isn't a backup. Take the next older backup.",
      destroys: false,
    },
  ];
}

/** Everything it received lies in its own folder; the server that sent it may be gone. */
const RECEIVED: LogSource = {
  folder: "$SIDE_DATA/pg_wal",
  uses: ["SIDE_DATA"],
  restoreCommand: "false",
  commandUses: [],
};

const alone: Line = {
  say: "Stop its replication, so that it applies nothing more by itself.",
  script: `pg_ctl -s -w -t 3600 -m fast -D "$SIDE_DATA" stop &&
rm "$SIDE_DATA/standby.signal"`,
  uses: ["SIDE_DATA"],
  expect: "No output.",
  ifNot: "If it doesn't stop, stop it with -m immediate. It repairs itself from its log.",
  destroys: true,
};

const open: Line = {
  say: "Let it apply everything it received, then promote it.",
  script: `${ask("SIDE_HOST", "SELECT pg_wal_replay_resume()")} >/dev/null &&
while all=$(${ask("SIDE_HOST", "SELECT pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()")})
  [ "$all" != t ]; do sleep 0.1; done
pg_ctl -s -w -t 3600 -D "$SIDE_DATA" promote &&
${ask(
  "SIDE_HOST",
  `SELECT CASE WHEN pg_is_in_recovery()
    THEN 'still read-only' ELSE 'open' END`,
)}`,
  uses: ["SIDE_DATA", "SIDE_HOST"],
  expect: '"open".',
  ifNot: "Wait, then check again: a long checkpoint may be running.",
  destroys: true,
};

export const replica = defineMethod<Options>({
  name: "replica",
  summary:
    "A second server that streams the log, at once or with a delay: opened, or brought to just before the damage.",
  options,
  gives: ["side-restore", "one-table", "point-in-time"],
  side: "server",
  settings: { wal_keep_size: "1GB" },
  live: { delayMs, hold, arrive },
  variants: [{ name: "replica, delayed", options: (index) => (index === 0 ? { delay: "1h" } : null), log: false }],
  backup: () => [follow],
  facts: (told) => ({
    engine: "postgres",
    method: "replica",
    format: delayMs(told) > 0 ? "delayed" : "streaming",
    packing: [],
    complete: "yes",
    because: "a running server",
  }),
  inspect: () => null,
  check: (_facts, target) => check(target),
  recover: (_facts, target) => (target.to === "end-of-log" ? [open] : [alone, ...throughLog(target, RECEIVED)]),
  removeSide,
});
