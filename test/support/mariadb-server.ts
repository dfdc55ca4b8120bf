/** A throwaway MariaDB server of this machine's own programs, for tests that ask its client what it makes of a text. */
import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface OwnServer {
  readonly socket: string;
  /** Feeds a text to the command-line client. */
  client(
    input: string | Buffer,
    ...flags: readonly string[]
  ): { stdout: string; stderr: string; exitCode: number | null };
  stop(): Promise<void>;
}

const account = (): string[] => (process.getuid?.() === 0 ? ["runuser", "-u", "mysql", "--"] : []);

export async function ownServer(...settings: readonly string[]): Promise<OwnServer> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "mariadb-test-"));
  const idOf = (flag: string) => Number(spawnSync("id", [flag, "mysql"], { encoding: "utf8" }).stdout);
  if (process.getuid?.() === 0) chownSync(folder, idOf("-u"), idOf("-g"));
  const run = (argv: readonly string[]) => [...account(), ...argv] as [string, ...string[]];
  const [make, ...makeArgs] = run([
    "mariadb-install-db",
    "--no-defaults",
    `--datadir=${folder}/data`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]);
  const env = { ...process.env, TMPDIR: folder };
  const made = spawnSync(make, makeArgs, { encoding: "utf8", env });
  if (made.status !== 0) throw new Error(`no data folder: ${made.stderr}`);
  const socket = `${folder}/s`;
  const [file, ...args] = run([
    ...["mariadbd", "--no-defaults", `--datadir=${folder}/data`, `--socket=${socket}`, "--skip-networking"],
    ...["--innodb-buffer-pool-size=32M", "--event-scheduler=OFF", ...settings],
  ]);
  const server = spawn(file, args, { stdio: "ignore", env });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const client: OwnServer["client"] = (input, ...flags) => {
    const done = spawnSync("mariadb", ["--no-defaults", "-uroot", "-S", socket, "-BN", ...flags], {
      input,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    return { stdout: done.stdout, stderr: done.stderr, exitCode: done.status };
  };
  for (let tries = 0; client("SELECT 1;").exitCode !== 0; tries++) {
    if (tries > 300) throw new Error("the server does not answer");
    await sleep(100);
  }
  return {
    socket,
    client,
    stop: async () => {
      spawnSync("mariadb-admin", ["--no-defaults", "-uroot", "-S", socket, "shutdown"]);
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
