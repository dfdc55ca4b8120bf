/**
 * A throwaway server from the programs installed on this machine: a folder of its own, a socket and no port, an
 * account without rights. Where it may, everything runs in a network with nothing in it, and sees no other's socket.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { defineSandbox } from "../define.ts";
import { FogbellError, UnavailableError } from "../errors.ts";
import { explainDisk, isFull } from "../host/disk-fault.ts";
import { LABEL_NAME } from "../host/label.ts";
import { runProcess } from "../host/process.ts";
import { type LabelledFolder, labelledFolders, withLabels } from "../host/scratch.ts";
import { notePlace } from "../host/scratch-places.ts";
import { quote } from "../host/sh.ts";
import { formatBytes } from "../host/units.ts";
import {
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
import { assertOurs, guarded, identityPlaces } from "./identity.ts";
import { type Namespaces, openNamespaces } from "./local-namespaces.ts";
import { killRun, killWith, processesOf, valuesOf } from "./local-processes.ts";
import { type Account, available, becoming, chooseAccount, findBinaries } from "./local-programs.ts";
import { layStandIns } from "./local-stand-ins.ts";
import { enter } from "./local-terminal.ts";
import { jobsFor, LONGEST_ARGUMENT_BYTES, redactorOf, type SandboxOptions, saidOn, sandboxOptions } from "./options.ts";

/** A socket's path has room for 107 bytes; this one also for the file name that the server adds. */
const LONGEST_SOCKET_FOLDER = 85;

async function makeFolders(base: string, account: Account | null): Promise<ServerFolders> {
  const folders = {
    data: join(base, "data"),
    socket: join(base, "socket"),
    scratch: join(base, "scratch"),
    evidence: join(base, "evidence"),
    archive: join(base, "archive"),
    side: join(base, "side"),
  };
  for (const folder of [base, ...Object.values(folders)]) {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o700);
    if (account !== null) await chown(folder, account.uid, account.gid);
  }
  return folders;
}

