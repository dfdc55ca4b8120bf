/** What travels through the queue: one verify as data, and what came of it. No secret, no value of a row. */
import { z } from "zod";
import type { ErrorCode } from "../errors.ts";
import type { DrillResult } from "../record.ts";

const tried = z.object({ worker: z.string(), code: z.string() });

export const fleetJob = z.object({
  version: z.literal(1),
  /** Stays the same however often it is tried, and by whom. */
  task: z.uuid(),
  /** The call of `fleet run` that sent it. */
  send: z.uuid(),
  sentAt: z.string(),
  database: z.string(),
  engine: z.string(),
  at: z.string(),
  /** Exactly this copy; null: what `at` means when it runs. */
  copy: z.string().nullable(),
  /** SHA-256 of what fogbell.yaml says about the database; the worker's file must say the same. */
  configHash: z.string(),
  fetchBytes: z.number(),
  seconds: z.number(),
  diskBytes: z.number(),
  label: z.string().nullable(),
  /** Of the store that the copy lies in. */
  group: z.string(),
  /** No result by then is a result: nobody could tell. ISO 8601, by the queue's clock. */
  deadlineAt: z.string(),
  /** What the last good copy held (numbers and names), so that any worker has something to compare with. */
  known: z.array(z.unknown()),
  tries: z.array(tried),
});
export type FleetJob = z.infer<typeof fleetJob>;

/** A try that ended for a reason of the machine is repeated elsewhere so many times. */
export const MOST_TRIES = 3;
/** A worker that dies takes one of these; a job that kills its machine each time must come to an end. */
export const MOST_DEATHS = 20;

/** Void for one of these says something about the machine, not about the backup: another machine may know more. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set<ErrorCode>([
  "FB_DEFECT",
  "FB_DISK_FAULT",
  "FB_DISK_FULL",
  "FB_IMAGE_BUILD",
  "FB_IMAGE_MISSING",
  "FB_INTERRUPTED",
  "FB_ISOLATION",
  "FB_KEY_MISSING",
  "FB_NO_DOCKER",
  "FB_NO_IMAGE",
  "FB_NO_PROGRAMS",
  "FB_NO_SANDBOX",
  "FB_OUT_FOLDER",
  "FB_S3_CLOCK",
  "FB_S3_CREDENTIALS",
  "FB_S3_TLS",
  "FB_S3_UNREACHABLE",
  "FB_SANDBOX_DIED",
  "FB_SCRATCH",
  "FB_SERVER_START",
  "FB_SOCKET_PATH",
  "FB_STORE_MISSING",
]);

/** The code of what on this machine kept it from being judged; null: another machine would find the same. */
export function machineFault({
  verdict,
  interrupted,
  problems,
}: Pick<DrillResult, "verdict" | "interrupted" | "problems">) {
  if (verdict !== "void") return null;
  if (interrupted) return "FB_INTERRUPTED";
  return problems.find(({ code }) => OF_THE_MACHINE.has(code))?.code ?? null;
}

/** Files of a run folder, packed. */
export interface PackedResult {
  readonly runId: string;
  readonly verdict: DrillResult["verdict"];
  readonly exitCode: number;
  readonly because: string;
  readonly bytes: Buffer;
}

/** The labels' queues: a job with a label only goes to workers that carry it. */
export const queueOf = (label: string | null): string => (label === null ? "verify" : `verify-${label}`);

/** Larger first, and never more than a worker has: its queue takes no other measure. Megabytes. */
export const priorityOf = (diskBytes: number): number => Math.min(2 ** 31 - 1, Math.ceil(diskBytes / 1e6));
export const capacityOf = (diskBytes: number): number => Math.min(2 ** 31 - 1, Math.floor(diskBytes / 1e6));

/** At most so many of one store at the same time, as the queue's tiers write it. */
const MOST_PER_STORE = 64;
export const tierOf = (limit: number): string => `n${limit}`;
export const TIERS: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from({ length: MOST_PER_STORE }, (_, at) => [tierOf(at + 1), at + 1]),
);

/** How long somebody who waits for the queue waits between two looks, in milliseconds. */
export const LEAST_WAIT = 500;

/** What makes two jobs the same question: it stands in the queue once. */
export const keyOf = ({ database, copy, at }: Pick<FleetJob, "database" | "copy" | "at">): string =>
  JSON.stringify([database, copy ?? at]);
