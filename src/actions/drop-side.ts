/** Tidy up: a forgotten side copy is the next wrong database (story 003). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const dropSide = defineAction<Record<string, never>>({
  name: "drop-side",
  summary: "Removes the side database.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => scene.removeSide(),
});
