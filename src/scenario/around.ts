/** What stands around a story in its file: what a recovery must reach, where the story comes from, when to give up. */
import { z } from "zod";
import { duration, size } from "../fields.ts";

const example = <T extends z.ZodType>(type: T, text: string, ...examples: unknown[]): T =>
  type.describe(text).meta({ description: text, examples }) as T;

/** @internal */
export const objectives = z.strictObject({
  rto: example(duration(), "Recovery time objective: from the damage until the application is let in again.", "15m"),
  rpo: example(duration(), "Recovery point objective: how old the recovered data may be.", "1h"),
  mtd: example(duration().optional(), "Maximum tolerable downtime, the outer limit. Default: none.", "4h"),
});

/** @internal */
export const story = z.strictObject({
  origin: example(z.string().optional(), "The story it comes from, by number or name. Default: none.", "000"),
  url: example(
    z.httpUrl().optional(),
    "Where its owners tell it themselves. Default: nowhere.",
    "https://example.com/blog/what-happened",
  ),
  severity: example(z.enum(["sev1", "sev2", "sev3"]).optional(), "How loud the pager is. Default: not said.", "sev1"),
  symptom: example(
    z.string().min(1).max(200).optional(),
    "What a person sees first, before anybody knows; the runbook begins there. Default: the title.",
    "an error that a table does not exist",
  ),
  difficulty: example(
    z.int().min(1).max(5).optional(),
    "From 1, follow the page, to 5, nobody gets this right. Default: not said.",
    3,
  ),
});

/** @internal */
export const abort = z.discriminatedUnion("when", [
  z.strictObject({
    when: example(z.literal("elapsed"), "The drill takes too long.", "elapsed"),
    over: example(duration(), "End the drill, void, after so long.", "60m"),
  }),
  z.strictObject({
    when: example(z.literal("disk-free"), "The disk fills up.", "disk-free"),
    under: example(size(), "End the drill, void, when less is free.", "1GiB"),
  }),
]);
