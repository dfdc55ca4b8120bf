/**
 * A copy read to its end before anything of it is run: is it whole, does it stay where it is put, which of several databases
 * is meant. Text is read in this process; what a program keeps packed, that program reads in the sandbox.
 */

import { type DumpFault, faultOf, faultOfText, type ReadDump } from "../backups/read-dump.ts";
import { type CheckFault, checkByPrograms, checkCopy, dumpFault, readOwn } from "../drill/check-copy.ts";
import { linesOf } from "../dumps.ts";
import { RefusedError, UnavailableError } from "../errors.ts";
import type { BackupFacts, DumpStory, Line, Method } from "../parts.ts";
import { copiesOf } from "../plan/capabilities.ts";
import { type AttemptKit, TARGET } from "./kit.ts";
import { onlyOf } from "./only-database.ts";
import type { OpenedSandbox } from "./open-sandbox.ts";
import type { PlacedFinding } from "./scene.ts";
import type { Candidate, VerifyTask } from "./task.ts";

/** What reading needs of an attempt. */
export interface ReadKit extends Pick<AttemptKit, "index" | "write" | "signal"> {
  readonly task: Pick<VerifyTask, "engine" | "database">;
}

interface Given {
  readonly candidate: Pick<Candidate, "point">;
  readonly facts: BackupFacts;
  readonly paths: readonly string[];
}

export interface CopyRead {
  /** What is to be restored. */
  readonly facts: BackupFacts;
  /** What is wrong with it, if anything. */
  readonly found: CheckFault | null;
  /** What its text tells; null where it has none. */
  readonly story: DumpStory | null;
  /** What is found of its names. */
  readonly named: readonly PlacedFinding[];
}

/**
 * Reads the copy to its end. One that names its database is restored under the sandbox's name instead, when nothing else
 * in it leaves. Throws RefusedError when something does.
 */
export async function readCopy(
  kit: ReadKit,
  opened: Pick<OpenedSandbox, "runner">,
  given: Given,
  method: Method,
): Promise<CopyRead> {
  const own = method.check(given.facts, TARGET).find((line) => line.own === "check");
  const name = `fetch.check-copy${kit.index === 0 ? "" : `.${kit.index + 1}`}`;
  const plan = { engine: kit.task.engine, target: TARGET };
  if (own === undefined) return readInside(kit, opened, given);
  const read = judge(kit, given, { own, read: await readOwn({ ...kit, plan }, own, given.facts, given.paths, name) });
  // What our own reading cannot tell, programs do: whether the log beside it is whole.
  const found = read.found ?? (await checkByPrograms({ plan, runner: opened.runner }, read.facts));
  return { ...read, found };
}

/** A dump that was read here. */
function judge(kit: ReadKit, { candidate, facts }: Given, { own, read }: { own: Line; read: ReadDump }): CopyRead {
  const { id } = candidate.point;
  const { engine, database: told } = kit.task;
  const { everywhere } = copiesOf(engine);
  const names = read.story.databases.map(({ name }) => name);
  assertHoldsMore(id, read.story);
  const { only, fault } = whichDatabase(read, () => onlyOf(names, { id, told, everywhere }));
  if (fault?.is === "leaves") throw leaving(id, fault.because);
  if (fault === null) sayName(kit, id, only);
  if (fault === null) sayLeftOut(kit, id, read.story);
  const lines = linesOf(read.story, only);
  // Its beginning alone may not show it.
  const seen = read.story.limits.length === 0 ? facts : { ...facts, limitsClient: true };
  return {
    facts: lines === null ? seen : { ...seen, ...(only === null ? {} : { only }), lines },
    found: fault === null ? null : dumpFault(own, fault),
    story: read.story,
    named: nameOf(kit, id, facts.database === undefined ? names : [facts.database, ...names]),
  };
}

