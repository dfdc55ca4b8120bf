/** Sends a night's jobs, all or none; and waits for what comes of them. */
import { randomUUID } from "node:crypto";
import { UnavailableError } from "../errors.ts";
import { pause } from "../host/stream.ts";
import { type PlannedJob, sendable } from "./estimate.ts";
import { keyOf, LEAST_WAIT, MOST_DEATHS, priorityOf, queueOf, tierOf } from "./job.ts";
import { misfitOf } from "./plan.ts";
import { ensureQueue, type Queue } from "./queue.ts";
import { isAway } from "./queue-faults.ts";
import { type FleetTask, noteTask, queueNowMs, taskNamed, tasksOfSend, workersOf } from "./tasks.ts";

export interface FleetSend {
  readonly jobs: readonly PlannedJob[];
  /** How long there is for all of them. */
  readonly deadlineMs: number;
  readonly perStore: number;
}

/** Sends everything in one transaction. What fits no worker or is queued already is refused, with the numbers. */
export async function sendJobs(queue: Queue, { jobs, deadlineMs, perStore }: FleetSend): Promise<FleetTask[]> {
  const workers = (await workersOf(queue)).filter(({ isThere }) => isThere);
  const nowMs = await queueNowMs(queue);
  if (workers.length === 0)
    throw new UnavailableError("no worker is there: nothing was sent", {
      code: "FB_FLEET_NO_WORKER",
      next: ["fogbell worker (on each machine)", "fogbell fleet status"],
    });
  const send = randomUUID();
  const common = {
    send,
    sentAt: new Date(nowMs).toISOString(),
    deadlineAt: new Date(nowMs + deadlineMs).toISOString(),
  };
  for (const name of new Set(jobs.map(({ label }) => queueOf(label)))) await ensureQueue(queue, name);
  await queue.inTransaction(async (transaction) => {
    for (const planned of jobs) {
      const job = sendable(planned, common);
      const name = queueOf(job.label);
      const misfit = misfitOf(job, workers);
      const jobId =
        misfit === null
          ? await queue.boss.send(name, job, {
              singletonKey: keyOf(planned),
              priority: priorityOf(job.diskBytes),
              group: { id: job.group, tier: tierOf(perStore) },
              retryLimit: MOST_DEATHS,
              db: transaction.db,
            })
          : null;
      const refused = misfit ?? (jobId === null ? "it is queued or running already" : null);
      await noteTask(transaction, queue.schema, { job, queue: name, jobId, refused });
    }
  });
  return tasksOfSend(queue, send);
}

/** A queue that is away for longer isn't waited for. */
const MOST_AWAY_MS = 15 * 60_000;

export interface FleetWait {
  readonly signal: AbortSignal;
  readonly onChange: (tasks: readonly FleetTask[]) => void;
}

const isOpen = ({ state }: FleetTask) => state === "waits" || state === "runs";

/** Waits until every task of a send has an end. */
export const waitFor = (queue: Queue, send: string, waiting: FleetWait) =>
  untilEnd(() => tasksOfSend(queue, send), waiting);

/** Waits until one task has. */
export const followTask = (queue: Queue, task: string, waiting: FleetWait) =>
  untilEnd(() => taskNamed(queue, task), waiting);

/** A queue that is away meanwhile is asked again. */
async function untilEnd(ask: () => Promise<FleetTask[]>, { signal, onChange }: FleetWait): Promise<FleetTask[]> {
  let awayMs = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      const tasks = await ask();
      awayMs = 0;
      onChange(tasks);
      if (!tasks.some(isOpen)) return tasks;
    } catch (error) {
      if (!isAway(error) || awayMs > MOST_AWAY_MS) throw error;
      awayMs += LEAST_WAIT;
    }
    await pause(LEAST_WAIT);
  }
}
