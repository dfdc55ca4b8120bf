/**
 * A ledger of one moment of somebody's database, recorded in the same snapshot as a backup: digests of every row, summed by
 * bucket, and never a value. A restored copy that has the same sums is the same to the row.
 */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { differingBuckets } from "../buckets.ts";
import { type ErrorDetails, FogbellError, UnavailableError } from "../errors.ts";
import { count, countIn } from "../host/units.ts";
import type { DigestRequest, Engine, Finding, Line, Outcome } from "../parts.ts";
import { copyLanguageOf } from "../plan/capabilities.ts";

/**
 * Up to version 2 rows were the same when their types called them equal; from 3 on, when they are identical. From 4 on the
 * digest of a row is one that every server of MariaDB's family has; others go on with 3.
 */
const VERSIONS = [3, 4] as const;

const ledgerSchema = z.strictObject({
  version: z.literal(VERSIONS),
  engine: z.string(),
  /** Digests of some kinds compare only between servers of the same major version. */
  serverVersion: z.string(),
  database: z.string(),
  takenAt: z.iso.datetime(),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      buckets: z.int().positive(),
      keyColumns: z.array(z.string()),
      hash: z.enum(["record", "text"]),
      /** `bucket`, `rows <TAB> sum of row digests`, of each bucket that holds rows. */
      sums: z.array(z.tuple([z.int(), z.string()])),
    }),
  ),
  /** Tables that keep no moments: nothing is said of them. */
  unheld: z.array(z.string()).default([]),
  /** What the account that recorded could not read. */
  unread: z.array(z.string()).default([]),
  /** Sequence to the last number that it had handed out before the backup began. */
  sequences: z.array(z.tuple([z.string(), z.string()])).default([]),
});
export type CopyLedger = z.infer<typeof ledgerSchema>;

export type AskCopy = (line: Line, name: string) => Promise<Outcome>;

/** The rows of an answer, about `what`. Throws UnavailableError when there is none to trust: a ledger never guesses. */
export function rowsOf(outcome: Outcome, what: string): string[][] {
  if (outcome.exitCode !== 0 || outcome.truncated) {
    const why = outcome.stderrTail.trim().split("\n")[0] || "no message";
    throw new UnavailableError(`the ledger could not read ${what}: exit code ${outcome.exitCode}; ${why}`, {
      code: "FB_LEDGER",
      next: [
        "check that the account may read every table",
        "check that your own client can connect with the same environment",
      ],
    });
  }
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** Table to bucket to `rows <TAB> sum`. */
export async function readSums(engine: Engine, requests: readonly DigestRequest[], ask: AskCopy) {
  const sums = new Map(requests.map(({ table }) => [table, new Map<number, string>()]));
  if (requests.length === 0) return sums;
  const rows = rowsOf(await ask(engine.phrases.bucketDigests(requests), "digest-rows"), "the rows");
  for (const [table = "", bucket, count, sum] of rows) {
    const number = countIn(bucket);
    if (number === null || countIn(count) === null || sum === undefined)
      throw new UnavailableError("the digests of rows cannot be read", { code: "FB_LEDGER" });
    sums.get(table)?.set(number, `${count}\t${sum}`);
  }
  return sums;
}

export const rowsIn = (sums: CopyLedger["tables"][number]["sums"]) =>
  sums.reduce((sum, [, text]) => sum + Number(text.split("\t")[0]), 0);

/** Larger than any ledger of a database that a verify could restore; smaller than what would fill the memory. */
const LARGEST_BYTES = 1024 ** 3;

/** Reads a fetched ledger. Throws UnavailableError when it is none: then nothing is proven, and nothing disproven. */
export async function readLedger(file: string, engine: Engine): Promise<CopyLedger> {
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of createReadStream(file).pipe(createGunzip())) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > LARGEST_BYTES) throw new Error("it is too large");
    }
    const ledger = JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
    assertCompares(ledger, engine.name, copyLanguageOf(engine).snapshot.ledgerVersion);
    return ledgerSchema.parse(ledger);
  } catch (error) {
    if (error instanceof FogbellError) throw error;
    throw new UnavailableError("the ledger beside the backup cannot be read", { ...RECORD_AGAIN, cause: error });
  }
}

const RECORD_AGAIN: ErrorDetails = {
  code: "FB_LEDGER",
  next: ["record it again with the next backup: fogbell ledger record --help"],
};

/** Throws UnavailableError for a ledger of another version, which would call every row altered. */
function assertCompares(ledger: unknown, engine: string, known: number): void {
  const { version, engine: of } = Object(ledger) as { version?: unknown; engine?: unknown };
  // One of another engine does not compare whatever its version is, and is told by that.
  if (typeof version !== "number" || version === known) return;
  if (of !== engine && VERSIONS.some((one) => one === version)) return;
  throw new UnavailableError(
    `the ledger beside the backup is of version ${version}, and only version ${known} compares with this Fogbell`,
    RECORD_AGAIN,
  );
}

