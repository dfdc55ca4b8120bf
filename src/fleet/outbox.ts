/** Results on their way: kept on this machine's disk until the queue has them, so that neither's end loses one. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomic } from "../host/atomic-file.ts";
import { makeFolder } from "../host/make-folder.ts";
import { type FleetJob, fleetJob, keyOf, MOST_DEATHS, priorityOf, queueOf } from "./job.ts";
import type { Queue, Transaction } from "./queue.ts";
import { goesOn, keepResult } from "./tasks.ts";

const letter = z.object({
  version: z.literal(1),
  job: fleetJob,
  jobId: z.string(),
  attempt: z.number(),
  worker: z.string(),
  tier: z.string().nullable(),
  /** What kept it from being judged here, when it is to be tried elsewhere; null: this is the task's result. */
  again: z.string().nullable(),
  result: z.object({
    runId: z.string(),
    verdict: z.enum(["recovered", "late", "lost", "void", "refused"]),
    exitCode: z.number(),
    because: z.string(),
    /** Base64. */
    files: z.string(),
  }),
});
export type Letter = z.infer<typeof letter>;

/** `delivered`: it is the task's result now. `handed-on`: another machine tries. `late`: the task is another's, or has its result. */
export type Delivered = "delivered" | "handed-on" | "late";

const fileOf = (folder: string, { jobId, attempt }: Pick<Letter, "jobId" | "attempt">) =>
  join(folder, `${jobId}-${attempt}.json`);

export async function putAside(folder: string, one: Letter): Promise<void> {
  await makeFolder(folder);
  await writeAtomic(fileOf(folder, one), JSON.stringify(one));
}

/** What is still to be delivered. What can't be read any more is removed: its job goes to somebody else. */
export async function waitingIn(folder: string): Promise<Letter[]> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const all = await Promise.all(
    names.map(async (name): Promise<Letter[]> => {
      const path = join(folder, name);
      try {
        return [letter.parse(JSON.parse(await readFile(path, "utf8")))];
      } catch {
        await rm(path, { force: true });
        return [];
      }
    }),
  );
  return all.flat();
}

export const affectedBy = (response: object): number => (response as { affected?: number }).affected ?? 0;

/** It is nobody's at the moment: its lease ran out while the queue was away, and no other worker has taken it. */
const FREE = new Set(["created", "retry"]);

interface SentOn {
  readonly job: FleetJob;
  readonly tier: string | null;
  readonly afterSeconds: number;
}

/** The same task as a new job of the queue; the one before must be completed in the same transaction. */
async function sendOn(queue: Queue, transaction: Transaction, { job, tier, afterSeconds }: SentOn): Promise<void> {
  const again = await queue.boss.send(queueOf(job.label), job, {
    singletonKey: keyOf(job),
    priority: priorityOf(job.diskBytes),
    group: { id: job.group, ...(tier === null ? {} : { tier }) },
    retryLimit: MOST_DEATHS,
    startAfter: afterSeconds,
    db: transaction.db,
  });
  // Somebody sent the same question in between: its own task will be answered, and this one ends as gone.
  if (again !== null) await goesOn(transaction, queue.schema, job.task, again);
}

/** Leaves a job to other workers, after a while. */
export function giveBack(
  queue: Queue,
  { job, jobId, attempt, tier }: Pick<Letter, "job" | "jobId" | "attempt" | "tier">,
): Promise<void> {
  return queue.inTransaction(async (transaction) => {
    const { db } = transaction;
    const done = await queue.boss.complete(queueOf(job.label), { id: jobId, retryCount: attempt }, null, { db });
    if (affectedBy(done) === 1) await sendOn(queue, transaction, { job, tier, afterSeconds: 2 });
  });
}

/** Gives a letter to the queue: completes the job and keeps its result, both or neither, and only for whoever holds the job. */
async function handOver(queue: Queue, one: Letter): Promise<Delivered> {
  const { job, jobId, attempt } = one;
  const name = queueOf(job.label);
  return queue.inTransaction(async (transaction) => {
    const { db } = transaction;
    let held = affectedBy(await queue.boss.complete(name, { id: jobId, retryCount: attempt }, null, { db }));
    if (held === 0) {
      const [row] = await transaction.query<{ state: string }>(
        `SELECT state::text AS state FROM ${queue.schema}.job WHERE name = $1 AND id = $2 FOR UPDATE`,
        [name, jobId],
      );
      if (row === undefined || !FREE.has(row.state)) return "late";
      held = affectedBy(await queue.boss.complete(name, jobId, null, { db, includeQueued: true }));
    }
    if (held !== 1) return "late";
    if (one.again !== null) {
      const next = { ...job, tries: [...job.tries, { worker: one.worker, code: one.again }] };
      await sendOn(queue, transaction, { job: next, tier: one.tier, afterSeconds: 0 });
      return "handed-on";
    }
    const result = { ...one.result, bytes: Buffer.from(one.result.files, "base64") };
    await keepResult(transaction, queue.schema, { task: job.task, jobId, attempt, worker: one.worker, result });
    return "delivered";
  });
}

/** Unique violation: the task has its result. */
const isThere = (error: unknown) => (error as { code?: string }).code === "23505";

/** Delivers one letter and removes it. Throws UnavailableError when the queue is away: it stays. */
export async function deliver(queue: Queue, folder: string, one: Letter): Promise<Delivered> {
  const done = await handOver(queue, one).catch((error: unknown) => {
    if (isThere(error)) return "late" as const;
    throw error;
  });
  await rm(fileOf(folder, one), { force: true });
  return done;
}
