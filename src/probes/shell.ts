/** The scenario's own check, as shell lines inside the sandbox: exit code 0 is a yes. */
import { z } from "zod";
import { defineProbe } from "../define.ts";

const options = z.strictObject({
  script: z
    .string()
    .min(1)
    .max(20_000)
    .describe(
      "POSIX sh, with the engine's usual environment. It prints what it saw; exit code 0 is yes, 1 is no, anything else is unknown.",
    )
    .meta({ examples: ["psql -Atc 'SELECT 1 FROM orders LIMIT 1' | grep 1"] }),
  about: z
    .string()
    .min(1)
    .max(100)
    .default("the scenario's own check")
    .describe("What it checks, in a few words.")
    .meta({ examples: ["the search index answers"] }),
});

export const shellProbe = defineProbe<z.infer<typeof options>>({
  name: "shell",
  summary: "Shell lines of your own inside the sandbox end well, and print something.",
  options,
  question: (_scene, { script, about }) => ({
    say: `Check: ${about}.`,
    script: script.trim(),
    uses: [],
    destroys: false,
    isOwn: true,
  }),
  answer: ([first], _scene, { about }) => {
    if (first === undefined) return { held: "unknown", because: "the question was never asked" };
    if (first.truncated) return { held: "unknown", because: `${about}: it printed more than can be kept` };
    // What looked at nothing also prints nothing, and ends well.
    if (first.exitCode === 0 && first.stdout.trim() === "")
      return { held: "unknown", because: `${about}: it printed nothing` };
    if (first.exitCode === 0) return { held: "yes", because: about };
    if (first.exitCode === 1) return { held: "no", because: `${about}: exit code 1` };
    return { held: "unknown", because: `${about}: exit code ${first.exitCode}` };
  },
});
