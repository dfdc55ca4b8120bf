/** After a recovery the old backups no longer describe the database. */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const takeBackup = defineAction<Record<string, never>>({
  name: "take-backup",
  summary: "Takes a fresh backup, and reads it to its end.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  lines: (scene) => [scene.phrases.takeBackup()],
});
