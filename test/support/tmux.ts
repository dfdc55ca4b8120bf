/** Terminals as people have them: tmux panes that are typed into and looked at. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const NODE = dirname(process.execPath);
const BIN = resolve("bin/run.js");
const LOOK_EVERY_MS = 150;

export interface Terminal extends AsyncDisposable {
  /** Types a line and presses Enter. */
  type(line: string): Promise<void>;
  /** Pastes text as a terminal does, and presses Enter. */
  paste(text: string): Promise<void>;
  /** Types a line into the responders' shell, and waits until it asks for the next one. */
  enter(line: string, asPaste?: boolean): Promise<void>;
  press(key: string): Promise<void>;
  /** Everything on the screen and above it. */
  text(): Promise<string>;
  sees(what: string | RegExp, withinMs?: number): Promise<string>;
  /** Closes it as a dropped connection does. */
  drop(): Promise<void>;
}

let number = 0;

/** A prompt of the responders' shell. */
const PROMPT = /^\w+@[\w-]+-db-1 \S* \$ ?/gm;

const AT_PROMPT = /\n\w+@[\w-]+-db-1 \S* \$ *\n*$/;

/** `name` is what its screen is kept under, when FOGBELL_SCREENS names a folder. */
export async function openTerminal(name: string, cwd: string): Promise<Terminal> {
  const id = `fogbell-${process.pid}-${++number}`;
  const tmux = async (...args: string[]) => (await run("tmux", ["-u", "-L", id, "-f", "/dev/null", ...args])).stdout;
  const env = {
    PATH: `${NODE}:${process.env.PATH ?? ""}`,
    TERM: "xterm",
    HOME: process.env.HOME ?? "/",
    LANG: "C.UTF-8",
    TMPDIR: tmpdir(),
  };
  await tmux(
    ...["new-session", "-d", "-s", "t", "-x", "120", "-y", "50", "-c", cwd],
    ...["env", "-i", ...Object.entries(env).map(([key, value]) => `${key}=${value}`), "bash", "--norc", "--noprofile"],
    ...[";", "set-option", "-g", "history-limit", "20000"],
  );
  const text = async () => (await tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "t")).replace(/\n+$/, "\n");
  /** What stood on a screen that was dropped. */
  let last = "";
  const press = async (key: string) => void (await tmux("send-keys", "-t", "t", key));
  const type = async (line: string) => {
    await tmux("send-keys", "-t", "t", "-l", line);
    await press("Enter");
  };
  const paste = async (all: string) => {
    await tmux("set-buffer", all);
    await tmux("paste-buffer", "-p", "-t", "t");
    await new Promise((done) => setTimeout(done, 300));
    await press("Enter");
  };
  const until = async (holds: (screen: string) => boolean, what: string, withinMs: number) => {
    for (const end = Date.now() + withinMs; ; ) {
      const screen = await text();
      if (holds(screen)) return screen;
      if (Date.now() > end) throw new Error(`${name} never showed ${what}:\n${screen.slice(-3000)}`);
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  };
  await type(`fogbell() { node ${BIN} "$@"; }; clear`);
  return {
    type,
    paste,
    press,
    text,
    async enter(line, asPaste = false) {
      // A message that arrives leaves a prompt a moment later: that one is not the answer to what is typed here.
      await until((screen) => AT_PROMPT.test(screen), `a prompt before ${line}`, 60_000);
      const before = [...(await text()).matchAll(PROMPT)].length;
      await (asPaste ? paste(line) : type(line));
      await until((screen) => [...screen.matchAll(PROMPT)].length > before, `a prompt after ${line}`, 60_000);
    },
    sees: (what, withinMs = 90_000) =>
      until((screen) => (typeof what === "string" ? screen.includes(what) : what.test(screen)), String(what), withinMs),
    async drop() {
      last = await text().catch(() => "");
      await tmux("kill-server").catch(() => "");
    },
    async [Symbol.asyncDispose]() {
      const folder = process.env.FOGBELL_SCREENS;
      if (folder !== undefined) {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, `${name}.txt`), await text().catch(() => last));
      }
      await tmux("kill-server").catch(() => "");
    },
  };
}
