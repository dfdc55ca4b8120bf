/** The result as JSON, for machines: the whole record, with its schema version. */
import { z } from "zod";
import { defineReporter } from "../parts.ts";

export const jsonReporter = defineReporter<Record<string, never>>({
  name: "json",
  summary: "result.json: everything derived from the journal.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: [],
  render: async (results) => [
    { file: "result.json", text: `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n` },
  ],
});
