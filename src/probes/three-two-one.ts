/** Three copies, in two kinds of place, one of them off site: audited in what was really found, not in what is planned. */
import { z } from "zod";
import { defineProbe } from "../parts.ts";

export const threeTwoOne = defineProbe<Record<string, never>>({
  name: "three-two-one",
  summary: "The data and two copies of it, in two kinds of place, one of them off site.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  question: (scene) => scene.phrases.databaseExists(),
  answer: ([first], { copies }) => {
    if (first === undefined || first.exitCode !== 0 || first.truncated || first.stdout.trim() !== "yes")
      return { held: "unknown", because: "the original could not be counted" };
    const offsite = copies.filter((copy) => copy.offsite).length;
    const places = new Set(copies.map((copy) => copy.place)).size;
    const because = `the original and ${copies.length} copies, in ${places + 1} kinds of place, ${offsite} off site`;
    const held = copies.length >= 2 && places >= 1 && offsite >= 1;
    return { held: held ? "yes" : "no", because, measured: { copies: copies.length + 1, places: places + 1, offsite } };
  },
});
