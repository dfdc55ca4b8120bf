/** A table holds a plausible number of rows. Zero is never plausible unless `max` says so. */

import { z } from "zod";
import { defineProbe } from "../define.ts";
import { tableName } from "../fields.ts";
import { count } from "../host/units.ts";
import { answered, fields } from "./reading.ts";

const options = z.strictObject({
  table: tableName().describe("The table to count."),
  min: z
    .int()
    .nonnegative()
    .optional()
    .describe("At least so many rows. Default: 1, or 0 when `max` is given.")
    .meta({ examples: [1000] }),
  max: z
    .int()
    .nonnegative()
    .optional()
    .describe("At most so many rows.")
    .meta({ examples: [0] }),
});

export const rowCount = defineProbe<z.infer<typeof options>>({
  name: "row-count",
  summary: "A table exists and holds so many rows.",
  options,
  needs: ["tables"],
  ofOwn: ({ table }) => ({ table, min: 1 }),
  sees: ({ table }) => ({ only: [table] }),
  question: (scene, { table }) => scene.phrases.countRows(table),
  answer: ([first], _scene, { table, min, max }) =>
    answered(first, (outcome) => {
      const word = fields(outcome)[0]?.[0] ?? "";
      if (word === "missing") return { held: "no", because: `${table} does not exist` };
      if (!/^\d+$/.test(word)) return { held: "unknown", because: "no number came back" };
      const rows = Number(word);
      const least = min ?? (max === undefined ? 1 : 0);
      const because = `${table} holds ${count(rows, "row")}`;
      if (rows < least) return { held: "no", because: `${because}, at least ${least} expected`, measured: { rows } };
      if (max !== undefined && rows > max)
        return { held: "no", because: `${because}, at most ${max} expected`, measured: { rows } };
      return { held: "yes", because, measured: { rows } };
    }),
});
