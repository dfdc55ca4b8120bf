/** Starts a process of our own that outlives the terminal it was started from, and tells later whether it still lives. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { isAlive } from "./label.ts";

export interface Detached {
  readonly pid: number;
  /** Resolves with the exit code should it end while we are still here. */
  readonly exited: Promise<number>;
}

export interface DetachedOutput {
  /** File that what it complains about is added to. */
  readonly complaints: string;
  /** File that what it prints is added to; absent: it is thrown away. */
  readonly output?: string;
}

/** The same program with other words, in a session of its own: a terminal that dies signals only its own session. */
export function startDetached(words: readonly string[], { complaints, output }: DetachedOutput): Detached {
  const descriptor = openSync(complaints, "a", 0o600);
  const printed = output === undefined ? null : openSync(output, "a", 0o600);
  const child = spawn(process.execPath, [process.argv[1] ?? "", ...words], {
    detached: true,
    stdio: ["ignore", printed ?? "ignore", descriptor],
  });
  closeSync(descriptor);
  if (printed !== null) closeSync(printed);
  const exited = new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 137));
  });
  child.unref();
  return { pid: child.pid ?? 0, exited };
}

/** State and start of a process, as Linux tells them; null where nobody does. Source: proc(5), /proc/pid/stat. */
function standing(pid: number): { state: string; startedAt: string } | null {
  try {
    // The program's name stands in brackets and may hold anything: what counts stands behind the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state: fields[0] ?? "", startedAt: fields[19] ?? "" };
  } catch {
    return null;
  }
}

/** What tells this process from a later one of the same number; null where nobody tells. */
export function ownStart(): string | null {
  return standing(process.pid)?.startedAt ?? null;
}

/** Whether that very process still runs: not another of its number, and not only its entry in the table. */
export function isRunning(pid: number, startedAt: string | null): boolean {
  if (!isAlive(pid)) return false;
  const now = standing(pid);
  return now === null || (now.state !== "Z" && (startedAt === null || now.startedAt === startedAt));
}
