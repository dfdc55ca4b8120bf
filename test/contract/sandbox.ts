/** What every sandbox must do. Called once for each driver, on a real server. */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { UnavailableError } from "../../src/errors.ts";
import { isOver, makeLabel } from "../../src/host/label.ts";
import { createRedactor } from "../../src/host/redact.ts";
import {
  type Command,
  OUTPUT_LIMIT_BYTES,
  type RunLabel,
  type Sandbox,
  type SandboxDriver,
  type Server,
} from "../../src/parts.ts";

const never = new AbortController().signal;
const spec = postgres.server("15", {});
const command = (script: string, destroys = false): Command => ({
  id: "t",
  phase: "world",
  say: "Test.",
  script,
  uses: [],
  destroys,
});
const asleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/**
 * Counts processes by what they were started as, from inside. Those of another sandbox are passed over: tests run beside
 * each other, under one account.
 */
const counting = (argv: string) =>
  `n=0; for p in /proc/[0-9]*; do
  [ -r $p/environ ] || continue
  of=$(tr '\\0' '\\n' <$p/environ 2>/dev/null | sed -n 's/^FOGBELL_IDENTITY=//p')
  if [ -n "$of" ] && [ "$of" != "$FOGBELL_IDENTITY" ]; then continue; fi
  tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q '^${argv}' && n=$((n+1)); done; echo $n`;
const START =
  'rm -f "$PGDATA/postmaster.pid" "$PGHOST"/.s.PGSQL.5432.lock; pg_ctl -s -w -D "$PGDATA" -l "$PGDATA/server.log" start';
/** Keeps a server process at work, looking at nothing else, for hours. The database's name tells it from all others. */
const BUSY_DATABASE = `busy_${process.pid}`;
const BUSY = `createdb ${BUSY_DATABASE}; psql -Xd ${BUSY_DATABASE} -c 'SELECT count(*) FROM generate_series(1, 1e11)'`;

