/** The result as JSON, for machines: the whole record, with its schema version. */
import { defineReporter } from "../define.ts";

const print = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export const jsonReporter = defineReporter({
  name: "json",
  summary: "Everything derived from the journals: one result, or a list of several.",
  forFolder: async (result) => [{ file: "result.json", text: print(result) }],
  render: async (results) => [{ file: "results.json", text: print(results.length === 1 ? results[0] : results) }],
});
