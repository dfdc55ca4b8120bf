/** MariaDB and MySQL: one family. How a server of it is made, and its language. */
import { z } from "zod";
import { defineEngine } from "../../define.ts";
import type { Engine, Phrases, PlaceRequest, PlaceTable, ServerFolders, ServerSpec, Settings } from "../../parts.ts";
import { scriptOf } from "../script.ts";
import { askedOf } from "./asked.ts";
import { cloneOf } from "./clone.ts";
import { copiesOf } from "./copies.ts";
import { damageOf } from "./damage.ts";
import { digestsOf } from "./digests.ts";
import { dumpReader } from "./dump-reader.ts";
import { readErrors } from "./errors.ts";
import { untilReady } from "./files.ts";
import { type Flavour, MARIADB, MYSQL } from "./flavour.ts";
import { keyboardOf } from "./keyboard.ts";
import { logOf } from "./log.ts";
import { logicalOf } from "./logical.ts";
import { mischiefOf } from "./mischief.ts";
import { physicalOf } from "./physical.ts";
import { questionsOf } from "./questions.ts";
import { recoveryOf } from "./recovery.ts";
import { replicaOf } from "./replica.ts";
import { snapshotOf } from "./snapshot.ts";
import { surgeryOf } from "./surgery.ts";
import { takeoverOf } from "./takeover.ts";
import { worldOf } from "./world.ts";

const options = z.strictObject({});

function places({ folders, database, side, replica, moved }: PlaceRequest): PlaceTable {
  const own = side === "server";
  const folder = replica ?? folders.side;
  const restored = replica === null ? "restored server" : "replica";
  const sideSocket = own ? `${folder}/server.sock` : `${folders.socket}/server.sock`;
  return {
    DB_SOCKET: {
      meaning: "The damaged server's socket. For a server elsewhere, --host and --port take the place of --socket.",
      value: moved === true ? sideSocket : `${folders.socket}/server.sock`,
    },
    DATADIR: { meaning: "The damaged server's data folder.", value: folders.data },
    DATABASE: { meaning: "The damaged database.", value: database },
    SIDE_SOCKET: {
      meaning: own
        ? `Where the ${restored} listens.`
        : "The server to restore on: better another one than the damaged server.",
      value: sideSocket,
    },
    SIDE_DATABASE: {
      meaning: own
        ? `The database on the ${restored}: of the same name as the damaged one.`
        : "A new database to restore into. It must not exist yet.",
      value: own ? database : `${database}_side`,
    },
    ...(own
      ? {
          SIDE_DATA: {
            meaning:
              replica === null
                ? "The restored server's data folder, with room for all of it. Must not exist."
                : "The replica's data folder.",
            value: `${folder}/data`,
          },
        }
      : {}),
  };
}

/** Each Debian release carries one version; what none carries is had from a registry only. */
const SUITES: Readonly<Record<string, string>> = { "10.11": "bookworm", "11.8": "trixie", "9": "sid" };

