/**
 * Shells that stay in the container and are handed one command after the other. An exec for each costs the engine more
 * processor time than most commands cost the server, and all of it would count as the recovery's. What a command may see
 * and do is the same: a session, an environment and pipes of its own.
 */
import type { Socket } from "node:net";
import type Docker from "dockerode";
import { createTail } from "../host/process.ts";
import { quote } from "../host/sh.ts";
import {
  assertNotDying,
  createExec,
  type ExecEnd,
  type ExecRequest,
  frames,
  STDERR_LIMIT_BYTES,
} from "./docker-exec.ts";
import { killMarked, killUntil } from "./docker-kill.ts";

/**
 * Reads `end bytes`, then so many bytes of script. Says `end` when it begins, and on both channels when the command has
 * ended *and* nobody holds its pipes any more, which is when an exec would have ended. Nothing follows a script until
 * then, so it does no harm if `head` reads ahead.
 */
const LOOP = `exec 5>&1 6>&2
own=$(command -v setsid)
while IFS=' ' read -r end bytes; do
  script=$(head -c "$bytes")
  printf '%s\\n' "$end"
  code=$( { { { (eval "$script") </dev/null 3>&- 4>&- 5>&- 6>&-; echo $? >&3; } 2>&4 | cat - >&5 3>&- 4>&-; } 4>&1 |
    cat - >&6 3>&-; } 3>&1 )
  printf '%s %s\\n' "$end" "$code"
  printf '%s\\n' "$end" >&2
done`;

const NEWLINE = 0x0a;
/** What a mark begins with, so that hardly any output ends like the beginning of one: ASCII's "record separator". */
const SEPARATOR = "\x1e";
/** Exit code of what was killed with SIGKILL. */
const KILLED = 137;

export interface Shells {
  /** Runs it to its end. Throws UnavailableError when the container died meanwhile, and the signal's reason on abort. */
  run(request: ExecRequest): Promise<ExecEnd>;
}

type Answer = Omit<ExecEnd, "exitCode"> & {
  /** False: the shell was gone before it took the command. */
  readonly began: boolean;
  /** null: the shell itself was ended. */
  readonly exitCode: number | null;
};

/** How many bytes at the end of `bytes` may be the beginning of `mark`. */
function begunOf(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(bytes.length, mark.length - 1); length > 0; length--)
    if (bytes.subarray(-length).equals(mark.subarray(0, length))) return length;
  return 0;
}

/**
 * Hands on what comes before `end`, at once, and nothing of it. Answers with what stood behind it on its line, once that
 * is complete, and with null until then.
 */
function upTo(end: string, onBytes: (bytes: Uint8Array) => void): (chunk: Uint8Array) => string | null {
  const mark = Buffer.from(end);
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const at = held.indexOf(mark);
    // It may come in two pieces.
    const sure = at < 0 ? held.length - begunOf(held, mark) : at;
    if (sure > 0) onBytes(held.subarray(0, sure));
    held = held.subarray(sure);
    return at >= 0 && held.at(-1) === NEWLINE ? held.subarray(mark.length).toString("utf8").trim() : null;
  };
}

async function openShell(container: Docker.Container) {
  const exec = await createExec(container, ["sh", "-c", LOOP], { AttachStdin: true });
  // What is hijacked is a socket, whatever its type says.
  const stream = (await exec.start({ hijack: true, stdin: true })) as Socket;
  // Errors come out of reading.
  stream.on("error", () => {});
  const said = frames(stream)[Symbol.asyncIterator]();

  /** `script` must end nothing but itself. */
  async function run(script: string, { limitBytes, sink }: Pick<ExecRequest, "limitBytes" | "sink">): Promise<Answer> {
    const end = `${SEPARATOR}${crypto.randomUUID()}`;
    const stdout = createTail(limitBytes);
    const stderr = createTail(STDERR_LIMIT_BYTES);
    const open = new Map([
      [1, upTo(end, sink ?? stdout.push)],
      [2, upTo(end, stderr.push)],
    ]);
    let ahead = end.length + 1;
    let exitCode: number | null = null;
    stream.ref();
    stream.write(`${end} ${Buffer.byteLength(script)}\n${script}`);
    while (open.size > 0) {
      const next = await said.next().catch(() => null);
      if (next === null || next.done) {
        exitCode = null;
        break;
      }
      const { channel, bytes } = next.value;
      const skipped = channel === 1 ? Math.min(ahead, bytes.length) : 0;
      ahead -= skipped;
      const rest = open.get(channel)?.(bytes.subarray(skipped)) ?? null;
      if (rest === null) continue;
      open.delete(channel);
      // Empty: what waited for the command was ended, too.
      if (channel === 1) exitCode = rest === "" ? KILLED : Number(rest);
    }
    // A sandbox that is kept standing keeps its shells, and must not keep this process.
    stream.unref();
    return { began: ahead === 0, exitCode, stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated };
  }

  return { run, close: () => stream.destroy() };
}
type Shell = Awaited<ReturnType<typeof openShell>>;

/** As many as are needed at a time, each opened when it is. They end with the container. */
export function openShells(container: Docker.Container): Shells {
  const idle: Shell[] = [];

  async function take(request: ExecRequest): Promise<Answer> {
    const { argv, env, signal } = request;
    const shell = idle.pop() ?? (await openShell(container));
    if (signal.aborted) {
      idle.push(shell);
      throw signal.reason;
    }
    const mark = crypto.randomUUID();
    const names = Object.entries({ ...env, FOGBELL_EXEC: mark }).map(([name, value]) => `${name}=${quote(value)}`);
    let over = false;
    let cancelling: Promise<void> | undefined;
    const onAbort = () => {
      cancelling = killUntil(container, mark, () => over)
        .catch(() => {})
        .finally(() => {
          // One that cannot be killed loses its shell.
          if (!over) shell.close();
        });
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const answer = await shell.run(`export ${names.join(" ")}\nexec $own ${argv.map(quote).join(" ")}`, request);
      over = true;
      await cancelling;
      if (answer.exitCode === null) shell.close();
      else idle.push(shell);
      return answer;
    } catch (error) {
      // Whoever took the output would not: nobody reads the rest, so nothing of the command may go on.
      shell.close();
      await (cancelling ?? killMarked(container, mark).catch(() => {}));
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    async run(request) {
      for (;;) {
        request.signal.throwIfAborted();
        const { began, exitCode, ...printed } = await take(request);
        request.signal.throwIfAborted();
        if (!began) continue;
        if (exitCode === null || exitCode === KILLED) await assertNotDying(container);
        return { exitCode: exitCode ?? KILLED, ...printed };
      }
    },
  };
}
