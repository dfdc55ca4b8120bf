/** The fleet's own tables: what was sent, by whom it is done, what came of it. Every question to them stands here. */
import type { DrillResult } from "../record.ts";
import { type FleetJob, fleetJob, type PackedResult } from "./job.ts";
import type { Queue, Sql, Transaction } from "./queue.ts";

/** A worker is there when it was heard of within this time. */
const THERE_SECONDS = 90;

export interface FleetWorker {
  readonly name: string;
  readonly slots: number;
  readonly diskBytes: number;
  readonly labels: readonly string[];
  readonly fogbell: string;
  readonly isThere: boolean;
  readonly seenAt: string;
}

/** `waits` also between two tries; `gone`: past its deadline without a result. */
export type TaskState = "waits" | "runs" | "done" | "refused" | "cancelled" | "gone";

export interface FleetTask {
  readonly task: string;
  readonly send: string;
  readonly job: FleetJob;
  readonly state: TaskState;
  readonly worker: string | null;
  readonly progress: string | null;
  readonly refused: string | null;
  readonly queue: string;
  readonly jobId: string | null;
  readonly verdict: DrillResult["verdict"] | null;
  readonly exitCode: number | null;
  readonly because: string | null;
  readonly runId: string | null;
  readonly finishedAt: string | null;
  readonly collectedAt: string | null;
}

export async function workersOf({ query, schema }: Pick<Queue, "query" | "schema">): Promise<FleetWorker[]> {
  const rows = await query<{
    name: string;
    slots: number;
    disk_bytes: string;
    labels: string[];
    fogbell: string;
    there: boolean;
    seen_at: Date;
  }>(
    `SELECT *, seen_at > now() - interval '${THERE_SECONDS} seconds' AS there FROM ${schema}.fleet_worker ORDER BY name`,
  );
  return rows.map(({ name, slots, disk_bytes, labels, fogbell, there, seen_at }) => ({
    name,
    slots,
    diskBytes: Number(disk_bytes),
    labels,
    fogbell,
    isThere: there,
    seenAt: seen_at.toISOString(),
  }));
}

/** Says that a worker is there, and how far the queue's clock is ahead of this machine's, in milliseconds. */
export async function seen(queue: Queue, worker: Omit<FleetWorker, "isThere" | "seenAt">): Promise<number> {
  const beforeMs = Date.now();
  const [row] = await queue.query<{ now_ms: string }>(
    `INSERT INTO ${queue.schema}.fleet_worker (name, slots, disk_bytes, labels, fogbell) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (name) DO UPDATE SET slots = $2, disk_bytes = $3, labels = $4, fogbell = $5, seen_at = now()
     RETURNING extract(epoch FROM clock_timestamp()) * 1000 AS now_ms`,
    [worker.name, worker.slots, worker.diskBytes, worker.labels, worker.fogbell],
  );
  return Number(row?.now_ms) - (beforeMs + Date.now()) / 2;
}

export async function left({ query, schema }: Queue, name: string): Promise<void> {
  await query(`DELETE FROM ${schema}.fleet_worker WHERE name = $1`, [name]);
}

/** The moment by the queue's clock, Unix milliseconds. */
export async function queueNowMs({ query }: Sql): Promise<number> {
  const [row] = await query<{ now_ms: string }>("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now_ms");
  return Number(row?.now_ms);
}

export async function noteTask(
  { query }: Sql,
  schema: string,
  { job, queue, jobId, refused }: { job: FleetJob; queue: string; jobId: string | null; refused: string | null },
): Promise<void> {
  await query(
    `INSERT INTO ${schema}.fleet_task (task, send, deadline_at, payload, queue, job, refused) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [job.task, job.send, job.deadlineAt, job, queue, jobId, refused],
  );
}

/** A task goes on under another job of the queue: after a try that said nothing of the backup. */
export async function goesOn({ query }: Sql, schema: string, task: string, jobId: string): Promise<void> {
  await query(`UPDATE ${schema}.fleet_task SET job = $2, worker = NULL, progress = NULL WHERE task = $1`, [
    task,
    jobId,
  ]);
}

export async function noteProgress(
  { query, schema }: Queue,
  task: string,
  worker: string,
  progress: string,
): Promise<void> {
  await query(
    `UPDATE ${schema}.fleet_task SET worker = $2, progress = $3, progress_at = now() WHERE task = $1 AND cancelled_at IS NULL`,
    [task, worker, progress],
  );
}

/** Keeps the one result of a task. Throws when there is one already. */
export async function keepResult(
  { query }: Transaction,
  schema: string,
  {
    task,
    jobId,
    attempt,
    worker,
    result,
  }: { task: string; jobId: string; attempt: number; worker: string; result: PackedResult },
): Promise<void> {
  const { runId, verdict, exitCode, because, bytes } = result;
  await query(
    `INSERT INTO ${schema}.fleet_result (task, job, attempt, worker, run_id, verdict, exit_code, because, files)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [task, jobId, attempt, worker, runId, verdict, exitCode, because, bytes],
  );
}

