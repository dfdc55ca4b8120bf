/** The sandbox's container: what it is allowed, made through testcontainers. */
import type Docker from "dockerode";
import { GenericContainer, type StartedTestContainer, StartupCheckStrategy, type StartupStatus } from "testcontainers";
import type { RunLabel, ServerSpec } from "../parts.ts";
import { identify, toLabels } from "./docker-engine.ts";
import type { SandboxOptions } from "./options.ts";

/** The reaper that testcontainers starts beside each container; ours goes by label and needs no image. */
const RYUK = "testcontainers/ryuk:0.14.0";

export interface ContainerRequest {
  readonly docker: Docker;
  readonly image: string;
  readonly spec: ServerSpec;
  readonly label: RunLabel;
  readonly volume: string;
  readonly options: SandboxOptions;
}

/** It idles, so that it runs is all there is to wait for. An exec to ask for that would cost more than the question. */
class Running extends StartupCheckStrategy {
  override async checkStartupState(docker: Docker, containerId: string): Promise<StartupStatus> {
    const { State } = await docker.getContainer(containerId).inspect();
    if (State.Running) return "SUCCESS";
    return State.Status === "created" ? "PENDING" : "FAIL";
  }
}

/** Starts a container that idles: the server is started by a command inside, so that it can be killed and come back. */
export async function startContainer(request: ContainerRequest): Promise<StartedTestContainer> {
  const { docker, image, spec, label, volume, options } = request;
  if ((await identify(docker, RYUK)) === null) process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
  class SandboxContainer extends GenericContainer {
    constructor() {
      super(image);
      // Settings for which testcontainers has no method.
      Object.assign(this.hostConfig, {
        Init: true,
        ReadonlyRootfs: true,
        Memory: options.memoryBytes,
        MemorySwap: options.memoryBytes,
        NanoCpus: Math.round(options.cpus * 1e9),
        PidsLimit: options.pids,
        ShmSize: options.sharedMemoryBytes,
        Mounts: [{ Type: "volume", Source: volume, Target: spec.home }],
      });
    }
  }
  return new SandboxContainer()
    .withNetworkMode("none")
    .withUser(spec.account)
    .withEntrypoint(["sleep"])
    .withCommand(["infinity"])
    .withLabels(toLabels(label))
    .withDroppedCapabilities("ALL")
    .withSecurityOpt("no-new-privileges")
    .withTmpFs({ "/tmp": "rw,nosuid,size=256m", "/run": "rw,nosuid,size=16m" })
    .withWaitStrategy(new Running())
    .start();
}
