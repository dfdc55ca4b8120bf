/** Whoever holds production's keys can delete what production can delete: the backups, too (Code Spaces, 2014). */
import { defineAction } from "../define.ts";

export const deleteBackups = defineAction({
  name: "delete-backups",
  summary:
    "Deletes every object that production's own account can delete: the whole main store. What another account holds stays.",
  needs: ["offsite"],
  store: () => ({ kind: "delete-all" }),
  lines: () => [],
});