async function open(label: RunLabel, options: SandboxOptions, signal: AbortSignal): Promise<Sandbox> {
  const [processor] = cpus();
  const base = await mkdtemp(join(tmpdir(), "fb-"));
  await writeFile(join(base, LABEL_NAME), JSON.stringify(label));
  await notePlace(dirname(base));
  const namespaces = await enclose(base, signal);
  const { leavesOpen, isolation } = isolatedBy(namespaces);
  return {
    kind: "local",
    // The account's own files are in reach, whatever the network is.
    opensForeign: false,
    leavesOpen,
    isolation: [...isolation, "socket only, no port", "folder readable by its account only"],
    hardware: {
      system: `${type()} ${release()}`,
      processors: `${cpus().length} × ${processor?.model.trim() ?? "unknown"}`,
      memory: formatBytes(totalmem()),
    },
    start: (spec, fill) => startServer({ spec, base, label, options, signal, fill, namespaces }),
    [Symbol.asyncDispose]: async () => {
      await killRun(label.runId, base);
      namespaces?.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Only root may make and enter namespaces, and then becomes the account without rights. */
async function enclose(base: string, signal: AbortSignal): Promise<Namespaces | null> {
  if (process.getuid?.() !== 0) return null;
  try {
    return await openNamespaces(base, signal);
  } catch (error) {
    await rm(base, { recursive: true, force: true });
    throw error;
  }
}

/** What keeps a sandbox apart, and what does not. */
export function isolatedBy(
  namespaces: Pick<Namespaces, "hidesSockets"> | null,
): Pick<Sandbox, "leavesOpen" | "isolation"> {
  const hides = namespaces?.hidesSockets ?? false;
  return {
    leavesOpen: [
      ...(namespaces === null ? (["network"] as const) : []),
      ...(hides ? [] : (["sockets"] as const)),
      "files",
    ],
    isolation: [
      ...(namespaces === null
        ? []
        : ["every command in a network namespace of this run, with no interface but loopback and no route"]),
      ...(hides ? ["every command where other servers' sockets of this machine are out of reach"] : []),
    ],
  };
}

interface Starting {
  readonly spec: ServerSpec;
  readonly base: string;
  readonly label: RunLabel;
  readonly options: SandboxOptions;
  readonly signal: AbortSignal;
  readonly fill: ((server: Server) => Promise<void>) | undefined;
  readonly namespaces: Namespaces | null;
}

async function startServer({ spec, base, label, options, signal, fill, namespaces }: Starting): Promise<Server> {
  const { path: installed, missing, stoodFor } = await findBinaries(spec);
  if (missing.length > 0) {
    throw new UnavailableError(`not installed here: ${missing.join(", ")}`, {
      code: "FB_NO_PROGRAMS",
      next: ["fogbell doctor"],
    });
  }
  const account = await chooseAccount(spec);
  const folders = await makeFolders(base, account);
  // Another file system is entered at its root; a folder that was open before would lead back out of it.
  const at = namespaces === null ? [] : [...namespaces.prefix, "sh", "-c", 'cd "$0" && exec "$@"', folders.scratch];
  const prefix = [...at, ...(account === null ? [] : becoming(account))];
  if (folders.socket.length > LONGEST_SOCKET_FOLDER) {
    throw new UnavailableError(`the path ${folders.socket} is too long for a socket`, {
      code: "FB_SOCKET_PATH",
      next: ["TMPDIR=/tmp fogbell run …"],
    });
  }
  const standIns = await layStandIns({ spec, names: stoodFor, base, prefix, signal });
  const path = standIns === null ? installed : `${installed}${delimiter}${standIns}`;
  const identity = join(base, "identity");
  await writeFile(identity, label.runId);
  await chmod(identity, 0o444);
  const env = {
    PATH: path,
    LANG: "C.UTF-8",
    HOME: folders.scratch,
    TMPDIR: folders.scratch,
    ...spec.environment(folders),
    ...identityPlaces(identity, label.runId),
  };
  const run = runIn({ base, folders, prefix, env, label, options });
  const server: Server = {
    folders,
    made:
      standIns === null
        ? `programs in ${path.split(delimiter)[0]}`
        : `Node ${process.version}, in place of ${stoodFor.join(", ")}`,
    // Nothing limits its memory but the machine's.
    jobs: jobsFor({ cpus: availableParallelism(), memoryBytes: totalmem() }),
    door: { prefix, env, folder: folders.scratch },
    run,
    ...filesIn(base, account),
    kill: () => killRun(label.runId, base),
    [Symbol.asyncDispose]: () => killRun(label.runId, base),
  };
  if (fill === undefined) await must(run, spec.make, signal);
  else await fill(server);
  await must(run, spec.start, signal);
  return server;
}

interface Inside {
  readonly base: string;
  readonly folders: ServerFolders;
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly label: RunLabel;
  readonly options: SandboxOptions;
}

function runIn({ base, folders, prefix, env, label, options }: Inside): Server["run"] {
  const redact = redactorOf(options);

  /** A script that fits into an argument: itself, or one that runs it from a file and removes that. */
  async function inArgument(script: string): Promise<string> {
    if (Buffer.byteLength(script) <= LONGEST_ARGUMENT_BYTES) return script;
    const name = `${folders.scratch}/.${crypto.randomUUID()}.sh`;
    await writeFile(name, script, { mode: 0o644 });
    return `sh ${quote(name)}; code=$?; rm -f ${quote(name)}; exit $code`;
  }

  return async ({ command, places, signal, sink, source, readErrors }: RunRequest) => {
    const beganMs = performance.now();
    const [file = "sh", ...args] = [...prefix, "sh", "-c", await inArgument(guarded(command))];
    const mark = crypto.randomUUID();
    const end = await runProcess({
      file,
      args,
      env: { ...env, ...places, FOGBELL_EXEC: mark },
      cwd: folders.scratch,
      signal,
      limitBytes: OUTPUT_LIMIT_BYTES,
      ...(sink === undefined ? {} : { sink }),
      ...(source === undefined ? {} : { source }),
    }).catch(async (error: unknown) => {
      // Cancelled: what left the process group goes, too.
      await killWith(`FOGBELL_EXEC=${mark}`);
      throw error;
    });
    assertOurs(command, end.exitCode);
    if (end.exitCode === 137 && (await processesOf(label.runId, base)).length === 0) {
      throw new UnavailableError(`the sandbox died during "${command.say}"`, {
        code: "FB_SANDBOX_DIED",
        next: ["free -h", "run again, with more memory free"],
      });
    }
    return {
      commandId: command.id,
      exitCode: end.exitCode,
      durationMs: Math.round((performance.now() - beganMs) * 10) / 10,
      stdout: redact(end.stdout),
      ...saidOn(end.stderr, readErrors, redact),
      truncated: end.truncated,
    };
  };
}

function filesIn(base: string, account: Account | null): Pick<Server, "put" | "get"> {
  return {
    async put(target, body, sizeBytes) {
      const failed = copyFailed(`copying to ${target} failed`);
      await mkdir(dirname(target), { recursive: true }).catch(failed);
      const file = createWriteStream(target);
      await pipeline(body, file).catch(failed);
      if (file.bytesWritten !== sizeBytes) failed(new Error(`${file.bytesWritten} of ${sizeBytes} bytes arrived`));
      if (account === null) return;
      // Everything from the file up to the folder we made, which is the account's already.
      for (let at = target; at !== base && at.startsWith(base); at = dirname(at))
        await chown(at, account.uid, account.gid);
    },
    async *get(source) {
      try {
        yield* createReadStream(source);
      } catch (error) {
        copyFailed(`${source} could not be read from the sandbox`)(error);
      }
    },
  };
}

/** What went wrong with a file becomes an error of ours; what the bytes' source says of itself stays as it is. */
const copyFailed =
  (what: string) =>
  (error: unknown): never => {
    if (error instanceof FogbellError) throw error;
    if (isFull(error)) throw explainDisk(error, { what: "a copy for the sandbox", folder: tmpdir() });
    throw new UnavailableError(`${what}: ${error instanceof Error ? error.message : String(error)}`, {
      code: "FB_SANDBOX_COPY",
      next: [`df -h ${quote(tmpdir())}`, "fogbell gc"],
      cause: error,
    });
  };

async function must(run: Server["run"], line: Line, signal: AbortSignal): Promise<void> {
  const command: Command = { ...line, id: "start", phase: "world" };
  const outcome = await run({ command, places: {}, signal });
  if (outcome.exitCode === 0) return;
  throw new UnavailableError(`"${line.say}" failed: ${outcome.stderrTail.trim() || outcome.stdout.trim()}`, {
    code: "FB_SERVER_START",
    next: ["fogbell doctor"],
  });
}

/** Those where runs kept their folders, and those that processes still run in, if nobody could note where that is. */
async function sandboxFolders(): Promise<LabelledFolder[]> {
  const here = await labelledFolders();
  const told = (await valuesOf("FOGBELL_IDENTITY")).map((file) => dirname(file));
  return [...here, ...(await withLabels(told.filter((one) => !here.some(({ folder }) => folder === one))))];
}

async function sweep(isOver: (label: RunLabel) => boolean): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const { folder, label } of await sandboxFolders()) {
    if (!isOver(label)) continue;
    await killRun(label.runId, folder);
    await rm(folder, { recursive: true, force: true });
    gone.push(`folder ${folder}`);
  }
  return gone;
}

export const local = defineSandbox<SandboxOptions>({
  name: "local",
  summary: "A throwaway server from programs installed on this machine, on a socket, without rights.",
  options: sandboxOptions as never,
  available,
  open,
  enter,
  sweep,
});
