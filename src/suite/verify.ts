/** Verifies of one call: which databases, which copies of them; each with a run folder, a journal and a result. */
import { hostname } from "node:os";
import { join } from "node:path";
import { type LoadedConfig, loadConfigFile } from "../config/config.ts";
import { type ConfiguredDatabase, DEFAULT_RPO_MS, DEFAULT_RTO_MS } from "../config/database.ts";
import { openJournal, systemClock } from "../drill/journal.ts";
import { takeStock } from "../drill/locate.ts";
import { asFogbellError, type FogbellError, UsageError } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import { makeLabel } from "../host/label.ts";
import { type Link, openLink } from "../host/link.ts";
import { nearest } from "../host/near-miss.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import { quote } from "../host/sh.ts";
import { overLink } from "../host/units.ts";
import { drillName } from "../paper/scorecard.ts";
import type { Catalog, DrillName, Engine, Store } from "../parts.ts";
import type { DrillEvent, Progress } from "../record.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import { keepingOf } from "../verify/keeping.ts";
import { keepKnown, readKnown, slug } from "../verify/known.ts";
import { allowedLossMs, askedMs, newestFirst, type SourceStock, stockOf, upTo } from "../verify/points.ts";
import { type Asked, type Candidate, type VerifyTask, versionFor } from "../verify/task.ts";
import { verify } from "../verify/verify.ts";
import { type DatabaseOverview, overviewOf } from "./overview.ts";
import { overviewText } from "./overview-text.ts";
import { inPool } from "./pool.ts";
import { named, proposalsOf } from "./proposals.ts";
import { parseShard, shardOf } from "./shard.ts";
import { closeRun, hostFacts, LIFE_MS, newRunFolder, type SuiteRun, storeFor } from "./suite.ts";

export { loadConfigFile, overviewText };

export interface VerifyRequest {
  readonly catalog: Catalog;
  /** What `fogbell.yaml` tells; null when a store is all that is known. */
  readonly config: LoadedConfig | null;
  /** A store to look into without any file. */
  readonly storeUrl: string | null;
  /** Names of databases; none: all of them. */
  readonly names: readonly string[];
  readonly at: Asked;
  readonly sandbox: string;
  readonly outFolder: string;
  readonly keep: boolean;
  readonly trustBackups: boolean;
  readonly acceptChanges: boolean;
  readonly proveChecks: boolean;
  /** Fetch no faster than this, all verifies together. Bytes per second. */
  readonly bandwidth?: number | undefined;
  /** Ask of each source by itself, and not of the best of them. */
  readonly eachSource?: boolean;
  /** Objectives in place of those that are told, in milliseconds. */
  readonly rtoMs?: number | undefined;
  readonly rpoMs?: number | undefined;
  readonly jobs: number;
  /** `1/3`: only this part of the verifies. */
  readonly shard?: string | undefined;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DrillEvent | Progress, drill: DrillName) => void;
  readonly say: (text: string) => void;
  readonly secrets: readonly string[];
  /** Between 0 and 1; which copy `random` takes. */
  readonly random: () => number;
}

/** A database with what its sources hold. */
export interface Stocked {
  readonly database: ConfiguredDatabase;
  readonly engine: Engine;
  readonly stocks: readonly SourceStock[];
  /** Why a source of it cannot be read: then nothing about it can be judged. */
  readonly fault: FogbellError | null;
  /** Where it stands in `fogbell.yaml`; -1 when no file tells of it. */
  readonly index: number;
}

export interface Opened extends AsyncDisposable {
  readonly databases: readonly Stocked[];
}

