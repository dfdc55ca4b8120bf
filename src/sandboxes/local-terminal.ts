/** A person's terminal beside a server of this machine: the shell gets the very terminal that we have. */
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import { pause } from "../host/stream.ts";
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

const SHORT_MS = 80;

/** What stty(1) prints of our terminal, or sets. Null: it is none any more. */
const stty = (...words: readonly string[]): string | null => {
  const { status, stdout } = spawnSync("stty", words, { stdio: ["inherit", "pipe", "ignore"], encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
};

/**
 * Lets whatever runs draw its line again: the terminal is a line shorter for a moment, and the kernel tells the program in
 * the foreground. The size is asked of the terminal itself, because we are in the background and hear of no change.
 */
async function drawAgain(): Promise<void> {
  const before = stty("size");
  const rows = Number(before?.split(" ")[0]);
  if (!Number.isInteger(rows) || rows < 3) return;
  const shorter = `${rows - 1} ${before?.split(" ")[1]}`;
  stty("rows", String(rows - 1));
  await pause(SHORT_MS);
  // Somebody may have pulled at the window meanwhile: then it is as they want it.
  if (stty("size") === shorter) stty("rows", String(rows));
}

/** Opens it, and resolves with the shell's exit code. */
export function enter({ door, argv, env, over, terminal }: EnterRequest): Promise<number> {
  const told = door as unknown as LocalDoor;
  const [file = "bash", ...args] = [...told.prefix, ...argv];
  // Ctrl-C is for what runs in the shell: here it would end the session.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  // A shell that is hung up leaves in order, while it can: a moment later its world goes, and takes it along.
  const hangUp = () => void child.kill("SIGHUP");
  const child = spawn(file, args, { cwd: told.folder, env: { ...told.env, ...env }, stdio: "inherit" });
  over.addEventListener("abort", hangUp, { once: true });
  let isDrawing = false;
  const drawing = terminal.onResize(() => {
    if (isDrawing) return;
    isDrawing = true;
    void drawAgain().finally(() => {
      isDrawing = false;
    });
  });
  return new Promise((resolve) => {
    const end = (code: number) => {
      process.off("SIGINT", ignore);
      over.removeEventListener("abort", hangUp);
      drawing[Symbol.dispose]();
      if (process.stdin.isTTY) spawnSync("sh", ["-c", TAKE_BACK], { stdio: ["inherit", "ignore", "ignore"] });
      resolve(code);
    };
    child.once("error", () => end(127));
    child.once("close", (code, name) => end(code ?? 128 + (name === null ? 0 : constants.signals[name])));
  });
}
