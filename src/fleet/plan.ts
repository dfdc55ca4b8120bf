/**
 * Who would do what, and when it would end: jobs dealt out as the queue deals them, the largest first, with contention on
 * stores. Ten thousand databases take seconds. Pure.
 */
import type { PlannedJob } from "./estimate.ts";
import { priorityOf } from "./job.ts";

export interface PlannedWorker {
  readonly name: string;
  readonly slots: number;
  readonly diskBytes: number;
  readonly labels: readonly string[];
}

export interface PlacedJob {
  readonly job: PlannedJob;
  readonly worker: string;
  /** Seconds after the beginning. */
  readonly beginsAt: number;
  readonly endsAt: number;
}

export interface Misfit {
  readonly job: PlannedJob;
  readonly because: string;
}

export interface FleetPlan {
  readonly placed: readonly PlacedJob[];
  /** Fits no worker, whatever the time. */
  readonly misfits: readonly Misfit[];
  /** Seconds until the last one ends. */
  readonly endsAt: number;
  /** Those that would end after the window. */
  readonly tooLate: number;
}

/** Why no worker takes a job, with the numbers; null: one does. */
export function misfitOf(
  { label, diskBytes }: Pick<PlannedJob, "label" | "diskBytes">,
  workers: readonly PlannedWorker[],
): string | null {
  if (workers.length === 0) return "no worker is there";
  const labelled = workers.filter(({ labels }) => label === null || labels.includes(label));
  if (labelled.length === 0) return `no worker has the label ${label}`;
  const most = Math.max(...labelled.map((worker) => worker.diskBytes));
  if (diskBytes > most)
    return `it needs ${gigabytes(diskBytes)} of disk, and no worker has more than ${gigabytes(most)}`;
  return null;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Numbers in order of their keys, the least first: a binary heap. */
class Heap<T> {
  readonly #items: T[] = [];
  readonly #key: (item: T) => number;
  constructor(key: (item: T) => number) {
    this.#key = key;
  }
  get size(): number {
    return this.#items.length;
  }
  peek(): T | undefined {
    return this.#items[0];
  }
  push(item: T): void {
    const items = this.#items;
    items.push(item);
    for (let at = items.length - 1; at > 0; ) {
      const above = (at - 1) >> 1;
      if (this.#key(items[above] as T) <= this.#key(items[at] as T)) break;
      [items[above], items[at]] = [items[at] as T, items[above] as T];
      at = above;
    }
  }
  pop(): T | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < items.length && this.#key(items[left] as T) < this.#key(items[least] as T)) least = left;
      if (right < items.length && this.#key(items[right] as T) < this.#key(items[least] as T)) least = right;
      if (least === at) return first;
      [items[least], items[at]] = [items[at] as T, items[least] as T];
      at = least;
    }
  }
}

interface Busy {
  readonly endsAt: number;
  readonly worker: State;
  readonly job: PlannedJob | null;
}

interface State extends PlannedWorker {
  freeSlots: number;
  freeBytes: number;
}

export interface FleetPlanRequest {
  readonly workers: readonly PlannedWorker[];
  /** At most so many at the same time from one store. */
  readonly perStore: number;
  /** Seconds that there are; null: as long as it takes. */
  readonly windowSeconds: number | null;
}

/** Jobs of one label and store, the largest first. */
class Lanes {
  readonly #lanes = new Map<string, PlannedJob[]>();
  constructor(jobs: readonly PlannedJob[]) {
    const largestFirst = [...jobs].sort((a, b) => priorityOf(b.diskBytes) - priorityOf(a.diskBytes));
    for (const job of largestFirst) {
      const key = JSON.stringify([job.label, job.group]);
      const lane = this.#lanes.get(key);
      if (lane === undefined) this.#lanes.set(key, [job]);
      else lane.push(job);
    }
  }
  /** The largest that a worker takes now. */
  take(worker: State, isFree: (group: string) => boolean): PlannedJob | null {
    let best: { lane: PlannedJob[]; at: number; job: PlannedJob } | null = null;
    for (const lane of this.#lanes.values()) {
      const [first] = lane;
      if (first === undefined || !isFree(first.group)) continue;
      if (first.label !== null && !worker.labels.includes(first.label)) continue;
      const at = firstThatFits(lane, worker.freeBytes);
      const job = lane[at];
      if (job !== undefined && (best === null || job.diskBytes > best.job.diskBytes)) best = { lane, at, job };
    }
    best?.lane.splice(best.at, 1);
    return best?.job ?? null;
  }
}

/** In a lane that falls: where those begin that need no more than this. */
function firstThatFits(lane: readonly PlannedJob[], bytes: number): number {
  let [low, high] = [0, lane.length];
  while (low < high) {
    const half = (low + high) >> 1;
    if ((lane[half] as PlannedJob).diskBytes <= bytes) high = half;
    else low = half + 1;
  }
  return low;
}

/** Deals jobs out as the queue would. */
export function planFleet(
  jobs: readonly PlannedJob[],
  { workers, perStore, windowSeconds }: FleetPlanRequest,
): FleetPlan {
  const misfits = jobs.flatMap((job): Misfit[] => {
    const because = misfitOf(job, workers);
    return because === null ? [] : [{ job, because }];
  });
  const unfit = new Set(misfits.map(({ job }) => job));
  const lanes = new Lanes(jobs.filter((job) => !unfit.has(job)));
  const states: State[] = workers.map((one) => ({ ...one, freeSlots: one.slots, freeBytes: one.diskBytes }));
  const busy = new Heap<Busy>(({ endsAt }) => endsAt);
  const inGroup = new Map<string, number>();
  const placed: PlacedJob[] = [];
  let now = 0;
  const deal = (worker: State): void => {
    while (worker.freeSlots > 0) {
      const job = lanes.take(worker, (group) => (inGroup.get(group) ?? 0) < perStore);
      if (job === null) return;
      worker.freeSlots -= 1;
      worker.freeBytes -= job.diskBytes;
      inGroup.set(job.group, (inGroup.get(job.group) ?? 0) + 1);
      placed.push({ job, worker: worker.name, beginsAt: now, endsAt: now + job.seconds });
      busy.push({ endsAt: now + job.seconds, worker, job });
    }
  };
  for (const worker of states) deal(worker);
  for (let next = busy.pop(); next !== undefined; next = busy.pop()) {
    now = next.endsAt;
    const { worker, job } = next;
    worker.freeSlots += 1;
    worker.freeBytes += job?.diskBytes ?? 0;
    if (job !== null) inGroup.set(job.group, (inGroup.get(job.group) ?? 1) - 1);
    // What its end makes free may be another worker's: a store's place, for one.
    for (const one of [worker, ...states]) if (one.freeSlots > 0) deal(one);
  }
  const endsAt = placed.reduce((latest, one) => Math.max(latest, one.endsAt), 0);
  const tooLate = windowSeconds === null ? 0 : placed.filter((one) => one.endsAt > windowSeconds).length;
  return { placed, misfits, endsAt, tooLate };
}
