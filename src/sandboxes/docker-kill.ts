/** Ending what runs inside a container: one command with all that it started, or a server as a crash would. */
import type Docker from "dockerode";
import { pause } from "../host/stream.ts";

const POLL_MS = 50;

/** Kills what carries the mark, again until it is over: it may not have begun when it is cancelled. Gives up in the end. */
export async function killUntil(
  container: Docker.Container,
  mark: string,
  isOver: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let look = 0; look < 100; look++) {
    await killMarked(container, mark);
    if (await isOver()) break;
    await pause(POLL_MS);
  }
  // What a dying shell may have started last.
  await killMarked(container, mark);
}

/**
 * Kills every process that carries a mark in its environment, and looks again until there is none. Without a mark, all
 * but the two that keep the container: a server's processes may have written over their environment.
 */
export async function killMarked(container: Docker.Container, mark: string | null): Promise<void> {
  const all = `[ "\${p#/proc/}" != 1 ] && [ "$(tr '\\0' ' ' <"$p/cmdline" 2>/dev/null)" != "sleep infinity " ]`;
  const marked = 'grep -qa "FOGBELL_EXEC=$1" "$p/environ" 2>/dev/null';
  const script = `look=0
while [ "$look" -lt 50 ]; do
  look=$((look + 1)); found=
  for p in /proc/[0-9]*; do
    [ "\${p#/proc/}" = $$ ] && continue
    grep -q '^State:[[:space:]]*Z' "$p/status" 2>/dev/null && continue
    ${mark === null ? all : marked} || continue
    kill -9 "\${p#/proc/}" 2>/dev/null && found=1
  done
  [ -n "$found" ] || exit 0
  sleep 0.02
done`;
  const exec = await container.exec({
    Cmd: ["sh", "-c", script, "sh", mark ?? ""],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  for await (const _ of stream) {
    // Drained, so that it ends.
  }
}
