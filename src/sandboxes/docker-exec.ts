/**
 * Running a command inside a container until it has *ended*. All output is drained and a bounded part kept; the exit
 * code is read only when the engine says that the process no longer runs (a comparable tool took it earlier, and called
 * 310,939 of 700,000 rows "ok").
 */
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { UnavailableError } from "../errors.ts";
import { createTail } from "../host/process.ts";
import { pause } from "../host/stream.ts";
import { killUntil } from "./docker-kill.ts";

/** Kept of what a command said on its error channel. */
export const STDERR_LIMIT_BYTES = 65_536;
const POLL_MS = 10;
/** A process that is being fed is looked after this often. */
const WATCH_MS = 200;
/** So long may the engine take to notice that the container of a killed process has died, too. */
const NOTICE_MS = 1000;
/** Frame header: stream number, three zeros, length. Source: Docker Engine API, "Stream format". */
const HEADER_BYTES = 8;

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly limitBytes: number;
  /** Takes the output in place of the end that is kept. What it throws ends the command. */
  readonly sink?: (chunk: Uint8Array) => void;
}

interface FedRequest extends ExecRequest {
  readonly stdin?: AsyncIterable<Uint8Array>;
}

export interface ExecEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Splits the engine's frames: 1 is stdout, 2 is stderr. */
export async function* frames(
  stream: AsyncIterable<Uint8Array>,
): AsyncIterable<{ channel: number; bytes: Uint8Array }> {
  let channel = 0;
  let left = 0;
  let header = Buffer.alloc(0);
  for await (const chunk of stream) {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const needed = HEADER_BYTES - header.length;
        header = Buffer.concat([header, chunk.subarray(at, at + needed)]);
        at += Math.min(needed, chunk.length - at);
        if (header.length < HEADER_BYTES) break;
        channel = header[0] ?? 0;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const bytes = chunk.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      yield { channel, bytes };
    }
  }
  if (left > 0 || header.length > 0) throw new Error("the engine's answer broke off in the middle of a frame");
}

/** Feeds a process until it has `ended`: the engine would take bytes for one that is gone, until its pipe is full. */
async function feed(stream: Duplex, body: AsyncIterable<Uint8Array>, ended: AbortSignal): Promise<void> {
  for await (const chunk of body) {
    if (ended.aborted) return;
    if (stream.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        stream.off("drain", go);
        stream.off("close", go);
        ended.removeEventListener("abort", go);
        resolve();
      };
      stream.once("drain", go).once("close", go);
      ended.addEventListener("abort", go);
    });
  }
  if (!ended.aborted) stream.end();
}

/** The exit code, once the process has ended. Says so when the container went away instead. */
async function exitCodeOf(container: Docker.Container, exec: Docker.Exec): Promise<number> {
  for (;;) {
    const state = await exec.inspect().catch(() => null);
    if (state !== null && !state.Running && state.ExitCode !== null) {
      if (state.ExitCode === 137 || state.ExitCode === -1) await assertNotDying(container);
      return state.ExitCode;
    }
    await assertAlive(container);
    await pause(POLL_MS);
  }
}

/** Throws UnavailableError when the container no longer runs. */
export async function assertAlive(container: Docker.Container): Promise<void> {
  const state = await container.inspect().then(
    ({ State }) => State,
    () => null,
  );
  if (state?.Running) return;
  const why =
    state === null
      ? "it was removed"
      : state.OOMKilled
        ? "it ran out of memory"
        : `it was stopped with exit code ${state.ExitCode}`;
  throw new UnavailableError(`the sandbox died: ${why}`, {
    code: "FB_SANDBOX_DIED",
    next: ["docker info", "run again, with more memory for Docker if it ran out"],
  });
}

/** After a process was killed: as long as the engine may need to notice that the container died with it. */
export async function assertNotDying(container: Docker.Container): Promise<void> {
  for (const until = performance.now() + NOTICE_MS; performance.now() < until; await pause(POLL_MS * 5))
    await assertAlive(container);
}

