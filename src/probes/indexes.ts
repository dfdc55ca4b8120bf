/** A restore without its indexes answers every question, slowly, and lets duplicates in. */
import { catalogueProbe } from "./catalogue-diff.ts";

export const indexes = catalogueProbe({
  name: "indexes",
  summary: "Every index is there, valid, with the same definition.",
  kinds: ["index"],
  noun: "index",
});
