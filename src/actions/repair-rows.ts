/** Surgical recovery: only the rows that the damage touched, so that everything written since stays (story 002). */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { sqlText, tableName } from "../fields.ts";

const options = z.strictObject({
  tables: z
    .record(tableName(), sqlText("A condition on a row as it is now."))
    .refine((tables) => Object.keys(tables).length > 0, { error: "at least one table is needed" })
    .describe(
      "Tables, each with a condition on a row as it is now: whether the damage touched it. Newer good rows must not match. Parents are done before children, whatever the order here.",
    )
    .meta({ examples: [{ orders: "note = 'TEST'", payments: "1 = 0" }] }),
  only: z
    .record(tableName(), sqlText("A condition on a row as the recovery point has it."))
    .optional()
    .describe(
      "Of these tables only such rows are wanted from the recovery point, so that what others deleted since stays deleted. Default: all rows of all tables.",
    )
    .meta({ examples: [{ orders: "customer_id = 7" }] }),
  strangers: z
    .enum(["delete", "leave"])
    .default("leave")
    .describe("What becomes of touched rows that the recovery point does not know.")
    .meta({ examples: ["delete"] }),
});

export const repairRows = defineAction<z.infer<typeof options>>({
  name: "repair-rows",
  summary: "Puts single rows right from the restored copy: a dry run that counts, then the deed, in one transaction.",
  options,
  needs: ["row-repair", "side-restore", "one-table"],
  lines: (scene, told) => scene.phrases.repairRows(told),
});
