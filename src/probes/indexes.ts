/** A restore without its indexes answers every question, slowly, and lets duplicates in. */
import { z } from "zod";
import { defineProbe } from "../parts.ts";
import { compareCatalogue, judge, readCatalogue } from "./catalogue-diff.ts";
import { unanswered } from "./reading.ts";

const KINDS = ["index"];

export const indexes = defineProbe<Record<string, never>>({
  name: "indexes",
  summary: "Every index is there, valid, with the same definition.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  question: (scene) => scene.phrases.catalogue(),
  answer: ([outcome], scene) => {
    const missing = unanswered(outcome);
    if (missing !== null || outcome === undefined) return missing ?? { held: "unknown", because: "no answer" };
    return judge(compareCatalogue(scene.ledger.truth, readCatalogue(outcome), { kinds: KINDS }), "index");
  },
});
