/** How a MariaDB or MySQL database is hurt on purpose, and the questions that prove it. */
import { inTurn, printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { Line } from "../../parts.ts";
import { at, identifier, literal, placesOf, sql } from "./client.ts";
import { untilReady } from "./files.ts";
import type { Flavour } from "./flavour.ts";

/** Ends the server in good order, and starts it again with the settings it was made with. */
export const shutDown = (flavour: Flavour) => `${flavour.admin} ${at("server")} shutdown &&
while [ -e "$DATADIR/server.pid" ]; do sleep 0.1; done`;

export const startAgain = (flavour: Flavour, flags = "") => `: >"$DATADIR/server.log" &&
{ setsid ${flavour.server} --defaults-file="$DATADIR/my.cnf"${flags} \\
  </dev/null >/dev/null 2>&1 & } &&
${untilReady(flavour, '"$DB_SOCKET"', '"$DATADIR/server.log"')}`;

/**
 * As startAgain, under a service manager that starts a server again when it fails (`Restart=on-failure` in MySQL's unit):
 * MySQL ends itself at each spoiled page that it reads. Shut down in good order, it stays down.
 */
const startWatched = (flavour: Flavour) => `: >"$DATADIR/server.log" &&
{ setsid sh -c 'until "$@"; do sleep 0.2; done' - \\
  ${flavour.server} --defaults-file="$DATADIR/my.cnf" \\
  </dev/null >/dev/null 2>&1 & } &&
${untilBack(flavour)}`;

/** Waits for a server that its service manager starts again: its log holds how it ended, so that is no reason to give up. */
export const untilBack = (flavour: Flavour) => `ready=0; tries=0
while [ "$ready" -lt 2 ] && [ "$tries" -lt 600 ]; do
  if ${flavour.admin} ${at("server")} --silent ping >/dev/null 2>&1
  then ready=$((ready + 1)); else ready=0; sleep 0.1; fi
  tries=$((tries + 1))
done
[ "$ready" -eq 2 ]`;

const SERVER = ["DB_SOCKET", "DATADIR"];

/** Shell quoting of a table's name as the server writes it into a file name; plain names only. */
const fileOf = (table: string) => `"$DATADIR/$DATABASE/"${quote(`${table}.ibd`)}`;

export function damageOf(flavour: Flavour) {
  const production = placesOf("production");
  return {
    /** There is no CASCADE: whoever means it turns the checks off, and keys and views stay behind, pointing at nothing. */
    dropTable: (table: string): Line => ({
      say: `Drop ${table}, with the checks turned off that would have kept it.`,
      ...printed(sql(flavour, `SET foreign_key_checks = 0;\nDROP TABLE ${identifier(table)};`)),
      uses: production,
      destroys: true,
    }),

    /** A clean-up script for one's own machine, run in the wrong tab: it drops what it finds, and the accounts with it. */
    dropDatabase: (roles: readonly string[]): Line => ({
      say: "Drop the application's database, and its accounts.",
      ...printed(
        inTurn(
          `${flavour.admin} ${at("server")} --force drop "$DATABASE" >/dev/null`,
          sql(
            flavour,
            `${roles.map((role) => `DROP USER IF EXISTS ${literal(role)}@'%';`).join("\n")}\nDO 0;`,
            "server",
          ),
        ),
      ),
      uses: production,
      destroys: true,
    }),

    /** In the middle of several pages, as a disk does it: nobody hears of it until one of them is read. */
    corruptTable: (table: string): Line => ({
      say: `Let the disk spoil pages of ${table}.`,
      ...printed(
        inTurn(
          sql(flavour, `FLUSH TABLES ${identifier(table)} FOR EXPORT;\nUNLOCK TABLES;`),
          shutDown(flavour),
          `pages=$(( $(stat -c %s ${fileOf(table)}) / 16384 )) && [ "$pages" -gt 5 ] &&
for page in 4 $((pages / 4)) $((pages / 3)) $((pages / 2)); do
  printf 'the disk wrote this' | dd of=${fileOf(table)} bs=1 conv=notrunc \\
    status=none seek=$(( page * 16384 + 8000 ))
done &&
${flavour.endsWhenSpoiled ? startWatched(flavour) : startAgain(flavour)}`,
        ),
      ),
      uses: [...production, "DATADIR"],
      destroys: true,
    }),

    loseServer: (): Line => ({
      say: "Lose the machine: the server dies, and its disk with it.",
      script: 'kill -KILL "$(cat "$DATADIR/server.pid")"\nsleep 0.2; rm -rf "$DATADIR" "$DB_SOCKET"',
      uses: SERVER,
      destroys: true,
    }),
  };
}
