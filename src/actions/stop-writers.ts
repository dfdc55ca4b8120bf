/** Contain: whatever is written from now on would have to be reconciled later. */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const stopWriters = defineAction<Record<string, never>>({
  name: "stop-writers",
  contains: true,
  summary: "Keeps the application out, and closes the sessions it has.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.stopWriters()],
});
