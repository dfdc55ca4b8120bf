import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { mariadb } from "../../src/engines/mariadb/engine.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { makeLabel } from "../../src/host/label.ts";
import { chooseSandbox } from "../../src/sandboxes/choose.ts";
import { docker } from "../../src/sandboxes/docker.ts";
import { connect, findImage, labelled, toLabels } from "../../src/sandboxes/docker-engine.ts";
import { assertIsolated } from "../../src/sandboxes/docker-isolation.ts";
import { local } from "../../src/sandboxes/local.ts";
import type { SandboxOptions } from "../../src/sandboxes/options.ts";
import { sandboxContract } from "../contract/sandbox.ts";

const never = new AbortController().signal;
const spec = postgres.server("15", {});

describe("contract", () => {
  sandboxContract(docker, async (runId) =>
    (await labelled((await connect()).docker)).filter(({ label }) => label.runId === runId).map(({ what }) => what),
  );
});

test("the container is as shut as the report says, asked of the engine", async () => {
  const label = makeLabel(`shut-${process.pid}`, new Date(Date.now() + 60_000));
  await using sandbox = await docker.open(label, docker.options.parse({}), never);
  await sandbox.start(spec);
  const id = execFileSync("docker", ["ps", "-q", "--filter", `label=fogbell.run=${label.runId}`], {
    encoding: "utf8",
  }).trim();
  const [{ HostConfig, NetworkSettings, Config }] = JSON.parse(
    execFileSync("docker", ["inspect", id], { encoding: "utf8" }),
  ) as [Record<string, Record<string, unknown>>];
  expect(HostConfig).toMatchObject({
    NetworkMode: "none",
    Privileged: false,
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    PidsLimit: 512,
    ShmSize: 1024 ** 3,
    Memory: 4 * 1024 ** 3,
  });
  expect(HostConfig?.SecurityOpt).toContain("no-new-privileges");
  expect(HostConfig?.PublishAllPorts).toBe(false);
  expect(NetworkSettings?.Ports).toEqual({});
  expect(Config).toMatchObject({ User: "postgres", Labels: { "fogbell.expires": label.expiresAt } });
  expect(sandbox.isolation.join()).toContain("no route");
});

test.each([spec, mariadb.server("10.11", {})])(
  "the home of $engine holds nothing but the sandbox's folders: what an image left there would be copied to each volume",
  async (server) => {
    const label = makeLabel(`home-${process.pid}`, new Date(Date.now() + 60_000));
    await using sandbox = await docker.open(label, docker.options.parse({}), never);
    const started = await sandbox.start(server);
    const command = {
      id: "t",
      phase: "world" as const,
      say: "List.",
      script: `ls -A ${server.home}`,
      uses: [],
      destroys: false,
    };
    expect((await started.run({ command, places: {}, signal: never })).stdout).toBe("fogbell\n");
  },
);

test("a container that is killed in mid-command is named, at once", async () => {
  const label = makeLabel(`killed-${process.pid}`, new Date(Date.now() + 60_000));
  await using sandbox = await docker.open(label, docker.options.parse({}), never);
  const server = await sandbox.start(spec);
  const running = server.run({
    command: { id: "t", phase: "restore", say: "Sleep.", script: "sleep 60", uses: [], destroys: false },
    places: {},
    signal: never,
  });
  setTimeout(
    () =>
      execFileSync("docker", [
        "kill",
        execFileSync("docker", ["ps", "-q", "--filter", `label=fogbell.run=${label.runId}`], {
          encoding: "utf8",
        }).trim(),
      ]),
    500,
  );
  const began = performance.now();
  await expect(running).rejects.toMatchObject({ code: "FB_SANDBOX_DIED", exitCode: 4 });
  expect(performance.now() - began).toBeLessThan(15_000);
});

test("a container that is killed while it is fed is named, too, at once", async () => {
  const label = makeLabel(`fed-${process.pid}`, new Date(Date.now() + 60_000));
  await using sandbox = await docker.open(label, docker.options.parse({}), never);
  const server = await sandbox.start(spec);
  const [{ remove } = expect.unreachable()] = (await labelled((await connect()).docker)).filter(
    (one) => one.label.runId === label.runId,
  );
  async function* endless(): AsyncIterable<Uint8Array> {
    for (;;) yield new Uint8Array(65_536);
  }
  const feeding = server.put("/dev/null", endless(), Number.MAX_SAFE_INTEGER);
  setTimeout(remove, 500);
  const began = performance.now();
  await expect(feeding).rejects.toMatchObject({ code: "FB_SANDBOX_DIED", exitCode: 4 });
  expect(performance.now() - began).toBeLessThan(15_000);
});

test("a container that only looks shut is refused, with everything that is wrong with it", async () => {
  const { docker: engine } = await connect();
  const { name } = await findImage(engine, spec);
  const label = makeLabel(`open-${process.pid}`, new Date(Date.now() + 60_000));
  // Unprivileged, so that it could neither write to / nor has any right in force: what made weaker questions say yes.
  const container = await engine.createContainer({
    Image: name,
    User: spec.account,
    Entrypoint: ["sleep"],
    Cmd: ["infinity"],
    Labels: toLabels(label),
    HostConfig: { NetworkMode: "bridge", Init: true },
  });
  try {
    await container.start();
    const options = docker.options.parse({}) as SandboxOptions;
    const refused = await assertIsolated(container, options, never).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "FB_ISOLATION", exitCode: 5 });
    for (const fault of [
      "interface eth0",
      "route eth0",
      "capabilities can be gained",
      "new privileges can be gained",
      "its root file system can be written",
      "its network is bridge",
      "the memory limit is not in force",
      "the processor limit is not in force",
      "the process limit is not in force",
    ])
      expect((refused as Error).message).toContain(fault);
  } finally {
    await container.remove({ force: true, v: true });
  }
});

test("an image that is nowhere: void, with the command that makes it", async () => {
  const missing = { ...spec, image: "fogbell/no-such-image:0", builtImage: "fogbell/no-such-image:1" };
  expect(await docker.available(missing, never)).toMatchObject({
    usable: false,
    next: expect.arrayContaining(["fogbell images build postgres@15"]),
  });
  await expect(chooseSandbox([docker], "docker", missing, never)).rejects.toMatchObject({
    code: "FB_NO_SANDBOX",
    exitCode: 4,
  });
});

test("auto takes Docker when it answers, else this machine's programs, and says why", async () => {
  expect(await chooseSandbox([docker, local], "auto", spec, never)).toMatchObject({
    driver: { name: "docker" },
    why: expect.stringContaining("answers"),
  });
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = "unix:///no/such/socket";
  try {
    expect(await chooseSandbox([docker, local], "auto", spec, never)).toMatchObject({
      driver: { name: "local" },
      why: expect.stringContaining("no Docker engine answers"),
    });
    await expect(chooseSandbox([docker], "docker", spec, never)).rejects.toMatchObject({ code: "FB_NO_SANDBOX" });
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
});
