/** A server that is killed leaves memory that its processes shared; a machine has room for 4,096 of the old kind. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { makeLabel } from "../../src/host/label.ts";
import { pause } from "../../src/host/stream.ts";
import { local } from "../../src/sandboxes/local.ts";
import { sharedMemoryOf } from "../../src/sandboxes/local-memory.ts";
import { killRun, processesOf } from "../../src/sandboxes/local-processes.ts";

const segmentsHere = async () =>
  (await readFile("/proc/sysvipc/shm", "utf8")).split("\n").flatMap((line) => line.trim().split(/\s+/)[1] ?? []);
const filesHere = () => readdir("/dev/shm");

test("in a sandbox: nothing of it ever stands on this machine", async () => {
  const label = makeLabel(`memory-${process.pid}`, new Date(Date.now() + 600_000));
  await using sandbox = await local.open(label, local.options.parse({}), new AbortController().signal);
  const server = await sandbox.start(postgres.server("15", {}));
  const pids = await processesOf(label.runId);
  const shared = await sharedMemoryOf(pids);
  await server.kill();
  // Whatever was asked of this machine before the kill is gone after it.
  const [segments, files] = [await segmentsHere(), await filesHere()];
  expect(shared.segments.filter((id) => segments.includes(String(id)))).toEqual([]);
  expect(shared.files.filter((file) => files.includes(file.slice("/dev/shm/".length)))).toEqual([]);
  if (process.getuid?.() === 0) expect(shared).toEqual({ segments: [], files: [] });
});

test.runIf(process.getuid?.() === 0)("where no namespaces can be had: it goes when they are killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "memory-"));
  const number = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  const [uid, gid] = [number("-u"), number("-g")];
  chownSync(folder, uid, gid);
  const runId = `bare-${process.pid}`;
  const programs = execFileSync("sh", ["-c", "ls -d /usr/lib/postgresql/*/bin | head -1"], { encoding: "utf8" }).trim();
  const as = { uid, gid, cwd: folder, env: { PATH: `${programs}:/usr/bin:/bin`, FOGBELL_RUN: runId } };
  execFileSync("initdb", ["-N", "-D", `${folder}/data`, "-A", "trust"], { ...as, stdio: "ignore" });
  const child = spawn("postgres", ["-D", `${folder}/data`, "-c", "listen_addresses=", "-k", folder], {
    ...as,
    stdio: "ignore",
  });
  let shared = await sharedMemoryOf([]);
  for (let look = 0; look < 100 && (shared.segments.length === 0 || shared.files.length === 0); look++) {
    await pause(50);
    shared = await sharedMemoryOf(await processesOf(runId, folder));
  }
  expect(shared.segments.length).toBeGreaterThan(0);
  expect(shared.files.length).toBeGreaterThan(0);
  await killRun(runId, folder);
  expect(child.killed || child.exitCode !== null || child.signalCode !== null).toBe(true);
  const [segments, files] = [await segmentsHere(), await filesHere()];
  expect(shared.segments.filter((id) => segments.includes(String(id)))).toEqual([]);
  expect(shared.files.filter((file) => files.includes(file.slice("/dev/shm/".length)))).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
