/** What was started apart is waited for, with its progress; it does not need whoever waits. */

import { defineAction } from "../define.ts";
import { apart } from "../host/sh.ts";

export const awaitDetached = defineAction({
  name: "await-detached",
  summary: "Waits for a restore that was started apart from the terminal, and for its exit code.",
  lines: () => [
    {
      say: "Wait for the detached commands to finish. Closing this terminal doesn't stop them.",
      script: apart(`while [ ! -e "$SCRATCH/detached.exit" ]; do
  if ! kill -0 "$(cat "$SCRATCH/detached.pid")" 2>/dev/null; then
    sleep 0.5; test -e "$SCRATCH/detached.exit" && break
    echo "it was killed before its end" >&2; exit 1
  fi
  sleep 0.1
done
tail -n 3 "$SCRATCH/detached.log"
code=$(cat "$SCRATCH/detached.exit"); rm "$SCRATCH/detached.exit"
test "$code" = 0`),
      uses: ["SCRATCH"],
      expect: "The last lines of its output, and exit code 0.",
      ifNot: "Read detached.log. Remove what it created before you start again.",
      destroys: false,
    },
  ],
});
