/** The scenario's own question: one number, or one word, from a query that cannot write. */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { sqlText } from "../fields.ts";
import type { Finding } from "../parts.ts";
import { answered } from "./reading.ts";

const options = z.strictObject({
  ask: sqlText("A query; the first column of its first row is the answer.").meta({
    examples: ["SELECT count(*) FROM orders WHERE total < 0"],
  }),
  of: z
    .enum(["production", "side"])
    .default("production")
    .describe("Where it is asked: in the application's database, or in the restored copy beside it.")
    .meta({ examples: ["side"] }),
  is: z
    .union([z.number(), z.string().max(200)])
    .optional()
    .describe("What must come out. Default: a number above zero, unless min or max is told.")
    .meta({ examples: [0, "ready"] }),
  min: z
    .number()
    .optional()
    .describe("At least this number. Default: none.")
    .meta({ examples: [1] }),
  max: z
    .number()
    .optional()
    .describe("At most this number. Default: none.")
    .meta({ examples: [0] }),
});
type Options = z.infer<typeof options>;

const isNumber = (text: string) => text !== "" && Number.isFinite(Number(text));

/** A word may be a row's value: only numbers are written down. */
function judge(text: string, { is, min, max }: Options): Finding {
  if (typeof is === "string")
    return text === is ? { held: "yes", because: "as expected" } : { held: "no", because: "something else came out" };
  if (!isNumber(text)) return { held: "unknown", because: text === "" ? "no answer came out" : "no number came out" };
  const value = Number(text);
  const measured = { value };
  const least = min ?? (is === undefined && max === undefined ? Number.MIN_VALUE : Number.NEGATIVE_INFINITY);
  if (is !== undefined && value !== is) return { held: "no", because: `${value}, and ${is} expected`, measured };
  if (value < least) return { held: "no", because: `${value}, at least ${min ?? "more than 0"} expected`, measured };
  if (max !== undefined && value > max) return { held: "no", because: `${value}, at most ${max} expected`, measured };
  return { held: "yes", because: `${value}`, measured };
}

export const sqlProbe = defineProbe<Options>({
  name: "sql",
  summary: "A query of your own comes out as expected; it cannot write.",
  options,
  needs: ["sql"],
  question: (scene, { ask, of }) => scene.phrases.askSql(ask, of),
  answer: ([first], _scene, told) =>
    answered(first, ({ stdout }) => judge((stdout.split("\n")[0] ?? "").split("\t")[0]?.trim() ?? "", told)),
});
