/** A person's terminal inside a container: every key in, every byte out, the size as it is. */
import type Docker from "dockerode";
import { pause } from "../host/stream.ts";
import type { EnterRequest, Terminal } from "../parts.ts";
import { connect } from "./docker-engine.ts";
import { assertAlive } from "./docker-exec.ts";

const POLL_MS = 50;

interface DockerDoor {
  readonly container: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** Input goes on being read after the shell is gone, until the next key: whoever waits for it would wait for ever. */
async function type(terminal: Terminal, stream: NodeJS.ReadWriteStream): Promise<void> {
  for await (const bytes of terminal.input) stream.write(bytes);
  // Ctrl-D: the input was no person, and has ended.
  stream.write("\u0004");
}

/** Opens it, and resolves with the shell's exit code. Throws UnavailableError when the container is gone. */
export async function enter({ door, argv, env, terminal }: EnterRequest): Promise<number> {
  const told = door as unknown as DockerDoor;
  const { docker } = await connect();
  const container: Docker.Container = docker.getContainer(told.container);
  await assertAlive(container);
  const exec = await container.exec({
    Cmd: [...argv],
    Env: Object.entries({ ...told.env, ...env }).map(([name, value]) => `${name}=${value}`),
    WorkingDir: told.folder,
    Tty: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
  stream.on("error", () => {});
  const resize = () => {
    const { columns, rows } = terminal.size();
    void exec.resize({ h: rows, w: columns }).catch(() => {});
  };
  resize();
  using _resizing = terminal.onResize(resize);
  terminal.raw(true);
  try {
    type(terminal, stream).catch(() => {});
    for await (const bytes of stream) terminal.write(bytes as Uint8Array);
    for (;;) {
      const { Running, ExitCode } = await exec.inspect().catch(() => ({ Running: false, ExitCode: 137 }));
      if (!Running) return ExitCode ?? 137;
      await pause(POLL_MS);
    }
  } finally {
    terminal.raw(false);
    stream.end();
  }
}
