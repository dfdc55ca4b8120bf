import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { makeLabel } from "../../src/host/label.ts";
import { labelledFolders } from "../../src/host/scratch.ts";
import type { Server } from "../../src/parts.ts";
import { isolatedBy, local } from "../../src/sandboxes/local.ts";
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

const never = new AbortController().signal;
/** Pieces of shared memory of the machine that nobody uses, as the kernel lists them. */
const unusedShared = async () => {
  const lines = (await readFile("/proc/sysvipc/shm", "utf8")).trim().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/)).filter((words) => words[6] === "0");
};

test.each([true, false])(
  "a server that is killed leaves no shared memory, apart from the machine's: %s",
  async (isApart) => {
    const label = makeLabel(`shared-${isApart}-${process.pid}`, new Date(Date.now() + 600_000));
    const isRoot = process.getuid;
    // Whoever is not root gets no namespace, and shares what the machine has.
    if (!isApart) process.getuid = () => 12_345;
    const sandbox = await local.open(label, local.options.parse({}), never).finally(() => {
      if (isRoot !== undefined) process.getuid = isRoot;
    });
    await sandbox.start(postgres.server("15", {}));
    const makers = new Set((await processesOf(label.runId)).map(String));
    expect(makers.size).toBeGreaterThan(2);
    await sandbox[Symbol.asyncDispose]();
    expect((await unusedShared()).filter((words) => makers.has(words[4] ?? ""))).toEqual([]);
  },
);

const said = async (server: Server, script: string) => {
  const command = { id: "t", phase: "world", say: "Test.", script, uses: [], destroys: false } as const;
  const { exitCode, stdout } = await server.run({ command, places: {}, signal: never });
  return `${exitCode} ${stdout}`.trim();
};
const opened = async (name: string) => {
  const label = makeLabel(`${name}-${process.pid}`, new Date(Date.now() + 600_000));
  return { label, sandbox: await local.open(label, local.options.parse({}), never) };
};

describe("other servers of this machine", () => {
  test.runIf(process.getuid?.() === 0)("their sockets are out of reach from inside, and its own is not", async () => {
    // One where servers keep theirs, one elsewhere.
    const folder = await mkdtemp(join(process.cwd(), ".socket-"));
    const elsewhere = join(folder, "s");
    const listener = createServer((socket) => socket.end("reached"));
    await new Promise<void>((resolve) => listener.listen(elsewhere, resolve));
    const before = await opened("before");
    const early = await before.sandbox.start(postgres.server("15", {}));
    const { label, sandbox } = await opened("inside");
    expect(sandbox.leavesOpen).toEqual(["files"]);
    expect(sandbox.isolation.join()).toContain("sockets of this machine are out of reach");
    const server = await sandbox.start(postgres.server("15", {}));
    const after = await opened("after");
    const late = await after.sandbox.start(postgres.server("15", {}));
    const ask = (socket: string) => `psql -XAtqh ${socket} -d postgres -c 'SELECT 1' 2>/dev/null`;
    expect(await said(server, ask(server.folders.socket))).toBe("0 1");
    for (const [other, { label: theirs }] of [
      [early, before],
      [late, after],
    ] as const) {
      const { socket } = other.folders;
      expect(await said(other, ask(socket))).toBe("0 1");
      expect(await said(server, ask(socket))).toBe("2");
      expect(await said(server, `ls -d ${socket}`)).toMatch(/^2/);
      expect(await said(server, `cd / && ls -d .${socket} || { cd "$TMPDIR" && ls -d ../..${socket}; }`)).toMatch(/^2/);
      const pids = await processesOf(theirs.runId);
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of [...pids, process.pid]) {
        expect(await said(server, ask(`/proc/${pid}/root${socket}`))).toBe("2");
        expect(await said(server, ask(`/proc/${pid}/cwd/../socket`))).toBe("2");
      }
    }
    expect(await said(server, `test -S ${elsewhere}`)).toBe("1");
    expect(await said(early, "ls -A /run | wc -l")).toBe("0 0");
    for (const one of [after, { label, sandbox }, before]) {
      await one.sandbox[Symbol.asyncDispose]();
      expect(await processesOf(one.label.runId)).toEqual([]);
      expect((await labelledFolders()).filter(({ label: { runId } }) => runId === one.label.runId)).toEqual([]);
    }
    listener.close();
    await rm(folder, { recursive: true });
  });
  test("where that cannot be, nobody says that it is", () => {
    expect(isolatedBy(null)).toEqual({ leavesOpen: ["network", "sockets", "files"], isolation: [] });
    const half = isolatedBy({ hidesSockets: false });
    expect(half.leavesOpen).toEqual(["sockets", "files"]);
    expect(half.isolation.join()).not.toContain("sockets");
    expect(isolatedBy({ hidesSockets: true }).leavesOpen).toEqual(["files"]);
  });
});
