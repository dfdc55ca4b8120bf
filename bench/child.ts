/** Runs a process and keeps what is asked of it afterwards: how long it took, and the most memory it ever held. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** The kernel's own high-water mark of the process itself, without its children. 0 when it was too short to ask. */
  readonly peakBytes: number;
}

const ASK_EVERY_MS = 50;

function highWaterBytes(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function runChild(file: string, args: readonly string[]): Promise<Ended> {
  const beganMs = performance.now();
  // Costs every start on some systems, and has nothing to do with us.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  let peakBytes = 0;
  // The mark never falls, so that the last answer before the end is the peak but for its last moments.
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterBytes(child.pid ?? 0));
  }, ASK_EVERY_MS);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? -1));
  });
  clearInterval(timer);
  const wallMs = performance.now() - beganMs;
  return { exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), wallMs, peakBytes };
}

/** Runs it, and throws with its own words when it fails. */
export async function mustRun(file: string, args: readonly string[]): Promise<Ended> {
  const ended = await runChild(file, args);
  if (ended.exitCode === 0) return ended;
  throw new Error(
    `${file} ${args.join(" ")} ended with ${ended.exitCode}:\n${ended.stderr}${ended.stdout.slice(-2000)}`,
  );
}
