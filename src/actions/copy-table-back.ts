/** Surgical recovery: one table from the side database, so that good writes made later in other tables stay. */
import { z } from "zod";
import { STARTS, started } from "../detached.ts";
import { tableName } from "../fields.ts";
import { defineAction } from "../parts.ts";

const options = z.strictObject({
  table: tableName().describe("The table to copy back."),
  start: z
    .enum(STARTS)
    .optional()
    .describe(
      "How it is started: here and waited for, as a job of the terminal, or apart from it; then see await-detached. Default: here.",
    )
    .meta({ examples: ["apart"] }),
});

export const copyTableBack = defineAction<z.infer<typeof options>>({
  name: "copy-table-back",
  summary: "Copies one table back with its keys, constraints, indexes, sequence, grants and views.",
  options,
  gives: [],
  needs: ["sql", "side-restore", "one-table"],
  lines: (scene, { table, start }) => started(scene.phrases.copyTableBack(table), start),
});
