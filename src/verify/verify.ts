/**
 * Somebody's own backup, from the store to a verdict: a drill without a world and without a disaster. The copy that is
 * asked for decides; when it does not hold, older ones are looked at until one does, so that the night knows where to turn.
 */

import { join } from "node:path";
import type { DrillKit } from "../drill/drill.ts";
import { factsOf } from "../drill/source.ts";
import { LostError, UnavailableError, UnreadableError } from "../errors.ts";
import { openScratch } from "../host/scratch.ts";
import { quote } from "../host/sh.ts";
import { formatDuration } from "../host/units.ts";
import type { EventBody } from "../record.ts";
import { endRun, type Failed } from "../run/end-run.ts";
import type { Journal } from "../run/journal.ts";
import { problemOf } from "../run/problem.ts";
import { createUnwind, type Unwound } from "../run/unwind.ts";
import { attempt } from "./attempt.ts";
import type { Attempted, VerifyKit } from "./kit.ts";
import { type KnownCopy, writtenAt } from "./known.ts";
import { leftLogError } from "./left-log.ts";
import { passedError } from "./passed.ts";
import { deletedAt } from "./points.ts";
import { stillWritten } from "./still-written.ts";
import type { Candidate, VerifyTask } from "./task.ts";
import { youngerError } from "./younger.ts";

/** Older copies are looked at, newest first, when the one that is asked for does not hold: so many. */
export const MOST_OLDER = 5;

export interface VerifyRun extends VerifyKit {
  readonly journal: Journal;
  readonly keep: boolean;
  readonly fogbellVersion: string;
  readonly host: DrillKit["host"];
  readonly contended: boolean;
}

const holds = ({ findings, error, numbers }: Attempted) =>
  error === null && numbers !== null && findings.every(({ held }) => held === "yes");

const whyNot = ({ findings, error }: Attempted) =>
  (error instanceof UnreadableError ? error.because : error?.message.split("\n")[0]) ??
  findings.find(({ held }) => held !== "yes")?.because ??
  "nothing was checked";

/** What is remembered of a copy that was judged; null when it could not be. */
function knownOf(candidate: Candidate, attempted: Attempted, runId: string): KnownCopy | null {
  const { point } = candidate;
  const isJudged = holds(attempted) || attempted.findings.some(({ held }) => held === "no");
  if (!isJudged) return null;
  return {
    id: point.id,
    store: point.store,
    momentAt: point.moment.at,
    sizeBytes: point.sizeBytes,
    sha256: attempted.sha256,
    writtenAt: writtenAt(point),
    runId,
    verifiedAt: new Date().toISOString(),
    holds: holds(attempted),
    because: holds(attempted) ? "" : whyNot(attempted),
    ...(attempted.reachAt === undefined ? {} : { aloneAt: attempted.reachAt }),
    ...(attempted.leftLog === undefined ? {} : { aloneAt: point.moment.at }),
    ...(attempted.tookMs === undefined ? {} : { tookMs: attempted.tookMs }),
    ...(attempted.numbers ?? { rows: {}, catalogue: {}, behind: [], lags: {} }),
  };
}

interface Telling {
  readonly task: VerifyTask;
  readonly run: VerifyRun;
  readonly folder: string;
  readonly write: (body: EventBody) => void;
  readonly known: KnownCopy[];
  /** What each attempt left behind, and did not. */
  readonly cleaned: Unwound[];
}

async function tryOne({ task, run, folder, write, known, cleaned }: Telling, candidate: Candidate, index: number) {
  const unwind = createUnwind();
  try {
    const attempted = await attempt(
      { ...run, task, folder: join(folder, String(index)), index, unwind, write },
      candidate,
    );
    const found = knownOf(candidate, attempted, run.label.runId);
    if (found !== null) known.push(found);
    if (holds(attempted)) {
      const rows = attempted.numbers?.rows ?? {};
      write({
        kind: "copy-verified",
        sourceId: candidate.point.id,
        momentAt: candidate.point.moment.at,
        sizeBytes: candidate.point.sizeBytes,
        sha256: attempted.sha256,
        asked: index === 0,
        tables: Object.keys(rows).length,
        rows: Object.values(rows).reduce((sum, one) => sum + one, 0),
      });
    }
    return attempted;
  } finally {
    cleaned.push(await unwind.all(run.keep));
  }
}

/** Errors that say nothing of one copy: every other of the same store would end with the same. */
const STORE_FAULTS: ReadonlySet<string> = new Set([
  "FB_S3_BUCKET",
  "FB_S3_CLOCK",
  "FB_S3_CREDENTIALS",
  "FB_S3_TLS",
  "FB_S3_UNREACHABLE",
  "FB_STORE_MISSING",
]);