/** Throws UnavailableError when the container is gone, else what the engine said. */
export async function createExec(container: Docker.Container, argv: readonly string[], more: Docker.ExecCreateOptions) {
  return container
    .exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true, ...more })
    .catch(async (error: unknown) => {
      await assertAlive(container);
      throw error;
    });
}

/** Aborts when the process has ended or can no longer be asked about; by itself the stream of a fed one may stay open. */
function watchEnd(container: Docker.Container, exec: Docker.Exec, stream: Duplex): { ended: AbortSignal } & Disposable {
  const over = new AbortController();
  let watching = true;
  void (async () => {
    while (watching) {
      await pause(WATCH_MS);
      const { Running, ExitCode } = await exec.inspect().catch(() => ({ Running: false, ExitCode: -1 }));
      const alive = await assertAlive(container).then(
        () => true,
        () => false,
      );
      if (alive && (Running || ExitCode === null)) continue;
      over.abort();
      // Time for what it printed last.
      await pause(NOTICE_MS);
      if (watching) stream.destroy();
      return;
    }
  })();
  return {
    ended: over.signal,
    [Symbol.dispose]: () => {
      watching = false;
    },
  };
}

/** Starts the command by itself and reads it to its end. The process is marked by its environment, so that it can be found again. */
export async function execute(container: Docker.Container, request: FedRequest): Promise<ExecEnd> {
  const { signal, stdin, sink } = request;
  signal.throwIfAborted();
  const mark = crypto.randomUUID();
  const Env = Object.entries({ ...request.env, FOGBELL_EXEC: mark }).map(([name, value]) => `${name}=${value}`);
  const exec = await createExec(container, request.argv, { Env, AttachStdin: stdin !== undefined });
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  // Errors come out of reading; one that comes later than that is of no interest.
  stream.on("error", () => {});
  // Waited for below: who cancels may rely on nothing running on.
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling ??= killUntil(container, mark, async () => {
      const { Running, ExitCode } = await exec.inspect();
      return !Running && ExitCode !== null;
    })
      .catch(() => {})
      .finally(() => stream.destroy());
  };
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  const stdout = createTail(request.limitBytes);
  const stderr = createTail(STDERR_LIMIT_BYTES);
  const take = sink ?? stdout.push;
  const read = async () => {
    for await (const { channel, bytes } of frames(stream)) {
      if (channel === 2) stderr.push(bytes);
      else take(bytes);
    }
  };
  try {
    if (stdin === undefined) await read();
    else await feedAndRead({ container, exec, stream, stdin, read });
    await cancelling;
    signal.throwIfAborted();
    const exitCode = await exitCodeOf(container, exec);
    signal.throwIfAborted();
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated };
  } catch (error) {
    await cancelling;
    signal.throwIfAborted();
    await assertAlive(container);
    // Ours to end: it would wait for the rest of its input for ever.
    cancel();
    await cancelling;
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    stream.destroy();
  }
}

interface Feeding {
  readonly container: Docker.Container;
  readonly exec: Docker.Exec;
  readonly stream: Duplex;
  readonly stdin: AsyncIterable<Uint8Array>;
  read(): Promise<void>;
}

async function feedAndRead({ container, exec, stream, stdin, read }: Feeding): Promise<void> {
  using watch = watchEnd(container, exec, stream);
  const reading = read().catch((error: unknown) => {
    if (!watch.ended.aborted) throw error;
  });
  await Promise.all([reading, feed(stream, stdin, watch.ended)]);
}

/** What a command prints, as it comes. Throws, after the last of it, unless the command ended well. */
export async function* output(container: Docker.Container, argv: readonly string[]): AsyncIterable<Uint8Array> {
  const exec = await createExec(container, argv, {});
  const stream = await exec.start({ hijack: true, stdin: false });
  const stderr = createTail(STDERR_LIMIT_BYTES);
  try {
    for await (const { channel, bytes } of frames(stream)) {
      if (channel === 1) yield bytes;
      else stderr.push(bytes);
    }
    const exitCode = await exitCodeOf(container, exec);
    if (exitCode !== 0) throw new Error(stderr.text().trim() || `exit code ${exitCode}`);
  } finally {
    stream.destroy();
  }
}
