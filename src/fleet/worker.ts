/**
 * A worker: takes jobs that fit it, runs each in a process of its own, says all along that it is there, and gives what came
 * of it to the queue. What it doesn't hold any more (cancelled, or another's by now) it ends.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { asFogbellError } from "../errors.ts";
import { pause } from "../host/stream.ts";
import type { Catalog } from "../parts.ts";
import {
  capacityOf,
  type FleetJob,
  fleetJob,
  MOST_TRIES,
  machineFault,
  type PackedResult,
  queueOf,
  TIERS,
} from "./job.ts";
import { affectedBy, type Delivered, deliver, giveBack, type Letter, putAside, waitingIn } from "./outbox.ts";
import { packRun, resultOf } from "./packed.ts";
import { misfitOf } from "./plan.ts";
import { ensureQueue, type Queue, type QueueRequest } from "./queue.ts";
import { isAway } from "./queue-faults.ts";
import { type ChildEnd, progressOf, runChild } from "./run-child.ts";
import { noteProgress, workersOf } from "./tasks.ts";
import { type VoidRun, writeVoidRun } from "./void-run.ts";

export interface WorkerRequest extends QueueRequest {
  readonly name: string;
  readonly slots: number;
  readonly diskBytes: number;
  readonly labels: readonly string[];
  readonly catalog: Catalog;
  /** Reads fogbell.yaml anew for each job: it may have been brought up to date meanwhile. */
  readonly config: () => Promise<LoadedConfig>;
  readonly configFile: string;
  /** A folder of this worker's own. */
  readonly state: string;
  readonly program: readonly string[];
  readonly words: readonly string[];
  readonly version: string;
  /** Ends when there is nothing to do. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Removes what killed runs of this machine left behind. */
  readonly sweep: () => Promise<unknown>;
}

const POLL_MS = 500;
const BEAT_MS = 3000;
const AWAY_MS = 1000;
interface Beating {
  readonly folder: string;
  /** Aborted when the job isn't ours any more. */
  readonly gone: AbortController;
  readonly over: AbortSignal;
}

interface Held {
  readonly job: FleetJob;
  readonly jobId: string;
  readonly attempt: number;
  readonly tier: string | null;
}

function deliveredText({ result, again }: Letter, done: Delivered): string {
  if (done === "delivered") return result.verdict;
  return done === "late"
    ? "late: the job is another's, or has its result"
    : `can't tell here (${again}); another worker tries`;
}

/** The work itself; who it is and when it begins and ends is `run-worker.ts`'s. */
export class Worker {
  readonly #queue: Queue;
  readonly #request: WorkerRequest;
  readonly #running = new Map<string, Held>();
  #taking: Promise<unknown> = Promise.resolve();

  constructor(queue: Queue, request: WorkerRequest) {
    this.#queue = queue;
    this.#request = request;
  }

  get #outbox(): string {
    return join(this.#request.state, "outbox");
  }

  /** What an earlier process of this worker left: results to deliver, folders of runs that were cut. */
  async begin(): Promise<void> {
    const { state, sweep, labels } = this.#request;
    await sweep();
    for (const name of await readdir(join(state, "jobs")).catch(() => []))
      await rm(join(state, "jobs", name), { recursive: true, force: true });
    for (const label of [null, ...labels]) await ensureQueue(this.#queue, queueOf(label));
    for (const one of await waitingIn(this.#outbox)) await this.#deliver(one);
  }

  /** One after another: what is free is known only when the one before has taken its part. */
  #take(): Promise<Held | null> {
    const mine = this.#taking.then(() => this.#fetch());
    this.#taking = mine.catch(() => {});
    return mine;
  }

  async #fetch(): Promise<Held | null> {
    const { labels, diskBytes, name, signal } = this.#request;
    const used = [...this.#running.values()].reduce((sum, { job }) => sum + job.diskBytes, 0);
    for (const queueName of [...labels, null].map(queueOf)) {
      if (signal.aborted) return null;
      const [found] = await this.#queue.boss.fetch<object>(queueName, {
        batchSize: 1,
        includeMetadata: true,
        maxPriority: capacityOf(diskBytes - used),
        groupConcurrency: { default: 1000, tiers: { ...TIERS } },
      });
      if (found === undefined) continue;
      const {
        id: jobId,
        retryCount: attempt,
        groupTier,
      } = found as typeof found & { retryCount: number; groupTier?: string | null };
      const read = fleetJob.safeParse(found.data);
      if (!read.success) {
        // Of another version of Fogbell: it says so to those who wait, instead of going round.
        await this.#queue.boss.deleteJob(queueName, jobId);
        this.#request.say(`${name}: a job of another version was refused`);
        continue;
      }
      const held: Held = { job: read.data, jobId, attempt, tier: groupTier ?? null };
      this.#running.set(jobId, held);
      return held;
    }
    return null;
  }

