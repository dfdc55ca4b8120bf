/** Pruning is let go on only when there is a fresh backup to prune the others for. */
import { defineAction } from "../define.ts";

export const resumeRetention = defineAction({
  name: "resume-retention",
  summary: "Puts the job that prunes backups back on its schedule.",
  needs: ["retention"],
  lines: () => [
    {
      say: "Let the pruning job run again, now that a fresh backup has been checked.",
      script: 'mv "$PRUNE_JOB.frozen" "$PRUNE_JOB" && ls "$PRUNE_JOB"',
      uses: ["PRUNE_JOB"],
      expect: "The name of the file.",
      ifNot: "Put it back by hand. Until then, note that it's still off.",
      destroys: false,
    },
  ],
});
