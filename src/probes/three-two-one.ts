/** Three copies, in two kinds of place, one of them off site: audited in what was really found, not in what is planned. */
import { defineProbe } from "../define.ts";

/** The original runs; a replica of it is no second kind of place. */
const ORIGINAL = "a running server";

export const threeTwoOne = defineProbe({
  name: "three-two-one",
  summary: "The data and two copies of it, in two kinds of place, one of them off site.",
  countsCopies: true,
  sees: () => ({ only: [] }),
  question: (scene) => scene.phrases.databaseExists(),
  answer: ([first], { copies }) => {
    if (first === undefined || first.exitCode !== 0 || first.truncated || first.stdout.trim() !== "yes")
      return { held: "unknown", because: "the original could not be counted" };
    const offsite = copies.filter((copy) => copy.offsite).length;
    const media = new Set([ORIGINAL, ...copies.map(({ medium }) => medium)]).size;
    const counted = `the original and ${copies.length} copies, in ${media} kinds of place, ${offsite} off site`;
    const missing = [
      ...(copies.length >= 2 ? [] : ["two copies beside the original"]),
      ...(media >= 2 ? [] : ["a second kind of place"]),
      ...(offsite >= 1 ? [] : ["a copy off site"]),
    ];
    const because = missing.length === 0 ? counted : `${counted}; missing: ${missing.join(", ")}`;
    const measured = { copies: copies.length + 1, places: media, offsite };
    return { held: missing.length === 0 ? "yes" : "no", because, measured };
  },
});
