/**
 * Records a ledger beside a backup that somebody makes, at the backup's own moment: one that is told to it, or one that it
 * opens by itself while writers wait for it.
 */

import { constants, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { LostError, UnavailableError } from "../errors.ts";
import { shownErrors } from "../host/client-errors.ts";
import { runProcess } from "../host/process.ts";
import type { Redactor } from "../host/redact.ts";
import { pause } from "../host/stream.ts";
import type { DigestRequest, Engine, HeldMoment, Line, MomentLock, Outcome } from "../parts.ts";
import { copyLanguageOf } from "../plan/capabilities.ts";
import { bucketsFor } from "../world/ledger.ts";
import { type AskCopy, type CopyLedger, readSums, rowsIn, rowsOf } from "./copy-ledger.ts";

/** Records every table as `ask` sees it. */
async function take(engine: Engine, ask: AskCopy, unheld: readonly string[]): Promise<CopyLedger["tables"]> {
  const all = rowsOf(await ask(engine.phrases.listTables(), "list-tables"), "the tables");
  const listed = all.filter(([table = ""]) => !unheld.includes(table));
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

/** What is there and may not be read with this account: said, so that "identical" claims nothing of it. */
async function unreadOf(engine: Engine, ask: AskCopy, tables: CopyLedger["tables"]): Promise<string[]> {
  const line = engine.copies?.countLarge?.();
  if (line === undefined) return [];
  const [held] = rowsOf(await ask(line, "count-large-objects"), "the large objects");
  const [name = "", number = "0"] = held ?? [];
  return Number(number) === 0 || tables.some(({ table }) => table === name) ? [] : [name];
}

/** Where each sequence that goes up stands. Asked before the backup begins, so that what it carries is never behind. */
async function sequencesOf({ phrases }: Engine, ask: AskCopy): Promise<CopyLedger["sequences"]> {
  if (phrases.sequences === undefined) return [];
  return rowsOf(await ask(phrases.sequences(), "list-sequences"), "the sequences").flatMap(
    ([name = "", value = "", , , , direction]): [string, string][] => (direction === "up" ? [[name, value]] : []),
  );
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
    stderrTail: redact(shownErrors(request.engine.readErrors(end.stderr))),
    truncated: end.truncated,
  };
}

interface Held {
  readonly name: string;
  /** What is written into it goes to the session, where that reads. */
  readonly pipe: string;
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
    env: { ...request.environment, RELEASE: pipe, SCRATCH: folder },
    signal: request.signal,
    limitBytes: 1024,
    sink: (chunk) => {
      // Answers to questions may follow.
      if (printed.includes("\n")) return;
      printed += Buffer.from(chunk).toString();
      if (printed.includes("\n")) named.resolve(printed.split("\n")[0] ?? "");
    },
  });
  // Opened for both, so that neither side waits for the other.
  const writer = await open(pipe, constants.O_RDWR);
  const timer = setTimeout(() => named.reject(notHeld("it did not answer")), LONGEST_WAIT_MS);
  void ended.then(
    ({ stderr }) =>
      named.reject(notHeld(request.redact(shownErrors(request.engine.readErrors(stderr)).split("\n")[0] ?? ""))),
    (error) => named.reject(error),
  );
  const release = async () => {
    await writer.write("\\q\n");
    await writer.close();
    await ended.catch(() => {});
  };
  try {
    return { name: await named.promise, pipe, release };
  } catch (error) {
    await release();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const notHeld = (why: string) =>
  new UnavailableError(`no snapshot of the database could be opened: ${why}`, {
    code: "FB_LEDGER",
    next: [
      "check that your own client can connect with the same environment",
      "see docs/verify.md for the privileges the account needs",
    ],
  });

const POLL_MS = 100;

/**
 * Waits until the backup is seen to read, or has ended, and lets writers go on. Throws UnavailableError when neither
 * happened in time: its moment may be another one then.
 */
async function letWritersGo(lock: MomentLock, ask: AskCopy, backup: Promise<unknown>): Promise<void> {
  const beganMs = performance.now();
  let ended = false;
  const done = backup
    .catch(() => {})
    .then(() => {
      ended = true;
    });
  let seen = false;
  while (!seen && !ended && performance.now() - beganMs < lock.longestMs) {
    seen = Number(rowsOf(await ask(lock.seen(), "see-backup"), "what the server does")[0]?.[0] ?? 0) > 0;
    if (!seen) await Promise.race([done, pause(POLL_MS)]);
  }
  rowsOf(await ask(lock.open(), "let-writers-go"), "the lock");
  if (seen || ended) return;
  throw new UnavailableError(
    `the backup didn't start reading rows within ${lock.longestMs / 1000} s, so writers were released and no ledger was written`,
    {
      code: "FB_LEDGER",
      next: ["put the dump program itself after --", "let the account see all sessions: GRANT PROCESS"],
    },
  );
}

/** Records what `ask` sees while the backup runs. Whatever fails, the backup comes to its end first. */
async function beside(engine: Engine, { lock, at }: HeldMoment, ask: AskCopy, backup: Promise<void>) {
  const recorded = (async () => {
    if (lock !== undefined) await letWritersGo(lock, ask, backup);
    const unheld =
      lock === undefined
        ? []
        : rowsOf(await ask(lock.unheld(), "list-unheld"), "the tables").map(([table = ""]) => table);
    const atMoment: AskCopy = (line, name) => ask(at(line), name);
    const tables = await take(engine, atMoment, unheld);
    const unread = await unreadOf(engine, atMoment, tables);
    if (tables.length === 0 && unheld.length > 0) {
      throw new UnavailableError(`no table of the database supports snapshots: ${unheld.slice(0, 5).join(", ")}`, {
        code: "FB_LEDGER",
        next: ["use your own checks instead: see docs/verify.md"],
      });
    }
    return { unheld, unread, tables };
  })();
  const [taken, made] = await Promise.allSettled([recorded, backup]);
  if (made.status === "rejected") throw made.reason;
  if (taken.status === "rejected") throw taken.reason;
  return taken.value;
}

export interface Recorded {
  readonly tables: number;
  readonly rows: number;
  readonly takenAt: string;
  /** Tables that keep no moments, and are left out. */
  readonly unheld: readonly string[];
  /** What the account may not read, and is left out. */
  readonly unread: readonly string[];
}

/**
 * Runs the user's backup and records the ledger, both at one moment. Writes the ledger only when the backup succeeded.
 * Returns the numbers of it. Throws UnavailableError when the moment cannot be had, LostError when the backup failed.
 */
export async function recordLedger(request: RecordRequest): Promise<Recorded> {
  const { engine, command, file, database } = request;
  const { snapshot } = copyLanguageOf(engine);
  const folder = await mkdtemp(join(tmpdir(), "fogbell-ledger-"));
  try {
    const asked = rowsOf(await askUsers(snapshot.version(), request, { SCRATCH: folder }), "the server's version");
    const serverVersion = asked[0]?.[0] ?? "";
    const held = await hold(snapshot.hold(), folder, request);
    const takenAt = new Date().toISOString();
    const places = { SNAPSHOT: held.name, SCRATCH: folder, RELEASE: held.pipe };
    const ask: AskCopy = (line) => askUsers(line, request, places);
    try {
      const sequences = await sequencesOf(engine, (line, name) => ask(snapshot.at(line), name));
      const taken = await beside(engine, snapshot, ask, backUp(command, held.name, request));
      const ledger: CopyLedger = {
        version: snapshot.ledgerVersion as CopyLedger["version"],
        engine: engine.name,
        serverVersion,
        database,
        takenAt,
        sequences,
        ...taken,
      };
      await writeFile(file, gzipSync(JSON.stringify(ledger)), { mode: 0o600 });
      const { tables, unheld, unread } = taken;
      const rows = tables.reduce((sum, { sums }) => sum + rowsIn(sums), 0);
      return { tables: tables.length, rows, takenAt, unheld, unread };
    } finally {
      await held.release();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

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
    `the backup exited with code ${end.exitCode}, so no ledger was written: ${request.redact(end.stderr.trim().split("\n")[0] ?? "")}`,
    {
      code: "FB_BACKUP_FAILED",
      next: ["run the backup command alone, and read its messages"],
    },
  );
}