function server(flavour: Flavour, image: string, version: string, settings: Settings): ServerSpec {
  const own = Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
  return {
    engine: flavour.name,
    version,
    image: `${image}:${version}`,
    builtImage: `fogbell/${flavour.name}:${version}`,
    packages: version in SUITES ? flavour.packages : [],
    suite: SUITES[version] ?? "bookworm",
    account: "mysql",
    home: "/var/lib/mysql",
    binaries: [flavour.server, flavour.client, flavour.dump, flavour.admin, flavour.check, flavour.binlog],
    askVersion: [flavour.server, "--version"],
    binaryFolders: ["/usr/sbin", "/usr/bin"],
    environment: (folders: ServerFolders) => ({
      DATADIR: folders.data,
      DB_SOCKET: `${folders.socket}/server.sock`,
      ARCHIVE: folders.archive,
    }),
    make: {
      say: "Make an empty data folder, and say who the client logs in as.",
      script: `${flavour.initialise} &&
printf '[client]\\nuser = root\\n' >"$HOME/.my.cnf"`,
      uses: ["DATADIR"],
      destroys: false,
    },
    start: {
      // No TCP at all: everything inside goes through the socket, and nothing can be published by mistake.
      say: "Start the server, on its socket only.",
      script: `cat >"$DATADIR/my.cnf" <<CONF &&
[${flavour.server}]
datadir = $DATADIR
socket = $DB_SOCKET
pid-file = $DATADIR/server.pid
log-error = $DATADIR/server.log
skip-networking
skip-name-resolve
event_scheduler = OFF
character-set-server = utf8mb4
innodb_buffer_pool_size = 256M
max_allowed_packet = 256M
${[flavour.redo, ...flavour.settings, ...("log_bin" in settings || flavour.noLog === "" ? [] : [flavour.noLog])].join("\n")}
${own}CONF
{ setsid ${flavour.server} --defaults-file="$DATADIR/my.cnf" \\
  </dev/null >/dev/null 2>&1 & } &&
${untilReady(flavour, '"$DB_SOCKET"', '"$DATADIR/server.log"')}`,
      uses: ["DATADIR", "DB_SOCKET"],
      destroys: false,
    },
    shutDown: {
      say: "Shut the server down.",
      script: `${flavour.admin} --socket="$DB_SOCKET" shutdown &&
while [ -e "$DATADIR/server.pid" ]; do sleep 0.1; done`,
      uses: ["DATADIR", "DB_SOCKET"],
      destroys: false,
    },
    stop: {
      say: "Stop the server at once.",
      script: 'kill -KILL "$(cat "$DATADIR/server.pid")"',
      uses: ["DATADIR"],
      destroys: true,
    },
  };
}

/** The client takes user and socket from a file of the account that runs the job, as cron jobs have it. */
const scripted = (flavour: Flavour) =>
  scriptOf({
    engine: flavour.name,
    environment: ['MYSQL_HOME="$SCRIPTS"', "MYSQL_PWD=", 'DATABASE="$DATABASE"'],
    uses: ["DB_SOCKET", "DATABASE"],
    prepare: `printf '[client]\\nsocket = %s\\n' "$DB_SOCKET" >"$SCRIPTS/my.cnf"`,
    dump: flavour.dump,
    like: logicalOf(flavour),
  });

interface Family {
  readonly flavour: Flavour;
  readonly summary: string;
  readonly versions: readonly string[];
}

function engineOf({ flavour, summary, versions }: Family): Engine {
  const phrases: Phrases = {
    ...worldOf(flavour),
    ...damageOf(flavour),
    ...mischiefOf(flavour),
    ...askedOf(flavour),
    ...recoveryOf(flavour),
    ...takeoverOf(flavour),
    ...surgeryOf(flavour),
    ...questionsOf(flavour),
    ...digestsOf(flavour),
  };
  return defineEngine<z.infer<typeof options>>({
    name: flavour.name,
    summary,
    options,
    versions,
    methods:
      flavour.name === "mariadb"
        ? [logicalOf(flavour), physicalOf(flavour), replicaOf(flavour), snapshotOf(flavour), scripted(flavour)]
        : [logicalOf(flavour), cloneOf(flavour), replicaOf(flavour), snapshotOf(flavour), scripted(flavour)],
    phrases,
    copies: copiesOf(flavour),
    readErrors,
    dumpReader: ({ method }) => (method === "logical" ? dumpReader() : null),
    keyboard: keyboardOf(flavour),
    log: logOf(flavour),
    loopback: {
      settings: { "skip-networking": "0", "bind-address": "127.0.0.1" },
      environment: (database) => ({
        MYSQL_HOST: "127.0.0.1",
        MYSQL_TCP_PORT: "3306",
        MYSQL_DATABASE: database,
        DATABASE_PORT: "3306",
      }),
    },
    server: (version, _options, settings = {}) => server(flavour, flavour.name, version, settings),
    places,
  });
}

export const mariadb = engineOf({ flavour: MARIADB, summary: "MariaDB 10.11 and 11.8.", versions: ["10.11", "11.8"] });

export const mysql = engineOf({
  flavour: MYSQL,
  summary: "MySQL 9.7; 8.4 by the same contract, and not run by us.",
  versions: ["9", "8.4"],
});
