/** Several drills, after one another or at once: chooses where each runs, derives its result, writes its run folder. */

import { hostname } from "node:os";
import { join } from "node:path";
import { storeFor } from "../backups/store-for.ts";
import { drill, variantOf } from "../drill/drill.ts";
import { makeLabel } from "../host/label.ts";
import { type Link, openLink } from "../host/link.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import type { OwnSource } from "../own/own-stock.ts";
import { ownWorld } from "../own/stand-in.ts";
import { drillName, isAsDesigned } from "../paper/scorecard.ts";
import type { Catalog, DrillName } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { DrillEvent, Progress } from "../record.ts";
import { openJournal, systemClock } from "../run/journal.ts";
import { inPool } from "../run/pool.ts";
import { closeRun, hostFacts, newRunFolder, type SuiteRun } from "../run/run-folder.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import { type Earlier, readEarlier } from "./earlier.ts";
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
  /** The sources of somebody's own database, for plans that stand on it. @internal */
  readonly ownSources?: readonly OwnSource[];
  /** Build each world anew, and keep none. */
  readonly freshWorld: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DrillEvent | Progress, drill: DrillName) => void;
  readonly version: string;
  /** Fetch no faster than this, all drills together. Bytes per second. */
  readonly bandwidth?: number | undefined;
  /** How long each phase may take. Default: by its size and earlier drills. */
  readonly timeoutMs?: number | undefined;
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

/** Runs every plan, in order; begins no more of them once interrupted. */
export async function runSuite(request: SuiteRequest): Promise<SuiteRun[]> {
  const { plans, jobs = 1, signal, bail = false } = request;
  const contended = Math.min(jobs, plans.length) > 1;
  const link = request.bandwidth === undefined ? null : openLink(request.bandwidth);
  const earlier = await readEarlier(request.outFolder);
  const left = new Set(plans);
  const isLast = ({ result }: SuiteRun) => bail && !isAsDesigned(result);
  const runs = await inPool(plans, { jobs, signal, isLast }, (plan) => {
    left.delete(plan);
    return runOne(plan, request, { contended, link, earlier });
  });
  // Ctrl-C leaves drills out as well, and says so itself.
  if (!signal.aborted && runs.some(isLast)) request.onLeft?.([...left].map((plan) => nameOver(plan, link)));
  return runs;
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

/** What all drills of a call have in common. */
interface Common {
  readonly contended: boolean;
  readonly link: Link | null;
  readonly earlier: readonly Earlier[];
}

async function runOne(plan: Plan, request: SuiteRequest, { contended, link, earlier: all }: Common): Promise<SuiteRun> {
  const { catalog, signal } = request;
  const now = new Date();
  const { runId, folder } = await newRunFolder(request.outFolder, now);
  const name: DrillName = { runId, name: nameOver(plan, link), contended };
  const onEvent = (event: DrillEvent | Progress) => request.onEvent(event, name);
  const earlier = all.filter((one) => one.name === name.name).map(({ tookMs }) => tookMs);
  const store =
    request.storeUrl === null || plan.own !== null
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
    // Somebody's own rows are never kept.
    worlds: request.freshWorld || plan.own !== null ? null : openWorlds(),
    ...(plan.own === null ? {} : { own: ownWorld(plan.own, request.ownSources ?? []) }),
    onProgress: onEvent,
    link,
    keep: request.keep,
    trustBackups: request.trustBackups,
    fogbellVersion: request.version,
    host: { ...hostFacts(), name: hostname() },
    contended,
    limits: { toldMs: request.timeoutMs ?? null, earlier },
    // Whole seconds, so that every moment on the simulated timeline can be read in a file's name.
    damagedAtMs:
      plan.own === null ? Math.floor(now.getTime() / 1000) * 1000 : Date.parse(plan.own.database.production.reach.at),
  });
  return closeRun({ events: journal.events, folder, reporters: catalog.reporters, say: request.say });
}
