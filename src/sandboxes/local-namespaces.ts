/**
 * What a local sandbox runs in, held open while it stands: a network with nothing in it but loopback, shared memory that
 * goes with it, and where the kernel allows it a file system without other servers' sockets, and accounts of its own that
 * open no door of this machine's.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { RefusedError } from "../errors.ts";
import { hidingScript } from "./local-hidden.ts";

export interface Namespaces {
  /** The words before a command that is to run in them. */
  readonly prefix: readonly string[];
  /** Whether sockets of other servers are out of reach. */
  readonly hidesSockets: boolean;
  close(): void;
}

const HELD = "held";
// Loopback is up where it can be: a replica speaks to nothing but it.
const LOOK = "ip link set lo up 2>/dev/null; cat /proc/net/dev /proc/net/route";
const HOLD = `echo ${HELD} && read -r _`;

/** Refuses a namespace that has an interface but loopback, or a route. */
function mustBeEmpty(told: string): void {
  const interfaces = [...told.matchAll(/^\s*([^\s:|]+):/gm)].map(([, name]) => name);
  const routes = told.split("\n").filter((line) => /^\S+\s+[0-9A-F]{8}\s+[0-9A-F]{8}/.test(line));
  if (interfaces.every((name) => name === "lo") && routes.length === 0) return;
  throw new RefusedError(`a new network namespace still has a way out: ${interfaces.join(", ")}`, {
    code: "FB_ISOLATION",
    next: ["fogbell run --sandbox docker"],
  });
}

/** Every account is itself in there. Source: user_namespaces(7), "Defining user and group ID mappings". */
async function mapAccounts(pid: number): Promise<void> {
  for (const map of ["uid_map", "gid_map"]) {
    const ranges = (await readFile(`/proc/self/${map}`, "utf8")).trim().split("\n");
    const same = ranges
      .map((line) => line.trim().split(/\s+/))
      .map(([inside, , count]) => `${inside} ${inside} ${count}`);
    await writeFile(`/proc/${pid}/${map}`, `${same.join("\n")}\n`);
  }
}

/** Words of unshare(1) and nsenter(1). */
const FLAG = { net: "--net", ipc: "--ipc", mnt: "--mount", user: "--user" } as const;
type Kind = keyof typeof FLAG;

async function hold(kinds: readonly Kind[], script: string, signal: AbortSignal): Promise<Namespaces | null> {
  const words = kinds.filter((kind) => kind !== "user").map((kind) => FLAG[kind]);
  const holder = spawn("unshare", [...words, "--", "sh", "-c", script], {
    env: { PATH: process.env.PATH ?? "" },
    signal,
    stdio: ["pipe", "pipe", "ignore"],
  }) as ChildProcessByStdio<Writable, Readable, null>;
  // Where it fails, the output ends without the word that is waited for.
  holder.on("error", () => {});
  holder.stdin.on("error", () => {});
  const ended = once(holder, "close").catch(() => {});
  try {
    let told = "";
    for await (const chunk of holder.stdout) {
      told += chunk;
      if (!told.endsWith(`${HELD}\n`)) continue;
      mustBeEmpty(told);
      const { pid = 0 } = holder;
      if (kinds.includes("user")) await mapAccounts(pid);
      const held = kinds.map((kind) => ({ kind, fd: openSync(`/proc/${pid}/ns/${kind}`, "r") }));
      return entering(held);
    }
    signal.throwIfAborted();
    return null;
  } finally {
    holder.stdin.end();
    await ended;
  }
}

function entering(held: readonly { readonly kind: Kind; readonly fd: number }[]): Namespaces {
  const flags = held.map(({ kind, fd }) => `${FLAG[kind]}=/proc/${process.pid}/fd/${fd}`);
  return {
    prefix: ["nsenter", ...flags, "--"],
    hidesSockets: held.some(({ kind }) => kind === "mnt"),
    close: () => {
      for (const { fd } of held) closeSync(fd);
    },
  };
}

/** By the accounts' namespace, /proc leads to no other process's file system: ptrace(2), "Ptrace access mode checking". */
async function withoutSockets(base: string, signal: AbortSignal): Promise<Namespaces | null> {
  const room = join(base, "room");
  await mkdir(room);
  try {
    const script = `${await hidingScript(base, room)}\n${LOOK}\nexec unshare --user -- sh -c '${HOLD}'`;
    return await hold(["user", "mnt", "ipc", "net"], script, signal);
  } catch (error) {
    if (signal.aborted || error instanceof RefusedError) throw error;
    // Not allowed, or no such kernel: said, by what it then leaves open.
    return null;
  } finally {
    await rmdir(room);
  }
}

/**
 * Makes them, looks at the network, and holds them by descriptors: they go when those are closed and the last process in
 * them has ended, whatever becomes of us. Of one sandbox all commands share them, as in a container, because making them
 * for each takes longer than most commands. Null where the kernel, or the account, allows none. Throws RefusedError when
 * the network has a way out. Source: namespaces(7), "The /proc/pid/ns/ directory".
 */
export async function openNamespaces(base: string, signal: AbortSignal): Promise<Namespaces | null> {
  return (await withoutSockets(base, signal)) ?? (await hold(["ipc", "net"], `${LOOK} && ${HOLD}`, signal));
}
