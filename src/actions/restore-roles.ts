/** A database without its roles lets nobody in; some backups have them, and none of the dumps of one database does (story 001). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const restoreRoles = defineAction<Record<string, never>>({
  name: "restore-roles",
  summary: "Creates the roles that are missing, from the file beside the backup.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql", "side-restore"],
  ofOwn: "roles",
  lines: (scene) => [scene.phrases.restoreRoles()],
});
