/** Rows that were written to the wrong database belong here, with numbers of this one (story 003). */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { sqlText, tableName } from "../fields.ts";

const options = z.strictObject({
  table: tableName().describe("The table they belong to."),
  where: sqlText("A condition on a row of the other database: whether it belongs here.").meta({
    examples: ["created_at > '2026-01-31'"],
  }),
});

export const mergeRows = defineAction<z.infer<typeof options>>({
  name: "merge-rows",
  summary: "Brings rows of the other database home, with numbers of their own.",
  options,
  needs: ["siblings", "application"],
  lines: (scene, { table, where }) => scene.phrases.mergeRows(table, where),
});
