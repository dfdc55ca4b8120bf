/**
 * The ground truth, kept outside the database: what was committed, per table and key, at each moment that matters.
 * It holds digests and never a row's values. States lie in files of fixed-width lines, so that a bucket is found by
 * arithmetic and memory stays flat however many rows there are.
 */
import { closeSync, createWriteStream, openSync, readSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { finished } from "node:stream/promises";
import { UnavailableError } from "../errors.ts";
import type { DigestRequest, LedgerState, LedgerView, Line, Outcome, Phrases, TableState } from "../parts.ts";

/** `bucket(8) key(16) row(16) newline`, as `Phrases.keyDigests` prints it. */
const LINE_BYTES = 41;

/**
 * So many rows a bucket on average: a differing bucket costs so many keys to look into, a bucket costs memory in every
 * recorded state.
 */
const ROWS_PER_BUCKET = 512;
const FEWEST_BUCKETS = 64;
const MOST_BUCKETS = 65_536;

/** How the ledger asks. Given by whoever may run commands. */
export type Ask = (line: Line, sink?: (chunk: Uint8Array) => void) => Promise<Outcome>;

type Keys = ReadonlyMap<string, readonly string[]>;

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
   * Finds out by digest which tables the damage hit, whatever the scenario says it hit. From here on `record` carries
   * the catalogue and the sequences over as they were; of a table that was hit, each key as it was, unless somebody
   * wrote it afterwards: that is a good write, and stays. Allowed losses count back from `atMs`.
   */
  recordDamage(atMs: number): Promise<readonly string[]>;
}

export function bucketsFor(rows: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, rows / ROWS_PER_BUCKET)));
  return Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, wanted));
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

/** A table's digests in a file; reads only the lines of the buckets asked for. */
class StoredTable implements TableState {
  readonly request: DigestRequest;
  readonly buckets: ReadonlyMap<number, string>;
  readonly rows: number;
  readonly #file: string;
  readonly #offsets = new Map<number, { first: number; count: number }>();