function engineOf(catalog: Catalog, { engine: name, name: database }: ConfiguredDatabase): Engine {
  const engine = catalog.engines.find((one) => one.name === name);
  if (engine !== undefined) return engine;
  const names = catalog.engines.map((one) => one.name);
  const near = nearest(name, names);
  throw new UsageError(
    `${database}: there is no engine "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    { code: "FB_ENGINE_UNKNOWN", next: [`write one of ${names.join(", ")} into fogbell.yaml`] },
  );
}

function chosen(config: LoadedConfig, names: readonly string[]): { database: ConfiguredDatabase; index: number }[] {
  const all = config.config.databases.map((database, index) => ({ database, index }));
  const wrong = names.find((name) => !all.some(({ database }) => database.name === name));
  if (wrong !== undefined) {
    const near = nearest(
      wrong,
      all.map(({ database }) => database.name),
    );
    throw new UsageError(
      `${config.file} tells of no database "${wrong}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
      {
        code: "FB_DATABASE_UNKNOWN",
        next: all.map(({ database }) => `fogbell verify "${database.name}"`),
      },
    );
  }
  const meant =
    names.length === 0
      ? all.filter(({ database }) => database.sources.length > 0)
      : all.filter(({ database }) => names.includes(database.name));
  const without = meant.find(({ database }) => database.sources.length === 0);
  if (meant.length === 0 || without !== undefined) {
    throw new UsageError(
      `${config.file} tells of no sources${without === undefined ? "" : ` of ${without.database.name}`}`,
      {
        code: "FB_NO_SOURCES",
        next: ["add sources: to the database, see docs/config.md", "fogbell init --store URL"],
      },
    );
  }
  return meant;
}

/** Throws UsageError for what can be known to be wrong before a store is opened. */
export function assertTold(request: Pick<VerifyRequest, "catalog" | "config" | "storeUrl" | "names" | "shard">): void {
  const { catalog, config, storeUrl, names, shard } = request;
  if (storeUrl === null && config === null) {
    throw new UsageError("nothing says where your backups are", {
      code: "FB_NO_SOURCES",
      next: ["fogbell init --store URL", "fogbell verify --store directory:/path/to/backups"],
    });
  }
  if (storeUrl !== null) storeFor(catalog, storeUrl);
  else if (config !== null) chosen(config, names);
  if (shard !== undefined) parseShard(shard);
}

type Places = Pick<VerifyRequest, "catalog" | "config" | "storeUrl" | "names" | "signal">;

