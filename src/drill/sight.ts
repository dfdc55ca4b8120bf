/**
 * Whether the verification can see the damage at all. Asked of the damaged state, before the clock begins: a recovery that
 * does nothing must not pass, so at least one of the verification's own probes has to say no, or fail to answer, now.
 */
import { UnavailableError } from "../errors.ts";
import type { Probe } from "../parts.ts";
import type { PlannedPart } from "../plan/plan.ts";
import { type AskedOne, ask } from "./ask-probes.ts";

/** Throws UnavailableError when every probe of the verification holds although the damage is done. */
export async function assertSees(kit: AskedOne, probes: readonly PlannedPart<Probe>[]): Promise<void> {
  // One that does not hold is enough, and the usual one is the first: the others need not be asked.
  for (const told of probes) {
    const [finding] = await ask(kit, [told]);
    if (finding?.held !== "yes") return;
  }
  if (probes.length === 0) return;
  const names = [...new Set(probes.map(({ part }) => part.name))].join(", ");
  throw new UnavailableError(
    `the verification cannot see this disaster: right after the damage every probe holds (${names})`,
    {
      code: "FB_VERIFY_BLIND",
      next: [
        "add a probe that notices this damage under verify: rows compares every row with the ledger",
        "fogbell scenario show, and compare what proof asks with what verify asks",
      ],
    },
  );
}
