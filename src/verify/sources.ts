/** Where the backups of a call lie: the databases that are meant, and what their sources hold. */

import { tellingFirst } from "../backups/form.ts";
import { takeStock } from "../backups/locate.ts";
import { fitter } from "../backups/patterns.ts";
import { openToRead, storeFor, storeUrl as urlMeant } from "../backups/store-for.ts";
import { assertAnyRead } from "../backups/unreadable.ts";
import { type LoadedConfig, USUAL_FILE } from "../config/config.ts";
import type { ConfiguredDatabase, ConfiguredSource } from "../config/database.ts";
import { asFogbellError, type FogbellError, UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";
import type { Catalog, Engine, Store } from "../parts.ts";
import { parseShard } from "../run/shard.ts";
import { named, proposalsOf } from "./proposals.ts";
import { type SourceStock, stockOf } from "./source-stock.ts";

/** What is typed to say where to look. */
export interface SourceRequest {
  readonly catalog: Catalog;
  /** What `fogbell.yaml` tells; null when a store is all that is known. */
  readonly config: LoadedConfig | null;
  /** A store to look into without any file. */
  readonly storeUrl: string | null;
  /** Names of databases; none: all of them. */
  readonly names: readonly string[];
  /** `1/3`: only this part of the verifies. */
  readonly shard?: string | undefined;
  readonly signal: AbortSignal;
}

/** Which command was typed: it is the one to type again. */
export type TypedCommand = "verify" | "backups" | "gate";

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

export interface OpenedSources extends AsyncDisposable {
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

interface Known {
  /** What knows of databases, as the message begins. */
  readonly who: string;
  readonly names: readonly string[];
  readonly typed: TypedCommand;
  /** The flag that said where to look, to be typed again. */
  readonly where: string;
}

/** Throws UsageError for a name that is none of those that are known, with the nearest of them first. */
function assertKnown(wanted: readonly string[], { who, names, typed, where }: Known): void {
  const wrong = wanted.find((name) => !names.includes(name));
  if (wrong === undefined) return;
  const near = nearest(wrong, names);
  const others = names.filter((name) => name !== near);
  throw new UsageError(`${who} no database "${wrong}"${near === undefined ? "" : `; did you mean "${near}"?`}`, {
    code: "FB_DATABASE_UNKNOWN",
    next: [...(near === undefined ? [] : [near]), ...others].map((name) => `fogbell ${typed} ${quote(name)}${where}`),
  });
}

/** The databases of a file that are named, in the file's order; all of them when none is. Throws UsageError for a name it hasn't. */
export function databasesNamed(
  config: LoadedConfig,
  names: readonly string[],
  typed: TypedCommand,
): { database: ConfiguredDatabase; index: number }[] {
  const all = config.config.databases.map((database, index) => ({ database, index }));
  assertKnown(names, {
    who: `${config.file} has`,
    names: all.map(({ database }) => database.name),
    typed,
    // A file of another name has to be named again.
    where: config.file === USUAL_FILE ? "" : ` --config ${quote(config.file)}`,
  });
  return names.length === 0 ? all : all.filter(({ database }) => names.includes(database.name));
}

function chosen(
  config: LoadedConfig,
  names: readonly string[],
  typed: TypedCommand,
): { database: ConfiguredDatabase; index: number }[] {
  const named = databasesNamed(config, names, typed);
  const meant = names.length === 0 ? named.filter(({ database }) => database.sources.length > 0) : named;
  const without = meant.find(({ database }) => database.sources.length === 0);
  if (meant.length === 0 || without !== undefined) {
    throw new UsageError(
      `${config.file} lists no sources${without === undefined ? "" : ` for ${without.database.name}`}`,
      {
        code: "FB_NO_SOURCES",
        next: ["fogbell init --store URL --out -", "add sources: to the database (see docs/config.md)"],
      },
    );
  }
  return meant;
}

/** Throws UsageError for what can be known to be wrong before a store is opened. */
export function assertTold(request: Omit<SourceRequest, "signal">, typed: TypedCommand): void {
  const { catalog, config, storeUrl, names, shard } = request;
  if (storeUrl === null && config === null) {
    throw new UsageError("it's not known where your backups are", {
      code: "FB_NO_SOURCES",
      next: ["fogbell init --store URL", `fogbell ${typed} --store /path/to/backups`],
    });
  }
  if (storeUrl !== null) storeFor(catalog, storeUrl);
  else if (config !== null) chosen(config, names, typed);
  if (shard !== undefined) parseShard(shard);
}

/** Which keys of a source's store are meant by other sources. */
function othersOf(everybody: readonly ConfiguredDatabase[], source: ConfiguredSource): (key: string) => boolean {
  const others = everybody
    .flatMap(({ sources }) => sources)
    .filter((one) => one !== source && one.store === source.store && one.pattern !== undefined)
    .map(({ pattern = "", ignore = [] }) => ({ fits: fitter(pattern), ignored: ignore.map(fitter) }));
  return (key) => others.some(({ fits, ignored }) => fits(key) && !ignored.some((is) => is(key)));
}

/** A backup that several sources of one store mean is one backup. */
function onceEach(stocks: readonly SourceStock[]): SourceStock[] {
  const seen = new Set<string>();
  return stocks.map((stock) => ({
    ...stock,
    candidates: stock.candidates.filter(({ storeUrl, point: { id } }) => {
      const key = `${storeUrl}\0${id}`;
      return !seen.has(key) && seen.add(key);
    }),
  }));
}

/** Opens every source and lists it. Throws UsageError when nothing says where backups are. */
export async function openSources(request: SourceRequest, typed: TypedCommand): Promise<OpenedSources> {
  const { catalog, config, names, signal } = request;
  assertTold(request, typed);
  const storeUrl = request.storeUrl === null ? null : urlMeant(request.storeUrl);
  const stores = new Map<string, Store>();
  const dispose = async () => {
    for (const store of stores.values()) await store[Symbol.asyncDispose]();
  };
  const open = async (url: string): Promise<Store> => {
    const store = stores.get(url) ?? (await openToRead(catalog, url, signal));
    stores.set(url, store);
    return store;
  };
  try {
    const told =
      storeUrl === null
        ? { meant: chosen(config as LoadedConfig, names, typed), everybody: [] }
        : await found(catalog, { url: storeUrl, store: await open(storeUrl), names, typed });
    // Whoever is not asked for today has backups of its own, too.
    const everybody = config === null || storeUrl !== null ? told.everybody : config.config.databases;
    const databases: Stocked[] = [];
    for (const { database, index } of told.meant) {
      const engine = engineOf(catalog, database);
      const stocks: SourceStock[] = [];
      let fault: FogbellError | null = null;
      for (const source of database.sources) {
        try {
          stocks.push(
            await stockOf(await open(source.store), source, engine, { isOthers: othersOf(everybody, source) }),
          );
        } catch (error) {
          if (signal.aborted || asFogbellError(error).exitCode !== 4) throw error;
          fault ??= asFogbellError(error);
        }
      }
      databases.push({ database, engine, stocks: onceEach(stocks), fault, index });
    }
    return { databases, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function found(
  catalog: Catalog,
  { url, store, names, typed }: { url: string; store: Store; names: readonly string[]; typed: TypedCommand },
): Promise<{ meant: { database: ConfiguredDatabase; index: number }[]; everybody: readonly ConfiguredDatabase[] }> {
  const inventory = await takeStock(store, catalog.engines);
  const proposals = named((await proposalsOf(url, { store, engines: catalog.engines, inventory })).proposals);
  if (proposals.length > 0) {
    const all = proposals.map(({ name }) => name);
    assertKnown(names, { who: `${store.place} has`, names: all, typed, where: ` --store ${quote(url)}` });
    const meant = proposals.filter(({ name }) => names.length === 0 || names.includes(name));
    return { meant: meant.map((database) => ({ database, index: -1 })), everybody: proposals };
  }
  assertAnyRead(inventory);
  const why = tellingFirst(inventory.unknown)
    .slice(0, 3)
    .map(({ key, because }) => `${key}: ${because}`);
  throw new UsageError(
    `no backup was recognised in ${store.place}${why.length === 0 ? ": it is empty" : `: ${why.join("; ")}`}`,
    { code: "FB_NO_SOURCES", next: [`fogbell backups list --store ${quote(url)}`] },
  );
}
