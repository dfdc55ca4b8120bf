/** The proof that a container is as shut off as it should be, asked inside and of the engine. "Could not tell" is a fault. */
import type Docker from "dockerode";
import { RefusedError } from "../errors.ts";
import { execute } from "./docker-exec.ts";
import type { SandboxOptions } from "./options.ts";

/**
 * A kernel with tunnel modules shows their interfaces, down, in every namespace; without rights none can be brought up.
 * The account may not write to `/` anyway, so whether that is read-only is asked of the mount, and rights are asked of
 * the bounding set: the effective one of an unprivileged account is empty in any container.
 */
const QUESTIONS = `
for i in /sys/class/net/*; do
  name=\${i##*/}
  if [ "$name" = lo ]; then echo "seen lo"
  elif [ $(( $(cat "$i/flags") & 1 )) -ne 0 ]; then echo "interface $name"; fi
done
head -n 1 /proc/net/route | sed 's/^Iface.*/seen routes/'
tail -n +2 /proc/net/route | sed 's/^/route /'
grep -v ' lo$' /proc/net/ipv6_route 2>/dev/null | sed 's/^/route6 /'
sed -n 's/^\\(Cap[A-Z][a-z]*\\):[^0-9a-f]*/\\1 /p; s/^NoNewPrivs:[^0-9]*/NoNewPrivs /p' /proc/self/status
while read -r _ at _ how _; do [ "$at" = / ] && root=\${how%%,*}; done </proc/mounts
echo "root $root"
echo "uid $(id -u)"`;

/** What must have been answered, and what it means when it was not. */
const MUST: Readonly<Record<string, string>> = {
  "seen lo": "its interfaces could not be listed",
  "seen routes": "its routes could not be read",
  "CapEff 0000000000000000": "capabilities were not dropped",
  "CapPrm 0000000000000000": "capabilities are permitted",
  "CapBnd 0000000000000000": "capabilities can be gained",
  "NoNewPrivs 1": "new privileges can be gained",
  "root ro": "its root file system can be written",
};

/** As far as asked of the engine. */
export type Inspected = Pick<Docker.ContainerInspectInfo, "HostConfig" | "NetworkSettings">;

/** What is wrong with a container, from the lines it answered and what the engine says. Empty: nothing. */
export function faultsOf(
  lines: readonly string[],
  { HostConfig, NetworkSettings }: Inspected,
  options: SandboxOptions,
): string[] {
  return [
    ...lines.filter((line) => /^(interface|route|route6) /.test(line)),
    ...Object.entries(MUST).flatMap(([line, fault]) => (lines.includes(line) ? [] : [fault])),
    ...(lines.some((line) => /^uid [1-9]/.test(line)) ? [] : ["it runs as root"]),
    ...(HostConfig.NetworkMode === "none" ? [] : [`its network is ${HostConfig.NetworkMode}`]),
    ...(HostConfig.Privileged ? ["it is privileged"] : []),
    ...(HostConfig.PublishAllPorts || Object.values(NetworkSettings.Ports ?? {}).some((bound) => bound)
      ? ["it publishes a port"]
      : []),
    // The engine says 0 of a limit that this kernel does not know.
    ...(HostConfig.Memory === options.memoryBytes ? [] : ["the memory limit is not in force"]),
    ...(HostConfig.NanoCpus === Math.round(options.cpus * 1e9) ? [] : ["the processor limit is not in force"]),
    ...(HostConfig.PidsLimit === options.pids ? [] : ["the process limit is not in force"]),
  ];
}

/** Returns what was asserted, in words. Throws RefusedError when anything of it does not hold. */
export async function assertIsolated(
  container: Docker.Container,
  options: SandboxOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const { stdout } = await execute(container, {
    argv: ["sh", "-c", QUESTIONS],
    env: {},
    signal,
    limitBytes: 65_536,
  });
  const faults = faultsOf(stdout.split("\n"), await container.inspect(), options);
  if (faults.length > 0) {
    throw new RefusedError(`the container is not isolated: ${faults.join("; ")}`, {
      code: "FB_ISOLATION",
      next: ["docker info", "fogbell doctor"],
    });
  }
  return [
    "network none: no interface but loopback, no route (asked inside)",
    "no capability, none to be gained, no new privileges, not root, read-only root file system (asked inside)",
    "no published port; memory, processor and process limits in force (asked of the engine)",
  ];
}
