/** The first `fogbell.yaml`: what stores seem to hold, as a file that loads and that people go on writing in. */

import { tellingFirst } from "../backups/form.ts";
import { type Inventory, takeStock } from "../backups/locate.ts";
import { placeAll } from "../backups/series.ts";
import { openToRead, storeUrl } from "../backups/store-for.ts";
import { assertAnyRead } from "../backups/unreadable.ts";
import { readConfig } from "../config/config.ts";
import { type Encryption, text as plainText } from "../config/database.ts";
import { UsageError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import { tameString } from "../host/tame.ts";
import type { Catalog } from "../parts.ts";
import { engineNamed } from "./engine-named.ts";
import { named, type Proposal, proposalsOf } from "./proposals.ts";

export interface InitRequest {
  readonly catalog: Catalog;
  readonly stores: readonly string[];
  /** For backups that are encrypted: nothing in them tells their engine. */
  readonly engine: string | null;
  readonly rtoMs: number | null;
  readonly rpoMs: number | null;
  readonly signal: AbortSignal;
}

export interface Init {
  readonly text: string;
  readonly databases: readonly { readonly name: string; readonly engine: string; readonly points: number }[];
  /** What a person should know: objects that were not recognised, keys to be given. */
  readonly notes: readonly string[];
}

/** `30m`, `25h`, `7d`: as the file wants it, rounded up to minutes. */
export function durationWord(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** YAML's double-quoted form, which JSON's is a part of. */
const word = (value: string) =>
  /^[A-Za-z][A-Za-z0-9_-]*$/.test(value) && !/^(null|true|false|yes|no|on|off)$/i.test(value)
    ? value
    : tameString(value);

interface Sealed {
  readonly url: string;
  readonly name: string;
  readonly pattern: string;
  readonly encryption: Encryption;
  readonly objects: number;
}

function sealedOf(url: string, unknown: Inventory["unknown"]): Sealed[] {
  const jobs = new Map<string, Sealed>();
  const placed = placeAll(unknown.map(({ key }) => key));
  for (const { key, form } of unknown) {
    const how = form?.with;
    if (how !== "age" && how !== "gpg") continue;
    const { glob: pattern = key, segments = [] } = placed.get(key) ?? {};
    const known = jobs.get(pattern);
    jobs.set(pattern, {
      url,
      pattern,
      name: segments.join("-") || "sealed",
      encryption: { with: how, "key-env": "BACKUP_KEY" },
      objects: (known?.objects ?? 0) + 1,
    });
  }
  return [...jobs.values()];
}

function databaseText({ name, engine, objectives, sources }: Proposal, { rtoMs, rpoMs }: InitRequest): string {
  const lines = sources.map(({ store, pattern, ignore = [], database, every, encryption }) =>
    [
      `      - store: ${word(store)}`,
      ...(pattern === undefined ? [] : [`        pattern: ${word(pattern)}`]),
      ...(ignore.length === 0 ? [] : [`        ignore: [${ignore.map(word).join(", ")}]`]),
      ...(database === undefined ? [] : [`        database: ${word(database)}`]),
      ...(every === undefined ? [] : [`        every: ${durationWord(every)}`]),
      ...(encryption === undefined
        ? []
        : [`        encryption: { with: ${encryption.with}, key-env: ${encryption["key-env"]} }`]),
    ].join("\n"),
  );
  return [
    `  - name: ${word(name)}`,
    `    engine: ${engine}`,
    `    objectives: { rto: ${durationWord(rtoMs ?? objectives.rto ?? 0)}, rpo: ${durationWord(rpoMs ?? objectives.rpo ?? 0)} }`,
    "    sources:",
    ...lines,
    "    # fresh: { table: orders, column: created_at }   # where the newest row tells how new a copy is",
    "    # checks:",
    '    #   - { name: orders, sql: "SELECT count(*) FROM orders", min: 1 }',
  ].join("\n");
}

/** Of the same database in several stores one, with all their sources. */
function merge(all: readonly Proposal[]): Proposal[] {
  const merged = new Map<string, Proposal>();
  for (const one of all) {
    const key = `${one.engine} ${one.name}`;
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined
        ? one
        : { ...known, sources: [...known.sources, ...one.sources], points: [...known.points, ...one.points] },
    );
  }
  return [...merged.values()];
}

function assertPlain(url: string): void {
  if (plainText("", "").safeParse(url).success) return;
  throw new UsageError("the store's URL holds what looks like a secret, and would stand in the file", {
    code: "FB_STORE_URL",
    next: ["export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…", "export AWS_PROFILE=…"],
  });
}

/** Encrypted jobs of a store as sources of the engine that is told, or what to type to make them that. */
function sealedAs(
  engine: string | null,
  sealed: readonly Sealed[],
  proposals: readonly Proposal[],
): { found: Proposal[]; notes: string[] } {
  const what = ({ objects, pattern, encryption }: Sealed) =>
    `${objects} objects like ${pattern} are encrypted with ${encryption.with}`;
  if (engine === null)
    return { found: [], notes: sealed.map((one) => `${what(one)}: say --engine, and they become a source`) };
  return {
    found: sealed.map(({ url, pattern, encryption, name }) => ({
      // A name that says nothing means the only database there is.
      name: proposals.length === 1 && name === "sealed" ? (proposals[0]?.name ?? name) : name,
      engine,
      environment: "PRODUCTION",
      rows: {},
      objectives: { rto: 4 * 3_600_000, rpo: 25 * 3_600_000 },
      sources: [{ store: url, pattern, encryption }],
      "may-shrink": [],
      checks: [],
      points: [],
    })),
    notes: sealed.map((one) => `${what(one)}: put the key into BACKUP_KEY, or name another place in the file`),
  };
}

/** What one store holds: databases, and what a person should know. */
async function look(
  url: string,
  { catalog, engine, signal, stores }: InitRequest,
): Promise<{ found: Proposal[]; notes: string[]; sealed: number }> {
  assertPlain(url);
  const isOnly = stores.length === 1;
  await using store = await openToRead(catalog, url, signal);
  const inventory = await takeStock(store, catalog.engines);
  if (isOnly) assertAnyRead(inventory);
  const sealed = sealedOf(url, inventory.unknown);
  const {
    proposals,
    structures,
    left: strange,
  } = await proposalsOf(url, { store, engines: catalog.engines, inventory });
  const more = sealedAs(engine, sealed, proposals);
  const left = strange.filter(({ form }) => form?.with !== "age" && form?.with !== "gpg");
  // Of many the one that says most.
  const example = tellingFirst(left)[0];
  const unrecognised =
    example === undefined
      ? []
      : [
          `${left.length} objects in ${store.place} are no backups that are recognised: ${example.key}: ${example.because}`,
        ];
  const [bare] = structures;
  const halves =
    bare === undefined
      ? []
      : [`${structures.length} objects hold a structure and no rows, and are left out: ${bare.id}`];
  return {
    found: [...proposals, ...more.found],
    notes: [...more.notes, ...halves, ...unrecognised],
    sealed: sealed.length,
  };
}

/** Looks into the stores and proposes a file. Throws UsageError when nothing in them is recognised. */
export async function propose(request: InitRequest): Promise<Init> {
  const { catalog, engine } = request;
  const stores = request.stores.map(storeUrl);
  if (engine !== null) engineNamed(catalog, engine);
  const found: Proposal[] = [];
  const notes: string[] = [];
  let sealed = 0;
  for (const url of stores) {
    const one = await look(url, request);
    found.push(...one.found);
    notes.push(...one.notes);
    sealed += one.sealed;
  }
  if (engine !== null && sealed === 0)
    notes.push(`--engine ${engine} was not used: nothing is encrypted, and backups tell their engine themselves`);
  const databases = named(merge(found));
  if (databases.length === 0) {
    throw new UsageError(
      `no backup was recognised in ${stores.join(", ")}${notes.length === 0 ? "" : `: ${notes.join("; ")}`}`,
      {
        code: "FB_NO_SOURCES",
        next: stores.map((url) => `fogbell backups list --store ${quote(url)}`),
      },
    );
  }
  const text = [
    "# Your databases, for Fogbell. Don't put secrets here. docs/config.md explains every key.",
    "version: 1",
    "databases:",
    ...databases.map((one) => databaseText(one, request)),
    "",
  ].join("\n");
  readConfig("fogbell.yaml", text);
  return {
    text,
    notes,
    databases: databases.map(({ name, engine: of, points }) => ({ name, engine: of, points: points.length })),
  };
}
