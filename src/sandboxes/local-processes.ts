/** The processes of a run, wherever they wandered: by what each carries in its environment. Linux only. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { pause } from "../host/stream.ts";
import { removeShared, type SharedMemory, sharedMemoryOf } from "./local-memory.ts";

interface Found {
  readonly pid: number;
  readonly parent: number;
  readonly environment: readonly string[];
  readonly folder: string;
}

async function look(entry: string): Promise<Found | null> {
  const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => null);
  const stat = await readFile(`/proc/${entry}/stat`, "latin1").catch(() => null);
  if (environment === null || stat === null) return null;
  // The name in brackets may hold anything, brackets and spaces too.
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z") return null;
  const folder = await readlink(`/proc/${entry}/cwd`).catch(() => "");
  return { pid: Number(entry), parent: Number(parent), environment: environment.split("\0"), folder };
}

/** All but this one and kernel threads. */
async function allProcesses(): Promise<Found[]> {
  const entries = (await readdir("/proc").catch(() => [])).filter(
    (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid,
  );
  return (await Promise.all(entries.map(look))).filter((one) => one !== null);
}

/**
 * Those that carry `name=value` in their environment, and all that these started. With a folder, also those that stand
 * in it and have written over their environment, as a server's processes do to show what they are busy with: when the
 * one that started them was killed, nothing else tells whose they are.
 */
async function processesWith(mark: string, folder?: string): Promise<number[]> {
  const all = await allProcesses();
  const stray = ({ environment, folder: at }: Found) =>
    folder !== undefined &&
    (at === folder || at.startsWith(`${folder}/`)) &&
    !environment.some((entry) => /^[A-Z_]+=/.test(entry));
  const found = new Set(all.filter((one) => one.environment.includes(mark) || stray(one)).map(({ pid }) => pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Values of a variable in the environments of processes, each once. */
export async function valuesOf(name: string): Promise<string[]> {
  const start = `${name}=`;
  const entries = (await allProcesses()).flatMap(({ environment }) => environment);
  return [...new Set(entries.filter((entry) => entry.startsWith(start)).map((entry) => entry.slice(start.length)))];
}

/** Of a run; `folder` is its own. */
export function processesOf(runId: string, folder?: string): Promise<number[]> {
  return processesWith(`FOGBELL_RUN=${runId}`, folder);
}

/**
 * Kills them all and waits until they are gone: a process that just forked may be missed by one look. What they shared in
 * memory goes with them.
 */
export async function killWith(mark: string, folder?: string): Promise<void> {
  const shared: SharedMemory[] = [];
  for (let attempt = 0; attempt < 100; attempt++) {
    const pids = await processesWith(mark, folder);
    if (pids.length === 0) break;
    shared.push(await sharedMemoryOf(pids));
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone between the look and the kill.
      }
    }
    await pause(20);
  }
  for (const one of shared) await removeShared(one);
}

/** All processes of a run, at once and without ceremony; resolves when they are gone. */
export function killRun(runId: string, folder: string): Promise<void> {
  return killWith(`FOGBELL_RUN=${runId}`, folder);
}
