/** No number is handed out twice: sequences stand past the data, past what refers to it, and past where they stood. */
import { defineProbe } from "../define.ts";
import { count, wholeNumber } from "../host/units.ts";
import type { Finding, Outcome } from "../parts.ts";
import { answered, fields, unreadable } from "./reading.ts";

interface Stands {
  readonly value: bigint;
  readonly used: bigint;
  readonly isUp: boolean;
}

/** Sequence to where it stands; null when one line is none of those that are asked for. */
function readSequences(outcome: Outcome): Map<string, Stands> | null {
  const found = new Map<string, Stands>();
  for (const [name = "", value = "", , , used = "", direction = "up"] of fields(outcome)) {
    const [stands, highest] = [wholeNumber(value), used === "\\N" ? 0n : wholeNumber(used)];
    if (name === "" || stands === null || highest === null) return null;
    found.set(name, { value: stands, used: highest, isUp: direction === "up" });
  }
  return found;
}

function judge(found: ReadonlyMap<string, Stands>, truth: ReadonlyMap<string, bigint>): Finding {
  const wrong: string[] = [];
  for (const [name, before] of truth) {
    const now = found.get(name);
    if (now === undefined) wrong.push(`${name} is gone`);
    // One that goes down, or begins again, is there; where it stands says nothing by itself.
    else if (!now.isUp) continue;
    else if (now.value < now.used) wrong.push(`${name} stands at ${now.value}, ${now.used} is in use`);
    else if (now.value < before) wrong.push(`${name} is at ${now.value}, but ${before} was already used`);
  }
  const measured = { compared: truth.size, behind: wrong.length };
  return wrong.length === 0
    ? { held: "yes", because: `${count(truth.size, "sequence")} ahead of the data`, measured }
    : { held: "no", because: wrong.join("; "), measured };
}

export const sequencesAhead = defineProbe({
  name: "sequences-ahead",
  summary: "Every sequence stands past every number in use and past its value before the damage.",
  needs: ["sequences"],
  question: (scene) => scene.phrases.sequences(),
  answer: ([first], scene) =>
    answered(first, (outcome) => {
      const truth = scene.ledger.truth.sequences;
      if (truth.size === 0) {
        return {
          held: "yes",
          because: "no sequences found",
          measured: { compared: 0 },
        };
      }
      const found = readSequences(outcome);
      return found === null ? unreadable : judge(found, truth);
    }),
});
