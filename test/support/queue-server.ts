/** A PostgreSQL of a test's own, for queues: on a socket in a scratch folder, started, stopped and killed as the test likes. */
import { execFile } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const BIN = "/usr/lib/postgresql/15/bin";
/** In memory where there is such a folder: a queue in a test needs no disk. */
const PLACE = "/dev/shm";

/** The server refuses to run as root. */
const asPostgres = (line: string) =>
  process.getuid?.() === 0 ? run("su", ["postgres", "-s", "/bin/sh", "-c", line]) : run("sh", ["-c", line]);

export interface QueueServer extends AsyncDisposable {
  readonly folder: string;
  /** Of a database of that name, for a role; made when it isn't there. */
  url(database: string, role?: string): Promise<string>;
  sql(database: string, text: string): Promise<string>;
  start(): Promise<void>;
  /** `immediate`: as if it had crashed. */
  stop(mode: "fast" | "immediate"): Promise<void>;
}

export async function openQueueServer(): Promise<QueueServer> {
  const folder = await mkdtemp(join(PLACE, "fogbell-queue-"));
  if (process.getuid?.() === 0) {
    const { stdout } = await run("id", ["-u", "postgres"]);
    await chown(folder, Number(stdout), Number(stdout));
  }
  const data = join(folder, "data");
  await asPostgres(`${BIN}/initdb -D ${data} -A trust -U postgres --no-sync`);
  const options = `-c listen_addresses='' -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`;
  const start = async () => {
    await asPostgres(`${BIN}/pg_ctl -D ${data} -o "${options}" -l ${folder}/log -w start`);
  };
  const stop = async (mode: "fast" | "immediate") => {
    await asPostgres(`${BIN}/pg_ctl -D ${data} -m ${mode} -w stop`);
  };
  await start();
  const made = new Set<string>();
  const sql = async (database: string, text: string) =>
    (
      await run("psql", ["-h", folder, "-U", "postgres", "-d", database, "-AtqX", "-v", "ON_ERROR_STOP=1", "-c", text])
    ).stdout.trim();
  return {
    folder,
    start,
    stop,
    sql,
    async url(database, role = "postgres") {
      if (!made.has(database)) await sql("postgres", `CREATE DATABASE ${database}`);
      made.add(database);
      return `postgres://${role}@localhost/${database}?host=${folder}`;
    },
    [Symbol.asyncDispose]: async () => {
      await stop("immediate").catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}
