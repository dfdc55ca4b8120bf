import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { jobsFor, sandboxOptions } from "../../src/sandboxes/options.ts";

const GIB = 1024 ** 3;

test.each([
  { cpus: 8, memoryBytes: 64 * GIB, jobs: 8 },
  { cpus: 8, memoryBytes: 2 * GIB, jobs: 4 },
  { cpus: 1.5, memoryBytes: 64 * GIB, jobs: 1 },
  { cpus: 0.5, memoryBytes: 0.1 * GIB, jobs: 1 },
])("$cpus processors and $memoryBytes bytes: $jobs jobs", ({ jobs, ...limits }) => {
  expect(jobsFor(limits)).toBe(jobs);
});

test("a server may use all processors, unless it is told otherwise", () => {
  expect(sandboxOptions.parse({}).cpus).toBe(availableParallelism());
  expect(sandboxOptions.parse({ cpus: 1 }).cpus).toBe(1);
});
