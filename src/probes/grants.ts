/** A table that came back without its grants is an outage with all rows present. */
import { z } from "zod";
import { defineProbe } from "../parts.ts";
import { compareCatalogue, judge, readCatalogue } from "./catalogue-diff.ts";
import { unanswered } from "./reading.ts";

const KINDS = ["grant"];

export const grants = defineProbe<Record<string, never>>({
  name: "grants",
  summary: "Every owner and grant is as before.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  question: (scene) => scene.phrases.catalogue(),
  answer: ([outcome], scene) => {
    const missing = unanswered(outcome);
    if (missing !== null || outcome === undefined) return missing ?? { held: "unknown", because: "no answer" };
    return judge(compareCatalogue(scene.ledger.truth, readCatalogue(outcome), { kinds: KINDS }), "grant");
  },
});
