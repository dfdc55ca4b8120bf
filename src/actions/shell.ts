/** The scenario's own shell lines, inside this run's sandbox and nowhere else. */
import { z } from "zod";
import { defineAction } from "../define.ts";

const options = z.strictObject({
  say: z
    .string()
    .min(1)
    .max(200)
    .default("Run the scenario's own lines.")
    .describe("What it does, in plain words; the runbook prints it.")
    .meta({ examples: ["Rebuild the search index."] }),
  script: z
    .string()
    .min(1)
    .max(20_000)
    .describe("POSIX sh, with the engine's usual environment. It fails when its last command does.")
    .meta({ examples: ["psql -c 'SELECT refresh_search()'"] }),
});

export const shell = defineAction<z.infer<typeof options>>({
  name: "shell",
  summary: "Runs shell lines of your own inside the sandbox.",
  options,
  lines: (_scene, { say, script }) => [{ say, script: script.trim(), uses: [], destroys: true, isOwn: true }],
});
