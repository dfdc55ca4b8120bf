/** What a fleet would do: one job for each copy that is asked for, with its bytes, its seconds and the room it needs. */
import { randomUUID } from "node:crypto";
import type { LoadedConfig } from "../config/config.ts";
import { sha256 } from "../host/digest.ts";
import type { Catalog } from "../parts.ts";
import { baselineFor, type KnownCopy } from "../verify/known.ts";
import { openSources } from "../verify/sources.ts";
import type { Asked, VerifyTask } from "../verify/task.ts";
import { tasksFor } from "../verify/tasks-for.ts";
import type { FleetJob } from "./job.ts";

export interface EstimateRequest {
  readonly catalog: Catalog;
  readonly config: LoadedConfig;
  readonly names: readonly string[];
  readonly at: Asked;
  readonly results: string;
  /** Bytes per second from a store to a worker; null: what earlier fetches took. */
  readonly bandwidth: number | null;
  readonly signal: AbortSignal;
}

/** A job before it is sent: what a plan needs, and nothing of the queue. */
export type PlannedJob = Omit<FleetJob, "version" | "task" | "send" | "sentAt" | "deadlineAt" | "tries">;

/** What isn't a phase of a verify: starting the process, listing the store, taking down. Used where no fleet has measured it. */
const AROUND_SECONDS = 3;
/** Taking the job, and bringing its result home. */
const QUEUE_SECONDS = 0.5;
/** Before anything is known: a fast disk and a modest link. */
const BYTES_PER_SECOND = 30_000_000;
/** Starting and ending a sandbox. */
const FIXED_SECONDS = 5;
/** A dump grows when it is restored: text to pages and indexes. */
const GROWS = 4;
/** A copy of tomorrow is a little larger than that of today. */
const RESERVE = 1.2;
const LEAST_DISK_BYTES = 200_000_000;

const phasesOf = ({ around: _, ...phases }: Readonly<Record<string, number>>) =>
  Object.values(phases).reduce((sum, ms) => sum + ms, 0);

const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds of one verify: this database's own history, scaled by size; the bytes over a link where that is slower. */
export function secondsFor(bytes: number, known: readonly KnownCopy[], bandwidth: number | null): number {
  const earlier = known.filter(({ holds, tookMs }) => holds && tookMs !== undefined).slice(0, 5);
  const link = bandwidth === null ? 0 : bytes / bandwidth;
  const took = middle(earlier.map(({ tookMs }) => phasesOf(tookMs ?? {}) / 1000));
  if (took === undefined)
    return FIXED_SECONDS + Math.max(link, bytes / BYTES_PER_SECOND) + (bytes * GROWS) / BYTES_PER_SECOND;
  const usual = middle(earlier.map(({ sizeBytes }) => sizeBytes)) ?? bytes;
  // Only what moves bytes grows with them, and history tells how much of it that was.
  const growth = usual === 0 ? 1 : Math.max(0.25, Math.min(4, bytes / usual));
  const fetched = middle(earlier.map(({ tookMs }) => (tookMs?.fetch ?? 0) / 1000)) ?? 0;
  const around =
    middle(earlier.map(({ tookMs }) => (tookMs?.around ?? AROUND_SECONDS * 1000) / 1000)) ?? AROUND_SECONDS;
  const rest = Math.max(0, took - fetched) * growth;
  return QUEUE_SECONDS + around + Math.max(fetched * growth, link) + rest;
}

/** The copy itself, and the server that it becomes. */
export function diskFor(bytes: number, isFiles: boolean): number {
  return Math.max(LEAST_DISK_BYTES, Math.ceil((bytes + bytes * (isFiles ? 2 : GROWS)) * RESERVE));
}

const GROUP_CHARS = 16;

function jobOf(task: VerifyTask, { config, at, bandwidth }: EstimateRequest): PlannedJob {
  const [first] = task.candidates;
  const index = config.config.databases.findIndex(({ name }) => name === task.title);
  const point = first?.point;
  const objects = point === undefined ? [] : [...point.objects, ...(point.log ?? [])];
  const fetchBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const baseline = point === undefined ? null : baselineFor(task.known, point.moment.at);
  const own = at === "all" || at === "due";
  return {
    database: task.title,
    engine: task.engine.name,
    at: own ? "all" : at,
    copy: own ? (point?.id ?? null) : null,
    configHash: config.hashOf(index),
    fetchBytes,
    seconds: Math.round(secondsFor(fetchBytes, task.known, bandwidth) * 10) / 10,
    diskBytes: diskFor(fetchBytes, point?.facts.isDump !== true),
    label: config.config.databases[index]?.["runs-on"] ?? null,
    group: sha256((first?.storeUrl ?? task.file).split("?")[0] ?? "").slice(0, GROUP_CHARS),
    known: baseline === null ? [] : [baseline],
  };
}

/** One job for each verify that is asked for. Lists the stores; fetches nothing. Throws what `fogbell verify` would. */
export async function estimate(request: EstimateRequest): Promise<PlannedJob[]> {
  const { catalog, config, names, signal, at, results } = request;
  const told = { catalog, config, storeUrl: null, names, signal };
  await using opened = await openSources(told, "verify");
  const tasks = await tasksFor(
    opened,
    { ...told, at, outFolder: results, acceptChanges: false, proveChecks: false, random: Math.random },
    Date.now(),
  );
  return tasks.map((task) => jobOf(task, request));
}

/** What is sent of it. */
export function sendable(
  planned: PlannedJob,
  { send, sentAt, deadlineAt }: Pick<FleetJob, "send" | "sentAt" | "deadlineAt">,
): FleetJob {
  return { version: 1, task: randomUUID(), send, sentAt, deadlineAt, tries: [], ...planned };
}
