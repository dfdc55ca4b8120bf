/** A check of somebody's own: a command beside the restored server, whose exit code is the answer. */

import { defineCheckProbe } from "../../define.ts";

interface Check {
  readonly shell?: string | undefined;
}

export const shellCheck = defineCheckProbe<Check>({
  name: "shell",
  summary: "A command of your own beside the restored server ends with 0.",
  question: ({ shell = "" }, copies) => copies.shell(shell),
  answer: ({ exitCode }) =>
    exitCode === 0
      ? { held: "yes", because: "exit code 0" }
      : { held: exitCode === 127 ? "unknown" : "no", because: `exit code ${exitCode}` },
});
