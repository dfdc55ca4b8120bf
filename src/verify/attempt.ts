/**
 * One copy, from the store to an answer: fetched, decrypted, read to its end, restored in a sandbox of its version, looked
 * through. A sandbox serves one copy only: what a bad one left behind must not meet the next.
 */

import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { alone } from "../backups/select.ts";
import { unreadableError } from "../backups/unreadable.ts";
import type { CheckFault } from "../drill/check-copy.ts";
import { bring } from "../drill/source.ts";
import { asFogbellError, LostError, UnavailableError } from "../errors.ts";
import type { BackupFacts, CopyNumbers, DumpStory, Engine, Method } from "../parts.ts";
import { copiesOf, copyLanguageOf, methodOf, sideRemoved } from "../plan/capabilities.ts";
import type { Mark } from "../record.ts";
import { limited, openLimiter, VERIFY, withinRoom } from "../run/limiter.ts";
import type { LimitedPhase } from "../run/limits.ts";
import { afterLog, assertAnybodys, assertOwnLog } from "./as-read.ts";
import { assertServer } from "./assert-server.ts";
import { readLedger } from "./copy-ledger.ts";
import { asRead } from "./dated.ts";
import { fetchCandidate } from "./fetch-copy.ts";
import { type Attempted, type AttemptKit, type Given, TARGET } from "./kit.ts";
import { look } from "./look.ts";
import { movedWords } from "./on-version.ts";
import { assertWholeKind, oneCopy } from "./one-copy.ts";
import { openEach } from "./open-each.ts";
import { attacherOf, type OpenedSandbox, openSandbox, placesFor, startsApplications } from "./open-sandbox.ts";
import { placesOf } from "./places.ts";
import { proveChecks } from "./prove-checks.ts";
import { readCopy } from "./read-copy.ts";
import { assertJudged, LeftBehind, prefixOf, restoreCopy } from "./restore-copy.ts";
import type { PlacedFinding } from "./scene.ts";
import { type Candidate, limitsFor, serverFor } from "./task.ts";
import { assertUnpackers } from "./unpackers.ts";

const DATABASE = "restored";

/** It never came to a restore. */
function notWhole(subject: string, because: string): Attempted {
  const finding = { probe: "complete", subject, held: "no", because, line: 0 } as const;
  return { findings: [finding], sha256: "", numbers: null, error: null };
}

/** Files do not say their version before they are opened; the answer names it. */
class OtherVersion extends UnavailableError {
  readonly madeBy: string;

  constructor(because: string, madeBy: string) {
    super(`the copy can't be judged here: ${because}`, { code: "FB_NOT_JUDGED", next: ["fogbell doctor"] });
    this.madeBy = madeBy;
  }
}

/** The same of what a check found. */
function assertJudgedFault(engine: Engine, { because, alone, madeBy, errors, next }: CheckFault) {
  if (madeBy !== null) throw new OtherVersion(because, madeBy);
  if (!alone) throw new UnavailableError(`the copy can't be judged here: ${because}`, { code: "FB_NOT_JUDGED", next });
  assertJudged(engine, errors);
}

/** The database to look at in a restored server: the one that was told, or the largest. */
async function chooseDatabase(kit: AttemptKit, { runner }: OpenedSandbox): Promise<string> {
  const outcome = await runner.ask(copiesOf(kit.task.engine).databases(), {
    phase: "verify",
    name: `databases-${kit.index}`,
  });
  const names = outcome.stdout.split("\n").filter((line) => line !== "");
  const [first, ...others] = names;
  if (outcome.exitCode !== 0 || first === undefined) {
    throw new LostError("the restored server has no database", { code: "FB_COPY_EMPTY" });
  }
  if (others.length > 0)
    kit.write({ kind: "note", text: `checked: ${first}; also restored, but not checked: ${others.join(", ")}` });
  return first;
}

/** A dump that the server it was taken from could not load again: nobody is told before the night. Null: it could. */
function newerThanItsServer(facts: BackupFacts, restoredOn: string): string | null {
  const { loadsFrom, serverVersion, toolVersion } = facts;
  if (loadsFrom === undefined) return null;
  const major = (version: string | undefined) => version?.split(".")[0] ?? "an unknown version";
  return `written by a client of version ${major(toolVersion)} from a server of version ${major(serverVersion)}: it was restored on ${restoredOn}, but the server it came from can't load it as it is; dump it with the client of version ${major(serverVersion)}`;
}

/** What nobody could see of a copy that is all of its backup; a ledger of its moment sees it. */
const unseenIn = (
  { candidate, ledger }: Pick<Given, "candidate" | "ledger">,
  { mayMiss }: BackupFacts,
): readonly string[] =>
  mayMiss === undefined || ledger !== null || candidate.point.objects.length > 1 ? [] : [mayMiss];

