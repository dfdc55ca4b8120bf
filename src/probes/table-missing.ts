/** Proof that a dropped table is gone. */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { tableName } from "../fields.ts";
import { yesOrNo } from "./reading.ts";

const options = z.strictObject({ table: tableName().describe("The table that must be gone.") });

export const tableMissing = defineProbe<z.infer<typeof options>>({
  name: "table-missing",
  summary: "A table does not exist.",
  options,
  needs: ["tables"],
  question: (scene, { table }) => scene.phrases.tableExists(table),
  answer: ([first], _scene, { table }) =>
    yesOrNo(first, (exists) =>
      exists ? { held: "no", because: `${table} exists` } : { held: "yes", because: `${table} does not exist` },
    ),
});
