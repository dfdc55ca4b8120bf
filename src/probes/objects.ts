/** What a cascade took along silently: views, triggers, policies, columns' defaults. */
import { z } from "zod";
import { defineProbe } from "../parts.ts";
import { compareCatalogue, judge, readCatalogue } from "./catalogue-diff.ts";
import { unanswered } from "./reading.ts";

const KINDS = ["table", "column", "trigger", "view", "rule", "policy", "sequence", "function", "comment"];

export const objects = defineProbe<Record<string, never>>({
  name: "objects",
  summary: "Every table, column, trigger, view, policy and function is as before.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  question: (scene) => scene.phrases.catalogue(),
  answer: ([outcome], scene) => {
    const missing = unanswered(outcome);
    if (missing !== null || outcome === undefined) return missing ?? { held: "unknown", because: "no answer" };
    return judge(compareCatalogue(scene.ledger.truth, readCatalogue(outcome), { kinds: KINDS }), "object");
  },
});
