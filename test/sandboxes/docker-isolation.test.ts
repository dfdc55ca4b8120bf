import { expect, test } from "vitest";
import { faultsOf, type Inspected } from "../../src/sandboxes/docker-isolation.ts";
import { sandboxOptions } from "../../src/sandboxes/options.ts";

const options = sandboxOptions.parse({});
const SHUT = [
  "seen lo",
  "seen routes",
  "CapInh 0000000000000000",
  "CapPrm 0000000000000000",
  "CapEff 0000000000000000",
  "CapBnd 0000000000000000",
  "NoNewPrivs 1",
  "root ro",
  "uid 100",
];
const host = {
  NetworkMode: "none",
  Privileged: false,
  PublishAllPorts: false,
  Memory: options.memoryBytes,
  NanoCpus: options.cpus * 1e9,
  PidsLimit: options.pids,
};
const told = (more: object = {}, ports: object = {}) =>
  ({ HostConfig: { ...host, ...more }, NetworkSettings: { Ports: ports } }) as unknown as Inspected;

test("a container that is shut has no fault", () => expect(faultsOf(SHUT, told(), options)).toEqual([]));

test.each(SHUT.filter((line) => !line.startsWith("CapInh")))("without the answer %j it is not proven", (line) =>
  expect(
    faultsOf(
      SHUT.filter((one) => one !== line),
      told(),
      options,
    ),
  ).toHaveLength(1),
);
test("no answer at all is no proof", () => expect(faultsOf([], told(), options).length).toBeGreaterThan(5));

test.each(["interface eth0", "route eth0 00000000 0100A8C0", "route6 2001:db8::"])("%j is a way out", (line) =>
  expect(faultsOf([...SHUT, line], told(), options)).toEqual([line]),
);

test.each([
  [{ NetworkMode: "bridge" }, "its network is bridge"],
  [{ Privileged: true }, "it is privileged"],
  [{ PublishAllPorts: true }, "it publishes a port"],
  [{ Memory: 0 }, "the memory limit is not in force"],
  [{ NanoCpus: 0 }, "the processor limit is not in force"],
  [{ PidsLimit: null }, "the process limit is not in force"],
])("%j is a fault", (more, fault) => expect(faultsOf(SHUT, told(more), options)).toEqual([fault]));
test("so is a published port", () =>
  expect(faultsOf(SHUT, told({}, { "5432/tcp": [{ HostPort: "5432" }] }), options)).toEqual(["it publishes a port"]));
