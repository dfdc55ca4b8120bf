/** An application of the user's in a container beside the server: it shares the server's loopback, and has no network. */
import type Docker from "dockerode";
import { UnavailableError } from "../errors.ts";
import type { ApplicationSpec, RunLabel } from "../parts.ts";
import { identify, toLabels } from "./docker-engine.ts";
import type { SandboxOptions } from "./options.ts";

export interface ApplicationRequest {
  readonly docker: Docker;
  readonly application: ApplicationSpec;
  readonly label: RunLabel;
  readonly options: SandboxOptions;
  /** Id of the server's container, whose network it shares: none but the loopback. */
  readonly beside: string;
}

/** Starts it, labelled like everything else of the run; what it returns removes it. Throws UnavailableError when the image is not here or will not run. */
export async function startApplication({
  docker,
  application,
  label,
  options,
  beside,
}: ApplicationRequest): Promise<AsyncDisposable> {
  const { image, command, env } = application;
  if ((await identify(docker, image)) === null) {
    throw new UnavailableError(`the application's image ${image} is not on this machine`, {
      code: "FB_NO_IMAGE",
      next: [`docker pull ${image}`, `docker build -t ${image} .`],
    });
  }
  const container = await docker.createContainer({
    Image: image,
    ...(command.length === 0 ? {} : { Entrypoint: [command[0] as string], Cmd: command.slice(1) }),
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: toLabels(label),
    HostConfig: {
      NetworkMode: `container:${beside}`,
      Init: true,
      Memory: options.memoryBytes,
      MemorySwap: options.memoryBytes,
      PidsLimit: options.pids,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
    },
  });
  await container.start().catch((error: unknown) => {
    throw new UnavailableError(`the application's image ${image} will not run: ${(error as Error).message}`, {
      code: "FB_NO_APPLICATION",
      next: [`docker run --rm ${image}`],
      cause: error,
    });
  });
  return {
    [Symbol.asyncDispose]: () =>
      container.remove({ force: true, v: true }).then(
        () => undefined,
        () => undefined,
      ),
  };
}
