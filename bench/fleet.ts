/**
 * A fleet's figures on real jobs: how far the plan's end is from the measured one, and what the queue costs one job against
 * the same verify alone. Needs PostgreSQL 15 and sqlite3 on the machine: node bench/fleet.ts [databases] [workers]
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { openQueueServer } from "../test/support/queue-server.ts";

const [databases = 30, workers = 2] = process.argv.slice(2).map(Number);
const run = promisify(execFile);
const bin = resolve("bin/run.js");
const folder = await mkdtemp(join(tmpdir(), "fleet-bench-"));
await using server = await openQueueServer();
const env = { ...process.env, FOGBELL_QUEUE: await server.url("fleet") };
const fogbell = (...words: string[]) =>
  run(process.execPath, [bin, ...words], { cwd: folder, env, maxBuffer: 1e9 }).catch(
    (error: { stdout: string }) => error,
  );

await mkdir(join(folder, "b"));
const names = Array.from({ length: databases }, (_, at) => `Shop${at}`);
for (const [at, name] of names.entries()) {
  const rows = 40_000 + (at % 10) * 40_000;
  const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ${rows}) INSERT INTO t SELECT i, datetime('now'), hex(randomblob(60)) FROM n;`;
  await run("sh", [
    "-c",
    `sqlite3 "$1" "$2" && sqlite3 "$1" .dump > "$3" && rm "$1"`,
    "sh",
    join(folder, "x.db"),
    sql,
    join(folder, "b", `${name}.sql`),
  ]);
}
const one = (name: string) =>
  `  - name: ${name}\n    engine: sqlite\n    sources: [{ store: b, pattern: "${name}.sql" }]`;
await writeFile(join(folder, "fogbell.yaml"), ["version: 1", "databases:", ...names.map(one), ""].join("\n"));
await fogbell("fleet", "init");

const words = ["--sandbox", "local", "--trust-backups"];
const start = (name: string): ChildProcess =>
  spawn(process.execPath, [bin, "worker", "--name", name, "--disk", "10GB", ...words], {
    cwd: folder,
    env,
    stdio: "ignore",
  });
const there = async (count: number): Promise<void> => {
  for (;;) {
    const { stdout } = await fogbell("fleet", "status", "--json");
    const status = JSON.parse(stdout) as { workers: { isThere: boolean }[] };
    if (status.workers.filter(({ isThere }) => isThere).length >= count) return;
  }
};
const night = async (...more: string[]) => {
  const before = performance.now();
  const { stdout } = await fogbell("fleet", "run", "--wait", "--json", ...more);
  const tasks = JSON.parse(stdout) as { state: string; verdict: string }[];
  return {
    seconds: (performance.now() - before) / 1000,
    good: tasks.filter(({ verdict }) => verdict === "recovered").length,
  };
};

// What the queue costs one job: the largest, alone on a worker, against the command by itself.
const largest = names.at(-1) ?? "";
const fleet = [start("w0")];
await there(1);
const alone: number[] = [];
const queued: number[] = [];
for (let round = 0; round < 3; round++) {
  const before = performance.now();
  await fogbell("verify", largest, "--out", "alone", ...words);
  alone.push((performance.now() - before) / 1000);
  await night(largest);
  const took = await server.sql(
    "fleet",
    "SELECT extract(epoch FROM r.finished_at - j.started_on) FROM fogbell_main.fleet_result r JOIN fogbell_main.job j ON j.id = r.job ORDER BY r.finished_at DESC LIMIT 1",
  );
  queued.push(Number(took));
}
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

for (let at = 1; at < workers; at++) fleet.push(start(`w${at}`));
await there(workers);
const first = await night();
const planned = JSON.parse(
  (await fogbell("fleet", "plan", "--workers", String(workers), "--disk", "10GB", "--json")).stdout,
) as { endsAt: number };
const second = await night();
for (const child of fleet) child.kill("SIGTERM");
console.info(
  JSON.stringify({
    databases,
    workers,
    good: [first.good, second.good],
    plannedSeconds: Math.round(planned.endsAt),
    measuredSeconds: Math.round(second.seconds),
    planError: Math.round((planned.endsAt / second.seconds - 1) * 1000) / 1000,
    aloneSeconds: median(alone),
    queuedSeconds: median(queued),
    overhead: Math.round((median(queued) / median(alone)) * 1000) / 1000,
  }),
);
await rm(folder, { recursive: true, force: true });
