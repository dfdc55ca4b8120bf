/** A number that was handed out after the backup lives on in mails, caches and other systems: it is never used again (entry 17). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const bumpSequences = defineAction<Record<string, never>>({
  name: "bump-sequences",
  summary: "Moves every sequence or counter past numbers that were handed out and lost.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.bumpSequences()],
});
