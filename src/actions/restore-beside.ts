/** Restore beside, never over: the lines come from the method that made the backup. */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const restoreBeside = defineAction<Record<string, never>>({
  name: "restore-beside",
  summary: "Restores the chosen recovery point into a side database.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql", "side-restore"],
  lines: (scene) => scene.restoreLines,
});
