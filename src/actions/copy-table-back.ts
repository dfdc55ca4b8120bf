/** Surgical recovery: one table from the side database, so that good writes made later in other tables stay. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { started, startOption } from "../detached.ts";
import { tableName } from "../fields.ts";

const options = z.strictObject({
  table: tableName().describe("The table to copy back."),
  start: startOption(),
});

export const copyTableBack = defineAction<z.infer<typeof options>>({
  name: "copy-table-back",
  summary: "Copies one table back with its keys, constraints, indexes, sequence, grants and views.",
  options,
  needs: ["tables", "side-restore", "one-table"],
  lines: (scene, { table, start }) => started(scene.phrases.copyTableBack(table), start),
});
