/** The disaster of story 004: backup and restore swapped, or a "test restore" that finds the original. */
import { z } from "zod";
import { defineAction } from "../define.ts";

const options = z.strictObject({
  from: z
    .string()
    .min(1)
    .describe("The backup that somebody restores over the living database, by name.")
    .meta({ examples: ["old-export"] }),
});

export const restoreOver = defineAction<z.infer<typeof options>>({
  name: "restore-over",
  summary: "Restores a backup over the living database, as a person does by mistake.",
  options,
  takes: ({ from }) => from,
  lines: (scene, { from }) => scene.over(from),
});