  /** One place for a job, filled again and again. */
  async slot(): Promise<void> {
    const { signal, once, say, name } = this.#request;
    let wasAway = false;
    while (!signal.aborted) {
      try {
        const held = await this.#take();
        wasAway = false;
        if (held === null && once && this.#running.size === 0) return;
        if (held === null) await pause(POLL_MS);
        else await this.#do(held).finally(() => this.#running.delete(held.jobId));
      } catch (error) {
        if (!isAway(error)) throw error;
        if (!wasAway) say(`${name}: the queue is away; waiting for it`);
        wasAway = true;
        await pause(AWAY_MS);
      }
    }
  }

  async #do(held: Held): Promise<void> {
    const { job } = held;
    const { say, name } = this.#request;
    const refusal = await this.#refusal(job);
    if (refusal !== null) return this.#settle(held, await this.#withoutRun(held, refusal), null);
    if (await this.#isElsewhere(job)) return giveBack(this.#queue, held);
    say(`${name}: ${job.database}${job.copy === null ? "" : ` ${job.copy}`}`);
    const folder = join(this.#request.state, "jobs", `${held.jobId}-${held.attempt}`);
    try {
      const ended = await this.#run(held, folder);
      if (ended === null) return;
      await this.#finish(held, ended);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Why it isn't even begun here; null: it is. */
  async #refusal(job: FleetJob): Promise<VoidRun | null> {
    const next = ["bring this worker's fogbell.yaml up to date", "fogbell fleet run"];
    const config = await this.#request.config();
    const index = config.config.databases.findIndex(({ name }) => name === job.database);
    const changed = (message: string): VoidRun => ({ code: "FB_FLEET_CONFIG", message, next, makes: "refused" });
    if (index < 0) return changed(`${job.database} isn't in this worker's ${config.file}`);
    if (config.hashOf(index) !== job.configHash)
      return changed(`what ${config.file} says about ${job.database} on this worker isn't what was sent`);
    return null;
  }

  /** It was tried here, and there is somebody else to try it. */
  async #isElsewhere(job: FleetJob): Promise<boolean> {
    return job.tries.some(({ worker }) => worker === this.#request.name) && (await this.#hasOther(job));
  }

  /** Runs it, with a sign of life all along. Null when it isn't ours any more. */
  async #run(held: Held, folder: string): Promise<ChildEnd | null> {
    const { signal, program, words, configFile, say, name } = this.#request;
    const gone = new AbortController();
    const over = new AbortController();
    const beating = this.#beat(held, { folder, gone, over: over.signal });
    try {
      return await runChild(held.job, {
        program,
        words,
        configFile,
        folder,
        signal: AbortSignal.any([signal, gone.signal]),
      });
    } catch (error) {
      if (gone.signal.aborted) {
        say(`${name}: ${held.job.database} was cancelled, or is another worker's by now`);
        return null;
      }
      if (!signal.aborted) throw error;
      // We are to stop: somebody else begins at once, not when the lease is over.
      await this.#queue.boss
        .fail(queueOf(held.job.label), { id: held.jobId, retryCount: held.attempt })
        .catch(() => {});
      return null;
    } finally {
      over.abort();
      await beating;
    }
  }

  async #beat({ job, jobId, attempt }: Held, { folder, gone, over }: Beating): Promise<void> {
    while (!over.aborted) {
      await pause(BEAT_MS, over).catch(() => {});
      if (over.aborted) return;
      try {
        const touched = await this.#queue.boss.touch(queueOf(job.label), { id: jobId, retryCount: attempt });
        if (affectedBy(touched) === 0) return gone.abort();
        await noteProgress(this.#queue, job.task, this.#request.name, await progressOf(folder));
      } catch {
        // The queue is away: that says nothing about the claim. The child goes on.
      }
    }
  }

  async #finish(held: Held, ended: ChildEnd): Promise<void> {
    if (ended.is === "none") {
      const { code, message, next } = ended;
      const why: VoidRun = { code: code as VoidRun["code"], message, next, makes: "void" };
      return this.#settle(
        held,
        await this.#withoutRun(held, why),
        machineFault({ verdict: "void", interrupted: false, problems: [{ ...why, interrupted: false }] }),
      );
    }
    try {
      const made = await packRun(ended.folder, ended.runId, ended.known);
      await this.#settle(held, resultOf(ended.runId, made), machineFault(made.result));
    } catch (error) {
      const { code, message, next } = asFogbellError(error);
      await this.#settle(held, await this.#withoutRun(held, { code, message, next, makes: "void" }), null);
    }
  }

  /** A record of why there is none. */
  async #withoutRun(held: Held, why: VoidRun): Promise<PackedResult> {
    const { state, configFile, version, catalog, name } = this.#request;
    const outFolder = join(state, "jobs", `${held.jobId}-${held.attempt}`, "void");
    const kit = { outFolder, file: configFile, version, catalog, host: name };
    const { result, folder } = await writeVoidRun(held.job, why, kit);
    return resultOf(result.runId, await packRun(folder, result.runId, []));
  }

  async #settle(held: Held, result: PackedResult, fault: string | null): Promise<void> {
    const { job, jobId, attempt, tier } = held;
    const { name } = this.#request;
    const isLast = job.tries.length + 1 >= MOST_TRIES;
    const again = fault !== null && !isLast && (await this.#hasOther(job).catch(() => false)) ? fault : null;
    const one: Letter = {
      version: 1,
      job,
      jobId,
      attempt,
      worker: name,
      tier,
      again,
      result: { ...result, files: result.bytes.toString("base64") },
    };
    await putAside(this.#outbox, one);
    await this.#deliver(one);
  }

  /** Somebody else who could try it. */
  async #hasOther({ tries, label, diskBytes }: FleetJob): Promise<boolean> {
    const been = new Set([...tries.map(({ worker }) => worker), this.#request.name]);
    const others = (await workersOf(this.#queue)).filter(({ isThere, name }) => isThere && !been.has(name));
    return misfitOf({ label, diskBytes }, others) === null;
  }

  /** Until the queue has it, or this process is told to end: then the next one delivers it. */
  async #deliver(one: Letter): Promise<void> {
    const { signal, say, name } = this.#request;
    for (let tries = 0; ; tries++) {
      try {
        const done = await deliver(this.#queue, this.#outbox, one);
        return say(`${name}: ${one.job.database}: ${deliveredText(one, done)}`);
      } catch (error) {
        if (!isAway(error)) throw error;
        if (tries === 0) say(`${name}: the queue is away; the result of ${one.job.database} waits on disk`);
        if (signal.aborted && tries > 3) return;
        await pause(AWAY_MS);
      }
    }
  }
}
