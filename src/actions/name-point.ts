/** What a careful team does before a migration: a name to come back to, at no cost. */
import { z } from "zod";
import { defineAction } from "../define.ts";

const options = z.strictObject({
  point: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens are needed")
    .describe("What the moment is called.")
    .meta({ examples: ["before-migration"] }),
});

export const namePoint = defineAction<z.infer<typeof options>>({
  name: "name-point",
  summary: "Names a moment of the log, for restore-beside with to: named-point.",
  options,
  needs: ["log", "named-point"],
  lines: ({ log }, { point }) => (log?.namePoint === undefined ? [] : [log.namePoint(point)]),
});
