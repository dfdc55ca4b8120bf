import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { makeLabel } from "../../src/host/label.ts";
import { labelledFolders } from "../../src/host/scratch.ts";
import { local } from "../../src/sandboxes/local.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { DEAD, sandboxContract } from "../contract/sandbox.ts";

sandboxContract(local, async (runId) => [
  ...(await processesOf(runId)).map(String),
  ...(await labelledFolders()).filter(({ label }) => label.runId === runId).map(({ folder }) => folder),
]);

test("a sweep finds servers of a run that kept its temporary folders elsewhere", async () => {
  const label = { ...makeLabel(`elsewhere-${process.pid}`, new Date(Date.now() + 600_000)), pid: DEAD };
  const elsewhere = await mkdtemp(join(tmpdir(), "elsewhere-"));
  await chmod(elsewhere, 0o755);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = elsewhere;
  const sandbox = await local.open(label, local.options.parse({}), new AbortController().signal);
  await sandbox.start(postgres.server("15", {}));
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  expect(await local.sweep((one) => one.runId === label.runId)).toEqual([expect.stringContaining(elsewhere)]);
  expect(await processesOf(label.runId)).toEqual([]);
  expect(await readdir(elsewhere)).toEqual([]);
  await sandbox[Symbol.asyncDispose]();
  await rm(elsewhere, { recursive: true });
});