/** Of this machine's own disk: every copy would end with the same. */
const DISK_FAULTS: ReadonlySet<string> = new Set(["FB_DISK_FULL", "FB_DISK_FAULT", "FB_SCRATCH"]);

/** The older copies that are worth a look, newest first. */
function olderThan({ candidates }: VerifyTask, { error }: Attempted): readonly Candidate[] {
  const [first, ...older] = candidates;
  if (error !== null && DISK_FAULTS.has(error.code)) return [];
  const isStore = error !== null && STORE_FAULTS.has(error.code);
  return older.filter(({ store }) => !isStore || store !== first?.store).slice(0, MOST_OLDER);
}

/** Whether something was found that does not hold: what could not be looked at, or told, makes no copy bad. */
const isBad = ({ error, findings }: Attempted): boolean => error === null && findings.some(({ held }) => held === "no");

const makesOf = (attempted: Attempted): "lost" | "refused" | "void" =>
  isBad(attempted) ? "lost" : attempted.error?.exitCode === 5 ? "refused" : "void";

/** What became of a copy, in words for a sentence: a copy that could not be judged is not called bad. */
const became = (attempted: Attempted): string =>
  `${makesOf(attempted) === "void" ? "couldn't be judged" : "is bad"}: ${whyNot(attempted)}`;

/** Looks for the newest older copy that holds, and says what was found. */
async function fallBack(telling: Telling, first: Candidate, attempted: Attempted): Promise<void> {
  const { task, write } = telling;
  const makes = makesOf(attempted);
  const problem = (message: string, next: readonly string[]) =>
    write({ kind: "problem", code: "FB_NEWEST_UNVERIFIED", message, next, makes, interrupted: false });
  const tried: string[] = [];
  for (const [at, candidate] of olderThan(task, attempted).entries()) {
    const again = await tryOne(telling, candidate, at + 1);
    if (holds(again)) {
      const age = formatDuration(task.askedAtMs - Date.parse(candidate.point.reach.at));
      problem(`${first.point.id} ${became(attempted)}. The newest good one is ${candidate.point.id}, ${age} old`, [
        ...(makes === "void" ? [] : ["check the backup job: its newest backup is bad"]),
        `fogbell backups fetch ${quote(candidate.point.id)} --store ${quote(candidate.storeUrl)} --to .`,
      ]);
      return;
    }
    tried.push(`${candidate.point.id}: ${whyNot(again)}`);
    const what = makesOf(again) === "void" ? "couldn't be judged either" : "bad as well";
    write({ kind: "note", text: `older, ${what}: ${candidate.point.id}: ${whyNot(again)}` });
  }
  // What could not be judged is said already, and no older copy says more about it.
  if (makes !== "lost") return;
  const why = tried.length === 0 ? "there is no older one" : `none of the ${tried.length} older ones is good either`;
  const versions = first.store.withVersions;
  problem(`${first.point.id} ${became(attempted)}; ${why}`, [
    ...(versions === undefined ? [] : [`if the bucket keeps versions: fogbell verify --store ${quote(versions)}`]),
    "take a backup now, then verify it: fogbell verify",
  ]);
}

const MOST_NAMED = 5;

/** What was deleted and is younger: the one that is judged is not what was made last. Empty when there is nothing. */
function deletedSince({ candidates }: VerifyTask, first: Candidate): string {
  const gone = candidates.flatMap(({ point }) => {
    const at = deletedAt(point);
    return at === null || point.reach.at <= first.point.reach.at ? [] : [`${point.id} (deleted ${at})`];
  });
  const rest = gone.length > MOST_NAMED ? `, and ${gone.length - MOST_NAMED} more` : "";
  return gone.length === 0 ? "" : `; newer, and deleted: ${gone.slice(0, MOST_NAMED).join(", ")}${rest}`;
}

/** All there is was deleted: what is looked at is a last resort. */
function noteDeleted(first: Candidate, write: (body: EventBody) => void): void {
  const at = deletedAt(first.point);
  if (at === null) return;
  const { id } = first.point;
  write({
    kind: "problem",
    code: "FB_OBJECT_DELETED",
    message: `every backup was deleted, ${id} at ${at}; an old version of it still exists and was checked instead`,
    next: [
      `fogbell backups fetch ${quote(id)} --store ${quote(first.storeUrl)} --to .`,
      "find out what deletes the backups there",
    ],
    makes: "void",
    interrupted: false,
  });
}

/** What a program was still receiving is left out, and comes after what is reported. */
function noteUnfinished({ point: { unfinishedLog } }: Candidate, write: (body: EventBody) => void): void {
  if (unfinishedLog === undefined) return;
  const text = `${unfinishedLog} was still being received, and is left out: what it holds is newer than the age that is reported`;
  write({ kind: "note", text });
}

