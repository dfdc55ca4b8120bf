/**
 * A month, done: each database's newest copy and an older one verified, and the drill that is due there. What can't be
 * done is written down as such, and everything else goes on.
 */
import type { LoadedConfig } from "../config/config.ts";
import { asFogbellError, UsageError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import { openOwn } from "../own/open-own.ts";
import type { Catalog } from "../parts.ts";
import type { DrillResult } from "../record.ts";
import { resolveScenario } from "../scenario/library.ts";
import { planOwn } from "../suite/plan-all.ts";
import { runSuite } from "../suite/suite.ts";
import type { Attended } from "../suite/with-terminal.ts";
import { newestFirst } from "../verify/dated.ts";
import { openSources } from "../verify/sources.ts";
import type { Asked } from "../verify/task.ts";
import { verifyAll } from "../verify/verify-all.ts";
import { dueOn } from "./due.ts";
import type { MonthItem, NotDone } from "./items.ts";

export interface DoingRequest extends Attended {
  readonly catalog: Catalog;
  readonly config: LoadedConfig;
  readonly out: string;
  readonly sandbox: string;
  readonly trustBackups: boolean;
  readonly version: string;
  readonly secrets: readonly string[];
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Drills of earlier months. */
  readonly runs: readonly DrillResult[];
}

const idle = (because: string): NotDone => ({ because, next: [], isIdle: true });

function failedBy(error: unknown): NotDone {
  const { message, next } = asFogbellError(error);
  return { because: message, next: [...next], isIdle: false };
}

/** Something that may fail by itself. Only an interruption ends the month. */
async function tried(signal: AbortSignal, work: () => Promise<DrillResult | NotDone>): Promise<DrillResult | NotDone> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return failedBy(error);
  }
}

async function verified(
  request: DoingRequest,
  database: string,
  { at, copy }: { readonly at: Asked; readonly copy?: string },
): Promise<DrillResult | NotDone> {
  const { catalog, config, out, sandbox, trustBackups, version, secrets, random, signal, onEvent, say } = request;
  const [run] = await verifyAll({
    catalog,
    config,
    storeUrl: null,
    names: [database],
    at,
    copy,
    sandbox,
    outFolder: out,
    trustBackups,
    acceptChanges: false,
    on: undefined,
    eachSource: false,
    proveChecks: false,
    rtoMs: undefined,
    rpoMs: undefined,
    timeoutMs: undefined,
    bandwidth: undefined,
    random,
    keep: false,
    jobs: 1,
    version,
    secrets,
    signal,
    onEvent,
    say,
  });
  return run?.result ?? failedBy(new UsageError(`nothing of ${database} was verified`, { code: "FB_NO_SOURCES" }));
}

/** Any copy but the newest: the one that people fall back to when the newest is bad. */
async function verifiedOlder(request: DoingRequest, database: string): Promise<DrillResult | NotDone> {
  const { catalog, config, signal, random } = request;
  const copy = await (async () => {
    await using found = await openSources({ catalog, config, storeUrl: null, names: [database], signal }, "verify");
    const [stocked] = found.databases;
    if (stocked === undefined) return null;
    if (stocked.fault !== null) throw stocked.fault;
    const older = stocked.stocks
      .flatMap(({ candidates }) => candidates)
      .sort(newestFirst)
      .slice(1);
    return older[Math.floor(random() * older.length)]?.point.id ?? null;
  })();
  if (copy === null) return idle("there's no older backup than the newest");
  return verified(request, database, { at: "random", copy });
}

/** What the file names as programme, as far as it is there. */
interface Programme {
  /** Null: every scenario that ships. */
  readonly ids: readonly string[] | null;
  readonly gone: readonly MonthItem[];
}

export async function programmeOf(config: LoadedConfig): Promise<Programme> {
  const named = config.config.month?.drills;
  if (named === undefined) return { ids: null, gone: [] };
  const ids: string[] = [];
  const gone: MonthItem[] = [];
  for (const scenario of named) {
    try {
      await resolveScenario(scenario);
      ids.push(scenario);
    } catch (error) {
      const { message } = asFogbellError(error);
      const outcome = {
        because: message,
        next: ["fogbell scenario list", `mend month.drills in ${config.file}`],
        isIdle: false,
      };
      gone.push({ kind: "drill", database: null, scenario, outcome });
    }
  }
  return { ids, gone };
}

/** Drills what is due there. Which one it was stands in the result. */
async function drilled(request: DoingRequest, database: string, ids: readonly string[] | null): Promise<MonthItem> {
  const { catalog, config, runs, signal } = request;
  let scenario: string | null = null;
  const outcome = await tried(signal, async () => {
    await using own = await openOwn({ catalog, config, storeUrl: null, name: database, production: "newest", signal });
    const { plans, leftOut } = await planOwn({ names: [], tags: [], all: true, catalog, choices: {} }, own);
    const order = ids ?? plans.map((plan) => plan.scenario.id);
    const allowed = order.filter((id) => plans.some((plan) => plan.scenario.id === id));
    scenario = dueOn(allowed, runs, database);
    const plan = plans.find((one) => one.scenario.id === scenario);
    if (plan === undefined) {
      const why = leftOut.find(({ id }) => order.includes(id));
      const because = why === undefined ? "" : `; ${why.id}: ${why.because}`;
      return failedBy(
        new UsageError(`nothing of the programme can be drilled on ${database}${because}`, {
          code: "FB_MONTH_NOTHING",
          next: [`fogbell run --all --on ${quote(database)} --dry-run`],
        }),
      );
    }
    const [run] = await runSuite({
      plans: [plan],
      catalog,
      sandbox: request.sandbox,
      storeUrl: null,
      ownSources: own.sources,
      outFolder: request.out,
      keep: false,
      trustBackups: request.trustBackups,
      freshWorld: true,
      version: request.version,
      secrets: request.secrets,
      signal,
      onEvent: request.onEvent,
      say: request.say,
    });
    return run?.result ?? idle("interrupted");
  });
  return { kind: "drill", database, scenario, outcome };
}

/** Everything that is due, database by database. */
export async function doItems(request: DoingRequest): Promise<MonthItem[]> {
  const { config, signal } = request;
  const { ids, gone } = await programmeOf(config);
  const items: MonthItem[] = [...gone];
  for (const { name: database, sources } of config.config.databases) {
    const add = (kind: MonthItem["kind"], outcome: MonthItem["outcome"]) =>
      void items.push({ kind, database, scenario: null, outcome });
    if (sources.length === 0) {
      const next = ["fogbell init --store URL --out -"];
      add("newest", { because: "no sources are configured, so nothing can be verified", next, isIdle: false });
      continue;
    }
    add("newest", await tried(signal, () => verified(request, database, { at: "newest" })));
    add("older", await tried(signal, () => verifiedOlder(request, database)));
    // A programme of which nothing is left has been told already, once.
    if (ids === null || ids.length > 0) items.push(await drilled(request, database, ids));
  }
  return items;
}
