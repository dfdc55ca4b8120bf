/**
 * What shows of a copy only when it was read or restored: that its log is another server's, where that log brought it, that it
 * is of a database that nobody uses.
 */
import { asReached } from "../backups/log-end.ts";
import { lookInto } from "../backups/look-into.ts";
import { UnavailableError } from "../errors.ts";
import type { BackupFacts, DumpStory, Method, RecoveryPoint } from "../parts.ts";
import { copiesOf } from "../plan/capabilities.ts";
import type { AttemptKit } from "./kit.ts";
import type { OpenedSandbox } from "./open-sandbox.ts";
import { LeftBehind } from "./restore-copy.ts";
import type { Candidate } from "./task.ts";

/**
 * A job over all databases dumps the one, too, that every server has and nobody uses. That it's empty is no fault, and shows
 * nothing of the others.
 */
export function assertAnybodys({ task }: AttemptKit, id: string, facts: BackupFacts, story: DumpStory | null): void {
  const name = task.database ?? facts.database ?? task.title;
  if (story === null || story.tables.length > 0 || !copiesOf(task.engine).everywhere.includes(name)) return;
  throw new UnavailableError(
    `${id} is a dump of ${name}, a database that every server has, and there is no table in it`,
    {
      code: "FB_NOT_JUDGED",
      next: [
        "if nothing of yours belongs there, remove this database from fogbell.yaml, and let `ignore:` leave its files out",
      ],
    },
  );
}

/** A packed dump says whose log it needs behind all of its rows. Throws LeftBehind when the one beside it is another server's. */
export async function assertOwnLog(
  { task: { engine } }: AttemptKit,
  candidate: Candidate,
  facts: BackupFacts,
  story: DumpStory | null,
): Promise<void> {
  const [first] = candidate.point.log;
  const isOf = engine.log?.isOf;
  if (first === undefined || isOf === undefined || story?.logOf === undefined || facts.logOf !== undefined) return;
  const { contents } = await lookInto(candidate.store, first);
  const head = contents.at(-1)?.head;
  if (head !== undefined && isOf(head, { ...facts, logOf: story.logOf }, true) === false)
    throw new LeftBehind(`${first.key} is of another server`, candidate, "other-server");
}

/**
 * Where its log brought it, as the log itself says, when its objects' times may be of a copying. `method` is the one that
 * brought it back: of a sealed copy the point knows none.
 */
export async function afterLog(
  kit: AttemptKit,
  { runner }: OpenedSandbox,
  { point, method }: { readonly point: RecoveryPoint; readonly method: Method },
): Promise<RecoveryPoint> {
  const { repository = kit.task.engine.log } = method;
  const line = point.logTimes === undefined ? undefined : repository?.reached?.();
  if (line === undefined) return point;
  const outcome = await runner.ask(line, { phase: "verify", name: `reached-${kit.index}` });
  const told = outcome.stdout.trim();
  if (outcome.exitCode !== 0 || !/^\d*$/.test(told)) return asReached(point, null);
  return asReached(point, told === "" ? null : Number(told));
}