  constructor(request: DigestRequest, buckets: ReadonlyMap<number, string>, file: string) {
    this.request = request;
    this.buckets = buckets;
    this.#file = file;
    let first = 0;
    for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
      const count = Number((buckets.get(bucket) ?? "0").split("\t")[0]);
      this.#offsets.set(bucket, { first, count });
      first += count;
    }
    this.rows = first;
  }

  save(): { request: DigestRequest; buckets: [number, string][]; file: string } {
    return { request: this.request, buckets: [...this.buckets], file: basename(this.#file) };
  }

  get table(): string {
    return this.request.table;
  }

  keys(buckets: readonly number[]): ReadonlyMap<string, readonly string[]> {
    const keys = new Map<string, string[]>();
    if (!buckets.some((bucket) => this.#offsets.has(bucket))) return keys;
    const descriptor = openSync(this.#file, "r");
    try {
      for (const bucket of buckets) {
        const place = this.#offsets.get(bucket);
        if (place === undefined) continue;
        const bytes = Buffer.alloc(place.count * LINE_BYTES);
        const read = readSync(descriptor, bytes, 0, bytes.length, place.first * LINE_BYTES);
        if (read !== bytes.length)
          throw new UnavailableError(`the ledger of ${this.table} is cut off`, { code: "FB_LEDGER" });
        for (let at = 0; at < bytes.length; at += LINE_BYTES) {
          const key = bytes.toString("latin1", at + 8, at + 24);
          const row = bytes.toString("latin1", at + 24, at + 40);
          const rows = keys.get(key);
          if (rows === undefined) keys.set(key, [row]);
          else rows.push(row);
        }
      }
    } finally {
      closeSync(descriptor);
    }
    return keys;
  }
}

function sameBuckets(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [bucket, digest] of a) if (b.get(bucket) !== digest) return false;
  return true;
}

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

/** Opens a ledger in a folder of this run, empty or as it was saved. `ask` runs a question in the production server. */
export async function openLedger(folder: string, phrases: Phrases, ask: Ask, saved?: SavedLedger): Promise<Ledger> {
  await mkdir(folder, { recursive: true });
  const states: Recorded[] = saved === undefined ? [] : openStates(folder, saved);
  const requests = new Map<string, DigestRequest>(
    states.flatMap(({ tables }) => [...tables.values()].map(({ table, request }) => [table, request] as const)),
  );
  let damagedAtMs = Number.POSITIVE_INFINITY;
  /** Tables that the damage hit, as it left them; null for one that is gone or cannot be read. */
  const hit = new Map<string, StoredTable | null>();
  let files = new Set(states.flatMap(({ tables }) => [...tables.values()])).size;

  async function findTables(): Promise<void> {
    for (const [table = "", hash, rows, keyColumns] of rowsOf(await ask(phrases.listTables()), "the tables")) {
      // The number of buckets is fixed when a table is first seen, so that all its states compare.
      if (requests.has(table)) continue;
      requests.set(table, {
        table,
        buckets: bucketsFor(Number(rows)),
        hash: hash === "record" ? "record" : "text",
        keyColumns: JSON.parse(keyColumns ?? "[]") as string[],
      });
    }
  }

  async function store(request: DigestRequest, buckets: ReadonlyMap<number, string>): Promise<StoredTable> {
    const before = states.at(-1)?.tables.get(request.table);
    return before !== undefined && sameBuckets(before.buckets, buckets) ? before : storeAs(request, buckets);
  }

  async function storeAs(request: DigestRequest, buckets: ReadonlyMap<number, string>): Promise<StoredTable> {
    files += 1;
    const file = join(folder, `${files}.digests`);
    const stream = createWriteStream(file);
    const outcome = await ask(phrases.keyDigests(request), (chunk) => void stream.write(chunk));
    stream.end();
    await finished(stream);
    rowsOf(outcome, request.table);
    return new StoredTable(request, buckets, file);
  }

  async function readBuckets(asked: readonly DigestRequest[]): Promise<Map<string, Map<number, string>>> {
    const found = new Map<string, Map<number, string>>(asked.map((request) => [request.table, new Map()]));
    if (asked.length === 0) return found;
    for (const [table = "", bucket, rows, sum] of rowsOf(await ask(phrases.bucketDigests(asked)), "the rows")) {
      found.get(table)?.set(Number(bucket), `${rows}\t${sum}`);
    }
    return found;
  }

  /** Table by table when they cannot be read together; null for one that cannot be read at all. */
  async function readWhatCanBe(asked: readonly DigestRequest[]): Promise<Map<string, Map<number, string> | null>> {
    const together = await readBuckets(asked).catch(() => null);
    if (together !== null) return together;
    const one = async (request: DigestRequest) =>
      [
        request.table,
        await readBuckets([request]).then(
          (found) => found.get(request.table) ?? null,
          () => null,
        ),
      ] as const;
    return new Map(await someAtOnce(asked, one));
  }

  async function readTables(): Promise<Map<string, StoredTable>> {
    const known = [...requests.values()];
    const alive = known.filter(({ table }) => !hit.has(table) || hit.get(table) !== null);
    const found = await readBuckets(alive);
    const read = async (request: DigestRequest): Promise<StoredTable> => {
      const before = states.at(-1)?.tables.get(request.table);
      const damaged = hit.get(request.table);
      const buckets = found.get(request.table) ?? new Map<number, string>();
      if (damaged === undefined || before === undefined) return store(request, buckets);
      // Gone or unreadable, or not written to since: what it was just before is still the truth.
      if (damaged === null || sameBuckets(damaged.buckets, buckets)) return before;
      return mend({ before, damaged, now: await storeAs(request, buckets) });
    };
    return new Map(await someAtOnce(known, async (request) => [request.table, await read(request)]));
  }

  /** The truth of a table that was hurt and written to since: each key as it was, unless somebody changed it afterwards. */
  function mend({ before, damaged, now }: Mending): StoredTable {
    const buckets = new Map<number, string>();
    const lines: string[] = [];
    const all = new Set([...before.buckets.keys(), ...damaged.buckets.keys(), ...now.buckets.keys()]);
    for (const bucket of [...all].sort((a, b) => a - b)) {
      const [was, hurt, is] = [before, damaged, now].map((table) => table.keys([bucket])) as [Keys, Keys, Keys];
      const kept = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key) => {
        const changedSince = (is.get(key) ?? []).join() !== (hurt.get(key) ?? []).join();
        return ((changedSince ? is : was).get(key) ?? []).map((row) => `${key}${row}`);
      });
      if (kept.length === 0) continue;
      const sum = [before, damaged, now].find(
        (table) =>
          [...table.keys([bucket])].flatMap(([key, rows]) => rows.map((row) => `${key}${row}`)).join() === kept.join(),
      );
      // Of a mixture nobody knows the sum: its keys are compared one by one.
      buckets.set(bucket, sum?.buckets.get(bucket) ?? `${kept.length}\tmixed`);
      lines.push(...kept.map((row) => `${bucket.toString(16).padStart(8, "0")}${row}\n`));
    }
    files += 1;
    const file = join(folder, `${files}.digests`);
    writeFileSync(file, lines.join(""));
    return new StoredTable(now.request, buckets, file);
  }

  async function readCatalogue(): Promise<Map<string, string>> {
    const rows = rowsOf(await ask(phrases.catalogue()), "the catalogue");
    return new Map(rows.map(([kind, object, ...definition]) => [`${kind}\t${object}`, definition.join("\t")]));
  }

  async function readSequences(): Promise<Map<string, bigint>> {
    const rows = rowsOf(await ask(phrases.sequences()), "the sequences");
    return new Map(rows.map(([sequence = "", value]) => [sequence, BigInt(value ?? 0)]));
  }

  return {
    states,
    save: () => ({
      states: states.map(({ name, atMs, tables, catalogue, sequences }) => ({
        name,
        atMs,
        tables: [...tables.values()].map((table) => table.save()),
        catalogue: [...catalogue],
        sequences: [...sequences].map(([sequence, value]) => [sequence, String(value)] as const),
      })),
    }),
    get truth() {
      const last = states.at(-1);
      if (last === undefined) throw new UnavailableError("the ledger is empty", { code: "FB_LEDGER" });
      return last;
    },
    window: (maxLossMs) => states.filter((state) => state.atMs <= damagedAtMs && state.atMs >= damagedAtMs - maxLossMs),
    async record(name, atMs) {
      if (hit.size === 0 || hit.size < requests.size) await findTables();
      // After the damage, what went with it is still the truth: the objects that were there just before.
      const last = damagedAtMs === Number.POSITIVE_INFINITY ? undefined : states.at(-1);
      // Nobody writes meanwhile, so the order of these questions changes nothing.
      const [tables, catalogue, sequences] = await Promise.all([
        readTables(),
        last?.catalogue ?? readCatalogue(),
        last?.sequences ?? readSequences(),
      ]);
      const state: Recorded = { name, atMs, tables, catalogue, sequences };
      states.push(state);
      return state;
    },
    async recordDamage(atMs) {
      damagedAtMs = atMs;
      const before = states.at(-1)?.tables ?? new Map<string, StoredTable>();
      const isThere = await ask(phrases.databaseExists()).then(
        ({ exitCode, stdout }) => exitCode === 0 && stdout.trim() === "yes",
      );
      const found = isThere
        ? await readWhatCanBe([...requests.values()])
        : new Map<string, Map<number, string> | null>();
      for (const [table, state] of before) {
        const buckets = found.get(table) ?? null;
        if (buckets !== null && sameBuckets(state.buckets, buckets)) continue;
        const isEmpty = buckets === null || buckets.size === 0;
        // Of an empty table nobody knows whether it is there; it is asked again when somebody has written to it.
        hit.set(
          table,
          buckets === null
            ? null
            : isEmpty
              ? new StoredTable(state.request, new Map(), "")
              : await storeAs(state.request, buckets),
        );
      }
      return [...hit.keys()];
    },
  };
}
