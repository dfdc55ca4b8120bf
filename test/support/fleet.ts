/** A fleet for tests: a configuration of made-up databases, jobs for them, and workers as processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadedConfig, loadConfigFile } from "../../src/config/config.ts";
import type { PlannedJob } from "../../src/fleet/estimate.ts";

/** Writes a fogbell.yaml of so many databases. */
export async function configOfMany(folder: string, count: number): Promise<LoadedConfig> {
  const file = join(folder, "fogbell.yaml");
  const one = (at: number) => `  - name: Shop${at}\n    engine: sqlite\n    sources: [{ store: backups }]`;
  await writeFile(
    file,
    ["version: 1", "databases:", ...Array.from({ length: count }, (_, at) => one(at)), ""].join("\n"),
  );
  return (await loadConfigFile(file)) as LoadedConfig;
}

/** One job for each database of a configuration. */
export const jobsOf = (config: LoadedConfig, more: Partial<PlannedJob> = {}): PlannedJob[] =>
  config.config.databases.map(({ name, engine }, index) => ({
    database: name,
    engine,
    at: "newest",
    copy: null,
    configHash: config.hashOf(index),
    fetchBytes: 1000,
    seconds: 1,
    diskBytes: 1_000_000,
    label: null,
    group: `store-${index % 4}`,
    known: [],
    ...more,
  }));

export interface WorkerProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Resolves when it says so. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended(): Promise<number | null>;
}

/** Starts a worker as a process of its own. */
export function startWorker(
  name: string,
  {
    url,
    config,
    state,
    env = {},
  }: { url: string; config: string; state: string; env?: Readonly<Record<string, string>> },
): WorkerProcess {
  const file = fileURLToPath(new URL("../fakes/fleet-worker.ts", import.meta.url));
  const child = spawn(process.execPath, [file, name, config, state], {
    env: { ...process.env, FOGBELL_QUEUE: url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const end = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return {
    child,
    said: () => said,
    async ready() {
      for (let tries = 0; !said.includes("ready"); tries++) {
        if (child.exitCode !== null || tries > 400) throw new Error(`the worker ${name} didn't begin: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    kill: (signal) => void child.kill(signal),
    ended: () => end,
    async [Symbol.asyncDispose]() {
      child.kill("SIGCONT");
      child.kill("SIGKILL");
      await end;
    },
  };
}
