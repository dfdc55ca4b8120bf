/** Several drills after one another: chooses where each runs, runs it, derives its result, writes its run folder. */
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { cpus, hostname, release, totalmem, type } from "node:os";
import { join, resolve } from "node:path";
import { drill } from "../drill/drill.ts";
import { openJournal, systemClock } from "../drill/journal.ts";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { makeLabel } from "../host/label.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import { formatBytes } from "../host/units.ts";
import type { Catalog, StoreDriver } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { DrillEvent, DrillResult, Progress } from "../record.ts";
import { deriveResult } from "../result/result.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import { openWorlds } from "./worlds.ts";

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
  readonly onEvent: (event: DrillEvent | Progress) => void;
  readonly version: string;
}

export interface SuiteRun {
  readonly result: DrillResult;
  readonly folder: string;
}

/** Longer than any drill: after this `gc` takes what is left even if the process id lives on in another program. */
const LIFE_MS = 6 * 60 * 60 * 1000;

/** The driver and the options of a store URL. Throws UsageError for a URL that no driver knows. */
export function storeFor(catalog: Catalog, text: string): { driver: StoreDriver; options: unknown } {
  const url = URL.canParse(text) ? new URL(text) : null;
  for (const driver of catalog.stores) {
    const options = url === null ? null : driver.fromUrl(url);
    if (options !== null) return { driver, options };
  }
  throw new UsageError(`no store understands "${text}"`, {
    code: "FB_STORE_URL",
    next: ["directory:/path/to/backups", "s3://bucket/prefix?endpoint=https://s3.example.org&path-style=true"],
  });
}

/** `20261120-220145-3f9c`: sorts by time, short enough to type. */
function newRunId(now: Date): string {
  const moment = now.toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-");
  return `${moment}-${randomBytes(2).toString("hex")}`;
}

function hostFacts(): Record<string, string> {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
    memory: formatBytes(totalmem()),
    node: process.version,
  };
}

/** Runs every plan in order. Stops early only when interrupted. */
export async function runSuite(request: SuiteRequest): Promise<SuiteRun[]> {
  const runs: SuiteRun[] = [];
  for (const plan of request.plans) {
    if (request.signal.aborted) break;
    runs.push(await runOne(plan, request));
  }
  return runs;
}

async function runOne(plan: Plan, request: SuiteRequest): Promise<SuiteRun> {
  const { catalog, signal } = request;
  const now = new Date();
  const runId = newRunId(now);
  const folder = join(resolve(request.outFolder), runId);
  await mkdir(folder, { recursive: true });
  const store =
    request.storeUrl === null
      ? { driver: storeFor(catalog, "directory:/").driver, options: (scratch: string) => ({ path: scratch }) }
      : (({ driver, options }) => ({ driver, options: () => options }))(storeFor(catalog, request.storeUrl));
  using journal = openJournal(join(folder, "journal.jsonl"), systemClock, request.onEvent);
  await drill(plan, {
    journal,
    label: makeLabel(runId, new Date(now.getTime() + LIFE_MS)),
    chooseSandbox: async () => {
      const { driver, why } = await chooseSandbox(catalog.sandboxes, request.sandbox, plan.spec, signal);
      return { driver, options: driver.options.parse({}), why };
    },
    store,
    redact: createRedactor(secretsIn(process.env)),
    signal,
    worlds: request.freshWorld ? null : openWorlds(),
    onProgress: request.onEvent,
    keep: request.keep,
    trustBackups: request.trustBackups,
    fogbellVersion: request.version,
    host: { ...hostFacts(), name: hostname() },
    contended: false,
    // Whole seconds, so that every moment on the simulated timeline can be read in a file's name.
    damagedAtMs: Math.floor(now.getTime() / 1000) * 1000,
  });
  const result = deriveResult(journal.events);
  for (const reporter of catalog.reporters) {
    for (const { file, text } of await reporter.render([result], reporter.options.parse({}))) {
      await writeAtomic(join(folder, file), text);
    }
  }
  return { result, folder };
}