async function* chunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** `left`: what carries this run's marks from outside: containers, volumes, folders, processes. */
export function sandboxContract(driver: SandboxDriver, left: (runId: string) => Promise<readonly string[]>): void {
  const label = makeLabel(`contract-${driver.name}-${process.pid}`, new Date(Date.now() + 3_600_000));
  let sandbox: Sandbox;
  let server: Server;
  const run = (script: string, more: Partial<Parameters<Server["run"]>[0]> = {}) =>
    server.run({ command: command(script), places: {}, signal: never, ...more });
  beforeAll(async () => {
    sandbox = await driver.open(
      label,
      { ...(driver.options.parse({}) as object), redactor: createRedactor(["planted-secret"]) },
      never,
    );
    server = await sandbox.start(spec);
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
    expect(await left(label.runId)).toEqual([]);
  });

  test("it can be used, and says why", async () =>
    expect(await driver.available(spec, never)).toMatchObject({ usable: true }));
  test("the server answers on its socket, and nowhere else", async () => {
    const outcome = await run("psql -XAtd postgres -c 'SHOW listen_addresses' -c 'SELECT 40 + 2'");
    expect(outcome).toMatchObject({ exitCode: 0, stdout: "\n42\n" });
  });
  test("an exit code is an outcome", async () =>
    expect((await run("echo out; echo err >&2; exit 7")).exitCode).toBe(7));
  test("the two outputs are told apart", async () =>
    expect(await run("echo out; echo err >&2")).toMatchObject({ stdout: "out\n", stderrTail: "err\n" }));
  test("all output is drained, a bounded part kept, and the code is that of the process that ended", async () => {
    const outcome = await run(`head -c ${OUTPUT_LIMIT_BYTES * 2} /dev/zero | tr '\\0' x; sleep 0.3; exit 9`);
    expect(outcome.exitCode).toBe(9);
    expect(outcome.truncated).toBe(true);
    expect(outcome.stdout.length).toBe(OUTPUT_LIMIT_BYTES);
  });
  test("a sink gets every byte", async () => {
    let bytes = 0;
    const outcome = await run("head -c 50000000 /dev/zero", { sink: (chunk) => (bytes += chunk.length) });
    expect([bytes, outcome.stdout]).toEqual([50_000_000, ""]);
  });
  test("several at a time: each has its own output, code and environment", async () => {
    const all = Array.from({ length: 5 }, (_, at) =>
      run(`sleep 0.$RANDOM; echo "out $AT"; echo "err $AT" >&2; exit ${at}`, { places: { AT: String(at) } }),
    );
    const outcomes = (await Promise.all(all)).map(({ exitCode, stdout, stderrTail }) => [exitCode, stdout, stderrTail]);
    expect(outcomes).toEqual(all.map((_, at) => [at, `out ${at}\n`, `err ${at}\n`]));
    expect((await run('echo "[$AT]"')).stdout).toBe("[]\n");
  });
  test("what is printed ends where it ends: without a line, with its whole environment, with nothing", async () => {
    const bytes = "head -c 200000 /dev/urandom | base64 -w0; ";
    const { stdout } = await run(`env; cat /proc/self/environ; ${bytes} printf 'no line'`);
    expect(stdout.length).toBeGreaterThan(266_000);
    expect(stdout.endsWith("no line")).toBe(true);
    expect(await run(":")).toMatchObject({ exitCode: 0, stdout: "", stderrTail: "" });
  });
  test("a script that ends its whole process group ends no other", async () => {
    expect((await run("echo before; kill -9 0; sleep 5")).exitCode).toBe(137);
    expect((await run("echo here")).stdout).toBe("here\n");
  });
  test("what is left running belongs to the command that began it, for as long as it can print", async () => {
    const { stdout } = await run("(sleep 0.5; echo late) & echo early");
    expect(stdout).toBe("early\nlate\n");
    expect((await run("echo next")).stdout).toBe("next\n");
  });
  test("what is fed arrives to the last byte; without, standard input is empty", async () => {
    const body = randomBytes(5_000_000);
    const { stdout } = await run("sha256sum", { source: chunks(body) });
    expect(stdout.slice(0, 64)).toBe(createHash("sha256").update(body).digest("hex"));
    expect((await run("wc -c")).stdout.trim()).toBe("0");
  });
  test("what is fed may be more than the command wants, or break off", async () => {
    const much = chunks(randomBytes(20_000_000));
    expect(await run("head -c 1 >/dev/null; echo enough; exit 3", { source: much })).toMatchObject({
      exitCode: 3,
      stdout: "enough\n",
    });
    async function* broken(): AsyncIterable<Uint8Array> {
      yield randomBytes(10);
      throw new Error("the disk cannot be read");
    }
    await expect(run("cat >/dev/null; sleep 65", { source: broken() })).rejects.toThrow("the disk cannot be read");
    expect((await run(counting("sleep 65"))).stdout).toBe("0\n");
  });
  test("a sink that cannot take what it gets ends the command", async () => {
    const sink = () => {
      throw new Error("the disk is full");
    };
    await expect(run("echo much; sleep 64", { sink })).rejects.toThrow("the disk is full");
    expect((await run(counting("sleep 64"))).stdout).toBe("0\n");
  });
  test("what is printed is handed on at once, to the last byte", async () => {
    const go = `${server.folders.scratch}/go`;
    let printed = "";
    let going: Promise<unknown> = Promise.resolve();
    await run(`printf 'ready 0123456789'; until [ -e ${go} ]; do sleep 0.05; done`, {
      sink: (chunk) => {
        printed += Buffer.from(chunk).toString();
        if (printed === "ready 0123456789") going = run(`touch ${go}`);
      },
    });
    await going;
    expect(printed).toBe("ready 0123456789");
  });
  test("a script larger than an argument may be", async () => {
    const outcome = await run(`: '${"x".repeat(300_000)}'\necho done`);
    expect(outcome.stdout).toBe("done\n");
  });
  test("hostile places arrive as they are", async () => {
    const hostile = "a'b\"c$(id)`id`\nd\\e *ü";
    expect((await run('printf %s "$PLACE"', { places: { PLACE: hostile } })).stdout).toBe(hostile);
  });
  test("planted secrets do not come out", async () => {
    const outcome = await run("echo planted-secret; echo planted-secret >&2");
    expect(outcome.stdout + outcome.stderrTail).not.toContain("planted-secret");
  });
  test("a cancelled command ends inside, not only out here", async () => {
    const stop = new AbortController();
    const running = run("sleep 61 & sleep 61", { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 300);
    await expect(running).rejects.toThrow("enough");
    expect((await run(counting("sleep 61"))).stdout).toBe("0\n");
  });
  test("so does one that left its group and holds on to the output, and one that ignores being asked", async () => {
    const stop = new AbortController();
    const running = run("setsid sleep 62 & (trap '' TERM; exec sleep 62 >/dev/null 2>&1) & wait", {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error("enough")), 300);
    await expect(running).rejects.toThrow("enough");
    expect((await run(counting("sleep 62"))).stdout).toBe("0\n");
  });
  test("so does one that was cancelled before it began", async () => {
    const stop = new AbortController();
    const running = run("sleep 63", { signal: stop.signal });
    stop.abort(new Error("at once"));
    await expect(running).rejects.toThrow("at once");
    expect((await run(counting("sleep 63"))).stdout).toBe("0\n");
  });
  test("64 MiB go in and come out the same", async () => {
    const body = randomBytes(64 * 1024 * 1024);
    const path = `${server.folders.scratch}/deep/er/file`;
    await server.put(path, chunks(body), body.length);
    const hash = createHash("sha256");
    for await (const chunk of server.get(path)) hash.update(chunk);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(body).digest("hex"));
    expect((await run(`rm -r "${server.folders.scratch}/deep" && echo gone`)).stdout).toBe("gone\n");
  });
  test("what destroys runs here, and is refused where the identity is not this run's", async () => {
    const destroy = { command: command("echo destroyed", true), places: {}, signal: never };
    expect((await server.run(destroy)).stdout).toBe("destroyed\n");
    await expect(server.run({ ...destroy, places: { FOGBELL_RUN: "another" } })).rejects.toMatchObject({
      code: "FB_NOT_OURS",
      exitCode: 5,
    });
    await expect(server.run({ ...destroy, places: { FOGBELL_IDENTITY: "/no/such/file" } })).rejects.toMatchObject({
      code: "FB_NOT_OURS",
    });
  });
  test("nothing runs as root, and there is no way out", async () => {
    expect((await run("id -u")).stdout).not.toBe("0\n");
    expect((await run("cat /proc/net/route | tail -n +2 | wc -l")).stdout.trim()).toBe("0");
    expect(
      (await run("cat </dev/tcp/127.0.0.1/22 2>/dev/null || exec 2>/dev/null; getent hosts example.org || echo none"))
        .stdout,
    ).toContain("none");
  });
  test("what does not arrive whole is an error, and never a wait", async () => {
    const target = `${server.folders.scratch}/short`;
    const short = server.put(target, chunks(randomBytes(1000)), 2000);
    await expect(short).rejects.toMatchObject({
      code: "FB_SANDBOX_COPY",
      message: expect.stringContaining("1000 of 2000"),
    });
    const full = server.put("/dev/full", chunks(randomBytes(64 * 1024 * 1024)), 64 * 1024 * 1024);
    await expect(full).rejects.toMatchObject({ code: "FB_DISK_FULL" });
    async function* broken(): AsyncIterable<Uint8Array> {
      yield randomBytes(10);
      throw new UnavailableError("the store broke off", { code: "FB_STORE_UNREADABLE" });
    }
    await expect(server.put(target, broken(), 20)).rejects.toMatchObject({ code: "FB_STORE_UNREADABLE" });
    expect((await run(counting("cat $"))).stdout).toBe("0\n");
  });
  test("what cannot be read is an error, not an empty file", async () => {
    const read = async () => {
      for await (const _ of server.get(`${server.folders.scratch}/no-such-file`)) expect.unreachable();
    };
    await expect(read()).rejects.toMatchObject({ code: "FB_SANDBOX_COPY" });
  });
  test("a server that is killed while it is busy is gone, does not take the sandbox along, and comes back", async () => {
    const busy = run(BUSY).catch(() => null);
    await asleep(1500);
    expect(busyServers()).toBe(1);
    await server.kill();
    expect(busyServers()).toBe(0);
    await busy;
    expect((await run("psql -XAtd postgres -c 'SELECT 1'")).exitCode).toBe(2);
    expect((await run(START)).exitCode).toBe(0);
    expect((await run("psql -XAtd postgres -c 'SELECT 1'")).stdout).toBe("1\n");
  });
  test("a sweep leaves a run alone that is going on", async () => {
    await driver.sweep(({ runId }) => runId === "somebody else's");
    expect((await run("echo here")).stdout).toBe("here\n");
  });

  test("a run whose process died is swept away whole, busy server and all, and no other with it", async () => {
    const dead = { ...makeLabel(`dead-${driver.name}-${process.pid}`, new Date(Date.now() + 3_600_000)), pid: DEAD };
    const abandoned = await driver.open(dead, driver.options.parse({}), never);
    const orphan = await abandoned.start(spec);
    const busy = orphan.run({ command: command(BUSY), places: {}, signal: never }).catch(() => null);
    await asleep(1500);
    expect(busyServers()).toBe(1);
    // Its first process dies before the sweep, as in a crash: only what it started is left.
    await orphan.run({ command: command('kill -9 "$(head -1 "$PGDATA/postmaster.pid")"'), places: {}, signal: never });
    const mine = (label: RunLabel) => [dead.runId, `contract-${driver.name}-${process.pid}`].includes(label.runId);
    expect((await driver.sweep((label) => mine(label) && isOver(label))).length).toBeGreaterThan(0);
    await busy;
    expect(await left(dead.runId)).toEqual([]);
    expect(busyServers()).toBe(0);
    expect((await run("echo here")).stdout).toBe("here\n");
  });
}

/** No process has this number: the kernel's are smaller. */
export const DEAD = 2 ** 22 + 1;

/** Seen from the host, where a container's processes show as well. */
function busyServers(): number {
  const all = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.startsWith("postgres: ") && line.includes(` ${BUSY_DATABASE} `)).length;
}
