/** A restore that waits for a forgotten session looks like one that is only slow (story 001). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const findBlocker = defineAction<Record<string, never>>({
  name: "find-blocker",
  shows: "detected",
  summary: "Tells slow from stuck: names who waits for whom, and ends the session that is waited for.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.findBlocker()],
});
