/** One copy, or every dump of an archive of several, one after another in one sandbox. */

import { FogbellError, LostError } from "../errors.ts";
import type { Method } from "../parts.ts";
import { sideRemoved } from "../plan/capabilities.ts";
import { aboutMember, archiveMembers, brokenAmong, dumpsAmong, knownOf, labelOf, together } from "./archive-members.ts";
import type { Attempted, AttemptKit, Given } from "./kit.ts";
import type { OpenedSandbox } from "./open-sandbox.ts";

export interface EachRequest {
  readonly kit: AttemptKit;
  readonly opened: OpenedSandbox;
  readonly given: Given;
  readonly method: Method;
  /** Restores one copy and looks through it. */
  readonly open: (kit: AttemptKit, opened: OpenedSandbox, given: Given) => Promise<Attempted>;
}

/** Throws LostError for an archive that cannot be read to its end. */
const membersOf = ({ signal }: AttemptKit, { paths, facts }: Given, method: Method) =>
  archiveMembers(paths, facts, { method, signal }).catch((error: unknown) => {
    if (error instanceof FogbellError || signal.aborted) throw error;
    throw new LostError(`the archive can't be read to the end: ${(error as Error).message}`, {
      code: "FB_COPY_EMPTY",
    });
  });

/** What is fetched is one copy, or an archive of the dumps of several databases: then each is restored and looked through. */
export async function openEach({ kit, opened, given, method, open }: EachRequest): Promise<Attempted> {
  const all = given.members ?? (await membersOf(kit, given, method));
  const [broken] = brokenAmong(all);
  if (broken !== undefined) throw new LostError(broken, { code: "FB_COPY_EMPTY" });
  const dumps = dumpsAmong(all, kit.task.database);
  if (dumps.length <= 1) return open(kit, opened, { ...given, facts: dumps[0]?.facts ?? given.facts });
  const { table } = opened.places;
  const opens: { label: string; attempted: Attempted }[] = [];
  for (const [index, member] of dumps.entries()) {
    opened.places.table = table;
    const label = labelOf(member);
    const task = { ...kit.task, known: knownOf(kit.task.known, label), proveChecks: false };
    const mark = index === dumps.length - 1 ? given.mark : () => {};
    const { facts } = member;
    const attempted = await open({ ...kit, task }, opened, { ...given, facts, ledger: null, mark });
    opens.push({ label, attempted });
    opened.places.table = table;
    for (const line of sideRemoved(kit.task.engine, method))
      await opened.runner.run(line, { phase: "verify", name: `remove-${kit.index}-${index}` });
  }
  const numbers = opens.flatMap(({ label, attempted }) =>
    attempted.numbers === null ? [] : [{ label, numbers: attempted.numbers }],
  );
  return {
    findings: opens.flatMap(({ label, attempted }) => attempted.findings.map((one) => aboutMember(label, one))),
    sha256: given.sha256,
    numbers: numbers.length < opens.length ? null : together(numbers),
    error: opens.find(({ attempted }) => attempted.error !== null)?.attempted.error ?? null,
  };
}