interface TaskRow {
  readonly task: string;
  readonly send: string;
  readonly payload: unknown;
  readonly queue: string;
  readonly job: string | null;
  readonly refused: string | null;
  readonly cancelled: boolean;
  readonly past: boolean;
  readonly worker: string | null;
  readonly progress: string | null;
  readonly state: string | null;
  readonly verdict: DrillResult["verdict"] | null;
  readonly exit_code: number | null;
  readonly because: string | null;
  readonly run_id: string | null;
  readonly by: string | null;
  readonly finished_at: Date | null;
  readonly collected_at: Date | null;
}

function stateOf({ refused, cancelled, past, state, verdict }: TaskRow): TaskState {
  if (verdict !== null) return "done";
  if (refused !== null) return "refused";
  if (cancelled || state === "cancelled") return "cancelled";
  // Its job is gone from the queue, or was given up: nobody will bring a result any more.
  if (past || state === null || state === "failed" || state === "completed") return "gone";
  return state === "active" ? "runs" : "waits";
}

const SELECT = (schema: string, where: string) => `
SELECT t.task, t.send, t.payload, t.queue, t.job, t.refused, t.cancelled_at IS NOT NULL AS cancelled,
  t.deadline_at < now() AS past, t.worker, t.progress, j.state::text AS state, r.verdict, r.exit_code, r.because, r.run_id,
  r.worker AS by, r.finished_at, r.collected_at
FROM ${schema}.fleet_task t LEFT JOIN ${schema}.fleet_result r USING (task)
LEFT JOIN ${schema}.job j ON j.id = t.job AND j.name = t.queue
WHERE ${where} ORDER BY t.sent_at, t.payload->>'database', t.task`;

function taskOf(row: TaskRow): FleetTask {
  const state = stateOf(row);
  return {
    task: row.task,
    send: row.send,
    job: fleetJob.parse(row.payload),
    state,
    worker: row.by ?? (state === "runs" ? row.worker : null),
    progress: state === "runs" ? row.progress : null,
    refused: row.refused,
    queue: row.queue,
    jobId: row.job,
    verdict: row.verdict,
    exitCode: row.exit_code,
    because: row.because,
    runId: row.run_id,
    finishedAt: row.finished_at?.toISOString() ?? null,
    collectedAt: row.collected_at?.toISOString() ?? null,
  };
}

/** The tasks of one call; of the newest when null. Oldest first. */
export async function tasksOfSend({ query, schema }: Queue, send: string | null): Promise<FleetTask[]> {
  const which = `t.send = COALESCE($1::uuid, (SELECT send FROM ${schema}.fleet_task ORDER BY sent_at DESC LIMIT 1))`;
  return (await query<TaskRow>(SELECT(schema, which), [send])).map(taskOf);
}

/** Every task whose end is known and isn't collected yet. */
export async function uncollected({ query, schema }: Queue): Promise<FleetTask[]> {
  const rows = await query<TaskRow>(SELECT(schema, "r.collected_at IS NULL"));
  return rows.map(taskOf).filter(({ state }) => state !== "waits" && state !== "runs");
}

/** One task by the beginning of its id. */
export async function taskNamed({ query, schema }: Queue, name: string): Promise<FleetTask[]> {
  return (await query<TaskRow>(SELECT(schema, "t.task::text LIKE $1 || '%'"), [name.toLowerCase()])).map(taskOf);
}

export async function filesOf({ query, schema }: Queue, task: string): Promise<Buffer | null> {
  const [row] = await query<{ files: Buffer }>(`SELECT files FROM ${schema}.fleet_result WHERE task = $1`, [task]);
  return row?.files ?? null;
}

export async function noteCollected({ query, schema }: Queue, task: string): Promise<void> {
  await query(`UPDATE ${schema}.fleet_result SET collected_at = COALESCE(collected_at, now()) WHERE task = $1`, [task]);
}

/** Nobody will work on it any more. False when its end is known already. */
export async function cancelTask(queue: Queue, { task, queue: name, jobId }: FleetTask): Promise<boolean> {
  return queue.inTransaction(async ({ query, db }) => {
    const [row] = await query<{ task: string }>(
      `UPDATE ${queue.schema}.fleet_task t SET cancelled_at = now() WHERE task = $1 AND refused IS NULL
       AND NOT EXISTS (SELECT FROM ${queue.schema}.fleet_result r WHERE r.task = t.task) RETURNING task`,
      [task],
    );
    if (row !== undefined && jobId !== null) await queue.boss.cancel(name, jobId, { db });
    return row !== undefined;
  });
}
