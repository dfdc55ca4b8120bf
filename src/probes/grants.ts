/** A table that came back without its grants is an outage with all rows present. */
import { catalogueProbe } from "./catalogue-diff.ts";

export const grants = catalogueProbe({
  name: "grants",
  summary: "Every owner and grant is as before.",
  kinds: ["grant"],
  noun: "grant",
  of: "roles",
});
