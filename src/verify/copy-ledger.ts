/**
 * A ledger of one moment of somebody's database, recorded in the same snapshot as a backup: digests of every row, summed by
 * bucket, and never a value. A restored copy that has the same sums is the same to the row.
 */
import { createReadStream } from "node:fs";
import { constants, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import { z } from "zod";
import { FogbellError, LostError, UnavailableError, UsageError } from "../errors.ts";
import { runProcess } from "../host/process.ts";
import type { Redactor } from "../host/redact.ts";
import type { DigestRequest, Engine, Finding, Line, Outcome } from "../parts.ts";
import { bucketsFor } from "../world/ledger.ts";

const ledgerSchema = z.strictObject({
  version: z.literal(1),
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
});
export type CopyLedger = z.infer<typeof ledgerSchema>;

type Ask = (line: Line, name: string) => Promise<Outcome>;

function rowsOf(outcome: Outcome, what: string): string[][] {
  if (outcome.exitCode !== 0 || outcome.truncated) {
    const why = outcome.stderrTail.trim().split("\n")[0] || "no message";
    throw new UnavailableError(`the ledger could not read ${what}: exit code ${outcome.exitCode}; ${why}`, {
      code: "FB_LEDGER",
      next: ["check that the account may read every table", "check PGHOST, PGDATABASE and the account"],
    });
  }
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** Table to bucket to `rows <TAB> sum`. */
async function readSums(engine: Engine, requests: readonly DigestRequest[], ask: Ask) {
  const sums = new Map(requests.map(({ table }) => [table, new Map<number, string>()]));
  if (requests.length === 0) return sums;
  const rows = rowsOf(await ask(engine.phrases.bucketDigests(requests), "digest-rows"), "the rows");
  for (const [table = "", bucket, count, sum] of rows) sums.get(table)?.set(Number(bucket), `${count}\t${sum}`);
  return sums;
}

/** Records every table as `ask` sees it. */
async function take(engine: Engine, ask: Ask): Promise<CopyLedger["tables"]> {
  const listed = rowsOf(await ask(engine.phrases.listTables(), "list-tables"), "the tables");
  const requests = listed.map(
    ([table = "", hash, rows, keyColumns]): DigestRequest => ({
      table,
      buckets: bucketsFor(Number(rows)),
      hash: hash === "record" ? "record" : "text",
      keyColumns: JSON.parse(keyColumns ?? "[]") as string[],
    }),
  );
  const sums = await readSums(engine, requests, ask);
  return requests.map((request) => ({
    ...request,
    keyColumns: [...request.keyColumns],
    sums: [...(sums.get(request.table) ?? [])],
  }));
}

export interface RecordRequest {
  readonly engine: Engine;
  readonly database: string;
  /** The user's own backup, as words; `{snapshot}` in them is filled in. */
  readonly command: readonly string[];
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly redact: Redactor;
  readonly signal: AbortSignal;
  /** Receives what the backup prints. */
  readonly onOutput: (chunk: Uint8Array) => void;
}

const LIMIT_BYTES = 64 * 1024 * 1024;
const LONGEST_WAIT_MS = 30_000;

/** Runs a line with the user's own environment. The only things that it does to their server are reads. */
async function askUsers(
  line: Line,
  request: RecordRequest,
  places: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const beganMs = performance.now();
  const end = await runProcess({
    file: "/bin/sh",
    args: ["-c", line.script],
    env: { ...request.environment, ...places },
    signal: request.signal,
    limitBytes: LIMIT_BYTES,
  });
  const { redact } = request;
  return {
    commandId: "ledger",
    exitCode: end.exitCode,
    durationMs: performance.now() - beganMs,
    // Digests and names of tables; masking would change the sums.
    stdout: end.stdout as Outcome["stdout"],
    stderrTail: redact(end.stderr),
    truncated: end.truncated,
  };
}

interface Held {
  readonly name: string;
  release(): Promise<void>;
}

/** Opens the moment. Throws UnavailableError when the server does not open one. */
async function hold(line: Line, folder: string, request: RecordRequest): Promise<Held> {
  const pipe = join(folder, "release");
  const made = await runProcess({
    file: "mkfifo",
    args: ["-m", "600", pipe],
    env: request.environment,
    signal: request.signal,
    limitBytes: 1024,
  });
  if (made.exitCode !== 0) throw new UnavailableError(`no pipe can be made in ${folder}`, { code: "FB_SCRATCH" });
  const named = Promise.withResolvers<string>();
  let printed = "";
  const ended = runProcess({
    file: "/bin/sh",
    args: ["-c", line.script],
    env: { ...request.environment, RELEASE: pipe },
    signal: request.signal,
    limitBytes: 1024,
    sink: (chunk) => {
      printed += Buffer.from(chunk).toString();
      if (printed.includes("\n")) named.resolve(printed.split("\n")[0] ?? "");
    },
  });
  // Opened for both, so that neither side waits for the other.
  const writer = await open(pipe, constants.O_RDWR);
  const timer = setTimeout(() => named.reject(unheld("it did not answer")), LONGEST_WAIT_MS);
  void ended.then(
    ({ stderr }) => named.reject(unheld(request.redact(stderr.trim().split("\n")[0] ?? ""))),
    (error) => named.reject(error),
  );
  const release = async () => {
    await writer.write("\\q\n");
    await writer.close();
    await ended.catch(() => {});
  };
  try {
    return { name: await named.promise, release };
  } catch (error) {
    await release();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const unheld = (why: string) =>
  new UnavailableError(`no moment of the database could be held open: ${why}`, {
    code: "FB_LEDGER",
    next: ["check that psql connects with the same environment", "check PGHOST, PGDATABASE and the account"],
  });

/**
 * Runs the user's backup and records the ledger, both at one moment. Writes the ledger only when the backup succeeded.
 * Returns the numbers of it. Throws UsageError for a system without shared moments, or a backup that does not take one.
 */
export async function recordLedger(request: RecordRequest): Promise<{ tables: number; rows: number; takenAt: string }> {
  const { engine, command, file, database } = request;
  const { snapshot } = engine.copies;
  if (snapshot === null) {
    throw new UsageError(`${engine.name} cannot share one moment between two programs`, {
      code: "FB_NO_SNAPSHOT",
      next: ["compare with checks instead: docs/verify.md"],
    });
  }
  const folder = await mkdtemp(join(tmpdir(), "fogbell-ledger-"));
  try {
    const asked = rowsOf(await askUsers(snapshot.version(), request, { SCRATCH: folder }), "the server's version");
    const serverVersion = asked[0]?.[0] ?? "";
    const held = await hold(snapshot.hold(), folder, request);
    const takenAt = new Date().toISOString();
    const places = { SNAPSHOT: held.name, SCRATCH: folder };
    let tables: CopyLedger["tables"];
    try {
      const [taken] = await Promise.all([
        take(engine, (line) => askUsers(snapshot.at(line), request, places)),
        backUp(command, held.name, request),
      ]);
      tables = taken;
    } finally {
      await held.release();
    }
    const ledger: CopyLedger = { version: 1, engine: engine.name, serverVersion, database, takenAt, tables };
    await writeFile(file, gzipSync(JSON.stringify(ledger)), { mode: 0o600 });
    return { tables: tables.length, rows: tables.reduce((sum, { sums }) => sum + rowsIn(sums), 0), takenAt };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const rowsIn = (sums: CopyLedger["tables"][number]["sums"]) =>
  sums.reduce((sum, [, text]) => sum + Number(text.split("\t")[0]), 0);

async function backUp(command: readonly string[], snapshot: string, request: RecordRequest): Promise<void> {
  const [file = "", ...args] = command.map((word) => word.replaceAll("{snapshot}", snapshot));
  const end = await runProcess({
    file,
    args,
    env: { ...request.environment, FOGBELL_SNAPSHOT: snapshot },
    signal: request.signal,
    limitBytes: 1024,
    sink: request.onOutput,
  });
  if (end.exitCode === 0) return;
  throw new LostError(
    `the backup ended with exit code ${end.exitCode}, so there is no ledger: ${request.redact(end.stderr.trim().split("\n")[0] ?? "")}`,
    {
      code: "FB_BACKUP_FAILED",
      next: ["run the backup alone, and look at what it says"],
    },
  );
}

/** Larger than any ledger of a database that a verify could restore; smaller than what would fill the memory. */
const LARGEST_BYTES = 1024 ** 3;

/** Reads a fetched ledger. Throws UnavailableError when it is none: then nothing is proven, and nothing disproven. */
export async function readLedger(file: string): Promise<CopyLedger> {
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of createReadStream(file).pipe(createGunzip())) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > LARGEST_BYTES) throw new Error("it is too large");
    }
    return ledgerSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  } catch (error) {
    if (error instanceof FogbellError) throw error;
    throw new UnavailableError("the ledger beside the backup cannot be read", {
      code: "FB_LEDGER",
      next: ["record it again with the next backup: fogbell ledger record --help"],
      cause: error,
    });
  }
}

const majorOf = (version: string) => version.split(".")[0];

/** Whether the restored copy is what the ledger saw, to the row. */
export async function compareLedger(
  ledger: CopyLedger,
  { engine, version, ask }: { engine: Engine; version: string; ask: Ask },
): Promise<Finding> {
  if (ledger.engine !== engine.name) return { held: "unknown", because: `the ledger is of ${ledger.engine}` };
  const rows = ledger.tables.reduce((sum, { sums }) => sum + rowsIn(sums), 0);
  if (ledger.tables.length === 0 || rows === 0) return { held: "unknown", because: "the ledger holds no row" };
  const kinds = ledger.tables.some(({ hash }) => hash === "record");
  if (kinds && majorOf(ledger.serverVersion) !== majorOf(version)) {
    return {
      held: "unknown",
      because: `recorded on version ${ledger.serverVersion}, restored on ${version}: digests do not compare`,
    };
  }
  const found = await readSums(engine, ledger.tables, ask);
  const wrong: string[] = [];
  let missing = 0;
  let extra = 0;
  for (const { table, sums, buckets } of ledger.tables) {
    const before = new Map(sums);
    const now = found.get(table) ?? new Map<number, string>();
    const differing = [...new Set([...before.keys(), ...now.keys()])].filter((one) => before.get(one) !== now.get(one));
    if (differing.length === 0) continue;
    const difference = rowsIn([...now]) - rowsIn(sums);
    if (difference < 0) missing -= difference;
    else extra += difference;
    const said =
      difference === 0 ? "rows altered" : difference < 0 ? `${-difference} rows missing` : `${difference} rows extra`;
    wrong.push(`${table}: ${said}, in ${differing.length} of ${buckets} buckets`);
  }
  const measured = { compared: ledger.tables.length, rows };
  if (wrong.length > 0)
    return {
      held: "no",
      because: wrong.slice(0, 5).join("; "),
      measured: { ...measured, rowsMissing: missing, rowsExtra: extra },
    };
  const because = `identical to the row: ${rows.toLocaleString("en-US")} rows in ${ledger.tables.length} tables, as of ${ledger.takenAt.slice(0, 19).replace("T", " ")} UTC`;
  return { held: "yes", because, measured: { ...measured, rowsMissing: 0, rowsAltered: 0, rowsExtra: 0 } };
}
