/** The scenario's own SQL, in the application's database of this run and nowhere else. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { sqlText } from "../fields.ts";

const options = z.strictObject({
  say: z
    .string()
    .min(1)
    .max(200)
    .default("Run the scenario's own SQL.")
    .describe("What it does, in plain words; the runbook prints it.")
    .meta({ examples: ["Deploy the migration."] }),
  sql: sqlText("What to run.").meta({ examples: ["UPDATE orders SET total = 0"] }),
});

export const runSql = defineAction<z.infer<typeof options>>({
  name: "run-sql",
  summary: "Runs SQL of your own in the application's database.",
  options,
  needs: ["sql"],
  lines: (scene, { say, sql }) => [scene.phrases.runSql(say, sql)],
});
