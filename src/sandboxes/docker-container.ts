/** The sandbox's container: what it is allowed, made through testcontainers, and the proof from inside that it holds. */
import type Docker from "dockerode";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
import { RefusedError } from "../errors.ts";
import type { RunLabel, ServerSpec } from "../parts.ts";
import { identify, toLabels } from "./docker-engine.ts";
import { execute } from "./docker-exec.ts";
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
    .withWaitStrategy(Wait.forSuccessfulCommand("true"))
    .start();
}

const QUESTIONS = `
for i in /sys/class/net/*; do
  name=\${i##*/}
  [ "$name" = lo ] || [ $(( $(cat "$i/flags") & 1 )) -eq 0 ] || echo "interface $name"
done
tail -n +2 /proc/net/route | sed 's/^/route /'
grep -v ' lo$' /proc/net/ipv6_route 2>/dev/null | sed 's/^/route6 /'
sed -n 's/^CapEff:[^0-9a-f]*/caps /p; s/^NoNewPrivs:[^0-9]*/nnp /p' /proc/self/status
echo "uid $(id -u)"
if (: >/fogbell-write) 2>/dev/null; then echo writable; fi`;

/** Throws RefusedError unless the container is as shut off as it should be, asked inside and of the engine. */
export async function assertIsolated(
  container: Docker.Container,
  options: SandboxOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const { stdout, exitCode } = await execute(container, {
    argv: ["sh", "-c", QUESTIONS],
    env: {},
    signal,
    limitBytes: 65_536,
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const { HostConfig, NetworkSettings } = await container.inspect();
  const faults = [
    ...lines.filter((line) => /^(interface|route|route6|writable)/.test(line)),
    ...(lines.includes("caps 0000000000000000") ? [] : ["capabilities were not dropped"]),
    ...(lines.includes("nnp 1") ? [] : ["new privileges can be gained"]),
    ...(lines.includes("uid 0") ? ["it runs as root"] : []),
    ...(exitCode === 0 ? [] : [`the questions failed with exit code ${exitCode}`]),
    ...(HostConfig.NetworkMode === "none" ? [] : [`its network is ${HostConfig.NetworkMode}`]),
    ...(HostConfig.Privileged ? ["it is privileged"] : []),
    ...(Object.values(NetworkSettings.Ports ?? {}).some((bound) => bound) ? ["it publishes a port"] : []),
    ...(HostConfig.Memory === options.memoryBytes ? [] : ["the memory limit is not in force"]),
    ...(HostConfig.PidsLimit === options.pids ? [] : ["the process limit is not in force"]),
  ];
  if (faults.length > 0) {
    throw new RefusedError(`the container is not isolated: ${faults.join("; ")}`, {
      code: "FB_ISOLATION",
      next: ["docker info", "fogbell doctor"],
    });
  }
  return [
    "network none: no interface but loopback, no route (asked inside)",
    "no capability, no new privileges, not root, read-only root file system (asked inside)",
    "no published port; memory, processor and process limits in force (asked of the engine)",
  ];
}
