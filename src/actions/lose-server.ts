/** The night that a replica is there for (story 000). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const loseServer = defineAction<Record<string, never>>({
  name: "lose-server",
  summary: "The machine is gone: the server dies, and its disk with it.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.loseServer()],
});
