/** What a disk does: nobody hears of it until the page is read (entry 3). */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { tableName } from "../fields.ts";

const options = z.strictObject({ table: tableName().describe("The table whose file is spoiled.") });

export const corruptTable = defineAction<z.infer<typeof options>>({
  name: "corrupt-table",
  summary: "Spoils pages of a table's file, as a failing disk does.",
  options,
  needs: ["pages"],
  hits: ({ table }) => table,
  lines: (scene, { table }) => [scene.phrases.corruptTable(table)],
});
