/**
 * A throwaway server from the programs installed on this machine: a folder of its own, a socket and no port, an
 * account without rights. Where it may, each process gets a network namespace with nothing in it.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { access, chmod, chown, constants, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { RefusedError, UnavailableError } from "../errors.ts";
import { LABEL_NAME } from "../host/label.ts";
import { runProcess } from "../host/process.ts";
import { labelledFolders } from "../host/scratch.ts";
import { quote } from "../host/sh.ts";
import { formatBytes } from "../host/units.ts";
import {
  type Availability,
  type Command,
  defineSandbox,
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
import { killRun, processesOf } from "./local-processes.ts";
import { LONGEST_ARGUMENT_BYTES, redactorOf, type SandboxOptions, sandboxOptions } from "./options.ts";

/** A socket's path has room for 107 bytes; this one also for the file name that the server adds. */
const LONGEST_SOCKET_FOLDER = 85;

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Programs of the server, from its usual folders first and then from the path. */
async function findBinaries(spec: ServerSpec): Promise<{ path: string; missing: string[] }> {
  const folders = [...spec.binaryFolders, ...(process.env.PATH ?? "").split(delimiter)].filter(
    (folder) => folder !== "",
  );
  const has = async (name: string) => {
    for (const folder of folders) {
      if (
        await access(join(folder, name), constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return true;
    }
    return false;
  };
  const missing: string[] = [];
  for (const name of spec.binaries) if (!(await has(name))) missing.push(name);
  return { path: folders.join(delimiter), missing };
}

async function available(spec: ServerSpec): Promise<Availability> {
  const { path, missing } = await findBinaries(spec);
  const next = [`apt-get install ${spec.packages[0] ?? ""}`];
  const wanted = `${spec.engine} ${spec.version}`;
  if (missing.length > 0)
    return { usable: false, because: `not installed here: ${missing.join(", ")} of ${wanted}`, next };
  const [file, ...args] = spec.askVersion;
  const told = await runProcess({
    file,
    args,
    env: { PATH: path },
    signal: new AbortController().signal,
    limitBytes: 1024,
  });
  const version = /\d+(\.\d+)*/.exec(told.stdout)?.[0] ?? "unknown";
  return version === spec.version || version.startsWith(`${spec.version}.`)
    ? { usable: true, because: `${spec.engine} ${version} is installed`, next: [] }
    : { usable: false, because: `installed is ${spec.engine} ${version}, not ${spec.version}`, next };
}

/** The account to run as when root started us; null when we are nobody special already. */
async function chooseAccount(spec: ServerSpec): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = lines.find(([name]) => name === spec.account) ?? lines.find(([name]) => name === "nobody");
  if (found === undefined) {
    throw new UnavailableError(`a server must not run as root, and there is no account ${spec.account} or nobody`, {
      code: "FB_NO_ACCOUNT",
      next: [`useradd --system ${spec.account}`],
    });
  }
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** The words before each command: a network namespace of its own where root and the kernel allow it, and the account. */
async function wrapping(
  account: Account | null,
  signal: AbortSignal,
): Promise<{ prefix: string[]; isolated: boolean }> {
  if (account === null) return { prefix: [], isolated: false };
  const become = [
    "setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--no-new-privs",
    "--",
  ];
  const prefix = ["unshare", "--net", "--", ...become];
  const probe = await runProcess({
    file: "unshare",
    args: [...prefix.slice(1), "sh", "-c", "cat /proc/net/dev; cat /proc/net/route"],
    env: { PATH: process.env.PATH ?? "" },
    signal,
    limitBytes: 65_536,
  });
  if (probe.exitCode !== 0) return { prefix: become, isolated: false };
  const interfaces = [...probe.stdout.matchAll(/^\s*([^\s:|]+):/gm)].map(([, name]) => name);
  const routes = probe.stdout.split("\n").filter((line) => /^\S+\s+[0-9A-F]{8}\s+[0-9A-F]{8}/.test(line));
  if (interfaces.some((name) => name !== "lo") || routes.length > 0) {
    throw new RefusedError(`a new network namespace still has a way out: ${interfaces.join(", ")}`, {
      code: "FB_ISOLATION",
      next: ["fogbell run --sandbox docker"],
    });
  }
  return { prefix, isolated: true };
}

async function makeFolders(base: string, account: Account | null): Promise<ServerFolders> {
  const folders = {
    data: join(base, "data"),
    socket: join(base, "socket"),
    scratch: join(base, "scratch"),
    evidence: join(base, "evidence"),
  };
  for (const folder of [base, ...Object.values(folders)]) {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o700);
    if (account !== null) await chown(folder, account.uid, account.gid);
  }
  return folders;
}

async function open(label: RunLabel, options: SandboxOptions, signal: AbortSignal): Promise<Sandbox> {
  const base = await mkdtemp(join(tmpdir(), "fb-"));
  await writeFile(join(base, LABEL_NAME), JSON.stringify(label));
  const [processor] = cpus();
  // Whether namespaces are to be had does not depend on the account: any unprivileged one shows it.
  const { isolated } = await wrapping(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null, signal);
  return {
    kind: "local",
    // The account's own files are in reach, whatever the network is.
    opensForeign: false,
    isolation: [
      isolated
        ? "every process in a network namespace of its own, with no interface up and no route"
        : "network NOT isolated: processes of this account can reach what you can reach",
      "socket only, no port",
      "folder readable by its account only",
    ],
    hardware: {
      system: `${type()} ${release()}`,
      processors: `${cpus().length} × ${processor?.model.trim() ?? "unknown"}`,
      memory: formatBytes(totalmem()),
    },
    start: (spec) => startServer({ spec, base, label, options, signal }),
    [Symbol.asyncDispose]: async () => {
      await killRun(label.runId);
      await rm(base, { recursive: true, force: true });
    },
  };
}

interface Starting {
  readonly spec: ServerSpec;
  readonly base: string;
  readonly label: RunLabel;
  readonly options: SandboxOptions;
  readonly signal: AbortSignal;
}

async function startServer({ spec, base, label, options, signal }: Starting): Promise<Server> {
  const { path, missing } = await findBinaries(spec);
  if (missing.length > 0) {
    throw new UnavailableError(`not installed here: ${missing.join(", ")}`, {
      code: "FB_NO_PROGRAMS",
      next: ["fogbell doctor"],
    });
  }
  const account = await chooseAccount(spec);
  const { prefix } = await wrapping(account, signal);
  const folders = await makeFolders(base, account);
  if (folders.socket.length > LONGEST_SOCKET_FOLDER) {
    throw new UnavailableError(`the path ${folders.socket} is too long for a socket`, {
      code: "FB_SOCKET_PATH",
      next: ["TMPDIR=/tmp fogbell run …"],
    });
  }
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
  const redact = redactorOf(options);

  /** A script that fits into an argument: itself, or one that runs it from a file and removes that. */
  async function inArgument(script: string): Promise<string> {
    if (Buffer.byteLength(script) <= LONGEST_ARGUMENT_BYTES) return script;
    const name = `${folders.scratch}/.${crypto.randomUUID()}.sh`;
    await writeFile(name, script, { mode: 0o644 });
    return `sh ${quote(name)}; code=$?; rm -f ${quote(name)}; exit $code`;
  }

  async function run({ command, places, signal: stop, sink }: RunRequest) {
    const beganMs = performance.now();
    const script = await inArgument(guarded(command));
    const [file = "sh", ...rest] = [...prefix, "sh", "-c", script];
    const end = await runProcess({
      file,
      args: rest,
      env: { ...env, ...places },
      cwd: folders.scratch,
      signal: stop,
      limitBytes: OUTPUT_LIMIT_BYTES,
      ...(sink === undefined ? {} : { sink }),
    });
    assertOurs(command, end.exitCode);
    if (end.exitCode === 137 && (await processesOf(label.runId)).length === 0) {
      throw new UnavailableError(`the sandbox died during "${command.say}"`, {
        code: "FB_SANDBOX_DIED",
        next: ["fogbell run again, with more memory free"],
      });
    }
    return {
      commandId: command.id,
      exitCode: end.exitCode,
      durationMs: Math.round((performance.now() - beganMs) * 10) / 10,
      stdout: redact(end.stdout),
      stderrTail: redact(end.stderr),
      truncated: end.truncated,
    };
  }

  for (const line of spec.start) await must(run, line, signal);
  return {
    folders,
    made: `programs in ${path.split(delimiter)[0]}`,
    run,
    async put(target, body) {
      await mkdir(dirname(target), { recursive: true });
      await pipeline(body, createWriteStream(target));
      if (account === null) return;
      // Everything from the file up to the folder we made, which is the account's already.
      for (let at = target; at !== base && at.startsWith(base); at = dirname(at))
        await chown(at, account.uid, account.gid);
    },
    get: (source) => createReadStream(source),
    kill: () => killRun(label.runId),
    [Symbol.asyncDispose]: () => killRun(label.runId),
  };
}

async function must(run: Server["run"], line: Line, signal: AbortSignal): Promise<void> {
  const command: Command = { ...line, id: "start", phase: "world" };
  const outcome = await run({ command, places: {}, signal });
  if (outcome.exitCode === 0) return;
  throw new UnavailableError(`"${line.say}" failed: ${outcome.stderrTail.trim() || outcome.stdout.trim()}`, {
    code: "FB_SERVER_START",
    next: ["fogbell doctor"],
  });
}

async function sweep(isOver: (label: RunLabel) => boolean): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const { folder, label } of await labelledFolders()) {
    if (!isOver(label)) continue;
    await killRun(label.runId);
    await rm(folder, { recursive: true, force: true });
    gone.push(`folder ${folder}`);
  }
  return gone;
}

export const local = defineSandbox<SandboxOptions>({
  name: "local",
  summary: "A throwaway server from programs installed on this machine, on a socket, without rights.",
  options: sandboxOptions as never,
  gives: [],
  needs: [],
  available,
  open,
  sweep,
});
