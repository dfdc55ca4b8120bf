/** A fleet on a real queue: each job has one result whatever happens to it, and everything bad that is put in is said. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { LoadedConfig } from "../../src/config/config.ts";
import { collect } from "../../src/fleet/collect.ts";
import { tasksText, worstOf } from "../../src/fleet/fleet-text.ts";
import { machineFault } from "../../src/fleet/job.ts";
import { initQueue, openQueue, type Queue } from "../../src/fleet/queue.ts";
import { sendJobs, waitFor } from "../../src/fleet/send.ts";
import { cancelTask, tasksOfSend, uncollected, workersOf } from "../../src/fleet/tasks.ts";
import { readHistory } from "../../src/suite/history.ts";
import { verifyRun } from "../../src/suite/seal.ts";
import { configOfMany, jobsOf, startWorker, type WorkerProcess } from "../support/fleet.ts";
import { testFor } from "../support/long.ts";
import { openQueueServer, type QueueServer } from "../support/queue-server.ts";

/** What takes many seconds on a busy machine is left to the long run. */
const long = testFor(false);

let server: QueueServer;
let folder = "";
let url = "";
let config: LoadedConfig;
let queue: Queue;
let number = 0;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  server = await openQueueServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-"));
  number += 1;
  url = await server.url(`fleet${number}`);
  await initQueue({ url, fleet: "main" });
  queue = await openQueue({ url, fleet: "main" });
  config = await configOfMany(folder, 6);
});
afterEach(async () => {
  for (const one of workers.splice(0)) await one[Symbol.asyncDispose]();
  await queue[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const work = async (name: string, env: Readonly<Record<string, string>> = {}) => {
  const one = startWorker(name, { url, config: config.file, state: join(folder, name), env });
  workers.push(one);
  await one.ready();
  return one;
};
const send = (more: object = {}, jobs = jobsOf(config)) =>
  sendJobs(queue, { jobs, deadlineMs: 600_000, perStore: 8, ...more });
const wait = (id: string | undefined) =>
  waitFor(queue, id ?? "", { signal: AbortSignal.timeout(120_000), onChange: () => {} });
const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 300) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};
const kit = (outFolder: string) => ({ outFolder, file: config.file, version: "0.1.0", catalog, host: "here" });

describe("a fleet", () => {
  it("gives each job one result, brings them home once, and the worst of them counts", async () => {
    const env = { STUB_ENDS: JSON.stringify({ Shop1: "bad" }), STUB_COUNT: join(folder, "count") };
    await Promise.all([work("a", env), work("b", env), work("c", env)]);
    await expect(openWorkerNamed("a")).resolves.toContain("FB_WORKER_TWICE");
    const sent = await send();
    const again = await send({}, jobsOf(config).slice(0, 1));
    const ended = await wait(sent[0]?.send);
    expect(ended.map(({ state, verdict }) => `${state} ${verdict}`).sort()).toEqual(
      [...Array.from({ length: 5 }, () => "done recovered"), "done lost"].sort(),
    );
    expect(worstOf(ended)).toBe(1);
    // Queued or running already, or done meanwhile: never twice at once.
    if (again[0]?.state === "refused") expect(again[0].refused).toContain("already");
    const out = join(folder, "results");
    await mkdir(join(out, "20260101-000000-other"), { recursive: true });
    expect((await collect(queue, ended, kit(out))).map(({ became }) => became)).toEqual(
      Array.from({ length: 6 }, () => "written"),
    );
    expect((await collect(queue, ended, kit(out))).every(({ became }) => became === "there")).toBe(true);
    const { runs } = await readHistory([out]);
    expect(runs).toHaveLength(6);
    for (const run of runs) expect((await verifyRun(run.folder, null)).faults).toEqual([]);
    const count = (await readFile(join(folder, "count"), "utf8"))
      .split("\n")
      .filter((line) => line.startsWith("ended"));
    expect(count.length).toBeGreaterThanOrEqual(6);
  });

  long(
    "collects to the end what was cut short, leaves other files, and doesn't take over a folder that differs",
    async () => {
      await work("a", { SLOTS: "3" });
      const ended = await wait((await send())[0]?.send);
      const out = join(folder, "results");
      await collect(queue, ended.slice(0, 2), kit(out));
      const [first, second] = await readdir(out);
      await mkdir(join(out, `${ended[3]?.runId}.part`));
      await writeFile(join(out, `${ended[3]?.runId}.part`, "journal.jsonl"), "half");
      await writeFile(join(out, first?.startsWith(".") ? (second ?? "") : (first ?? ""), "journal.jsonl"), "changed");
      const became = (await collect(queue, ended, kit(out))).map((one) => one.became);
      expect(became.filter((one) => one === "written")).toHaveLength(4);
      expect(became.filter((one) => one === "unreadable")).toHaveLength(1);
      expect((await readdir(out)).filter((name) => name.includes("part"))).toEqual([]);
      expect(await uncollected(queue)).toHaveLength(0);
    },
  );

  long("tries elsewhere what a machine lacks, and keeps what a backup lacks", async () => {
    const ends = (code: string) => ({ STUB_ENDS: JSON.stringify({ Shop0: code, Shop1: "FB_COPY_SEALED" }) });
    await work("a", ends("FB_DISK_FULL"));
    await work("b", ends("FB_DISK_FULL"));
    const sent = await send({}, jobsOf(config).slice(0, 2));
    const [full, sealed] = await wait(sent[0]?.send);
    expect(full).toMatchObject({ state: "done", verdict: "void", because: "FB_DISK_FULL here" });
    expect(sealed).toMatchObject({ state: "done", verdict: "void" });
    expect(workers.map((one) => one.said()).join("")).toContain(
      "Shop0: can't tell here (FB_DISK_FULL); another worker tries",
    );
    expect(workers.map((one) => one.said()).join("")).not.toContain("Shop1: can't tell here");
    expect(machineFault({ verdict: "void", interrupted: true, problems: [] })).toBe("FB_INTERRUPTED");
  });

  it("ends a job that is cancelled, and nothing stays of it", async () => {
    const count = join(folder, "count");
    await work("a", { STUB_MS: "60000", STUB_COUNT: count });
    const sent = await send({}, jobsOf(config).slice(0, 1));
    await until(
      async () =>
        (await tasksOfSend(queue, null))[0]?.state === "runs" && (await readFile(count, "utf8").catch(() => "")) !== "",
    );
    const [task] = await tasksOfSend(queue, null);
    expect(task && (await cancelTask(queue, task))).toBe(true);
    await until(async () => (await readFile(count, "utf8")).includes("stopped"));
    const [ended] = await wait(sent[0]?.send);
    expect(ended).toMatchObject({ state: "cancelled", verdict: null });
    expect(worstOf(ended === undefined ? [] : [ended])).toBe(4);
    const [row] = await collect(queue, await uncollected(queue), kit(join(folder, "out")));
    expect(row).toMatchObject({ became: "void" });
    expect((await readHistory([join(folder, "out")])).runs[0]?.result).toMatchObject({
      verdict: "void",
      reasons: ["cancelled by a person"],
    });
    await until(async () => (await readdir(join(folder, "a", "jobs"))).length === 0);
  });

  long("stops with its signal, and its job begins elsewhere at once", async () => {
    const one = await work("a", { STUB_MS: "60000" });
    const sent = await send({}, jobsOf(config).slice(0, 1));
    await until(async () => (await tasksOfSend(queue, null))[0]?.state === "runs");
    one.kill("SIGTERM");
    expect(await one.ended()).toBe(0);
    expect((await workersOf(queue)).map(({ name }) => name)).toEqual([]);
    await work("b");
    expect(await wait(sent[0]?.send)).toMatchObject([{ state: "done", worker: "b", verdict: "recovered" }]);
  });
});

const openWorkerNamed = async (name: string) => {
  const one = startWorker(name, { url, config: config.file, state: join(folder, "twice") });
  workers.push(one);
  await one.ended();
  return one.said();
};

describe("bad input", () => {
  it("without a worker, nothing is sent", async () => {
    await expect(send()).rejects.toMatchObject({ code: "FB_FLEET_NO_WORKER" });
    expect(await tasksOfSend(queue, null)).toEqual([]);
  });
  it("what fits no worker is refused at once, with the numbers", async () => {
    await work("a");
    const [large] = await send({}, jobsOf(config, { diskBytes: 5e12 }).slice(0, 1));
    expect(large).toMatchObject({
      state: "refused",
      refused: "it needs 5000.0 GB of disk, and no worker has more than 1000.0 GB",
    });
    const [labelled] = await send({}, jobsOf(config, { label: "eu" }).slice(0, 1));
    expect(labelled).toMatchObject({ state: "refused", refused: "no worker has the label eu" });
    expect(tasksText(labelled === undefined ? [] : [labelled])).toContain("NOT SENT");
  });
  it("a configuration that changed since, or a database that is gone, is refused and said", async () => {
    const [changed, gone] = [
      { ...jobsOf(config)[0], configHash: "other" },
      { ...jobsOf(config)[1], database: "Gone" },
    ];
    await work("a");
    const sent = await send({}, [changed, gone] as ReturnType<typeof jobsOf>);
    const ended = await wait(sent[0]?.send);
    expect(ended.map(({ verdict }) => verdict)).toEqual(["refused", "refused"]);
    expect(ended.map(({ because }) => because).join()).toMatch(
      /isn't in this worker's .*fogbell.yaml.*isn't what was sent|isn't what was sent.*isn't in this worker's/,
    );
    expect(worstOf(ended)).toBe(5);
  });
  long("a record larger than 50 MB isn't sent, and that is the result", async () => {
    await work("a", { STUB_ENDS: JSON.stringify({ Shop0: "large" }) });
    const ended = await wait((await send({}, jobsOf(config).slice(0, 1)))[0]?.send);
    expect(ended).toMatchObject([{ verdict: "void", because: expect.stringContaining("larger than") }]);
  });
  long("past the deadline nobody is waited for, and the report shows the row", async () => {
    await work("a", { STUB_MS: "60000" });
    const sent = await send({ deadlineMs: 1500 }, jobsOf(config).slice(0, 1));
    const ended = await wait(sent[0]?.send);
    expect(ended).toMatchObject([{ state: "gone" }]);
    await collect(queue, ended, kit(join(folder, "out")));
    const [run] = (await readHistory([join(folder, "out")])).runs;
    expect(run?.result).toMatchObject({ verdict: "void", problems: [{ code: "FB_FLEET_NO_RESULT" }] });
  });
  long("two fleets in one database know nothing of each other", async () => {
    await initQueue({ url, fleet: "other" });
    await using other = await openQueue({ url, fleet: "other" });
    await work("a");
    await send({}, jobsOf(config).slice(0, 2));
    expect(await workersOf(other)).toEqual([]);
    expect(await tasksOfSend(other, null)).toEqual([]);
  });
  it("a queue without a fleet, a database, rights or a server says so", async () => {
    const empty = await server.url("empty");
    await expect(openQueue({ url: empty, fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_SCHEMA",
      next: ["fogbell fleet init"],
    });
    await expect(openQueue({ url: url.replace(/fleet\d+/, "nowhere"), fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_UNREACHABLE",
    });
    await expect(openQueue({ url: "postgres://x@127.0.0.1:1/x", fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_UNREACHABLE",
    });
    await server.sql("empty", "CREATE ROLE guest LOGIN; REVOKE CREATE ON DATABASE empty FROM PUBLIC");
    await expect(initQueue({ url: await server.url("empty", "guest"), fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_DENIED",
    });
    await expect(openQueue({ url: url.replace("postgres@", "guest@"), fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_DENIED",
    });
    await expect(openQueue({ url: url.replace("postgres@", "nobody@"), fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_DENIED",
    });
  });
  it("a schema of another version is refused; initialised again, all stays", async () => {
    await initQueue({ url, fleet: "main" });
    await server.sql(`fleet${number}`, "UPDATE fogbell_main.fleet_meta SET version = 99");
    await expect(openQueue({ url, fleet: "main" })).rejects.toMatchObject({
      code: "FB_QUEUE_SCHEMA",
      message: expect.stringContaining("newer"),
    });
    await expect(initQueue({ url, fleet: "main" })).rejects.toMatchObject({ code: "FB_QUEUE_SCHEMA" });
  });
});
