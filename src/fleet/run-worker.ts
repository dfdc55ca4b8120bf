/** A worker's life: its name taken, its clock checked, its places filled until it is told to end. */
import { UnavailableError, UsageError } from "../errors.ts";
import { pause } from "../host/stream.ts";
import { formatDuration } from "../host/units.ts";
import { type Locked, openQueue, type Queue } from "./queue.ts";
import { isAway } from "./queue-faults.ts";
import { left, queueNowMs, seen } from "./tasks.ts";
import { Worker, type WorkerRequest } from "./worker.ts";

const SEEN_MS = 20_000;
const AWAY_MS = 1000;

/** Ages of backups are told by this machine's clock, so it must be right. */
const CLOCK_SLACK_MS = 60_000;

/** Throws UnavailableError when this machine's clock is wrong by too much for an age to mean anything. */
export function assertClock(aheadMs: number): void {
  if (Math.abs(aheadMs) <= CLOCK_SLACK_MS) return;
  throw new UnavailableError(
    `this machine's clock is ${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? "behind" : "ahead of"} the queue's: ages of backups would be wrong`,
    { code: "FB_WORKER_CLOCK", next: ["timedatectl status", "start the worker again once the clock is right"] },
  );
}

interface Name {
  readonly name: string;
  readonly over: AbortSignal;
  readonly held: Locked;
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Takes the name again when the connection that held it was lost. Throws when somebody else is this worker by then. */
async function keepName(queue: Queue, { name, over, held }: Name): Promise<void> {
  for (let lock: Locked | null = held; ; ) {
    await aborted(AbortSignal.any([over, lock.lost]));
    if (over.aborted) return;
    await lock[Symbol.asyncDispose]();
    await answers(queue, over);
    if (over.aborted) return;
    lock = await queue.lock(name);
    if (lock === null) throw twice(name);
  }
}

/** Waits until the queue answers again. */
async function answers(queue: Queue, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    if ((await queueNowMs(queue).catch(() => null)) !== null) return;
    await pause(AWAY_MS, over).catch(() => {});
  }
}

const twice = (name: string) =>
  new UsageError(`a worker named ${name} is at work already`, {
    code: "FB_WORKER_TWICE",
    next: [
      "fogbell fleet status",
      `fogbell worker --name ${name}-2`,
      "fogbell worker --slots 2 (one worker, two jobs)",
    ],
  });

/** Says that it is there, as long as it is; and ends when its clock has gone wrong. */
async function keepSeen(queue: Queue, request: WorkerRequest, over: AbortSignal): Promise<void> {
  const { name, slots, diskBytes, labels, version: fogbell } = request;
  while (!over.aborted) {
    try {
      assertClock(await seen(queue, { name, slots, diskBytes, labels, fogbell }));
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    await pause(SEEN_MS, over).catch(() => {});
  }
}

/** Works until the signal says so; with `once` until there is nothing to do. Throws what keeps it from beginning. */
export async function runWorker(request: WorkerRequest): Promise<void> {
  await using queue = await openQueue({ ...request, supervises: true });
  const { name, slots, diskBytes, labels, version: fogbell, say } = request;
  const over = new AbortController();
  const signal = AbortSignal.any([request.signal, over.signal]);
  const held = await queue.lock(name);
  if (held === null) throw twice(name);
  assertClock(await seen(queue, { name, slots, diskBytes, labels, fogbell }));
  const worker = new Worker(queue, { ...request, signal });
  try {
    await worker.begin();
    say(`${name}: ready, ${slots} at a time`);
    // Whichever of these fails ends the others.
    const all = [
      keepName(queue, { name, over: over.signal, held }),
      keepSeen(queue, request, over.signal),
      Promise.all(Array.from({ length: slots }, () => worker.slot())).finally(() => over.abort()),
    ];
    for (const one of all) one.catch(() => over.abort());
    const ended = await Promise.allSettled(all);
    const failed = ended.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } finally {
    await left(queue, name).catch(() => {});
    await held[Symbol.asyncDispose]();
  }
}
