/** A table that answers is not a table that can be read: only a reading to its end tells (entry 3). */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { tableName } from "../fields.ts";
import { count, countIn } from "../host/units.ts";
import { answered, fields } from "./reading.ts";

const options = z.strictObject({
  table: tableName().optional().describe("Only this table. Default: all."),
  broken: z
    .boolean()
    .default(false)
    .describe("Whether it must fail: the proof that something cannot be read.")
    .meta({ examples: [true] }),
});

export const fullRead = defineProbe<z.infer<typeof options>>({
  name: "full-read",
  summary: "Every table can be read to its end.",
  options,
  needs: ["reading"],
  sees: ({ table }) => (table === undefined ? { allBut: [] } : { only: [table] }),
  question: (scene, { table }) => scene.phrases.readAll(table),
  answer: ([first], _scene, { broken }) =>
    answered(first, (outcome) => {
      const lines = fields(outcome);
      const number = countIn(lines.find(([word]) => word === "read")?.[1]);
      if (number === null || number === 0) return { held: "unknown", because: "no table was read" };
      const bad = [...new Set(lines.filter(([word]) => word !== "read").map(([table = ""]) => table))];
      const measured = { tables: number, broken: bad.length };
      const because =
        bad.length === 0 ? `${count(number, "table")} read to the end` : `cannot be read to the end: ${bad.join(", ")}`;
      return { held: bad.length > 0 === broken ? "yes" : "no", because, measured };
    }),
});
