/** Compares what a database consists of with the ledger's catalogue, for the probes that each guard some kinds of it. */

import { defineProbe } from "../define.ts";
import { count } from "../host/units.ts";
import type { Capability, Finding, LedgerState, Outcome, Probe } from "../parts.ts";
import { answered, fields, unreadable } from "./reading.ts";

export interface CatalogueDifference {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly extra: readonly string[];
  readonly compared: number;
}

/** `kind <TAB> name` → definition. */
export function readCatalogue(outcome: Outcome): Map<string, string> {
  return new Map(fields(outcome).map(([kind, name, ...definition]) => [`${kind}\t${name}`, definition.join("\t")]));
}

/** Whether every line names an object: what is printed by something else says of no object that it is missing. */
export const areObjects = (lines: readonly (readonly string[])[]): boolean =>
  lines.every(([kind = "", name = ""]) => /^[a-z][a-z-]*$/.test(kind) && name !== "");

export const isCatalogue = (outcome: Outcome): boolean => areObjects(fields(outcome));

/** Both sides limited to `kinds`; `same` decides whether two definitions count as equal. */
export function compareCatalogue(
  truth: LedgerState,
  found: ReadonlyMap<string, string>,
  rule: { kinds: readonly string[]; same?: (expected: string, found: string, key: string) => boolean },
): CatalogueDifference {
  const guarded = (key: string) => rule.kinds.includes(key.slice(0, key.indexOf("\t")));
  const same = rule.same ?? ((expected: string, actual: string) => expected === actual);
  const expectedKeys = [...truth.catalogue.keys()].filter(guarded);
  const name = (key: string) => key.replace("\t", " ");
  return {
    missing: expectedKeys.filter((key) => !found.has(key)).map(name),
    changed: expectedKeys
      .filter((key) => found.has(key) && !same(truth.catalogue.get(key) ?? "", found.get(key) ?? "", key))
      .map(name),
    extra: [...found.keys()].filter((key) => guarded(key) && !truth.catalogue.has(key)).map(name),
    compared: expectedKeys.length,
  };
}

/** A finding from a comparison. Nothing to compare is unknown, never a pass. */
export function judge(difference: CatalogueDifference, noun: string): Finding {
  const measured = {
    compared: difference.compared,
    missing: difference.missing.length,
    changed: difference.changed.length,
    extra: difference.extra.length,
  };
  if (difference.compared === 0)
    return { held: "unknown", because: `the ledger holds no ${noun} to compare`, measured };
  const parts = [
    ["missing", difference.missing],
    ["changed", difference.changed],
    ["not there before", difference.extra],
  ] as const;
  const wrong = parts.filter(([, names]) => names.length > 0);
  if (wrong.length === 0) return { held: "yes", because: `${count(difference.compared, noun)} as before`, measured };
  return { held: "no", because: wrong.map(([word, names]) => `${word}: ${some(names)}`).join("; "), measured };
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** A probe that guards some kinds of objects and has nothing to be told. */
export function catalogueProbe(told: {
  readonly name: string;
  readonly summary: string;
  readonly kinds: readonly string[];
  readonly noun: string;
  /** What such objects hang on, and there may be none of. */
  readonly of?: Capability;
}): Probe {
  const { name, summary, kinds, noun, of } = told;
  return defineProbe({
    name,
    summary,
    needs: ["catalogue", ...(of === undefined ? [] : [of])],
    question: (scene) => scene.phrases.catalogue(),
    answer: ([first], scene) =>
      answered(first, (outcome) =>
        isCatalogue(outcome)
          ? judge(compareCatalogue(scene.ledger.truth, readCatalogue(outcome), { kinds }), noun)
          : unreadable,
      ),
  });
}
