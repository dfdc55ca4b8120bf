/** A database without its roles lets nobody in; some backups have them, and none of the dumps of one database does (story 001). */
import { defineAction } from "../define.ts";

export const restoreRoles = defineAction({
  name: "restore-roles",
  summary: "Creates the roles that are missing, from the file beside the backup.",
  needs: ["roles", "side-restore"],
  ofOwn: "roles",
  lines: (scene) => [scene.phrases.restoreRoles()],
});