/** What is read and restored in the sandbox, once the copy lies beside it. */
async function openCopy(kit: AttemptKit, opened: OpenedSandbox, given: Given): Promise<Attempted> {
  const { candidate, sha256, ledger, mark } = given;
  const method = methodOf(kit.task.engine, given.facts);
  const { engine } = kit.task;
  let { facts } = given;
  let story: DumpStory | null = null;
  const findings: PlacedFinding[] = [];
  const say = (probe: string, held: "yes" | "no", because: string) =>
    void findings.push({ probe, subject: candidate.point.id, held, because, line: 0 });
  const ended = (): Attempted => ({ findings, sha256, numbers: null, error: null });
  let { point } = candidate;
  let bytes = point.sizeBytes;
  const fault = await limited(kit, "restore", async () => {
    const read = await readCopy(kit, opened, given, method);
    const { found } = read;
    ({ facts, story } = read);
    // Its log, when there is one, calls the database by its own name.
    if (facts.only !== undefined)
      opened.places.table = placesFor(kit, opened, { candidate, method, database: facts.only });
    if (found !== null) {
      assertJudgedFault(kit.task.engine, found);
      if (found.log !== undefined) throw new LeftBehind(found.because, candidate, found.log);
      say("complete", "no", found.because);
      return found.because;
    }
    await assertOwnLog(kit, candidate, facts, story);
    assertAnybodys(kit, candidate.point.id, facts, story);
    say("complete", "yes", ["read to its end", ...unseenIn(given, facts)].join("; "));
    findings.push(...read.named);
    const { server } = opened;
    bytes = story?.bytes ?? bytes;
    const failed = await withinRoom({ ...kit, server, bytes }, () =>
      restoreCopy(kit, opened.runner, { candidate, method, facts, story }),
    );
    say("restored", failed === null ? "yes" : "no", failed ?? `restored by ${method.name}`);
    const newer = failed === null ? newerThanItsServer(facts, opened.version) : null;
    if (newer !== null) say("version", "yes", newer);
    if (failed === null && kit.task.on != null) say("version", "yes", movedWords(facts, opened.version));
    return failed;
  });
  mark("T6");
  if (fault !== null) return ended();
  const looked = await limited(kit, "verify", async () => {
    opened.places.table = copiesOf(engine).atCopy(opened.places.table);
    if (method.side === "server" && kit.task.database === null) {
      const chosen = placesFor(kit, opened, { candidate, method, database: await chooseDatabase(kit, opened) });
      opened.places.table = copiesOf(engine).atCopy(chosen);
    }
    point = await afterLog(kit, opened, { point: asRead(candidate, story?.made, kit.task.askedAtMs), method });
    return look({
      probes: kit.probes,
      task: kit.task,
      point,
      facts,
      story,
      version: opened.version,
      ledger,
      ask: (line, name) => opened.runner.ask(line, { phase: "verify", name: `${prefixOf(kit)}${name}` }),
      attach: attacherOf(kit, opened, method),
    });
  });
  mark("T7");
  const isWhole = [...findings, ...looked.findings].every(({ held }) => held === "yes");
  if (kit.task.proveChecks && isWhole && kit.index === 0)
    await prove(kit, opened, { ...given, facts, method, looked, bytes });
  const reachAt = point.reach.at === candidate.point.reach.at ? {} : { reachAt: point.reach.at };
  return { findings: [...findings, ...looked.findings], sha256, numbers: looked.numbers, error: null, ...reachAt };
}

interface Proving extends Given {
  readonly method: Method;
  readonly looked: { readonly numbers: CopyNumbers };
  /** Of what is restored again and again. */
  readonly bytes: number;
}

/** Spoils copies of the copy. One that is a server of its own would need as many servers, and is left. */
async function prove(
  kit: AttemptKit,
  { runner, server, version }: OpenedSandbox,
  { candidate, facts, ledger, method, looked, bytes }: Proving,
): Promise<void> {
  const { engine } = kit.task;
  if (method.side === "server") {
    kit.write({ kind: "note", text: `--prove-checks was skipped: a ${method.name} copy is a server of its own` });
    return;
  }
  await proveChecks({
    probes: kit.probes,
    task: kit.task,
    point: candidate.point,
    facts,
    version,
    ledger,
    numbers: looked.numbers,
    mutations: copyLanguageOf(engine).mutations(kit.task.fresh ?? null),
    must: (line, name) => runner.must(line, { phase: "verify", name: `prove-${name}` }),
    ask: (line, name) => runner.ask(line, { phase: "verify", name: `prove-${name}` }),
    restore: method.recover(facts, TARGET),
    remove: sideRemoved(engine, method),
    write: kit.write,
    within: (work) => kit.limiter.within("prove", () => withinRoom({ ...kit, server, bytes }, work)),
  });
}

