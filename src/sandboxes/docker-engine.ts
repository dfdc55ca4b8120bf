/** The Docker engine itself: whether it answers, which images it has, what carries our labels. One door to dockerode. */
import type Docker from "dockerode";
import { UnavailableError } from "../errors.ts";
import { inTime } from "../host/stream.ts";
import type { RunLabel, ServerSpec } from "../parts.ts";

const ANSWER_WITHIN_MS = 2000;
const PULL_WITHIN_MS = 10 * 60_000;
/** For the engine to ask its registry whether it has an image. */
const SEEK_WITHIN_MS = 5000;

export const LABELS = {
  run: "fogbell.run",
  expires: "fogbell.expires",
  pid: "fogbell.pid",
  started: "fogbell.started",
  host: "fogbell.host",
} as const;

export function toLabels(label: RunLabel): Record<string, string> {
  return {
    [LABELS.run]: label.runId,
    [LABELS.expires]: label.expiresAt,
    [LABELS.pid]: String(label.pid),
    ...(label.startedAt == null ? {} : { [LABELS.started]: label.startedAt }),
    [LABELS.host]: label.host,
  };
}

function fromLabels(labels: Readonly<Record<string, string>> | undefined): RunLabel | null {
  const runId = labels?.[LABELS.run];
  const expiresAt = labels?.[LABELS.expires];
  if (runId === undefined || expiresAt === undefined) return null;
  const startedAt = labels?.[LABELS.started] ?? null;
  return { runId, expiresAt, pid: Number(labels?.[LABELS.pid] ?? 0), startedAt, host: labels?.[LABELS.host] ?? "" };
}

export interface DockerEngine {
  readonly docker: Docker;
  readonly version: string;
  readonly apiVersion: string;
}

/** Kubernetes sets it in every container. */
const isInPod = () => process.env.KUBERNETES_SERVICE_HOST !== undefined;

/** Connects to the engine that DOCKER_HOST names, or the usual socket. Throws UnavailableError within two seconds. */
export async function connect(): Promise<DockerEngine> {
  const { default: Dockerode } = await import("dockerode");
  const docker = new Dockerode();
  const late = () => new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`);
  try {
    const { Version, ApiVersion } = await inTime(docker.version(), ANSWER_WITHIN_MS, late);
    return { docker, version: Version, apiVersion: ApiVersion };
  } catch (error) {
    throw new UnavailableError(`no Docker engine answers: ${(error as Error).message}`, {
      code: "FB_NO_DOCKER",
      // In a pod there is no Docker, and none should be put there.
      next: isInPod()
        ? ["run in an image with the server programs beside Fogbell (see its Dockerfile), and --sandbox local"]
        : ["systemctl start docker", "export DOCKER_HOST=…", "fogbell run --sandbox local …"],
      cause: error,
    });
  }
}

/** An image's digest, or its id when it came from no registry; null when the engine does not have it. */
export async function identify(docker: Docker, image: string): Promise<string | null> {
  try {
    const { RepoDigests, Id } = await docker.getImage(image).inspect();
    return RepoDigests?.[0] ?? `${image}@${Id}`;
  } catch {
    return null;
  }
}

async function pull(docker: Docker, image: string): Promise<void> {
  const stream = await docker.pull(image, { abortSignal: AbortSignal.timeout(PULL_WITHIN_MS) });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
  );
}

export interface FoundImage {
  readonly name: string;
  readonly digest: string;
}

type Wanted = Pick<ServerSpec, "engine" | "version" | "image" | "builtImage" | "packages">;

/** The official image if it is here, else ours if it is here. */
async function imageHere(docker: Docker, spec: Wanted): Promise<FoundImage | null> {
  for (const name of [spec.image, spec.builtImage]) {
    const digest = await identify(docker, name);
    if (digest !== null) return { name, digest };
  }
  return null;
}

/** An image of ours is offered only where the distribution has packages to make it of. */
export function imageMends({ engine, version, image, packages }: Wanted): string[] {
  return [...(packages.length === 0 ? [] : [`fogbell images build ${engine}@${version}`]), `docker pull ${image}`];
}

/** Why no image can be had, with what to type; `error` is what the engine said of the pull. */
export function imageMissing(spec: Wanted, error: unknown): UnavailableError {
  const what =
    spec.packages.length === 0
      ? `${spec.image} is not here, and cannot be pulled`
      : `neither ${spec.image} nor ${spec.builtImage} is here, and the first cannot be pulled`;
  return new UnavailableError(`${what}: ${(error as Error).message}`, {
    code: "FB_IMAGE_MISSING",
    next: imageMends(spec),
    cause: error,
  });
}

/** Which image a server would get, and whether it would have to be pulled. Pulls nothing. Throws UnavailableError. */
export async function seekImage(docker: Docker, spec: Wanted): Promise<{ name: string; isHere: boolean }> {
  const here = await imageHere(docker, spec);
  if (here !== null) return { name: here.name, isHere: true };
  try {
    const asked = docker.getImage(spec.image).distribution();
    await inTime(asked, SEEK_WITHIN_MS, () => new Error("the registry is silent"));
    return { name: spec.image, isHere: false };
  } catch (error) {
    throw imageMissing(spec, error);
  }
}

/** The official image if it is here, else ours if it is here, else the official one pulled. Throws UnavailableError. */
export async function findImage(docker: Docker, spec: Wanted): Promise<FoundImage> {
  const here = await imageHere(docker, spec);
  if (here !== null) return here;
  try {
    await pull(docker, spec.image);
  } catch (error) {
    throw imageMissing(spec, error);
  }
  return { name: spec.image, digest: (await identify(docker, spec.image)) ?? spec.image };
}

/** Containers and volumes that carry our labels, each with a way to remove it. */
export async function labelled(
  docker: Docker,
): Promise<{ what: string; label: RunLabel; remove: () => Promise<unknown> }[]> {
  const filters = { label: [LABELS.run] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes } = await docker.listVolumes({ filters });
  const found = [
    ...containers.map(({ Id, Labels }) => ({
      what: `container ${Id.slice(0, 12)}`,
      label: fromLabels(Labels),
      // `v`: an official image declares anonymous volumes, which carry no label of ours.
      remove: () => docker.getContainer(Id).remove({ force: true, v: true }),
    })),
    ...(Volumes ?? []).map(({ Name, Labels }) => ({
      what: `volume ${Name}`,
      label: fromLabels(Labels),
      remove: () => docker.getVolume(Name).remove({ force: true }),
    })),
  ];
  return found.filter((one): one is (typeof found)[number] & { label: RunLabel } => one.label !== null);
}
