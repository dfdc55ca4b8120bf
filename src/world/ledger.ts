/**
 * The ground truth, kept outside the database: what was committed, per table and key, at each moment that matters.
 * It holds digests and never a row's values.
 */
import { createWriteStream, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { type Buckets, differingBuckets } from "../buckets.ts";
import { UnavailableError } from "../errors.ts";
import { wholeNumber } from "../host/units.ts";
import type { DigestRequest, Keys, LedgerState, LedgerView, Line, Outcome, Phrases } from "../parts.ts";
import { StoredTable } from "./stored-table.ts";

/**
 * So many rows a bucket on average: a differing bucket costs so many keys to look into, a bucket costs memory in every
 * recorded state.
 */
const ROWS_PER_BUCKET = 512;
const FEWEST_BUCKETS = 64;
const MOST_BUCKETS = 65_536;

/** From so large a part of changed buckets on, all keys are asked for: naming buckets is a condition on every row. */
const MOST_CHANGED = 0.5;

/** Digesting keeps one processor busy, and a sandbox has two. A small world is asked at once: a question is a process. */
const DIGESTS_AT_ONCE = 2;
const SMALL_BUCKETS = 256;

/** How the ledger asks. Given by whoever may run commands. */
export type Ask = (line: Line, sink?: (chunk: Uint8Array) => void) => Promise<Outcome>;

/** A table before the damage, as the damage left it, and now. */
interface Mending {
  readonly before: StoredTable;
  readonly damaged: StoredTable;
  readonly now: StoredTable;
}

interface Recorded extends LedgerState {
  readonly tables: Map<string, StoredTable>;
}

/** States as they are kept between runs: digests by file, everything else as it is. */
export interface SavedLedger {
  readonly states: readonly {
    readonly name: string;
    readonly atMs: number;
    readonly tables: readonly {
      request: DigestRequest;
      buckets: readonly (readonly [number, string])[];
      file: string;
    }[];
    readonly catalogue: readonly (readonly [string, string])[];
    readonly sequences: readonly (readonly [string, string])[];
  }[];
}

export interface Ledger extends LedgerView {
  /** What another run can open in a copy of this ledger's folder. */
  save(): SavedLedger;
  /** Records the state of every table at a simulated moment. Throws UnavailableError when a question fails. */
  record(name: string, atMs: number): Promise<LedgerState>;
  /**
   * Records what an older copy holds, asked where `ask` finds it now. It stands before every other state. Tables that only
   * one of them knows are left out, and those that cannot be compared.
   */
  recordCopy(name: string, atMs: number): Promise<LedgerState>;
  /**
   * Finds out by digest which tables the damage hit, whatever the scenario says it hit. From here on `record` carries
   * the catalogue and the sequences over as they were; of a table that was hit, each key as it was, unless somebody
   * wrote it afterwards: that is a good write, and stays. Allowed losses count back from `atMs`.
   */
  recordDamage(atMs: number): Promise<readonly string[]>;
}

/** Into how many buckets a table of so many rows is digested: a power of two. */
export function bucketsFor(rows: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, rows / ROWS_PER_BUCKET)));
  return Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, wanted));
}

/** Where a sequence stands, as it was printed. */
function standing(sequence: string, value: string): bigint {
  const number = wholeNumber(value);
  if (number === null)
    throw new UnavailableError(`the ledger could not record where ${sequence} stands`, { code: "FB_LEDGER" });
  return number;
}

