/** The network of a local sandbox: a namespace with nothing in it but loopback, held open while the sandbox stands. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { RefusedError } from "../errors.ts";

export interface Network {
  /** The words before a command that is to run in it. */
  readonly prefix: readonly string[];
  close(): void;
}

const HELD = "held";
// Loopback is up where it can be: a replica speaks to nothing but it.
const HOLD = `ip link set lo up 2>/dev/null; cat /proc/net/dev /proc/net/route && echo ${HELD} && read -r _`;

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

/**
 * Makes one, looks at it, and holds it by a descriptor: it goes when that is closed and the last process in it has ended,
 * whatever becomes of us. One for the whole sandbox, as in a container, because making one for each command takes longer
 * than most commands. Null where the kernel, or the account, allows none. Throws RefusedError when it has a way out.
 * Source: namespaces(7), "The /proc/pid/ns/ directory".
 */
export async function openNetwork(signal: AbortSignal): Promise<Network | null> {
  const holder = spawn("unshare", ["--net", "--", "sh", "-c", HOLD], {
    env: { PATH: process.env.PATH ?? "" },
    signal,
    stdio: ["pipe", "pipe", "ignore"],
  });
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
      const held = openSync(`/proc/${holder.pid}/ns/net`, "r");
      return {
        prefix: ["nsenter", `--net=/proc/${process.pid}/fd/${held}`, "--"],
        close: () => closeSync(held),
      };
    }
    signal.throwIfAborted();
    return null;
  } finally {
    holder.stdin.end();
    await ended;
  }
}
