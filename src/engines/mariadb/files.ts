/** Copies of a server's files: how one comes back as a server of its own, whatever made the copy. */
import { type Packing, unpacked, whole } from "../../host/packing.ts";
import type { Line, Settings } from "../../parts.ts";
import type { Flavour } from "./flavour.ts";

/** Asked twice: a server that is still starting can answer once and be gone. Ends when the server gives up. */
export const untilReady = (flavour: Flavour, socket: string, log: string) => `ready=0
while [ "$ready" -lt 2 ]; do
  if ${flavour.admin} --socket=${socket} --silent ping \\
    >/dev/null 2>&1
  then ready=$((ready + 1)); else ready=0; sleep 0.1; fi
  if grep -q 'Aborting' ${log} 2>/dev/null; then
    grep -i 'error' ${log} | head -n 3 >&2; ready=9
  fi
done
[ "$ready" -lt 9 ]`;

/** Bytes on disk against bytes expected. */
export const UNPACKED = 'echo "$(du -sb "$SIDE_DATA" | cut -f1) $EXPECTED_BYTES"';

/** Reads an archive of files to its end. */
export const checkArchive = (packing: Packing): Line => ({
  say: "Read the copy to the end. Check that it's complete.",
  script: `${packing.length === 0 ? "" : `${whole(packing)} &&\n`}${unpacked(packing)} | tar -t -f - >/dev/null`,
  uses: ["BACKUP"],
  expect: "No output, and exit code 0.",
  ifNot: "Don't restore it. Take the next older backup.",
  destroys: false,
});

/** Unpacks an archive of files; `what` it is called: `copy`, `image`. */
export const unpack = (packing: Packing, what: string): Line => ({
  say: `Unpack the ${what} into an empty folder. The damaged server isn't touched.`,
  script: `mkdir -m 700 "$SIDE_DATA" &&
${unpacked(packing)} |
  tar -x -f - -C "$SIDE_DATA"`,
  uses: ["BACKUP", "SIDE_DATA", "EXPECTED_BYTES"],
  expect: "No output.",
  ifNot: "If the folder already exists, someone else may be restoring: ask aloud. If the disk is full, choose another.",
  destroys: false,
  progress: UNPACKED,
});

/** A restored server listens only here, follows nobody, runs no events, and writes no log of its own. */
export function startSide(flavour: Flavour, settings: Settings = {}): Line {
  const own = Object.entries(settings).map(([name, value]) => `\n${name} = ${value}`);
  return {
    say: "Start the restored server: local connections only, no replication, no scheduled events.",
    script: startScript(flavour, `${flavour.words.skipStart}${own.join("")}`),
    uses: ["SIDE_DATA", "SIDE_SOCKET"],
    expect: "No output.",
    ifNot: "Read the end of side.log in SIDE_DATA.",
    destroys: false,
  };
}

/**
 * What its files were made with, and no server reads them without; mariadb-backup notes it beside them. Other settings that
 * it notes are about how to write, or name folders of the other machine, as the names of its files must not.
 */
const MADE_WITH = `if [ -e "$SIDE_DATA/backup-my.cnf" ]; then
  sed -n -e '/^innodb_page_size *=/p' \\
    -e '/^innodb_data_file_path *= *[A-Za-z0-9_.:;]*$/p' \\
    -e '/^innodb_undo_tablespaces *=/p' \\
    "$SIDE_DATA/backup-my.cnf" >>"$SIDE_DATA/side.cnf"
fi`;

/** Writes the settings of a server beside the damaged one, starts it, and waits for it. */
export function startScript(flavour: Flavour, settings: string): string {
  return `cat >"$SIDE_DATA/side.cnf" <<CONF &&
[${flavour.server}]
datadir = $SIDE_DATA
socket = $SIDE_SOCKET
pid-file = $SIDE_DATA/side.pid
log-error = $SIDE_DATA/side.log
skip-networking
skip-name-resolve
skip-log-bin
${settings}
event_scheduler = OFF
innodb_buffer_pool_size = 128M
max_allowed_packet = 256M
${flavour.settings.map((line) => `${line}\n`).join("")}CONF
${MADE_WITH} &&
${startAgain(flavour)}`;
}

/** With the settings that it has. */
const startAgain = (flavour: Flavour) => `{ setsid ${flavour.server} --defaults-file="$SIDE_DATA/side.cnf" \\
  </dev/null >/dev/null 2>&1 & } &&
${untilReady(flavour, '"$SIDE_SOCKET"', '"$SIDE_DATA/side.log"')}`;

/** Lets it be reached over the sandbox's own loopback. */
export const listen = (flavour: Flavour): Line => ({
  say: "Make the restored server reachable over the sandbox's own loopback.",
  script: `sed -i 's/^skip-networking$/bind-address = 127.0.0.1/' "$SIDE_DATA/side.cnf" &&
${flavour.admin} --socket="$SIDE_SOCKET" shutdown &&
while [ -e "$SIDE_DATA/side.pid" ]; do sleep 0.1; done &&
${startAgain(flavour)}`,
  uses: ["SIDE_DATA", "SIDE_SOCKET"],
  destroys: false,
});

export const removeSide = (): readonly Line[] => [
  {
    say: "Stop the restored server, and remove it.",
    script: `kill -KILL "$(cat "$SIDE_DATA/side.pid")"
rm -r "$SIDE_DATA" && rm -f "$SIDE_SOCKET"`,
    uses: ["SIDE_DATA", "SIDE_SOCKET"],
    expect: "No output.",
    ifNot: "You can leave it; it only takes up space.",
    destroys: true,
  },
];
