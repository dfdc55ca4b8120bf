/** The result as JSON, for machines: the whole record, with its schema version. */
import { z } from "zod";
import { defineReporter } from "../parts.ts";

const print = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export const jsonReporter = defineReporter<Record<string, never>>({
  name: "json",
  summary: "Everything derived from the journals: one result, or a list of several.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: [],
  forFolder: async (result) => [{ file: "result.json", text: print(result) }],
  render: async (results) => [{ file: "results.json", text: print(results.length === 1 ? results[0] : results) }],
});