/** The copy that is asked for. What is still being written is neither good nor bad. */
async function judged(telling: Telling, first: Candidate): Promise<Attempted> {
  const attempted = await tryOne(telling, first, 0);
  // What was read whole and restored is written, whatever is wrong with it.
  const isWhole = attempted.findings.some(({ probe, held }) => probe === "restored" && held === "yes");
  if (!isBad(attempted) || isWhole || telling.task.asked !== "newest") return attempted;
  const older = telling.task.candidates.slice(1);
  const because = await stillWritten(first, older, telling.run.signal);
  if (because === null) return attempted;
  const found = telling.known.findIndex(({ id }) => id === first.point.id);
  if (found >= 0) telling.known.splice(found, 1);
  const error = new UnavailableError(because, {
    code: "FB_COPY_UNFINISHED",
    next: ["wait for the backup job to finish, then: fogbell verify"],
  });
  return { findings: [], sha256: "", numbers: null, error };
}

async function tell(telling: Telling): Promise<void> {
  const { task, write } = telling;
  if (task.fault !== null) throw task.fault;
  for (const { point } of task.candidates.slice(0, 1 + MOST_OLDER)) {
    write({
      kind: "source-considered",
      source: factsOf(point, Math.max(0, task.askedAtMs - Date.parse(point.reach.at))),
      rejected: null,
    });
  }
  const [first] = task.candidates;
  if (first === undefined && task.passed !== undefined && task.passed.length > 0)
    throw passedError(task.title, task.passed);
  if (first === undefined) {
    throw new LostError(`no backup of ${task.title} was found${task.asked === "newest" ? "" : ` for ${task.asked}`}`, {
      code: "FB_NO_SOURCE",
      next: ["fogbell backups", "look for copies outside the store: replicas, laptops, old object versions"],
    });
  }
  const reach = formatDuration(Math.max(0, task.askedAtMs - Date.parse(first.point.reach.at)));
  write({
    kind: "source-chosen",
    sourceId: first.point.id,
    because: `${task.asked}: ${reach} ${task.asked === "newest" ? "old" : "before that moment"}${deletedSince(task, first)}`,
  });
  noteDeleted(first, write);
  noteUnfinished(first, write);
  if (task.younger.length > 0) write(problemOf(youngerError(task.younger, first), telling.run));
  const attempted = await judged(telling, first);
  for (const { probe, subject, line, own, held, because, measured, remarks = [] } of attempted.findings) {
    const common = {
      kind: "finding",
      group: "verify",
      probe,
      subject,
      line,
      ...(own === undefined ? {} : { own }),
      held,
      because: telling.run.redact(because),
      ...(remarks.length === 0 ? {} : { remarks: remarks.map((remark) => telling.run.redact(remark)) }),
    } as const;
    write(measured === undefined ? common : { ...common, measured });
  }
  const left = attempted.leftLog === undefined ? first.point.leftLog : attempted.leftLog;
  if (left != null) write(problemOf(leftLogError(first.point, left, task.engine.log), telling.run));
  if (holds(attempted)) return;
  if (attempted.error !== null) write(problemOf(attempted.error, telling.run));
  else write({ kind: "source-rejected", sourceId: first.point.id, because: whyNot(attempted) });
  if (task.asked === "newest") await fallBack(telling, first, attempted);
}

/**
 * Verifies one copy to the end of its journal. Never throws for anything that happens in it. Returns what is worth
 * remembering of the copies that were looked at.
 */
export async function verify(task: VerifyTask, run: VerifyRun): Promise<KnownCopy[]> {
  const write = (body: EventBody) => void run.journal.append(body);
  const known: KnownCopy[] = [];
  write({
    kind: "drill-began",
    schemaVersion: 1,
    runId: run.label.runId,
    fogbellVersion: run.fogbellVersion,
    scenario: {
      kind: "verify",
      id: task.id,
      title: task.title,
      file: task.file,
      sha256: task.sha256,
      engine: task.engine.name,
      version: task.version,
      ...(task.variant === null ? {} : { variant: task.variant }),
      contended: run.contended,
    },
    objectives: task.objectives,
    host: run.host,
  });
  const outer = createUnwind();
  const cleaned: Unwound[] = [];
  let failed: Failed = null;
  try {
    const scratch = await openScratch(run.label);
    outer.add(`folder ${scratch.folder}`, () => scratch[Symbol.asyncDispose]());
    await tell({ task, run, folder: scratch.folder, write, known, cleaned });
  } catch (error) {
    failed = { error };
  }
  await endRun({ write, failed, redacting: run }, async () => {
    const parts = [...cleaned, await outer.all(run.keep)];
    return {
      removed: parts.flatMap(({ removed }) => removed),
      failed: parts.flatMap(({ failed }) => failed),
      kept: parts.flatMap(({ kept }) => kept),
    };
  });
  return known;
}
