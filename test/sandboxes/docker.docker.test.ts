import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { makeLabel } from "../../src/host/label.ts";
import { chooseSandbox } from "../../src/sandboxes/choose.ts";
import { docker } from "../../src/sandboxes/docker.ts";
import { connect, labelled } from "../../src/sandboxes/docker-engine.ts";
import { local } from "../../src/sandboxes/local.ts";
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
