/** A person's terminal beside a server of this machine: the shell gets the very terminal that we have. */
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import type { EnterRequest } from "../parts.ts";

interface LocalDoor {
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/**
 * A shell has the terminal to itself, and gives it back when it leaves. One that was killed with its world did not: whoever
 * reads from it next would be stopped, or not see what they type. Source: tcsetpgrp(3), SIGTTOU in termios(3).
 */
const TAKE_BACK = `perl -MPOSIX -e '$SIG{TTOU} = "IGNORE"; tcsetpgrp(0, getpgrp())'; stty sane`;

/** Opens it, and resolves with the shell's exit code. */
export function enter({ door, argv, env, over }: EnterRequest): Promise<number> {
  const told = door as unknown as LocalDoor;
  const [file = "bash", ...args] = [...told.prefix, ...argv];
  // Ctrl-C is for what runs in the shell: here it would end the session.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  // A shell that is hung up leaves in order, while it can: a moment later its world goes, and takes it along.
  const hangUp = () => void child.kill("SIGHUP");
  const child = spawn(file, args, { cwd: told.folder, env: { ...told.env, ...env }, stdio: "inherit" });
  over.addEventListener("abort", hangUp, { once: true });
  return new Promise((resolve) => {
    const end = (code: number) => {
      process.off("SIGINT", ignore);
      over.removeEventListener("abort", hangUp);
      if (process.stdin.isTTY) spawnSync("sh", ["-c", TAKE_BACK], { stdio: ["inherit", "ignore", "ignore"] });
      resolve(code);
    };
    child.once("error", () => end(127));
    child.once("close", (code, name) => end(code ?? 128 + (name === null ? 0 : constants.signals[name])));
  });
}
