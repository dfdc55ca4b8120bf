/**
 * Sandbox images from the distribution's packages: mmdebstrap's tar flows straight into the engine, nothing lies on disk
 * in between. For machines that reach no registry; where one can be reached the official images are better.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { UnavailableError, UsageError } from "../errors.ts";
import { createTail } from "../host/process.ts";
import { formatBytes } from "../host/units.ts";
import type { Engine, ServerSpec } from "../parts.ts";
import { connect } from "./docker-engine.ts";

const SOURCES = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
/** As the official images are slimmed: no manuals, no translations. */
const LEAVE_OUT = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*"];
/** Releases that are still made: a mirror may hold a list of their packages that is past its date. */
const MOVING = new Set(["forky", "sid"]);
const SAY_EVERY_MS = 5000;
/** On each image of ours: what it was made by, so that an image of an older recipe is made anew. */
const RECIPE_LABEL = "fogbell.recipe";

interface Choice {
  readonly engines: readonly Engine[];
  /** `engine` or `engine@version`; null for the first version of each engine. */
  readonly wanted: string | null;
}

export interface BuildRequest extends Choice {
  readonly force: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface BuiltImage {
  readonly image: string;
  readonly made: boolean;
}

/** What to make an image of; nobody is sent after one that the distribution has no packages for. */
export function specsOf({ engines, wanted }: Choice): ServerSpec[] {
  const offered = engines.flatMap((engine) => engine.versions.map((version) => ({ engine, version })));
  const specOf = ({ engine, version }: (typeof offered)[number]) => engine.server(version, engine.options.parse({}));
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
      next: offered
        .filter((one) => specOf(one).packages.length > 0)
        .map(({ engine, version }) => `fogbell images build ${engine.name}@${version}`),
    });
  }
  const specs = chosen.map(specOf);
  const [unpackaged] = wanted === null ? [] : specs.filter(({ packages }) => packages.length === 0);
  if (unpackaged !== undefined) {
    throw new UnavailableError(`the distribution has no packages of ${unpackaged.engine}`, {
      code: "FB_NO_PACKAGES",
      next: [`docker pull ${unpackaged.image}`],
    });
  }
  return specs.filter(({ packages }) => packages.length > 0);
}

/** What a release has beside itself, `-updates` and `-security`, the one that is always in the making has not. */
const ALONE = "sid";

/** Package sources, in either form, for another suite. */
export function forSuite(text: string, current: string, suite: string): string {
  const own = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  if (suite !== ALONE) return own.replaceAll(current, suite);
  const beside = new RegExp(String.raw`[ \t]*\b${current}[-/][\w-]+`, "g");
  const isEmpty = (stanza: string) => /^Suites:[ \t]*$/m.test(stanza) || stanza.trim() === "";
  return own.startsWith("deb ") || own.includes("\ndeb ")
    ? own
        .split("\n")
        .filter((line) => line.search(beside) < 0)
        .join("\n")
        .replaceAll(current, suite)
    : `${own
        .split(/\n[ \t]*\n/)
        .map((stanza) => stanza.replace(/^Suites:.*$/m, (line) => line.replaceAll(beside, "")))
        .filter((stanza) => !isEmpty(stanza))
        .join("\n\n")
        .replaceAll(current, suite)}\n`;
}

/** The host's own package sources, for another suite: no mirror is ever named here. */
async function sourcesFor({ suite, image }: ServerSpec, folder: string): Promise<string> {
  for (const file of SOURCES) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null || text.trim() === "") continue;
    const current =
      /VERSION_CODENAME=(\w+)/.exec(await readFile("/etc/os-release", "utf8").catch(() => ""))?.[1] ?? "bookworm";
    const copy = join(folder, file.endsWith(".sources") ? "own.sources" : "own.list");
    await writeFile(copy, forSuite(text, current, suite));
    return copy;
  }
  throw new UnavailableError("no Debian package sources on this machine", {
    code: "FB_NO_APT",
    next: [`docker pull ${image}`, `docker load -i FILE, made by docker save ${image} where a registry can be reached`],
  });
}

/** How an image is made. Environment and account are what the sandbox relies on in the official images, too. */
export interface Recipe {
  /** Arguments of mmdebstrap, but the suite and the sources. */
  readonly options: readonly string[];
  readonly changes: readonly string[];
  /** Identifies all of the above. */
  readonly hash: string;
}

