/** Proof that a dropped table is gone. */
import { z } from "zod";
import { tableName } from "../fields.ts";
import { defineProbe } from "../parts.ts";
import { answered, fields } from "./reading.ts";

const options = z.strictObject({ table: tableName().describe("The table that must be gone.") });

export const tableMissing = defineProbe<z.infer<typeof options>>({
  name: "table-missing",
  summary: "A table does not exist.",
  options,
  gives: [],
  needs: ["sql"],
  question: (scene, { table }) => scene.phrases.tableExists(table),
  answer: ([first], _scene, { table }) =>
    answered(first, (outcome) => {
      const word = fields(outcome)[0]?.[0];
      if (word === "no") return { held: "yes", because: `${table} does not exist` };
      if (word === "yes") return { held: "no", because: `${table} exists` };
      return { held: "unknown", because: "neither yes nor no came back" };
    }),
});
