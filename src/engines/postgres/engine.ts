/** PostgreSQL: how a server of it is made, and its language. */
import { z } from "zod";
import { defineEngine, type Phrases, type ServerFolders, type ServerSpec } from "../../parts.ts";
import * as damage from "./damage.ts";
import { logical } from "./logical.ts";
import * as questions from "./questions.ts";
import * as recovery from "./recovery.ts";
import * as world from "./world.ts";

const options = z.strictObject({});

/** Each Debian release carries one major version. */
const SUITES: Readonly<Record<string, string>> = { "15": "bookworm", "17": "trixie" };

const phrases: Phrases = { ...world, ...damage, ...recovery, ...questions };

function server(version: string): ServerSpec {
  return {
    engine: "postgres",
    version,
    image: `postgres:${version}`,
    builtImage: `fogbell/postgres:${version}`,
    packages: [`postgresql-${version}`, `postgresql-client-${version}`, "zstd"],
    suite: SUITES[version] ?? "trixie",
    account: "postgres",
    home: "/var/lib/postgresql",
    binaries: ["initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_dumpall", "pg_restore", "createdb", "dropdb"],
    askVersion: ["postgres", "--version"],
    binaryFolders: [`/usr/lib/postgresql/${version}/bin`],
    environment: (folders: ServerFolders) => ({
      PGDATA: folders.data,
      PGHOST: folders.socket,
      PGUSER: "postgres",
      PGCONNECT_TIMEOUT: "10",
    }),
    start: [
      {
        say: "Make a cluster.",
        script: `initdb -D "$PGDATA" -U postgres -A trust -E UTF8 \\
  --locale=C.UTF-8 --data-checksums >/dev/null`,
        uses: ["PGDATA"],
        destroys: false,
      },
      {
        // No TCP at all: everything inside goes through the socket, and nothing can be published by mistake.
        say: "Start the server, on its socket only.",
        script: `cat >>"$PGDATA/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$PGHOST'
shared_buffers = 256MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
max_parallel_workers_per_gather = 2
log_statement = none
log_min_error_statement = panic
archive_mode = off
CONF
pg_ctl -s -w -t 120 -D "$PGDATA" -l "$PGDATA/server.log" start`,
        uses: ["PGDATA", "PGHOST"],
        destroys: false,
      },
    ],
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
  summary: "PostgreSQL, 15 and 17.",
  options,
  gives: ["sql"],
  needs: [],
  versions: ["15", "17"],
  methods: [logical],
  phrases,
  server,
});
