/** The built program, started as a person starts it. */
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

const BIN = resolve("bin/run.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error holds this text. */
  seen(text: string | RegExp): Promise<void>;
}

/** Without the variables of the CI system that runs the tests: they would change what is reported. */
function plainEnvironment(): Record<string, string | undefined> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(GITHUB_|CI_|FOGBELL_)/.test(name));
  return { ...Object.fromEntries(entries), CI: "true" };
}

export function startFogbell(args: readonly string[], env: Record<string, string> = {}, cwd = resolve(".")): Started {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...plainEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting: { text: string | RegExp; done: () => void }[] = [];
  const holds = (text: string | RegExp) => (typeof text === "string" ? stderr.includes(text) : text.test(stderr));
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    for (const one of waiting) if (holds(one.text)) one.done();
  });
  return {
    child,
    ended: new Promise((done) => child.once("close", (code) => done({ code, stdout, stderr }))),
    seen: (text) =>
      new Promise((done) => {
        if (holds(text)) done();
        else waiting.push({ text, done });
      }),
  };
}
