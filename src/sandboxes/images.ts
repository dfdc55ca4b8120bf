/**
 * Sandbox images from the distribution's packages: mmdebstrap's tar flows straight into the engine, nothing lies on disk
 * in between. For machines that reach no registry; where one can be reached the official images are better.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { UnavailableError, UsageError } from "../errors.ts";
import { createTail } from "../host/process.ts";
import { formatBytes } from "../host/units.ts";
import type { Engine, ServerSpec } from "../parts.ts";
import { connect, identify } from "./docker-engine.ts";

const SOURCES = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
/** As the official images are slimmed: no manuals, no translations. */
const LEAVE_OUT = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*"];
const SAY_EVERY_MS = 5000;

export interface BuildRequest {
  readonly engines: readonly Engine[];
  /** `engine` or `engine@version`; null for the first version of each engine. */
  readonly wanted: string | null;
  readonly force: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface BuiltImage {
  readonly image: string;
  readonly made: boolean;
}

function specsOf({ engines, wanted }: BuildRequest): ServerSpec[] {
  const offered = engines.flatMap((engine) => engine.versions.map((version) => ({ engine, version })));
  const chosen =
    wanted === null
      ? engines.map((engine) => ({ engine, version: engine.versions[0] ?? "" }))
      : offered.filter(
          ({ engine, version }) =>
            `${engine.name}@${version}` === wanted || (engine.name === wanted && engine.versions[0] === version),
        );
  if (chosen.length === 0) {
    throw new UsageError(`no image is known for ${wanted}`, {
      code: "FB_ENGINE_UNKNOWN",
      next: offered.map(({ engine, version }) => `fogbell images build ${engine.name}@${version}`),
    });
  }
  return chosen.map(({ engine, version }) => engine.server(version, engine.options.parse({})));
}

/** The host's own package sources, for another suite: no mirror is ever named here. */
async function sourcesFor(suite: string, folder: string): Promise<string> {
  for (const file of SOURCES) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null || text.trim() === "") continue;
    const current =
      /VERSION_CODENAME=(\w+)/.exec(await readFile("/etc/os-release", "utf8").catch(() => ""))?.[1] ?? "bookworm";
    const copy = join(folder, file.endsWith(".sources") ? "own.sources" : "own.list");
    await writeFile(
      copy,
      text
        .split("\n")
        .filter((line) => !line.startsWith("#"))
        .join("\n")
        .replaceAll(current, suite),
    );
    return copy;
  }
  throw new UnavailableError("no Debian package sources on this machine", {
    code: "FB_NO_APT",
    next: ["docker pull the official image on a machine with a registry, and docker load it here"],
  });
}

/** Environment and account are what the sandbox relies on in the official images, too. */
function changes(spec: ServerSpec): string[] {
  return [
    `ENV PATH=${spec.binaryFolders.join(":")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    "ENV LANG=C.UTF-8",
    'CMD ["sleep", "infinity"]',
  ];
}

/** The typings of dockerode know only the callback form of this call. */
async function importTar(docker: Docker, tar: NodeJS.ReadableStream, options: object): Promise<void> {
  const call = docker.importImage as unknown as (
    tar: NodeJS.ReadableStream,
    options: object,
  ) => Promise<NodeJS.ReadableStream>;
  const stream = await call.call(docker, tar, options);
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
  );
}

async function build(docker: Docker, spec: ServerSpec, { say, signal }: BuildRequest): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "fogbell-image-"));
  try {
    const sources = await sourcesFor(spec.suite, folder);
    const args = [
      "--quiet",
      "--variant=minbase",
      `--include=${spec.packages.join(",")}`,
      ...LEAVE_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=Apt::Install-Recommends "false"',
      `--customize-hook=install -d -o ${spec.account} -g ${spec.account} "$1${spec.home}"`,
      '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*',
      spec.suite,
      "-",
      sources,
    ];
    const child = spawn("mmdebstrap", args, { stdio: ["ignore", "pipe", "pipe"], signal });
    const errors = createTail(8192);
    child.stderr.on("data", (chunk: Uint8Array) => errors.push(chunk));
    let bytes = 0;
    let saidMs = performance.now();
    child.stdout.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (performance.now() - saidMs < SAY_EVERY_MS) return;
      saidMs = performance.now();
      say(`  ${spec.builtImage}: ${formatBytes(bytes)}`);
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const [repo, tag] = spec.builtImage.split(":");
    const importing = importTar(docker, child.stdout, { repo, tag, changes: changes(spec) });
    const code = await ended.catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT"
        ? new UnavailableError("mmdebstrap is not installed", {
            code: "FB_NO_MMDEBSTRAP",
            next: ["apt-get install mmdebstrap"],
          })
        : error;
    });
    await importing;
    if (code !== 0) {
      await docker
        .getImage(spec.builtImage)
        .remove({ force: true })
        .catch(() => {});
      throw new UnavailableError(`mmdebstrap failed with exit code ${code}: ${errors.text().trim()}`, {
        code: "FB_IMAGE_BUILD",
        next: ["apt-get update", "look at the message above"],
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes what is missing. Throws UnavailableError when Docker, mmdebstrap or the package sources are not to be had. */
export async function buildImages(request: BuildRequest): Promise<BuiltImage[]> {
  const specs = specsOf(request);
  const { docker } = await connect();
  const built: BuiltImage[] = [];
  for (const spec of specs) {
    const isThere = (await identify(docker, spec.builtImage)) !== null;
    if (!isThere || request.force) {
      request.say(
        `Making ${spec.builtImage} from ${spec.packages.join(", ")} of ${spec.suite}; this takes about a minute.`,
      );
      await build(docker, spec, request);
    }
    built.push({ image: spec.builtImage, made: !isThere || request.force });
  }
  return built;
}
