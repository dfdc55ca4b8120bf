/** What prunes backups goes on pruning while people look for one. It is stopped before anything else is decided. */
import { defineAction } from "../define.ts";

export const freezeRetention = defineAction({
  name: "freeze-retention",
  summary: "Takes the job that prunes backups off its schedule, until a fresh one is proven.",
  needs: ["retention"],
  lines: () => [
    {
      say: "Stop the job that prunes backups.",
      script: 'mv "$PRUNE_JOB" "$PRUNE_JOB.frozen" && ls "$PRUNE_JOB.frozen"',
      uses: ["PRUNE_JOB"],
      expect: 'The name of the file, ending in ".frozen".',
      ifNot:
        "Find what else deletes backups (bucket lifecycle rules, the backup program's own expiry), and turn it off.",
      destroys: false,
    },
  ],
});
