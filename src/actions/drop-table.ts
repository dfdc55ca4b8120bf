/** The disaster of stories 000 and 003: somebody drops a table that everything hangs on. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { tableName } from "../fields.ts";

const options = z.strictObject({ table: tableName().describe("The table to drop, with everything that hangs on it.") });

export const dropTable = defineAction<z.infer<typeof options>>({
  name: "drop-table",
  summary: "Drops a table, and with it the keys and views that hang on it.",
  options,
  needs: ["tables"],
  hits: ({ table }) => table,
  lines: (scene, { table }) => [scene.phrases.dropTable(table)],
});