export function recipeFor(spec: ServerSpec): Recipe {
  const options = [
    "--quiet",
    "--variant=minbase",
    `--include=${spec.packages.join(",")}`,
    ...LEAVE_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Apt::Install-Recommends "false"',
    ...(MOVING.has(spec.suite) ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
    // The packages make a database there, which each container's volume would begin with a copy of: 1.2 s for nothing.
    `--customize-hook=rm -rf "$1"${spec.home}`,
    // In the image's own root: outside, the account's name stands for the host's number, or for nobody.
    `--customize-hook=chroot "$1" install -d -o ${spec.account} -g ${spec.account} ${spec.home}`,
    '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*',
  ];
  const changes = [
    `ENV PATH=${spec.binaryFolders.join(":")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    "ENV LANG=C.UTF-8",
    'CMD ["sleep", "infinity"]',
  ];
  const hash = createHash("sha256")
    .update(JSON.stringify([spec.suite, options, changes]))
    .digest("hex")
    .slice(0, 12);
  return { options, changes: [...changes, `LABEL ${RECIPE_LABEL}=${hash}`], hash };
}

/** Whether the engine has this image, made by this recipe. */
async function isMade(docker: Docker, spec: ServerSpec): Promise<boolean> {
  const found = await docker
    .getImage(spec.builtImage)
    .inspect()
    .catch(() => null);
  return found?.Config.Labels?.[RECIPE_LABEL] === recipeFor(spec).hash;
}

/** Imports without a name, so that a half of an image never goes by one. Returns the id. */
async function importTar(docker: Docker, tar: NodeJS.ReadableStream, changes: readonly string[]): Promise<string> {
  // The typings of dockerode know only the callback form of this call.
  const call = docker.importImage as unknown as (
    tar: NodeJS.ReadableStream,
    options: object,
  ) => Promise<NodeJS.ReadableStream>;
  const stream = await call.call(docker, tar, { changes });
  const said = await new Promise<{ status?: string }[]>((resolve, reject) =>
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output))),
  );
  return said.findLast(({ status }) => status?.startsWith("sha256:"))?.status ?? "";
}

/** From asking mmdebstrap to stop, which then removes its working folder, to making it stop. */
const PATIENCE_MS = 10_000;

/** Starts mmdebstrap in a group of its own: asked alone, it leaves its children to finish the image. */
function startDebstrap(args: readonly string[], signal: AbortSignal) {
  const child = spawn("mmdebstrap", args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const errors = createTail(8192);
  child.stderr.on("data", (chunk: Uint8Array) => errors.push(chunk));
  const kill = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Already gone.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    kill("SIGTERM");
    timer = setTimeout(() => kill("SIGKILL"), PATIENCE_MS);
  };
  signal.addEventListener("abort", cancel, { once: true });
  /** Why it failed; null when it did not. Never rejects. */
  const ended = new Promise<Error | null>((resolve) => {
    child.once("error", resolve);
    child.once("close", (code) => resolve(code === 0 ? null : new Error(`exit code ${code}: ${errors.text().trim()}`)));
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  });
  return { tar: child.stdout, ended };
}

async function build(docker: Docker, spec: ServerSpec, { say, signal }: BuildRequest): Promise<void> {
  signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "fogbell-image-"));
  try {
    const sources = await sourcesFor(spec, folder);
    const recipe = recipeFor(spec);
    const { tar, ended } = startDebstrap([...recipe.options, spec.suite, "-", sources], signal);
    let bytes = 0;
    let saidMs = performance.now();
    tar.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (performance.now() - saidMs < SAY_EVERY_MS) return;
      saidMs = performance.now();
      say(`  ${spec.builtImage}: ${formatBytes(bytes)}`);
    });
    const importing = importTar(docker, tar, recipe.changes).then(
      (id) => ({ id, error: null }),
      (error: unknown) => ({ id: "", error }),
    );
    const failed = await ended;
    const { id, error } = await importing;
    if (failed !== null && id !== "") await docker.getImage(id).remove({ force: true });
    signal.throwIfAborted();
    if (failed !== null) throw explained(failed);
    if (error !== null) throw error;
    const [repo = "", tag = "latest"] = spec.builtImage.split(":");
    const old = await docker
      .getImage(spec.builtImage)
      .inspect()
      .catch(() => null);
    await docker.getImage(id).tag({ repo, tag });
    // Not by force: a container may still run on it, and it may have another name.
    if (old !== null && old.Id !== id && old.RepoTags.length <= 1) {
      await docker
        .getImage(old.Id)
        .remove()
        .catch(() => {});
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function explained(failed: NodeJS.ErrnoException): UnavailableError {
  return failed.code === "ENOENT"
    ? new UnavailableError("mmdebstrap is not installed", {
        code: "FB_NO_MMDEBSTRAP",
        next: ["apt-get install mmdebstrap"],
      })
    : new UnavailableError(`mmdebstrap failed with ${failed.message}`, {
        code: "FB_IMAGE_BUILD",
        next: ["apt-get update"],
      });
}

/** Makes what is missing. Throws UnavailableError when Docker, mmdebstrap or the package sources are not to be had. */
export async function buildImages(request: BuildRequest): Promise<BuiltImage[]> {
  const specs = specsOf(request);
  const { docker } = await connect();
  const built: BuiltImage[] = [];
  for (const spec of specs) {
    const isThere = await isMade(docker, spec);
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
