/** Preserve first: the damaged state is evidence, and the way back from a wrong recovery. */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const copyDamaged = defineAction<Record<string, never>>({
  name: "copy-damaged",
  summary: "Copies the damaged state, and proves the copy.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => scene.phrases.copyDamaged(),
});