/** Accounts alone are half of a backup, and nothing against it: what they would do elsewhere is what they are for. */
function assertHoldsMore(id: string, { leaves, hasStructure, hasRows, end }: DumpStory): void {
  const isOfAccounts = leaves.every(({ kind }) => kind === "account" || kind === "unclear");
  if (hasStructure || hasRows || end.is === "cut" || !isOfAccounts || leaves.every(({ kind }) => kind !== "account"))
    return;
  throw new UnavailableError(`${id} holds accounts and what they may do, and no database: there are no rows to judge`, {
    code: "FB_NOT_JUDGED",
    next: ["keep it beside a dump of each database, and let a pattern or `ignore:` leave it out"],
  });
}

/** Which of the databases that it names is restored, and what is against it then. */
function whichDatabase(read: ReadDump, choose: () => string | null): { only: string | null; fault: DumpFault | null } {
  const fault = faultOf(read, null);
  if (fault?.is !== "leaves") return { only: null, fault };
  const only = choose();
  return { only, fault: only === null ? fault : faultOf(read, only) };
}

/** What is read by programs, in the sandbox. */
async function readInside(kit: ReadKit, opened: Pick<OpenedSandbox, "runner">, given: Given): Promise<CopyRead> {
  const { candidate, facts } = given;
  const { id } = candidate.point;
  const plan = { engine: kit.task.engine, target: TARGET };
  const found = await checkCopy({ ...kit, plan, runner: opened.runner }, { facts }, given.paths);
  if (found?.leaves === true) throw leaving(id, found.because);
  const story = found === null ? await textOf(kit, opened, given) : null;
  return { facts, found, story, named: nameOf(kit, id, facts.database === undefined ? [] : [facts.database]) };
}

/** What an archive would do, as its own program prints it, without its rows. Throws RefusedError when it leaves. */
async function textOf(
  kit: ReadKit,
  { runner }: Pick<OpenedSandbox, "runner">,
  { candidate, facts }: Given,
): Promise<DumpStory | null> {
  const text = kit.task.engine.dumpText?.(facts) ?? null;
  if (text === null) return null;
  const step = { phase: "restore", name: `contents-${kit.index}` } as const;
  const outcome = await runner.ask(text.line, step, (piece) => text.reader.push(piece));
  const story = text.reader.end();
  if (outcome.exitCode !== 0)
    throw new UnavailableError("the copy can't be judged here: its list of contents cannot be read", {
      code: "FB_NOT_JUDGED",
      next: ["fogbell doctor"],
    });
  const because = faultOfText(story);
  if (because !== null) throw leaving(candidate.point.id, because);
  return story;
}

const leaving = (id: string, because: string) =>
  new RefusedError(`${id} would leave its target: ${because}`, {
    code: "FB_DUMP_LEAVES",
    next: ["look at that line of it", "make the dump without commands of the client, and of one database"],
  });

/** Whom a replica would follow is no part of the data. */
function sayLeftOut({ index, write }: ReadKit, id: string, { leftOut = [] }: DumpStory): void {
  const [first] = leftOut;
  if (index > 0 || first === undefined) return;
  const more = leftOut.length > 1 ? ` and ${leftOut.length - 1} more` : "";
  write({
    kind: "note",
    text: `${id}: line ${first.from} (${first.what})${more} left out: a copy follows no other server`,
  });
}

/** Once, for the copy that is asked for. */
function sayName({ index, write }: ReadKit, id: string, only: string | null): void {
  if (index > 0 || only === null) return;
  write({ kind: "note", text: `${id} names its database ${only}; the lines that do were left out of the restore` });
}

/**
 * A dump that says it is of another database than the one that was told: nobody but its people knows which of the two is
 * right, and it may be a copy of staging with all of production's tables. Never good before that is settled.
 */
function nameOf({ task }: ReadKit, id: string, names: readonly string[]): readonly PlacedFinding[] {
  const { database: told } = task;
  const [theirs] = names;
  if (told === null || theirs === undefined) return [];
  const common = { probe: "database", subject: id, line: 0 } as const;
  const isTold = names.some((name) => name.toLowerCase() === told.toLowerCase());
  if (isTold) return [{ ...common, held: "yes", because: `it says that it is a dump of ${told}` }];
  const because = `it says that it is a dump of the database ${theirs}, and fogbell.yaml says ${told}: if the database was renamed, write \`database: ${theirs}\` there; else look at the job, it dumps another one`;
  return [{ ...common, held: "unknown", because }];
}
