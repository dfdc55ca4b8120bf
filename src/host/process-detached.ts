/** Starts a process of our own that outlives the terminal it was started from. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface Detached {
  readonly pid: number;
  /** Resolves with the exit code should it end while we are still here. */
  readonly exited: Promise<number>;
}

/** The same program with other words; what it complains about goes into `complaints`. */
export function startDetached(words: readonly string[], complaints: string): Detached {
  const descriptor = openSync(complaints, "a", 0o600);
  const child = spawn(process.execPath, [process.argv[1] ?? "", ...words], {
    detached: true,
    stdio: ["ignore", "ignore", descriptor],
  });
  closeSync(descriptor);
  const exited = new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 137));
  });
  child.unref();
  return { pid: child.pid ?? 0, exited };
}
