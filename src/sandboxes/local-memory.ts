/**
 * Memory that a server's processes share, and that outlives them when they are killed: System V segments and files below
 * /dev/shm. A server that starts again in the same folder tidies up after itself; one whose folder goes never does, and a
 * machine has room for 4,096 segments.
 */
import { execFile } from "node:child_process";
import { readFile, readlink, rm } from "node:fs/promises";
import { promisify } from "node:util";

export interface SharedMemory {
  /** System V ids, as `ipcs -m` calls them. */
  readonly segments: readonly number[];
  /** Below /dev/shm. */
  readonly files: readonly string[];
}

/**
 * What the maps of a process say that it shares. Pure.
 * Source: proc_pid_maps(5); a System V segment shows as `/SYSV` and its key, with its id for an inode.
 */
export function sharedIn(maps: string): SharedMemory {
  const lines = maps.split("\n").map((line) => /^\S+ \S+ \S+ \S+ (\d+)\s+(\/.*)$/.exec(line));
  const found = lines.flatMap((match) => (match === null ? [] : [{ inode: Number(match[1]), path: match[2] ?? "" }]));
  const segments = found.filter(({ path }) => path.startsWith("/SYSV")).map(({ inode }) => inode);
  const files = found
    .map(({ path }) => path)
    .filter((path) => path.startsWith("/dev/shm/") && !path.endsWith(" (deleted)"));
  return { segments: [...new Set(segments)], files: [...new Set(files)] };
}

const namespaceOf = (pid: number | "self", kind: "ipc" | "mnt") =>
  readlink(`/proc/${pid}/ns/${kind}`).catch(() => null);

interface Spaces {
  readonly ipc: string | null;
  readonly mnt: string | null;
}

const spacesOf = async (pid: number | "self"): Promise<Spaces> => ({
  ipc: await namespaceOf(pid, "ipc"),
  mnt: await namespaceOf(pid, "mnt"),
});

/** What a process shares with this machine: in namespaces of its own it shares nothing that stays, and is not looked at. */
async function sharedBy(pid: number, ours: Spaces): Promise<SharedMemory> {
  const theirs = await spacesOf(pid);
  const [isIpc, isMnt] = [theirs.ipc === ours.ipc, theirs.mnt === ours.mnt];
  if (!isIpc && !isMnt) return { segments: [], files: [] };
  const { segments, files } = sharedIn(await readFile(`/proc/${pid}/maps`, "utf8").catch(() => ""));
  return { segments: isIpc ? segments : [], files: isMnt ? files : [] };
}

/** What all of them share. Asked while they live. */
export async function sharedMemoryOf(pids: readonly number[]): Promise<SharedMemory> {
  const ours = await spacesOf("self");
  const all = await Promise.all(pids.map((pid) => sharedBy(pid, ours)));
  return {
    segments: [...new Set(all.flatMap(({ segments }) => segments))],
    files: [...new Set(all.flatMap(({ files }) => files))],
  };
}

/** Segments to which nobody is attached. Source: proc_sysvipc(5). */
async function idleSegments(): Promise<ReadonlySet<number>> {
  const lines = (await readFile("/proc/sysvipc/shm", "utf8").catch(() => "")).split("\n").slice(1);
  const columns = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return new Set(columns.flatMap(([, id, , , , , attached]) => (id !== undefined && attached === 0 ? [id] : [])));
}

const run = promisify(execFile);

/** Removes what those left who are gone by now; what anybody is still attached to stays. Best effort: it is only memory. */
export async function removeShared({ segments, files }: SharedMemory): Promise<void> {
  if (segments.length === 0 && files.length === 0) return;
  const idle = await idleSegments();
  for (const id of segments.filter((one) => idle.has(one))) await run("ipcrm", ["-m", String(id)]).catch(() => {});
  for (const file of files) await rm(file, { force: true }).catch(() => {});
}
