/** After a recovery the old backups no longer describe the database. */
import { defineAction } from "../define.ts";

export const takeBackup = defineAction({
  name: "take-backup",
  summary: "Takes a fresh backup, and reads it to its end.",
  needs: ["evidence"],
  lines: (scene) => [scene.phrases.takeBackup()],
});
