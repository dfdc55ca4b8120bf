/** Is this the right database, and what is missing? Asked before anything is restarted, restored or tidied (stories 001 and 003). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const lookAround = defineAction<Record<string, never>>({
  name: "look-around",
  shows: "detected",
  summary: "Looks at what the server has: databases, sizes, roles. Changes nothing.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.lookAround()],
});
