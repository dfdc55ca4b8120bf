/**
 * Checks are tested, too: a copy that holds is restored again and again, spoiled in one known way each time, and asked
 * everything. A mutation that nobody notices is a fault that would go through.
 */

import { Defect } from "../errors.ts";
import type { CopyNumbers, Line, Mutation, Outcome } from "../parts.ts";
import type { EventBody } from "../record.ts";
import type { KnownCopy } from "./known.ts";
import { type LookRequest, look } from "./look.ts";

export interface ProveRequest extends Omit<LookRequest, "baseline" | "ask" | "attach"> {
  readonly mutations: readonly Mutation[];
  /** What the copy held before it was spoiled: the last good one to compare with. */
  readonly numbers: CopyNumbers;
  /** Runs a deed; throws when it fails. */
  readonly must: (line: Line, name: string) => Promise<Outcome>;
  readonly ask: LookRequest["ask"];
  /** Lines that restore the copy anew, and that remove it. */
  readonly restore: readonly Line[];
  readonly remove: readonly Line[];
  readonly write: (body: EventBody) => void;
  /** Holds one try to its time and its room. */
  readonly within: <T>(work: () => Promise<T>) => Promise<T>;
}

function baselineOf({ point, numbers }: ProveRequest): KnownCopy {
  return {
    id: point.id,
    store: point.store,
    momentAt: point.moment.at,
    sizeBytes: point.sizeBytes,
    sha256: "",
    runId: "",
    verifiedAt: point.moment.at,
    holds: true,
    because: "",
    ...numbers,
  };
}

async function proveOne(request: ProveRequest, { name, line }: Mutation): Promise<void> {
  const { must, ask, write } = request;
  for (const one of request.remove) await must(one, `${name}-remove`);
  for (const one of request.restore) await must(one, `${name}-restore`);
  const made = await ask(line, `${name}-spoil`);
  const subject = made.stdout.trim().split("\n").at(-1)?.trim() ?? "";
  if (made.exitCode !== 0 || subject === "") {
    const because = made.exitCode === 0 ? "there is nothing here to do it to" : "it could not be done";
    write({ kind: "mutation-tried", mutation: name, subject: "", noticedBy: [], because });
    return;
  }
  const { findings } = await look({
    ...request,
    baseline: baselineOf(request),
    attach: async () => {
      throw new Defect("an application was asked of a spoiled copy");
    },
    ask: (asked, question) => ask(asked, `${name}-${question}`),
  });
  const noticedBy = findings
    .filter(({ held }) => held !== "yes")
    .map(({ probe, subject: of, line: at, own }) => (at > 0 || own === true ? `${probe} of ${of}` : probe));
  // An age is no finding of its own: it is held against the objective.
  const gapMs = Math.max(0, ...findings.flatMap(({ measured }) => measured?.gapMs ?? []));
  if (gapMs > request.task.objectives.rpoMs) noticedBy.push("RPO");
  write({ kind: "mutation-tried", mutation: name, subject, noticedBy, because: "" });
}

/** Tries every mutation. What cannot be tried is said; nothing here changes the verdict of the copy. */
export async function proveChecks(request: ProveRequest): Promise<void> {
  const { task } = request;
  // An application was started on the whole copy; it is not started on each spoiled one.
  const checks = task.checks.filter(({ app }) => app === undefined);
  const left = task.checks.length - checks.length;
  if (left > 0) request.write({ kind: "note", text: `not proven: ${left} of the checks that start an application` });
  const given = { ...request, task: { ...task, checks } };
  for (const mutation of request.mutations) await request.within(() => proveOne(given, mutation));
}
