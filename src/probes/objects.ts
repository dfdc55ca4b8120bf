/** What a cascade took along silently: views, triggers, policies, columns' defaults. */
import { catalogueProbe } from "./catalogue-diff.ts";

export const objects = catalogueProbe({
  name: "objects",
  summary: "Every table, column, trigger, view, policy and function is as before.",
  kinds: ["table", "column", "trigger", "view", "rule", "policy", "sequence", "function", "event", "comment"],
  noun: "object",
});
