/** Several drills, after one another or at once: chooses where each runs, derives its result, writes its run folder. */
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { cpus, hostname, release, totalmem, type } from "node:os";
import { join, resolve } from "node:path";
import { drill, variantOf } from "../drill/drill.ts";
import { asFogbellError, type FogbellError, UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { explainDisk, isFull } from "../host/disk-fault.ts";
import { makeLabel } from "../host/label.ts";
import { type Link, openLink } from "../host/link.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import { quote } from "../host/sh.ts";
import { formatBytes } from "../host/units.ts";
import { drillName, isAsDesigned } from "../paper/scorecard.ts";
import type { Catalog, DrillName, Reporter } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { DrillEvent, DrillResult, Progress } from "../record.ts";
import { deriveResult } from "../result/result.ts";
import { openJournal, systemClock } from "../run/journal.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import { makeOutFolder } from "./out-folder.ts";
import { inPool } from "./pool.ts";
import { storeFor } from "./store-for.ts";
import { openWorlds } from "./worlds.ts";

export { storeFor };

export interface SuiteRequest {
  readonly plans: readonly Plan[];
  readonly catalog: Catalog;
  readonly sandbox: string;
  /** Where the worlds' backups go: a store URL, or null for a folder of the run. */
  readonly storeUrl: string | null;
  readonly outFolder: string;
  readonly keep: boolean;
  readonly trustBackups: boolean;
  /** Build each world anew, and keep none. */
  readonly freshWorld: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DrillEvent | Progress, drill: DrillName) => void;
  readonly version: string;
  /** Fetch no faster than this, all drills together. Bytes per second. */
  readonly bandwidth?: number | undefined;
  /** Drills, and so sandboxes, at the same time. Default: 1; more than that falsifies durations, and is marked. */
  readonly jobs?: number;
  /** Begin no more drills after one that did not end as designed. */
  readonly bail?: boolean;
  /** Told which drills were not begun because of that, by name. */
  readonly onLeft?: (drills: readonly string[]) => void;
  /** Values to mask beside those of the environment. */
  readonly secrets?: readonly string[];
  /** Told what could not be written. The verdict does not depend on it, and the journal holds all of it. */
  readonly say?: (text: string) => void;
}

export interface SuiteRun {
  readonly result: DrillResult;
  readonly folder: string;
}

/** `20261120-220145-3f9c1b`: sorts by time, short enough to type, and unlike those of other machines. */
export function newRunId(now: Date): string {
  const moment = now.toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-");
  return `${moment}-${randomBytes(3).toString("hex")}`;
}

export function hostFacts(): Record<string, string> {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
    memory: formatBytes(totalmem()),
    node: process.version,
  };
}

/** Runs every plan, in order; begins no more of them once interrupted. */
export async function runSuite(request: SuiteRequest): Promise<SuiteRun[]> {
  const { plans, jobs = 1, signal, bail = false } = request;
  const contended = Math.min(jobs, plans.length) > 1;
  const link = request.bandwidth === undefined ? null : openLink(request.bandwidth);
  const left = new Set(plans);
  const isLast = ({ result }: SuiteRun) => bail && !isAsDesigned(result);
  const runs = await inPool(plans, { jobs, signal, isLast }, (plan) => {
    left.delete(plan);
    return runOne(plan, request, { contended, link });
  });
  // Ctrl-C leaves drills out as well, and says so itself.
  if (!signal.aborted && runs.some(isLast)) request.onLeft?.([...left].map((plan) => nameOver(plan, link)));
  return runs;
}

/** What it means that a folder of results takes nothing: it is full, or not ours to write to. */
function notWritten(error: NodeJS.ErrnoException, folder: string): unknown {
  const larger = "name another folder with --out";
  if (isFull(error)) return explainDisk(error, { what: `a folder in ${folder}`, folder, larger });
  return new UsageError(`nothing can be written into the folder ${folder}: ${error.code ?? error.message}`, {
    code: "FB_OUT_FOLDER",
    next: [`ls -ld ${quote(folder)}`, larger],
    cause: error,
  });
}

/** A folder that no other run has, with the run's name. */
export async function newRunFolder(outFolder: string, now: Date): Promise<{ runId: string; folder: string }> {
  await makeOutFolder(resolve(outFolder));
  for (;;) {
    const runId = newRunId(now);
    const folder = join(resolve(outFolder), runId);
    const isNew = await mkdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw notWritten(error, resolve(outFolder));
      },
    );
    if (isNew) return { runId, folder };
  }
}