/** Opens every source and lists it. Throws UsageError when nothing says where backups are. */
export async function openSources({ catalog, config, storeUrl, names, signal }: Places): Promise<Opened> {
  assertTold({ catalog, config, storeUrl, names });
  const stores = new Map<string, Store>();
  const dispose = async () => {
    for (const store of stores.values()) await store[Symbol.asyncDispose]();
  };
  const open = async (url: string): Promise<Store> => {
    const { driver, options } = storeFor(catalog, url);
    const store = stores.get(url) ?? (await driver.open(driver.options.parse(options), signal));
    stores.set(url, store);
    return store;
  };
  try {
    const told =
      storeUrl === null
        ? chosen(config as LoadedConfig, names)
        : await found(catalog, { url: storeUrl, store: await open(storeUrl), names });
    const databases: Stocked[] = [];
    for (const { database, index } of told) {
      const engine = engineOf(catalog, database);
      const stocks: SourceStock[] = [];
      let fault: FogbellError | null = null;
      for (const source of database.sources) {
        try {
          stocks.push(await stockOf(await open(source.store), source, engine));
        } catch (error) {
          if (signal.aborted || asFogbellError(error).exitCode !== 4) throw error;
          fault ??= asFogbellError(error);
        }
      }
      databases.push({ database, engine, stocks, fault, index });
    }
    return { databases, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function found(
  catalog: Catalog,
  { url, store, names }: { url: string; store: Store; names: readonly string[] },
): Promise<{ database: ConfiguredDatabase; index: number }[]> {
  const inventory = await takeStock(store, catalog.engines);
  const proposals = named(proposalsOf(url, inventory)).filter(({ name }) => names.length === 0 || names.includes(name));
  if (proposals.length > 0) return proposals.map((database) => ({ database, index: -1 }));
  const why = inventory.unknown.slice(0, 3).map(({ key, because }) => `${key}: ${because}`);
  throw new UsageError(
    `no recovery point is recognised in ${store.place}${why.length === 0 ? ": it is empty" : `: ${why.join("; ")}`}`,
    { code: "FB_NO_SOURCES", next: [`fogbell backups list --store ${quote(url)}`] },
  );
}

/** The copies that are asked for: one list of candidates for each verify. */
function choose(
  candidates: readonly Candidate[],
  { at, random }: VerifyRequest,
  nowMs: number,
): (readonly Candidate[])[] {
  const sorted = [...candidates].sort(newestFirst);
  if (at === "all") return sorted.map((one) => [one]);
  if (at === "random") {
    const one = sorted[Math.floor(random() * sorted.length)];
    return [one === undefined ? [] : [one]];
  }
  return [at === "newest" ? sorted : upTo(sorted, askedMs(at, nowMs))];
}

/** One list of candidates for each verify, and what tells it from the others. */
function listsOf(
  { stocks, fault }: Stocked,
  request: VerifyRequest,
  nowMs: number,
): { candidates: readonly Candidate[]; variant: string | null }[] {
  const { at, bandwidth } = request;
  // Over a slower link it takes longer: a drill of its own, with its own history.
  const link = bandwidth === undefined ? [] : [overLink(bandwidth)];
  const asked = [...(at === "newest" ? [] : [at]), ...link];
  const variantOf = (more: readonly string[]) => [...asked, ...more].join(" ") || null;
  // What cannot be read cannot be judged in part: the unread source may hold the newest.
  if (fault !== null) return [{ candidates: [], variant: variantOf([]) }];
  const ways =
    request.eachSource === true
      ? stocks.map(({ candidates, source: { store, pattern } }) => ({
          candidates,
          // Without what is behind the question mark: endpoints make no difference.
          variant: variantOf([`of ${store.split("?")[0]}${pattern === undefined ? "" : ` ${pattern}`}`]),
        }))
      : [{ candidates: stocks.flatMap(({ candidates }) => candidates), variant: variantOf([]) }];
  return ways.flatMap(({ candidates, variant }) =>
    choose(candidates, request, nowMs).map((list) => ({ candidates: list, variant })),
  );
}

/** What is known of a store that no file tells of is known of that store only. */
export function knownName({ database: { name, engine, sources }, index }: Stocked): string {
  return [engine, name, ...(index < 0 ? [sources[0]?.store ?? ""] : [])].join(" ");
}

/** What all verifies of a call have in common. */
interface Common {
  readonly nowMs: number;
  readonly link: Link | null;
}

async function tasksOf(stocked: Stocked, request: VerifyRequest, { nowMs, link }: Common): Promise<VerifyTask[]> {
  const { database, engine, index } = stocked;
  const { config, at, outFolder } = request;
  const rpoMs = request.rpoMs ?? database.objectives.rpo ?? DEFAULT_RPO_MS;
  const knownAs = knownName(stocked);
  const known = await readKnown(outFolder, knownAs);
  const told = JSON.stringify({ ...database, points: undefined });
  const lineOf = (...path: PropertyKey[]) => (index < 0 ? 0 : (config?.lineOf(["databases", index, ...path]) ?? 0));
  return listsOf(stocked, request, nowMs).map(({ candidates, variant }) => {
    const [first] = candidates;
    const own = at === "all" || at === "random";
    const askedAtMs = own && first !== undefined ? Date.parse(first.point.reach.at) : askedMs(at, nowMs);
    return {
      id: `verify-${slug(database.name)}`,
      title: database.name,
      knownAs,
      file: index < 0 ? (database.sources[0]?.store ?? "") : (config?.file ?? ""),
      sha256: sha256(told),
      engine,
      version: versionFor(
        engine,
        candidates.find(({ point }) => point.facts.method !== "unknown"),
      ),
      database: database.database ?? null,
      objectives: {
        rtoMs: request.rtoMs ?? database.objectives.rto ?? DEFAULT_RTO_MS,
        rpoMs: allowedLossMs(at, rpoMs),
      },
      asked: at,
      variant,
      askedAtMs,
      candidates,
      fault: stocked.fault,
      fresh: database.fresh ?? null,
      canary: database.canary ?? null,
      lines: {
        freshness: database.fresh === undefined ? 0 : lineOf("fresh"),
        canary: database.canary === undefined ? 0 : lineOf("canary"),
      },
      mayShrink: database["may-shrink"],
      checks: database.checks.map((check, number) => ({ ...check, line: lineOf("checks", number) })),
      known,
      link,
      proveChecks: request.proveChecks,
      acceptChanges: request.acceptChanges,
    };
  });
}

async function runOne(task: VerifyTask, request: VerifyRequest, contended: boolean): Promise<SuiteRun> {
  const { catalog, signal, outFolder } = request;
  const now = new Date();
  const { runId, folder } = await newRunFolder(outFolder, now);
  const name: DrillName = { runId, name: nameOfTask(task), contended };
  const onEvent = (event: DrillEvent | Progress) => request.onEvent(event, name);
  using journal = openJournal(join(folder, "journal.jsonl"), systemClock, onEvent);
  const found = await verify(task, {
    journal,
    label: makeLabel(runId, new Date(now.getTime() + LIFE_MS)),
    chooseSandbox: async (spec) => {
      const { driver, why } = await chooseSandbox(catalog.sandboxes, request.sandbox, spec, signal);
      return { driver, options: driver.options.parse({}), why };
    },
    directory: storeFor(catalog, "directory:/").driver,
    redact: createRedactor([...secretsIn(process.env), ...request.secrets, ...keysOf(task)]),
    signal,
    onProgress: onEvent,
    trustBackups: request.trustBackups,
    environment: process.env,
    keep: request.keep,
    fogbellVersion: request.version,
    host: { ...hostFacts(), name: hostname() },
    contended,
  });
  await keepKnown(outFolder, task.knownAs, found, request.shard).catch((error: unknown) =>
    request.say(
      `what was found of ${task.title} could not be kept: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`,
    ),
  );
  return closeRun({ events: journal.events, folder, reporters: catalog.reporters, say: request.say });
}

/** Keys of encrypted backups must not show up anywhere, whatever their variables are called. */
function keysOf({ candidates }: VerifyTask): string[] {
  return candidates.flatMap(({ encryption }) => {
    const name = encryption?.["key-env"];
    const value = name === undefined ? undefined : process.env[name];
    return value === undefined ? [] : [value, ...value.split("\n")];
  });
}

/** By name, and of one name the oldest first: a backup that is made between two shards comes last and moves no other. */
function orderOf(task: VerifyTask): string {
  const [first] = task.candidates;
  return [nameOfTask(task), first?.point.reach.at ?? "", first?.point.id ?? ""].join("\n");
}

function nameOfTask({ id, engine, version, variant }: VerifyTask): string {
  return drillName({ id, engine: engine.name, version, ...(variant === null ? {} : { variant }) });
}

/** Verifies what is asked for, in order. Throws UsageError when nothing says what that is. */
export async function verifyAll(request: VerifyRequest): Promise<SuiteRun[]> {
  const { jobs, signal } = request;
  // Before the stores are listed: that may take minutes.
  const shard = request.shard === undefined ? null : parseShard(request.shard);
  await using opened = await openSources(request);
  const nowMs = Date.now();
  const link = request.bandwidth === undefined ? null : openLink(request.bandwidth);
  const tasks = (await Promise.all(opened.databases.map((one) => tasksOf(one, request, { nowMs, link })))).flat();
  const own = shard === null ? tasks : shardOf(tasks, shard, orderOf);
  const contended = Math.min(jobs, own.length) > 1;
  return inPool(own, { jobs, signal }, (task) => runOne(task, request, contended));
}

/** An overview of every database's backups, without fetching one. */
export async function overviews(request: Places & { readonly outFolder: string }): Promise<DatabaseOverview[]> {
  await using opened = await openSources(request);
  const nowMs = Date.now();
  const unread = opened.databases.find(({ fault }) => fault !== null)?.fault;
  if (unread != null) throw unread;
  return Promise.all(
    opened.databases.map(async (one) => {
      const known = await readKnown(request.outFolder, knownName(one));
      return overviewOf(one, { known, nowMs, keeping: await keepingOf(one.stocks) });
    }),
  );
}
