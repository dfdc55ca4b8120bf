/** The laptop is closed, the train enters the tunnel: the terminal that a restore was started from is gone (story 001). */
import { defineAction } from "../define.ts";

export const hangUp = defineAction({
  name: "hang-up",
  summary: "Kills the terminal that the restore was started from.",
  lines: () => [
    {
      say: "The terminal dies.",
      script: `pid=$(cat "$SCRATCH/terminal.pid") &&
kill -HUP "-$pid"; sleep 0.2; kill -KILL "-$pid" 2>/dev/null; true`,
      uses: ["SCRATCH"],
      destroys: true,
    },
  ],
});
