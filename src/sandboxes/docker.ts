/** A server in a container without network, rights or ports; all work by exec, everything labelled, all of it removed. */
import { dirname } from "node:path";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { defineSandbox } from "../define.ts";
import { FogbellError, UnavailableError } from "../errors.ts";
import { allDone } from "../host/all-done.ts";
import { pause } from "../host/stream.ts";
import { formatBytes } from "../host/units.ts";
import {
  type Availability,
  type Command,
  type Line,
  OUTPUT_LIMIT_BYTES,
  type RunLabel,
  type RunRequest,
  type Sandbox,
  type Server,
  type ServerFolders,
  type ServerSpec,
} from "../parts.ts";
import { startApplication } from "./docker-application.ts";
import { connect, findImage, imageMends, labelled, seekImage, toLabels } from "./docker-engine.ts";
import { execute, output } from "./docker-exec.ts";
import { assertIsolated } from "./docker-isolation.ts";
import { killMarked } from "./docker-kill.ts";
import { openShells } from "./docker-shells.ts";
import { enter } from "./docker-terminal.ts";
import { assertOurs, guarded, identityPlaces } from "./identity.ts";
import { jobsFor, LONGEST_ARGUMENT_BYTES, redactorOf, type SandboxOptions, saidOn, sandboxOptions } from "./options.ts";

async function available(spec: ServerSpec): Promise<Availability> {
  try {
    const { docker, version, apiVersion } = await connect();
    const { name, isHere } = await seekImage(docker, spec);
    const because = `Docker ${version} (API ${apiVersion}) answers and ${isHere ? "has" : "can pull"} ${name}`;
    return { usable: true, because, image: name, next: [] };
  } catch (error) {
    if (error instanceof FogbellError) return { usable: false, because: error.message, next: error.next };
    throw error;
  }
}

async function open(label: RunLabel, given: SandboxOptions, signal: AbortSignal): Promise<Sandbox> {
  const { docker, version } = await connect();
  const engine = await docker.info();
  // An engine elsewhere may have fewer, and refuses what it does not have.
  const options = { ...given, cpus: Math.min(given.cpus, engine.NCPU) };
  const isolation: string[] = [];
  const servers: string[] = [];
  return {
    kind: "docker",
    isolation,
    leavesOpen: [],
    opensForeign: true,
    hardware: {
      engine: `Docker ${version}`,
      system: `${engine.OperatingSystem}, Linux ${engine.KernelVersion}`,
      processors: `${options.cpus} of ${engine.NCPU}`,
      memory: `${formatBytes(options.memoryBytes)} of ${formatBytes(engine.MemTotal)}`,
    },
    start: (spec, fill) => startServer({ docker, spec, label, options, signal, isolation, servers, fill }),
    attach: (application) => startApplication({ docker, application, label, options, beside: servers.at(-1) ?? "" }),
    [Symbol.asyncDispose]: () => removeAll(docker, (found) => found.runId === label.runId).then(() => undefined),
  };
}

/** Removes all of them, whatever becomes of one, and throws the first error afterwards. */
async function removeAll(docker: Docker, which: (label: RunLabel) => boolean): Promise<string[]> {
  const gone: string[] = [];
  const errors: unknown[] = [];
  // Containers come first in the list: a volume in use cannot go.
  for (const { what, label, remove } of await labelled(docker)) {
    if (!which(label)) continue;
    await removeOne(remove).then(
      () => gone.push(what),
      (error: unknown) => errors.push(error),
    );
  }
  if (errors.length > 0) throw errors[0];
  return gone;
}

/** 404: it has gone already. 409: it is being removed, or its container is; for a while that is as it should be. */
async function removeOne(remove: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await remove();
      return;
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode === 404) return;
      if (statusCode !== 409 || attempt === 20) throw error;
      await pause(100);
    }
  }
}

interface Starting {
  readonly docker: Docker;
  readonly spec: ServerSpec;
  readonly label: RunLabel;
  readonly options: SandboxOptions;
  readonly signal: AbortSignal;
  /** Filled with what was asserted of the container. */
  readonly isolation: string[];
  /** Filled with the ids of the containers that were started. */
  readonly servers: string[];
  readonly fill: ((server: Server) => Promise<void>) | undefined;
}