/** What a plan's drill will be called, before there is a result. */
export const nameOf = (plan: Plan): string => nameOver(plan, null);

/** Likewise, of a drill whose fetches are held to a link's speed. */
export function nameOver(
  { scenario, engine, version, variant }: Plan,
  link: Pick<Link, "bytesPerSecond"> | null,
): string {
  return drillName({ id: scenario.id, engine: engine.name, version, ...variantOf(variant, link?.bytesPerSecond) });
}

async function writeDocuments(reporter: Reporter, result: DrillResult, folder: string): Promise<void> {
  for (const { file, text } of (await reporter.forFolder?.(result)) ?? []) await writeAtomic(join(folder, file), text);
}

/** What all drills of a call have in common. */
interface Common {
  readonly contended: boolean;
  readonly link: Link | null;
}

async function runOne(plan: Plan, request: SuiteRequest, { contended, link }: Common): Promise<SuiteRun> {
  const { catalog, signal } = request;
  const now = new Date();
  const { runId, folder } = await newRunFolder(request.outFolder, now);
  const name: DrillName = { runId, name: nameOver(plan, link), contended };
  const onEvent = (event: DrillEvent | Progress) => request.onEvent(event, name);
  const store =
    request.storeUrl === null
      ? { driver: storeFor(catalog, "directory:/").driver, options: (scratch: string) => ({ path: scratch }) }
      : (({ driver, options }) => ({ driver, options: () => options }))(storeFor(catalog, request.storeUrl));
  using journal = openJournal(join(folder, "journal.jsonl"), systemClock, onEvent);
  await drill(plan, {
    journal,
    label: makeLabel(runId),
    chooseSandbox: async () => {
      const { driver, why } = await chooseSandbox(catalog.sandboxes, request.sandbox, plan.spec, signal);
      return { driver, options: driver.options.parse({}), why };
    },
    store,
    // Another provider than the main store, whatever that is: a folder of this run.
    offsite: { driver: storeFor(catalog, "directory:/").driver, options: (scratch: string) => ({ path: scratch }) },
    redact: createRedactor([...secretsIn(process.env), ...(request.secrets ?? [])]),
    signal,
    worlds: request.freshWorld ? null : openWorlds(),
    onProgress: onEvent,
    link,
    keep: request.keep,
    trustBackups: request.trustBackups,
    fogbellVersion: request.version,
    host: { ...hostFacts(), name: hostname() },
    contended,
    // Whole seconds, so that every moment on the simulated timeline can be read in a file's name.
    damagedAtMs: Math.floor(now.getTime() / 1000) * 1000,
  });
  return closeRun({ events: journal.events, folder, reporters: catalog.reporters, say: request.say });
}

export interface Closing {
  readonly events: readonly DrillEvent[];
  readonly folder: string;
  readonly reporters: Catalog["reporters"];
  readonly say?: ((text: string) => void) | undefined;
}

/** The result of a run whose own documents could not be written: whoever looks for them would find none. */
function withProblem(events: readonly DrillEvent[], { code, message, next }: FogbellError): DrillResult {
  const last = events.at(-1);
  if (last === undefined || events.some((event) => event.kind === "problem" && event.code === code))
    return deriveResult(events);
  const problem = { kind: "problem", code, message, next, makes: "void", interrupted: false } as const;
  return deriveResult([...events, { ...last, ...problem }]);
}

/** Derives the result of a journal that was written to its end, and writes the documents of its folder. */
export async function closeRun({ events, folder, reporters, say }: Closing): Promise<SuiteRun> {
  const result = deriveResult(events);
  let full: FogbellError | null = null;
  for (const reporter of reporters) {
    await writeDocuments(reporter, result, folder).catch((thrown: unknown) => {
      const error = asFogbellError(
        explainDisk(thrown, { what: "it", folder, larger: "name another folder with --out" }),
      );
      if (error.code === "FB_DISK_FULL") full ??= error;
      say?.(`what ${reporter.name} writes into ${folder} is missing: ${error.message.split("\n")[0]}`);
    });
  }
  return { result: full === null ? result : withProblem(events, full), folder };
}
