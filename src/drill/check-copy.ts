/** Is a fetched copy whole, and does it stay where it is put? Asked of every copy before anything of it is run. */
import { bytesOf, type DumpFault, endOf, faultOf, type ReadDump, readDump } from "../backups/read-dump.ts";
import { Defect } from "../errors.ts";
import { type ClientError, firstError } from "../host/client-errors.ts";
import { type BackupFacts, CHECK_ENDS, type Line, type Outcome, type RecoveryPoint } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import type { Runner } from "../run/runner.ts";
import { ourselves } from "./ourselves.ts";

/** What a check found against a copy. */
export interface CheckFault {
  readonly because: string;
  /** It would leave its target. */
  readonly leaves: boolean;
  /** False: by itself nobody can judge it, because it is half of something or does not show its end. */
  readonly alone: boolean;
  /** The version that made it, when that is what is wrong. */
  readonly madeBy: string | null;
  readonly errors: readonly ClientError[];
  /** What the check's own page says to do. */
  readonly next: readonly string[];
  /** What it was found against, when that is the log beside the copy; `short`: it ends before the copy was taken. */
  readonly log?: "torn" | "other-server" | "short";
}

/** What a line that looks at a log found against it. */
export function logFaultOf({ about }: Line, { exitCode }: Outcome): CheckFault["log"] {
  if (about !== "log") return undefined;
  return exitCode === CHECK_ENDS.otherLog ? "other-server" : exitCode === CHECK_ENDS.shortLog ? "short" : "torn";
}

function faultIn(line: Line, outcome: Outcome): CheckFault {
  const { exitCode, stdout, stderrTail, errors = [] } = outcome;
  const printed = stdout.trim();
  const [, madeBy, here] = exitCode === CHECK_ENDS.otherVersion ? printed.split("\t") : [];
  const log = logFaultOf(line, outcome);
  const said = printed || firstError(errors)?.message || stderrTail.trim().split("\n")[0] || `exit code ${exitCode}`;
  return {
    because: madeBy === undefined ? said : `taken by version ${madeBy}, and this is version ${here}`,
    leaves: exitCode === CHECK_ENDS.leaves,
    alone: exitCode !== CHECK_ENDS.notAlone,
    madeBy: madeBy ?? null,
    errors,
    next: line.ifNot === undefined ? [] : [line.ifNot],
    ...(log === undefined ? {} : { log }),
  };
}

const WITH_COMMENTS = [
  "leave out --compact and --skip-comments, so that the dump's closing line shows that it is whole",
];

/** What a check in this process found, as any other. */
export function dumpFault({ ifNot }: Line, { is, because }: DumpFault): CheckFault {
  const next = is === "untold" ? WITH_COMMENTS : ifNot === undefined ? [] : [ifNot];
  return { because, leaves: is === "leaves", alone: is !== "half" && is !== "untold", madeBy: null, errors: [], next };
}

/** Reads a dump in this process, and writes it down as the line that a person would type. */
export async function readOwn(
  { plan, write, signal }: Pick<CheckKit, "plan" | "write" | "signal">,
  line: Line,
  facts: BackupFacts,
  paths: readonly string[],
  id = "fetch.check-copy",
): Promise<ReadDump> {
  const reader = plan.engine.dumpReader?.(facts) ?? null;
  if (reader === null) throw new Defect(`no reader for ${facts.method} ${facts.format} although its check is ours`);
  const read = () => readDump(reader, bytesOf(paths, signal), facts.packing);
  return ourselves({ write }, line, { phase: "fetch", id }, read, (one) => endOf(one, faultOf(one, null)));
}

export interface CheckKit {
  readonly plan: Pick<Plan, "engine" | "target">;
  readonly runner: Pick<Runner, "run">;
  readonly write: (body: EventBody) => void;
  readonly signal: AbortSignal;
}

/** What programs find against a copy, in the sandbox: the lines of its check that are none of our own. */
export async function checkByPrograms(
  { plan, runner }: Pick<CheckKit, "plan" | "runner">,
  facts: BackupFacts,
): Promise<CheckFault | null> {
  for (const line of checkLines(plan, facts)) {
    if (line.own === "check") continue;
    const outcome = await runner.run(line, { phase: "fetch", name: "check-copy" });
    if (outcome.exitCode !== 0) return faultIn(line, outcome);
  }
  return null;
}

const checkLines = ({ engine, target }: CheckKit["plan"], facts: BackupFacts): readonly Line[] =>
  engine.methods.find(({ name }) => name === facts.method)?.check(facts, target) ?? [];

/** Reads the copy to its end. `paths` is where it lies on this host, for checks of our own. */
export async function checkCopy(
  kit: CheckKit,
  point: Pick<RecoveryPoint, "facts">,
  paths: readonly string[],
  id = "fetch.check-copy",
): Promise<CheckFault | null> {
  const own = checkLines(kit.plan, point.facts).find((line) => line.own === "check");
  const fault = own === undefined ? null : faultOf(await readOwn(kit, own, point.facts, paths, id), null);
  if (own !== undefined && fault !== null) return dumpFault(own, fault);
  return checkByPrograms(kit, point.facts);
}
