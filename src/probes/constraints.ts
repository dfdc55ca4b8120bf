/**
 * Every constraint is back with the same definition. A dump cut after its last COPY restores every row and no key, with
 * exit code 0: row counts alone must never pass a drill.
 */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { count, countIn } from "../host/units.ts";
import type { Finding, Outcome, Scene } from "../parts.ts";
import { compareCatalogue, isCatalogue, judge, readCatalogue } from "./catalogue-diff.ts";
import { fields, unanswered, unreadable } from "./reading.ts";

const options = z.strictObject({
  "allow-orphans": z
    .boolean()
    .default(false)
    .describe(
      "Accept a foreign key that guards new rows but cannot be validated, when only rows of lost parents stand against it.",
    )
    .meta({ examples: [true] }),
});
type Options = z.infer<typeof options>;

const NOT_VALID = / NOT VALID$/;

function compare(outcome: Outcome, scene: Scene) {
  const found = readCatalogue(outcome);
  const waiting: string[] = [];
  const difference = compareCatalogue(scene.ledger.truth, found, {
    kinds: ["constraint"],
    same: (expected, actual, key) => {
      if (expected === actual) return true;
      const stands = NOT_VALID.test(actual) && actual.replace(NOT_VALID, "") === expected;
      if (stands) waiting.push(key.slice(key.indexOf("\t") + 1));
      return stands;
    },
  });
  return { difference, waiting };
}

/** Rows without parent, per waiting key, must be explained by the parents that were lost, and by nothing else. */
function judgeOrphans(outcome: Outcome, waiting: readonly string[], compared: number): Finding {
  const rows = fields(outcome);
  if (rows.some((row) => countIn(row[3]) === null || countIn(row[4]) === null)) return unreadable;
  const named = new Set(rows.map(([constraint, child]) => `${child}.${constraint}`));
  const unnamed = waiting.filter((key) => !named.has(key));
  if (unnamed.length > 0)
    return { held: "unknown", because: `no count of orphans came back for ${unnamed.join(", ")}` };
  const orphans = rows.reduce((sum, row) => sum + Number(row[3]), 0);
  const empty = rows.filter((row) => Number(row[3]) === 0).map(([constraint, child]) => `${child}.${constraint}`);
  if (empty.length > 0) {
    return { held: "no", because: `not validated although nothing stands against it: ${empty.join(", ")}` };
  }
  const keys = rows.map(
    ([constraint, , parent, number, parents]) =>
      `${constraint} left NOT VALID: ${number} rows lack ${parents} lost parent rows of ${parent}`,
  );
  return {
    held: "yes",
    because: `${count(compared, "constraint")} stand; ${keys.join("; ")}`,
    measured: { compared, orphans, lostParents: Math.max(...rows.map((row) => Number(row[4]))) },
  };
}

export const constraints = defineProbe<Options>({
  name: "constraints",
  summary: "Every constraint is there, with the same definition, and validated.",
  options,
  needs: ["catalogue"],
  question: (scene) => scene.phrases.catalogue(),
  answer: ([first, second], scene, { "allow-orphans": allowOrphans }) => {
    const missing = unanswered(first);
    if (missing !== null || first === undefined) return missing ?? { held: "unknown", because: "no answer" };
    if (!isCatalogue(first)) return unreadable;
    const { difference, waiting } = compare(first, scene);
    const finding = judge(difference, "constraint");
    if (finding.held !== "yes" || waiting.length === 0) return finding;
    if (!allowOrphans) {
      return {
        held: "no",
        because: `not validated: ${waiting.join(", ")}`,
        measured: { compared: difference.compared, unvalidated: waiting.length },
      };
    }
    if (second === undefined) return scene.phrases.orphans();
    return unanswered(second) ?? judgeOrphans(second, waiting, difference.compared);
  },
});
