/** The whole database comes back: by name when it lies on the same server, by pointing the application when it is a server of its own. */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const takeOver = defineAction<Record<string, never>>({
  name: "take-over",
  summary: "Puts what was restored beside in the place of the damaged database.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql", "side-restore", "application"],
  takesOver: true,
  lines: (scene) => scene.phrases.takeOver(scene.side),
});
