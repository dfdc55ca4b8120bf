/** Starts a process of our own that outlives the terminal it was started from, and tells later whether it still lives. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

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