const majorOf = (version: string) => version.split(".")[0];

/** A table that differs, in words, and by how many rows: fewer than none are missing. */
interface Differing {
  readonly said: string;
  readonly difference: number;
}

function differingTables(ledger: CopyLedger, found: ReadonlyMap<string, Map<number, string>>): Differing[] {
  return ledger.tables.flatMap(({ table, sums, buckets }) => {
    const now = found.get(table) ?? new Map<number, string>();
    const differing = differingBuckets(new Map(sums), now);
    if (differing.length === 0) return [];
    const difference = rowsIn([...now]) - rowsIn(sums);
    const rows =
      difference === 0 ? "rows altered" : difference < 0 ? `${-difference} rows missing` : `${difference} rows extra`;
    return [{ said: `${table}: ${rows}, in ${differing.length} of ${buckets} buckets`, difference }];
  });
}

/** Sequences that would hand out again what they had handed out when the backup began, or that are gone. */
async function sequencesBehind({ sequences }: CopyLedger, engine: Engine, ask: AskCopy): Promise<string[]> {
  if (sequences.length === 0 || engine.phrases.sequences === undefined) return [];
  const lines = rowsOf(await ask(engine.phrases.sequences(), "compare-sequences"), "the sequences");
  const now = new Map(lines.map(([name = "", value = ""]) => [name, value]));
  return sequences.flatMap(([name, before]) => {
    const value = now.get(name);
    if (value === undefined) return [`${name}: the sequence is missing`];
    const isBehind = isWhole(value) && isWhole(before) && BigInt(value) < BigInt(before);
    return isBehind ? [`${name} is at ${value}, but ${before} was already used`] : [];
  });
}

const isWhole = (text: string) => /^-?\d+$/.test(text);

interface Comparing {
  readonly engine: Engine;
  readonly version: string;
  readonly ask: AskCopy;
  /** Materialised views of the copy: a restore of a dump makes their rows anew, and none of them is compared. */
  readonly stored?: number;
}

/** Whether the restored copy is what the ledger saw, to the row. */
export async function compareLedger(
  ledger: CopyLedger,
  { engine, version, ask, stored = 0 }: Comparing,
): Promise<Finding> {
  if (ledger.engine !== engine.name) return { held: "unknown", because: `the ledger is of ${ledger.engine}` };
  const rows = ledger.tables.reduce((sum, { sums }) => sum + rowsIn(sums), 0);
  if (ledger.tables.length === 0 || rows === 0) return { held: "unknown", because: "the ledger holds no row" };
  const kinds = ledger.tables.some(({ hash }) => hash === "record");
  const differing = differingTables(ledger, await readSums(engine, ledger.tables, ask));
  // Two majors may digest the same row in two ways: what is equal all the same is the same, and what differs says nothing.
  if (differing.length > 0 && kinds && majorOf(ledger.serverVersion) !== majorOf(version)) {
    return {
      held: "unknown",
      because: `recorded on version ${ledger.serverVersion}, restored on ${version}: digests do not compare`,
    };
  }
  const behind = await sequencesBehind(ledger, engine, ask);
  const measured = { compared: ledger.tables.length, rows };
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + Math.max(0, one), 0);
  if (differing.length > 0 || behind.length > 0) {
    const said = [...differing.map((one) => one.said), ...behind];
    return {
      held: "no",
      because: said.slice(0, 5).join("; "),
      measured: {
        ...measured,
        rowsMissing: sum(differing.map(({ difference }) => -difference)),
        rowsExtra: sum(differing.map(({ difference }) => difference)),
      },
    };
  }
  const { unheld, unread, sequences } = ledger;
  const because = [
    `identical to the row: ${rows.toLocaleString("en-US")} rows in ${ledger.tables.length} tables, as of ${ledger.takenAt.slice(0, 19).replace("T", " ")} UTC`,
    ...(sequences.length === 0 ? [] : [`${count(sequences.length, "sequence")} not behind`]),
    ...(stored === 0 ? [] : [`rows of ${count(stored, "materialised view")} not compared`]),
    ...(unheld.length === 0 ? [] : [`not compared, because they keep no moments: ${unheld.join(", ")}`]),
    ...(unread.length === 0
      ? []
      : [`not compared, because the account that recorded may not read them: ${unread.join(", ")}`]),
  ].join("; ");
  return { held: "yes", because, measured: { ...measured, rowsMissing: 0, rowsAltered: 0, rowsExtra: 0 } };
}