function rowsOf(outcome: Outcome, what: string): string[][] {
  if (outcome.exitCode !== 0 || outcome.truncated) {
    throw new UnavailableError(
      `the ledger could not record ${what}: exit code ${outcome.exitCode}; ${outcome.stderrTail.trim()}`,
      {
        code: "FB_LEDGER",
        next: ["look at the journal for the question that failed"],
      },
    );
  }
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

const keysOf = (table: StoredTable, bucket: number): Keys => table.keys([bucket]).get(bucket) ?? new Map();

/** In parts of about the same number of rows, which the number of buckets goes by. */
function inParts(asked: readonly DigestRequest[]): DigestRequest[][] {
  const total = asked.reduce((sum, { buckets }) => sum + buckets, 0);
  const parts = Array.from({ length: total < SMALL_BUCKETS ? 1 : DIGESTS_AT_ONCE }, () => ({
    buckets: 0,
    requests: [] as DigestRequest[],
  }));
  for (const request of [...asked].sort((a, b) => b.buckets - a.buckets)) {
    const least = parts.reduce((one, other) => (other.buckets < one.buckets ? other : one));
    least.buckets += request.buckets;
    least.requests.push(request);
  }
  return parts.map(({ requests }) => requests).filter((requests) => requests.length > 0);
}

const isSame = (a: Buckets, b: Buckets) => differingBuckets(a, b).length === 0;

/** Each question costs a process: a few are asked together, so that a small world is not made of waiting. */
const AT_ONCE = 4;

async function someAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** States as they were saved; a table that did not change between two of them is one again. */
function openStates(folder: string, { states }: SavedLedger): Recorded[] {
  const opened = new Map<string, StoredTable>();
  const open = ({ request, buckets, file }: SavedLedger["states"][number]["tables"][number]) => {
    const known = opened.get(file) ?? new StoredTable(request, new Map(buckets), join(folder, file));
    opened.set(file, known);
    return known;
  };
  return states.map(({ name, atMs, tables, catalogue, sequences }) => ({
    name,
    atMs,
    tables: new Map(tables.map((table) => [table.request.table, open(table)])),
    catalogue: new Map(catalogue),
    sequences: new Map(sequences.map(([sequence, value]) => [sequence, BigInt(value)])),
  }));
}

/**
 * The ledger of a world. A class, because its states, the tables it knows and what the damage hit change together: a
 * state that is recorded after the damage goes by all of them.
 */
class WorldLedger implements Ledger {
  readonly states: Recorded[];
  readonly #folder: string;
  readonly #phrases: Phrases;
  readonly #ask: Ask;
  readonly #requests: Map<string, DigestRequest>;
  #damagedAtMs = Number.POSITIVE_INFINITY;
  /** Tables that the damage hit, as it left them; null for one that is gone or cannot be read. */
  readonly #hit = new Map<string, StoredTable | null>();
  #files: number;

  constructor(folder: string, phrases: Phrases, ask: Ask, states: Recorded[]) {
    this.#folder = folder;
    this.#phrases = phrases;
    this.#ask = ask;
    this.states = states;
    const tables = states.flatMap((state) => [...state.tables.values()]);
    this.#requests = new Map(tables.map(({ table, request }) => [table, request]));
    this.#files = new Set(tables).size;
  }

  async #findTables(): Promise<void> {
    for (const [table = "", hash, rows, keyColumns] of rowsOf(
      await this.#ask(this.#phrases.listTables()),
      "the tables",
    )) {
      // The number of buckets is fixed when a table is first seen, so that all its states compare.
      if (this.#requests.has(table)) continue;
      this.#requests.set(table, {
        table,
        buckets: bucketsFor(Number(rows)),
        hash: hash === "record" ? "record" : "text",
        keyColumns: JSON.parse(keyColumns ?? "[]") as string[],
      });
    }
  }

  async #store(request: DigestRequest, buckets: Buckets): Promise<StoredTable> {
    const before = this.states.at(-1)?.tables.get(request.table);
    return before !== undefined && isSame(before.buckets, buckets) ? before : this.#storeAs(request, buckets, before);
  }

  /** Asks for no key of a bucket that is as it was in `before`: those are copied. */
  async #storeAs(request: DigestRequest, buckets: Buckets, before?: StoredTable): Promise<StoredTable> {
    this.#files += 1;
    const file = join(this.#folder, `${this.#files}.digests`);
    const changed = differingBuckets(before?.buckets ?? new Map(), buckets).filter((bucket) => buckets.has(bucket));
    if (before === undefined || changed.length > buckets.size * MOST_CHANGED) {
      await this.#storeKeys(this.#phrases.keyDigests(request), request, file);
      return new StoredTable(request, buckets, file);
    }
    const part = `${file}.part`;
    await this.#storeKeys(this.#phrases.keyDigests(request, changed), request, part);
    const news = new StoredTable(request, new Map(changed.map((bucket) => [bucket, buckets.get(bucket) ?? ""])), part);
    const table = new StoredTable(request, buckets, file);
    table.assemble(news, before);
    await rm(part);
    return table;
  }

  async #storeKeys(question: Line, { table }: DigestRequest, file: string): Promise<void> {
    const stream = createWriteStream(file);
    const outcome = await this.#ask(question, (chunk) => void stream.write(chunk));
    stream.end();
    await finished(stream);
    rowsOf(outcome, table);
  }

  async #readBuckets(asked: readonly DigestRequest[]): Promise<Map<string, Map<number, string>>> {
    const found = new Map<string, Map<number, string>>(asked.map((request) => [request.table, new Map()]));
    const answers = await Promise.all(inParts(asked).map((part) => this.#ask(this.#phrases.bucketDigests(part))));
    for (const [table = "", bucket, rows, sum] of answers.flatMap((answer) => rowsOf(answer, "the rows")))
      found.get(table)?.set(Number(bucket), `${rows}\t${sum}`);
    return found;
  }

  /** Table by table when they cannot be read together; null for one that cannot be read at all. */
  async #readWhatCanBe(asked: readonly DigestRequest[]): Promise<Map<string, Map<number, string> | null>> {
    const together = await this.#readBuckets(asked).catch(() => null);
    if (together !== null) return together;
    const one = async (request: DigestRequest) =>
      [
        request.table,
        await this.#readBuckets([request]).then(
          (found) => found.get(request.table) ?? null,
          () => null,
        ),
      ] as const;
    return new Map(await someAtOnce(asked, one));
  }

  async #readTables(): Promise<Map<string, StoredTable>> {
    const known = [...this.#requests.values()];
    const alive = known.filter(({ table }) => !this.#hit.has(table) || this.#hit.get(table) !== null);
    const found = await this.#readBuckets(alive);
    const read = async (request: DigestRequest): Promise<StoredTable> => {
      const before = this.states.at(-1)?.tables.get(request.table);
      const damaged = this.#hit.get(request.table);
      const buckets = found.get(request.table) ?? new Map<number, string>();
      if (damaged === undefined || before === undefined) return this.#store(request, buckets);
      // Gone or unreadable, or not written to since: what it was just before is still the truth.
      if (damaged === null || isSame(damaged.buckets, buckets)) return before;
      return this.#mend({ before, damaged, now: await this.#storeAs(request, buckets, damaged) });
    };
    return new Map(await someAtOnce(known, async (request) => [request.table, await read(request)]));
  }

  /** The truth of a table that was hurt and written to since: each key as it was, unless somebody changed it afterwards. */
  #mend({ before, damaged, now }: Mending): StoredTable {
    const buckets = new Map<number, string>();
    const lines: string[] = [];
    const all = new Set([...before.buckets.keys(), ...damaged.buckets.keys(), ...now.buckets.keys()]);
    for (const bucket of [...all].sort((a, b) => a - b)) {
      const [was, hurt, is] = [before, damaged, now].map((table) => keysOf(table, bucket)) as [Keys, Keys, Keys];
      const kept = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key) => {
        const changedSince = (is.get(key) ?? []).join() !== (hurt.get(key) ?? []).join();
        return ((changedSince ? is : was).get(key) ?? []).map((row) => `${key}${row}`);
      });
      if (kept.length === 0) continue;
      const sum = [before, damaged, now].find(
        (table) =>
          [...keysOf(table, bucket)].flatMap(([key, rows]) => rows.map((row) => `${key}${row}`)).join() === kept.join(),
      );
      // Of a mixture nobody knows the sum: its keys are compared one by one.
      buckets.set(bucket, sum?.buckets.get(bucket) ?? `${kept.length}\tmixed`);
      lines.push(...kept.map((row) => `${bucket.toString(16).padStart(8, "0")}${row}\n`));
    }
    this.#files += 1;
    const file = join(this.#folder, `${this.#files}.digests`);
    writeFileSync(file, lines.join(""));
    return new StoredTable(now.request, buckets, file);
  }

  async #readCatalogue(): Promise<Map<string, string>> {
    if (this.#phrases.catalogue === undefined) return new Map();
    const rows = rowsOf(await this.#ask(this.#phrases.catalogue()), "the catalogue");
    return new Map(rows.map(([kind, object, ...definition]) => [`${kind}\t${object}`, definition.join("\t")]));
  }

  async #readSequences(): Promise<Map<string, bigint>> {
    if (this.#phrases.sequences === undefined) return new Map();
    const rows = rowsOf(await this.#ask(this.#phrases.sequences()), "the sequences");
    return new Map(rows.map(([sequence = "", value = ""]) => [sequence, standing(sequence, value)]));
  }

  save(): SavedLedger {
    return {
      states: this.states.map(({ name, atMs, tables, catalogue, sequences }) => ({
        name,
        atMs,
        tables: [...tables.values()].map((table) => table.save()),
        catalogue: [...catalogue],
        sequences: [...sequences].map(([sequence, value]) => [sequence, String(value)] as const),
      })),
    };
  }

  get truth(): Recorded {
    const last = this.states.at(-1);
    if (last === undefined) throw new UnavailableError("the ledger is empty", { code: "FB_LEDGER" });
    return last;
  }

  window(maxLossMs: number): Recorded[] {
    return this.states.filter(
      (state) => state.atMs <= this.#damagedAtMs && state.atMs >= this.#damagedAtMs - maxLossMs,
    );
  }

  async record(name: string, atMs: number): Promise<Recorded> {
    if (this.#hit.size === 0 || this.#hit.size < this.#requests.size) await this.#findTables();
    // After the damage, what went with it is still the truth: the objects that were there just before.
    const last = this.#damagedAtMs === Number.POSITIVE_INFINITY ? undefined : this.states.at(-1);
    // Nobody writes meanwhile, so the order of these questions changes nothing.
    const [tables, catalogue, sequences] = await Promise.all([
      this.#readTables(),
      last?.catalogue ?? this.#readCatalogue(),
      last?.sequences ?? this.#readSequences(),
    ]);
    const state: Recorded = { name, atMs, tables, catalogue, sequences };
    this.states.push(state);
    return state;
  }

  async recordCopy(name: string, atMs: number): Promise<Recorded> {
    const listed = rowsOf(await this.#ask(this.#phrases.listTables()), "the copy's tables");
    const there = new Set(listed.map(([table]) => table));
    const asked = [...this.#requests.values()].filter(({ table }) => there.has(table));
    const found = await this.#readWhatCanBe(asked);
    const truth = this.states.at(-1)?.tables;
    const read = asked.flatMap((request) => {
      const buckets = found.get(request.table) ?? null;
      return buckets === null ? [] : [{ request, buckets, before: truth?.get(request.table) }];
    });
    const tables = new Map(
      await someAtOnce(read, async ({ request, buckets, before }) => {
        const same = before !== undefined && isSame(before.buckets, buckets);
        return [request.table, same ? before : await this.#storeAs(request, buckets, before)] as const;
      }),
    );
    const [catalogue, sequences] = [await this.#readCatalogue(), await this.#readSequences()];
    const state: Recorded = { name, atMs, tables, catalogue, sequences };
    this.states.unshift(state);
    return state;
  }

  async recordDamage(atMs: number): Promise<string[]> {
    this.#damagedAtMs = atMs;
    const before = this.states.at(-1)?.tables ?? new Map<string, StoredTable>();
    const isThere = await this.#ask(this.#phrases.databaseExists()).then(
      ({ exitCode, stdout }) => exitCode === 0 && stdout.trim() === "yes",
    );
    const found = isThere
      ? await this.#readWhatCanBe([...this.#requests.values()])
      : new Map<string, Map<number, string> | null>();
    for (const [table, state] of before) {
      const buckets = found.get(table) ?? null;
      if (buckets !== null && isSame(state.buckets, buckets)) continue;
      const isEmpty = buckets === null || buckets.size === 0;
      // Of an empty table nobody knows whether it is there; it is asked again when somebody has written to it.
      this.#hit.set(
        table,
        buckets === null
          ? null
          : isEmpty
            ? new StoredTable(state.request, new Map(), "")
            : await this.#storeAs(state.request, buckets, state),
      );
    }
    return [...this.#hit.keys()];
  }
}

/** Opens a ledger in a folder of this run, empty or as it was saved. `ask` runs a question in the production server. */
export async function openLedger(folder: string, phrases: Phrases, ask: Ask, saved?: SavedLedger): Promise<Ledger> {
  await mkdir(folder, { recursive: true });
  return new WorldLedger(folder, phrases, ask, saved === undefined ? [] : openStates(folder, saved));
}
