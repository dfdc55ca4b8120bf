/** A person's terminal beside a server of this machine: the shell gets the very terminal that we have. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { EnterRequest } from "../parts.ts";

interface LocalDoor {
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** Opens it, and resolves with the shell's exit code. */
export function enter({ door, argv, env, over }: EnterRequest): Promise<number> {
  const told = door as unknown as LocalDoor;
  const [file = "bash", ...args] = [...told.prefix, ...argv];
  // Ctrl-C is for what runs in the shell: here it would end the session.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  // A shell that is hung up gives the terminal back; one that is killed with its world keeps it, and we would be stopped.
  const hangUp = () => void child.kill("SIGHUP");
  const child = spawn(file, args, { cwd: told.folder, env: { ...told.env, ...env }, stdio: "inherit" });
  over.addEventListener("abort", hangUp, { once: true });
  return new Promise((resolve) => {
    const end = (code: number) => {
      process.off("SIGINT", ignore);
      over.removeEventListener("abort", hangUp);
      resolve(code);
    };
    child.once("error", () => end(127));
    child.once("close", (code, name) => end(code ?? 128 + (name === null ? 0 : constants.signals[name])));
  });
}