function foldersOf(spec: ServerSpec): ServerFolders {
  const base = `${spec.home}/fogbell`;
  return {
    data: `${base}/data`,
    socket: `${base}/socket`,
    scratch: `${base}/scratch`,
    evidence: `${base}/evidence`,
    archive: `${base}/archive`,
    side: `${base}/side`,
  };
}

async function startServer({
  docker,
  spec,
  label,
  options,
  signal,
  isolation,
  servers,
  fill,
}: Starting): Promise<Server> {
  // Loaded only now: testcontainers takes longer to load than most commands to run.
  const { startContainer } = await import("./docker-container.ts");
  const image = await findImage(docker, spec);
  const volume = `fogbell-${label.runId}-${crypto.randomUUID().slice(0, 8)}`;
  await docker.createVolume({ Name: volume, Labels: toLabels(label) });
  const started = await startContainer({ docker, image: image.name, spec, label, volume, options });
  const container = docker.getContainer(started.getId());
  servers.push(container.id);
  const folders = foldersOf(spec);
  const identity = `${spec.home}/fogbell/identity`;
  const env = {
    PATH: `${spec.binaryFolders.join(":")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    LANG: "C.UTF-8",
    HOME: folders.scratch,
    ...spec.environment(folders),
    ...identityPlaces(identity, label.runId),
  };
  const server = serverIn({ container, folders, made: image.digest, env, options });
  const prepare = `umask 077; mkdir -p ${Object.values(folders).join(" ")} && printf %s "$FOGBELL_RUN" >"$FOGBELL_IDENTITY"`;
  const must = async (line: Line) => {
    const command: Command = { ...line, id: "start", phase: "world" };
    const { exitCode, stderrTail, stdout } = await server.run({ command, places: {}, signal });
    if (exitCode !== 0) {
      throw new UnavailableError(`"${line.say}" failed: ${stderrTail.trim() || stdout.trim()}`, {
        code: "FB_SERVER_START",
        next: ["fogbell doctor"],
      });
    }
  };
  const prove = async () => void isolation.push(...(await assertIsolated(container, options, signal)));
  const furnish = async () => {
    await assertPrograms(server, spec, { image: image.name, signal });
    await must({ say: "Make the sandbox's folders.", script: prepare, uses: [], destroys: false });
    if (fill === undefined) await must(spec.make);
    else await fill(server);
  };
  // Both wait for the engine more than they work. No server is started before the isolation is proven.
  await allDone([prove(), furnish()]);
  await must(spec.start);
  return server;
}

/** An official image holds the server, and not every tool that a method needs. */
async function assertPrograms(
  server: Server,
  spec: ServerSpec,
  { image, signal }: { readonly image: string; readonly signal: AbortSignal },
): Promise<void> {
  const script = `for name in ${spec.binaries.join(" ")}; do command -v "$name" >/dev/null || echo "$name"; done`;
  const command: Command = {
    say: "Look for the programs.",
    script,
    uses: [],
    destroys: false,
    id: "start",
    phase: "world",
  };
  const missing = (await server.run({ command, places: {}, signal })).stdout.trim().split(/\s+/).filter(Boolean);
  if (missing.length === 0) return;
  throw new UnavailableError(`the image ${image} lacks ${missing.join(", ")}`, {
    code: "FB_NO_PROGRAMS",
    next: imageMends(spec),
  });
}

const why = (error: unknown) => (error instanceof Error ? error.message : String(error));

interface Inside {
  readonly container: Docker.Container;
  readonly folders: ServerFolders;
  readonly made: string;
  readonly env: Readonly<Record<string, string>>;
  readonly options: SandboxOptions;
}

/** What the programs of a container say of a full disk; they are run with the language of the C library. */
const NO_SPACE = /No space left on device|Disk quota exceeded/;

const copyFailed = (because: string, cause?: unknown) =>
  new UnavailableError(because, {
    code: "FB_SANDBOX_COPY",
    next: ["docker system df", "fogbell gc"],
    cause,
  });

/** Through a process inside, so that the file belongs to the account; the size proves that all of it landed. */
async function putInto(
  { container, env, options }: Pick<Inside, "container" | "env" | "options">,
  { path, body, sizeBytes }: { path: string; body: AsyncIterable<Uint8Array>; sizeBytes: number },
): Promise<void> {
  const script = 'mkdir -p "$1" && cat >"$2" && stat -c %s "$2"';
  const argv = ["sh", "-c", script, "sh", dirname(path), path];
  const { exitCode, stdout, stderr } = await execute(container, {
    argv,
    env,
    signal: new AbortController().signal,
    limitBytes: 1024,
    stdin: body,
  }).catch((error: unknown) => {
    throw error instanceof FogbellError ? error : copyFailed(`copying into the sandbox failed: ${why(error)}`, error);
  });
  if (exitCode === 0 && Number(stdout.trim()) === sizeBytes) return;
  if (NO_SPACE.test(stderr)) {
    throw new UnavailableError("copying into the sandbox failed: the disk of Docker's volumes is full", {
      code: "FB_DISK_FULL",
      next: ["docker system df", "fogbell gc"],
    });
  }
  throw copyFailed(
    `copying into the sandbox failed: ${stdout.trim() || 0} of ${sizeBytes} bytes arrived ${redactorOf(options)(stderr).trim()}`,
  );
}

function serverIn({ container, folders, made, env, options }: Inside): Server {
  const redact = redactorOf(options);
  const shells = openShells(container);

  const put = (path: string, body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> =>
    putInto({ container, env, options }, { path, body, sizeBytes });

  async function* get(path: string): AsyncIterable<Uint8Array> {
    try {
      yield* output(container, ["cat", path]);
    } catch (error) {
      throw error instanceof FogbellError
        ? error
        : copyFailed(`${path} could not be read from the sandbox: ${redact(why(error))}`, error);
    }
  }

  async function run({ command, places, signal, sink, source, readErrors }: RunRequest) {
    const beganMs = performance.now();
    const script = guarded(command);
    let argv = ["sh", "-c", script];
    if (Buffer.byteLength(script) > LONGEST_ARGUMENT_BYTES) {
      const file = `${folders.scratch}/.${crypto.randomUUID()}.sh`;
      const bytes = Buffer.from(script);
      await put(file, Readable.from([bytes]), bytes.length);
      argv = ["sh", "-c", 'sh "$1"; code=$?; rm -f "$1"; exit $code', "sh", file];
    }
    const request = {
      argv,
      env: { ...env, ...places },
      signal,
      limitBytes: OUTPUT_LIMIT_BYTES,
      ...(sink === undefined ? {} : { sink }),
    };
    // A shell that is handed commands has its own use for standard input.
    const end = await (source === undefined ? shells.run(request) : execute(container, { ...request, stdin: source }));
    assertOurs(command, end.exitCode);
    return {
      commandId: command.id,
      exitCode: end.exitCode,
      durationMs: Math.round((performance.now() - beganMs) * 10) / 10,
      stdout: redact(end.stdout),
      ...saidOn(end.stderr, readErrors, redact),
      truncated: end.truncated,
    };
  }

  return {
    folders,
    made,
    jobs: jobsFor(options),
    door: { container: container.id, env, folder: folders.scratch },
    run,
    put,
    get,
    kill: () => killMarked(container, null),
    [Symbol.asyncDispose]: () =>
      container.remove({ force: true, v: true }).then(
        () => undefined,
        () => undefined,
      ),
  };
}

async function sweep(isOver: (label: RunLabel) => boolean): Promise<readonly string[]> {
  const engine = await connect().catch(() => null);
  return engine === null ? [] : removeAll(engine.docker, isOver);
}

export const docker = defineSandbox<SandboxOptions>({
  name: "docker",
  summary: "A container without network, rights or ports.",
  options: sandboxOptions as never,
  gives: ["no-network"],
  available,
  open,
  enter,
  sweep,
});