async function go(kit: AttemptKit, candidate: Candidate, mark: (mark: Mark) => void): Promise<Attempted> {
  const { point } = candidate;
  if (point.unreadable !== undefined) throw unreadableError(point.id, point.unreadable);
  assertWholeKind(point, copiesOf(kit.task.engine));
  if (point.facts.complete === "no") return notWhole(point.id, point.facts.because);
  mark("T3");
  const known = candidate.encryption === null;
  if (known) await assertServer(kit, candidate);
  const single = await limited(kit, "fetch", () => fetchCandidate(kit, candidate));
  const one = await oneCopy(kit, candidate, single);
  mark("T4");
  return openAgain(kit, { candidate, mark, ...one });
}

/** What shows only when it was opened is opened once more: files of another version, a log that does not bring it further. */
async function openAgain(kit: AttemptKit, given: FetchedGiven): Promise<Attempted> {
  const { candidate, facts } = given;
  try {
    return await openFetched(kit, given);
  } catch (error) {
    if (error instanceof LeftBehind) {
      await kit.unwind.all(false);
      const { hasLog: _, ...own } = facts;
      const point = { ...alone(candidate.point), id: candidate.point.id };
      const attempted = await openAgain(kit, { ...given, candidate: { ...candidate, point }, facts: own });
      return { ...attempted, leftLog: error.left };
    }
    if (!(error instanceof OtherVersion) || facts.serverVersion !== undefined) throw error;
    await kit.unwind.all(false);
    return openAgain(kit, { ...given, facts: { ...facts, serverVersion: error.madeBy } });
  }
}

interface FetchedGiven extends Omit<Given, "sha256" | "ledger" | "paths"> {
  readonly fetched: Awaited<ReturnType<typeof fetchCandidate>>;
}

/** Opens a sandbox for what was fetched, and brings it in. */
async function openFetched(kit: AttemptKit, { fetched, ...own }: FetchedGiven): Promise<Attempted> {
  const { candidate, facts, mark } = own;
  const { point } = candidate;
  const method = methodOf(kit.task.engine, facts);
  // A copy of files is reached itself, and finds the port free.
  const isReached = startsApplications(kit.task) && method.side === "database";
  const reached = isReached ? (kit.task.engine.loopback?.settings ?? {}) : {};
  const opened = await limited(kit, "world", () =>
    openSandbox(kit, serverFor(kit.task.engine, facts, { own: reached, on: kit.task.on ?? null })),
  );
  mark("T5");
  await assertUnpackers(opened, [...facts.packing, ...(facts.logPacking ?? [])], kit.index);
  const objects = point.parts === undefined ? point.objects : point.objects.slice(0, 1);
  const copy = await bring(opened, { objects }, { folder: fetched.folder, paths: fetched.paths });
  const globals = fetched.globals === null ? "" : `${opened.server.folders.scratch}/${basename(fetched.globals)}`;
  if (fetched.globals !== null) {
    await opened.server.put(globals, createReadStream(fetched.globals), (await stat(fetched.globals)).size);
  }
  const { engine, database: told } = kit.task;
  const database = told ?? (method.side === "server" ? copiesOf(engine).home : (facts.database ?? DATABASE));
  opened.places.table = placesOf({ engine, candidate, server: opened.server, method, copy, globals, database });
  const ledger = fetched.ledger === null ? null : await readLedger(fetched.ledger, engine);
  const paths = fetched.paths.slice(0, point.objects.length);
  const given = { ...own, sha256: fetched.sha256, ledger, paths };
  return openEach({ kit, opened, given, method, open: openCopy });
}

/** Looks at one copy. Throws only when cancelled: everything else is what came of it. */
export async function attempt(given: Omit<AttemptKit, "limiter">, candidate: Candidate): Promise<Attempted> {
  const mark = (name: Mark) => (given.index === 0 ? given.write({ kind: "mark", mark: name }) : undefined);
  await mkdir(given.folder, { recursive: true });
  const limits = limitsFor(given.task, candidate);
  const limitOf = (phase: LimitedPhase) => limits.find((one) => one.phase === phase);
  using limiter = await openLimiter({ ...given, run: VERIFY }, limitOf);
  try {
    const attempted = await go({ ...given, limiter, signal: limiter.signal }, candidate, mark);
    return { ...attempted, tookMs: limiter.tookMs };
  } catch (thrown) {
    if (given.signal.aborted) throw given.signal.reason;
    // What was ended shows up as whatever it threw then.
    const error = asFogbellError(limiter.signal.aborted ? limiter.signal.reason : thrown);
    if (error instanceof LostError) return notWhole(candidate.point.id, error.message);
    return { findings: [], sha256: "", numbers: null, error };
  }
}
