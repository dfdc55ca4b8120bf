/** Reopen: the last step before the clock of the headline stops. */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const resumeWriters = defineAction<Record<string, never>>({
  name: "resume-writers",
  summary: "Lets the application in again.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.resumeWriters()],
});
