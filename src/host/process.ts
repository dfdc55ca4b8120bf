/** Runs one process to its end: all output drained, a bounded part of it kept, the whole group gone when cancelled. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Keeps what fits, then only the newest. */
export interface Tail {
  push(chunk: Uint8Array): void;
  text(): string;
  readonly truncated: boolean;
}

export function createTail(limitBytes: number): Tail {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  let truncated = false;
  return {
    push(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Compacted at twice the limit, so that long output costs no copy a chunk.
      if (bytes > limitBytes * 2) {
        chunks = [Buffer.concat(chunks).subarray(-limitBytes)];
        bytes = limitBytes;
        truncated = true;
      }
    },
    text() {
      const all = Buffer.concat(chunks);
      if (all.length > limitBytes) truncated = true;
      return all.subarray(-limitBytes).toString("utf8");
    },
    get truncated() {
      return truncated || bytes > limitBytes;
    },
  };
}

export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal: AbortSignal;
  readonly limitBytes: number;
  readonly sink?: (chunk: Uint8Array) => void;
  /** From asking to stop to making it stop, in milliseconds. Default: 3 s. */
  readonly patienceMs?: number;
  /** Fed to standard input, which is empty otherwise. */
  readonly source?: AsyncIterable<Uint8Array>;
}

export interface ProcessEnd {
  /** As a shell counts: 128 and the signal's number when a signal ended it; 127 when it could not be started. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

const STDERR_LIMIT_BYTES = 65_536;
/** From asking to stop to making it stop. */
const PATIENCE_MS = 3000;
/** After the first process of a cancelled group went: so long may the others take. */
const REST_PATIENCE_MS = 200;

/** A process that takes no more has its reasons, which its exit code tells; what the source itself throws is thrown. */
async function feed({ stdin }: { stdin: Writable | null }, source: AsyncIterable<Uint8Array>): Promise<void> {
  if (stdin === null) return;
  let failed: unknown = null;
  async function* noting(): AsyncIterable<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      failed = error;
      throw error;
    }
  }
  await pipeline(noting(), stdin).catch(() => {});
  if (failed !== null) throw failed;
}

/**
 * Resolves when the process has ended and its pipes are drained. Rejects with the signal's reason when cancelled, and with
 * what the sink or the source threw.
 */
export function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const { sink, source } = request;
  const broken = new AbortController();
  const signal = AbortSignal.any([request.signal, broken.signal]);
  const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>();
  if (signal.aborted) return Promise.reject(signal.reason);
  const child = spawn(request.file, request.args, {
    env: { ...request.env },
    cwd: request.cwd,
    detached: true,
    stdio: [source === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  if (source !== undefined) void feed(child, source).catch((error: unknown) => broken.abort(error));
  const stdout = createTail(request.limitBytes);
  const stderr = createTail(STDERR_LIMIT_BYTES);
  const take = sink ?? stdout.push;
  child.stdout.on("data", (chunk: Uint8Array) => {
    try {
      take(chunk);
    } catch (error) {
      // Nobody reads the rest, so nothing of the process may go on.
      broken.abort(error);
    }
  });
  child.stderr.on("data", (chunk: Uint8Array) => stderr.push(chunk));
  const kill = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Already gone.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    kill("SIGKILL");
    // A process that left the group may hold these open for as long as it lives.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const cancel = () => {
    kill("SIGTERM");
    timer = setTimeout(
      end,
      child.exitCode === null && child.signalCode === null ? (request.patienceMs ?? PATIENCE_MS) : REST_PATIENCE_MS,
    );
  };
  signal.addEventListener("abort", cancel, { once: true });
  child.once("exit", () => {
    if (!signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(end, REST_PATIENCE_MS);
  });
  const settle = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
    // One that gave up its output but not its life.
    if (signal.aborted) kill("SIGKILL");
  };
  child.once("error", (error) => {
    settle();
    resolve({ exitCode: 127, stdout: "", stderr: error.message, truncated: false });
  });
  child.once("close", (code, name) => {
    settle();
    if (signal.aborted) return reject(signal.reason);
    const exitCode = code ?? 128 + (name === null ? 0 : constants.signals[name]);
    resolve({ exitCode, stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated });
  });
  return promise;
}
