/**
 * A fleet under attack: workers killed hard, stopped and woken, a clock that jumps, the queue's server restarted as if it had
 * crashed. However often: one counted result for each job, none lost, nothing left behind. Prints its figures.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { collect } from "../../src/fleet/collect.ts";
import { initQueue, openQueue } from "../../src/fleet/queue.ts";
import { sendJobs, waitFor } from "../../src/fleet/send.ts";
import { readHistory } from "../../src/suite/history.ts";
import { configOfMany, jobsOf, startWorker, type WorkerProcess } from "../support/fleet.ts";
import { LONGEST_MS } from "../support/long.ts";
import { openQueueServer } from "../support/queue-server.ts";

const JOBS = 500;
const KILLS = 200;
const WORKERS = 5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const attacked = async () => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-load-"));
  await using server = await openQueueServer();
  const url = await server.url("fleet");
  await initQueue({ url, fleet: "main" });
  await using queue = await openQueue({ url, fleet: "main", supervises: true });
  const config = await configOfMany(folder, JOBS);
  const env = { STUB_MS: "1000", STUB_COUNT: join(folder, "count") };
  const start = (at: number, more: Readonly<Record<string, string>> = {}) =>
    startWorker(`w${at}`, { url, config: config.file, state: join(folder, `w${at}`), env: { ...env, ...more } });
  const workers: WorkerProcess[] = Array.from({ length: WORKERS }, (_, at) => start(at));
  await Promise.all(workers.map((one) => one.ready()));
  const beganAt = performance.now();
  const [first] = await sendJobs(queue, { jobs: jobsOf(config), deadlineMs: LONGEST_MS, perStore: 64 });
  let isOver = false;
  const done = waitFor(queue, first?.send ?? "", {
    signal: AbortSignal.timeout(LONGEST_MS),
    onChange: () => {},
  }).finally(() => {
    isOver = true;
  });
  const faults = { kills: 0, stops: 0, restarts: 0, jumps: 0 };
  /** One that has begun to work: who is only starting holds nothing that could be lost. */
  const anyAtWork = async (): Promise<number | null> => {
    while (!isOver) {
      const able = workers.flatMap((one, at) =>
        one.child.exitCode === null && /: Shop\d+$/m.test(one.said()) ? [at] : [],
      );
      const at = able[Math.floor(Math.random() * able.length)];
      if (at !== undefined) return at;
      await pause(100);
      for (const [place, one] of workers.entries())
        if (one.child.exitCode !== null && !isOver) workers[place] = start(place);
    }
    return null;
  };
  const attack = async () => {
    for (; faults.kills < KILLS && !isOver; faults.kills++) {
      await pause(200 + Math.random() * 500);
      const at = await anyAtWork();
      if (at === null) break;
      const victim = workers[at] as WorkerProcess;
      victim.kill("SIGKILL");
      await victim.ended();
      // One of them comes back with a clock that jumps an hour ahead: it takes no more, and is replaced when it is killed.
      const jumps = faults.kills % 50 === 25;
      faults.jumps += Number(jumps);
      workers[at] = start(at, jumps ? { JUMP_MS: "3600000" } : {});
      if (faults.kills === Math.floor(KILLS / 2)) {
        faults.restarts += 1;
        await server.stop("immediate");
        await pause(15_000);
        await server.start();
      }
      if (faults.kills === Math.floor(KILLS / 3)) {
        faults.stops += 1;
        const sleeper = workers[(at + 1) % WORKERS] as WorkerProcess;
        sleeper.kill("SIGSTOP");
        void pause(60_000).then(() => sleeper.kill("SIGCONT"));
      }
    }
    // Whoever was jumped away comes back.
    while (!isOver) {
      await pause(1000);
      for (const [at, one] of workers.entries()) if (one.child.exitCode !== null && !isOver) workers[at] = start(at);
    }
  };
  const [ended] = await Promise.all([done, attack()]);
  const tookMs = performance.now() - beganAt;
  expect(ended.filter(({ state }) => state !== "done")).toEqual([]);
  const out = join(folder, "results");
  const kit = { outFolder: out, file: config.file, version: "0.1.0", catalog, host: "here" };
  await collect(queue, ended, kit);
  const { runs, lost } = await readHistory([out]);
  const titles = runs.map(({ result }) => result.scenario.title);
  const duplicates = titles.length - new Set(titles).size;
  const losses = JOBS - new Set(titles).size;
  expect([duplicates, losses, lost]).toEqual([0, 0, []]);
  for (const one of workers) one.kill("SIGTERM");
  await Promise.all(workers.map((one) => one.ended()));
  // A killed worker's folders are swept when it starts again; a clean end leaves none; a child never outlives its worker.
  const left = (
    await Promise.all(workers.map((_, at) => readdir(join(folder, `w${at}`, "jobs")).catch(() => [])))
  ).flat();
  const outbox = (
    await Promise.all(workers.map((_, at) => readdir(join(folder, `w${at}`, "outbox")).catch(() => [])))
  ).flat();
  expect([left, outbox]).toEqual([[], []]);
  const count = (await readFile(join(folder, "count"), "utf8")).split("\n");
  const of = (word: string) => count.filter((line) => line.startsWith(word)).length;
  console.info(
    JSON.stringify({
      jobs: JOBS,
      workers: WORKERS,
      ...faults,
      duplicates,
      losses,
      leftovers: left.length + outbox.length,
      begun: of("began"),
      seconds: Math.round(tookMs / 1000),
    }),
  );
  await rm(folder, { recursive: true, force: true });
};

test("500 jobs, 200 kills: one result each", { timeout: LONGEST_MS }, attacked);
