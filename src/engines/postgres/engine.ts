/** PostgreSQL: how a server of it is made, and its language. */

import { z } from "zod";
import { defineEngine } from "../../define.ts";
import type { Phrases, PlaceRequest, PlaceTable, ServerFolders, ServerSpec, Settings } from "../../parts.ts";
import { PACKERS } from "../packers.ts";
import { scriptOf } from "../script.ts";
import * as asked from "./asked.ts";
import * as objects from "./catalogue.ts";
import { copies } from "./copies.ts";
import * as damage from "./damage.ts";
import * as digests from "./digests.ts";
import { dumpReader } from "./dump-reader.ts";
import { readErrors } from "./errors.ts";
import { keyboard } from "./keyboard.ts";
import { log } from "./log.ts";
import { dumpText, logical } from "./logical.ts";
import * as mischief from "./mischief.ts";
import { physical } from "./physical.ts";
import * as questions from "./questions.ts";
import * as recovery from "./recovery.ts";
import { replica } from "./replica.ts";
import { repositoryMethod } from "./repository.ts";
import * as counters from "./sequences.ts";
import { snapshot } from "./snapshot.ts";
import * as surgery from "./surgery.ts";
import * as takeover from "./takeover.ts";
import * as world from "./world.ts";

const options = z.strictObject({});

const script = scriptOf({
  engine: "postgres",
  environment: ['PGHOST="$PGHOST"', 'PGUSER="$PGUSER"', 'PGDATABASE="$PGDATABASE"'],
  uses: ["PGHOST", "PGUSER", "PGDATABASE"],
  prepare: ":",
  dump: "pg_dump",
  like: logical,
});

/** Each Debian release carries one major version. */
const SUITES: Readonly<Record<string, string>> = { "15": "bookworm", "17": "trixie", "18": "forky" };

const phrases: Phrases = {
  ...world,
  ...damage,
  ...mischief,
  ...asked,
  ...recovery,
  ...takeover,
  ...surgery,
  ...questions,
  ...digests,
  ...objects,
  ...counters,
};

/** Values are quoted for the file; `$NAMES` in them are expanded by the shell that writes it. */
function configuration(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join("");
}

function places({ folders, database, side, replica, moved }: PlaceRequest): PlaceTable {
  const own = side === "server";
  const folder = replica ?? folders.side;
  const restored = replica === null ? "restored server" : "replica";
  const sideHost = own ? `${folder}/socket` : folders.socket;
  return {
    PGHOST: {
      meaning: "The damaged server: its host, or the folder of its socket.",
      value: moved === true ? sideHost : folders.socket,
    },
    PGDATABASE: { meaning: "The damaged database.", value: database },
    PGDATA: { meaning: "The damaged server's data folder.", value: folders.data },
    SIDE_HOST: {
      meaning: own
        ? `Where the ${restored} listens: a folder for its socket.`
        : "The server to restore on: better another one than the damaged server.",
      value: sideHost,
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

const BINARIES = [
  "initdb",
  "pg_ctl",
  "postgres",
  "psql",
  "pg_dump",
  "pg_dumpall",
  "pg_restore",
  "createdb",
  "dropdb",
  "pg_basebackup",
  "pg_verifybackup",
  "pg_waldump",
  "pg_controldata",
];

function server(version: string, _options: unknown, settings: Settings = {}): ServerSpec {
  return {
    engine: "postgres",
    version,
    image: `postgres:${version}`,
    builtImage: `fogbell/postgres:${version}`,
    packages: [`postgresql-${version}`, `postgresql-client-${version}`, "pgbackrest", ...PACKERS],
    suite: SUITES[version] ?? "forky",
    account: "postgres",
    home: "/var/lib/postgresql",
    binaries: BINARIES,
    askVersion: ["postgres", "--version"],
    binaryFolders: [`/usr/lib/postgresql/${version}/bin`],
    environment: (folders: ServerFolders) => ({
      PGDATA: folders.data,
      PGHOST: folders.socket,
      PGUSER: "postgres",
      PGCONNECT_TIMEOUT: "10",
      ARCHIVE: folders.archive,
    }),
    make: {
      // Not synced: a sandbox never outlives its machine, and what is measured begins much later.
      say: "Make a cluster.",
      script: `initdb -N -D "$PGDATA" -U postgres -A trust -E UTF8 \\
  --locale=C.UTF-8 --data-checksums >/dev/null`,
      uses: ["PGDATA"],
      destroys: false,
    },
    start: {
      // No TCP at all: everything inside goes through the socket, and nothing can be published by mistake.
      // Shared memory in the cluster's own folder (here and in restored ones): what a killed server leaves in /dev/shm,
      // a megabyte each time, nobody would ever remove.
      say: "Start the server, on its socket only.",
      script: `cat >>"$PGDATA/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$PGHOST'
dynamic_shared_memory_type = mmap
shared_buffers = 256MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
max_parallel_workers_per_gather = 2
log_statement = none
log_min_error_statement = panic
${configuration(settings)}CONF
pg_ctl -s -w -t 120 -D "$PGDATA" -l "$PGDATA/server.log" start`,
      uses: ["PGDATA", "PGHOST", "ARCHIVE"],
      destroys: false,
    },
    shutDown: {
      say: "Shut the server down.",
      script: 'pg_ctl -s -w -t 3600 -m fast -D "$PGDATA" stop',
      uses: ["PGDATA"],
      destroys: false,
    },
    stop: {
      say: "Stop the server at once.",
      script: 'pg_ctl -s -m immediate -D "$PGDATA" stop',
      uses: ["PGDATA"],
      destroys: true,
    },
  };
}

export const postgres = defineEngine<z.infer<typeof options>>({
  name: "postgres",
  summary: "PostgreSQL, 15, 17 and 18.",
  options,
  versions: ["15", "17", "18"],
  methods: [logical, physical, repositoryMethod, replica, snapshot, script],
  phrases,
  copies,
  readErrors,
  dumpText,
  dumpReader: ({ method, format }) => (method === "logical" && format === "plain" ? dumpReader() : null),
  keyboard,
  log,
  loopback: {
    settings: { listen_addresses: "127.0.0.1" },
    environment: (database) => ({ PGHOST: "127.0.0.1", PGPORT: "5432", PGDATABASE: database, DATABASE_PORT: "5432" }),
  },
  server,
  places,
});
