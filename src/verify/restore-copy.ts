/** The one way in which somebody's own copy is restored: what it needs is made first, and what ends it is told in its own lines. */
import { type CheckFault, logFaultOf } from "../drill/check-copy.ts";
import { placed } from "../dumps.ts";
import { UnavailableError } from "../errors.ts";
import { type ClientError, describeError, firstError } from "../host/client-errors.ts";
import type { BackupFacts, DumpStory, Engine, LeftLog, Line, Method, Outcome } from "../parts.ts";
import { copiesOf, sideRemoved } from "../plan/capabilities.ts";
import type { Runner } from "../run/runner.ts";
import { type AttemptKit, TARGET } from "./kit.ts";
import type { Candidate, VerifyTask } from "./task.ts";

/** Not a fault of the backup: throws UnavailableError instead of letting it be called bad. */
export function assertJudged(engine: Engine, errors: readonly ClientError[]): void {
  const unjudged = copiesOf(engine).unjudged(errors);
  if (unjudged === null) return;
  throw new UnavailableError(`the copy can't be judged here: ${unjudged.because}`, {
    code: "FB_NOT_JUDGED",
    next: unjudged.next ?? ["install what is missing into the sandbox's image", "fogbell doctor"],
  });
}

/** Our own preparation is never the backup's fault. */
function assertPrepared(line: Line, { exitCode, errors = [] }: Outcome): void {
  if (exitCode === 0) return;
  const error = firstError(errors);
  const why = error === undefined ? `exit code ${exitCode}` : describeError(error);
  throw new UnavailableError(`the restore couldn't be prepared here: "${line.say}" failed: ${why}`, {
    code: "FB_NOT_JUDGED",
    next: ["please report this; the backup isn't at fault"],
  });
}

/** The log beside the copy is not what brings it further: the copy is looked at as it was taken. */
export class LeftBehind extends Error {
  readonly left: LeftLog | null;

  constructor(because: string, { point }: Pick<Candidate, "point">, kind: NonNullable<CheckFault["log"]>) {
    super(because);
    const key = point.log[0]?.key ?? "";
    this.left = kind === "short" ? null : { kind, key, because };
  }
}

/** What a restore needs of an attempt. */
export interface RestoreKit extends Pick<AttemptKit, "index" | "write"> {
  readonly task: Pick<VerifyTask, "engine">;
}

export interface Restoring {
  readonly candidate: Pick<Candidate, "point">;
  readonly method: Method;
  readonly facts: BackupFacts;
  readonly story: DumpStory | null;
}

/** Makes ready what a copy needs that it does not bring. Throws UnavailableError when this machine lacks it. */
export async function prepareCopy(
  kit: RestoreKit,
  runner: Pick<Runner, "run">,
  given: Pick<Restoring, "facts" | "story">,
): Promise<void> {
  const { engine } = kit.task;
  for (const line of copiesOf(engine).prepare(given.facts, given.story)) {
    const outcome = await runner.run(line, { phase: "restore", name: `${prefixOf(kit)}prepare` });
    noteMade(kit, outcome.stdout);
    assertJudged(engine, [...lacking(outcome.stdout), ...(outcome.errors ?? [])]);
    assertPrepared(line, outcome);
  }
}

/** Before the names of steps that are about an older copy. */
export const prefixOf = ({ index }: Pick<RestoreKit, "index">) => (index === 0 ? "" : `older-${index}-`);

/** Restores the copy. Returns the finding against it, or null. */
export async function restoreCopy(
  kit: RestoreKit,
  runner: Pick<Runner, "run">,
  given: Restoring,
): Promise<string | null> {
  await prepareCopy(kit, runner, given);
  return load(kit, runner, given);
}

/** The lines of the restore itself. */
async function load(kit: RestoreKit, runner: Pick<Runner, "run">, given: Restoring): Promise<string | null> {
  const { engine } = kit.task;
  const lines = given.method.recover(given.facts, TARGET);
  for (const line of lines) {
    const outcome = await runner.run(line, { phase: "restore", name: `${prefixOf(kit)}restore` });
    if (outcome.exitCode === 0) continue;
    const errors = outcome.errors ?? [];
    assertJudged(engine, errors);
    const again = await inOrder(kit, runner, given, lines);
    if (again !== "same") return again;
    const error = firstError(errors);
    const left = logFaultOf(line, outcome);
    if (left !== undefined) {
      // Codes from 10 on are our own script's, and so is what it printed.
      const own = outcome.exitCode >= 10 ? outcome.stdout.trim() : "";
      const why = error === undefined ? `exit code ${outcome.exitCode}` : describeError(error);
      throw new LeftBehind(own || `"${line.say}" failed: ${why}`, given.candidate, left);
    }
    const { story, facts } = given;
    // What the client counts is what it was fed.
    const fed = copiesOf(engine).keepsLines === true ? undefined : facts.lines;
    const inDump = (one: ClientError) => (story === null ? one : placed(one, story, fed));
    const why = error === undefined ? `exit code ${outcome.exitCode}` : describeError(inDump(error));
    return `"${line.say}" failed: ${why}`;
  }
  return null;
}

/**
 * Several jobs at once load tables in any order, and a CHECK, a domain or a generated column may read another table: what
 * fails so is loaded once more, one after another. "same" when that is no other way.
 */
async function inOrder(kit: RestoreKit, runner: Pick<Runner, "run">, given: Restoring, tried: readonly Line[]) {
  const facts = { ...given.facts, inOrder: true };
  const lines = given.method.recover(facts, TARGET);
  if (given.facts.inOrder === true || lines.every(({ script }, index) => script === tried[index]?.script))
    return "same";
  for (const line of sideRemoved(kit.task.engine, given.method))
    await runner.run(line, { phase: "restore", name: `${prefixOf(kit)}remove` });
  const failed = await load(kit, runner, { ...given, facts });
  if (failed === null && kit.index === 0) kit.write({ kind: "note", text: ONE_AFTER_ANOTHER });
  return failed;
}

const ONE_AFTER_ANOTHER =
  "it couldn't be restored with parallel jobs, only one by one: its CHECKs, domains or generated columns read other tables. In an emergency, restore it without -j";

/** What a preparation found missing, as if a client had said so. */
const lacking = (printed: string): ClientError[] =>
  printed.split("\n").flatMap((line) => {
    const [word, reason, named] = line.split("\t");
    if (word !== "lacks" || reason === undefined || named === undefined) return [];
    return [{ client: "the copy's own words", severity: "error", message: `${named} is needed`, reason, named }];
  });

/** What the preparation made or met, each with its name, in a sentence's words. */
const MADE: Readonly<Record<string, string>> = {
  role: "roles and accounts that the backup refers to but doesn't contain, created here for the restore",
  tablespace: "tablespaces that the backup refers to, created here for the restore",
  subscription: "subscriptions in the backup, which don't replicate here",
};

function noteMade({ write, index }: RestoreKit, printed: string): void {
  if (index > 0) return;
  for (const [word, what] of Object.entries(MADE)) {
    const names = printed
      .split("\n")
      .flatMap((line) => (line.startsWith(`${word}\t`) ? [line.slice(word.length + 1)] : []));
    if (names.length > 0) write({ kind: "note", text: `${what}: ${names.join(", ")}` });
  }
}
