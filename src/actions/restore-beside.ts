/** Restore beside, never over: the lines come from the method that made the backup. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { started, startOption } from "../detached.ts";
import type { Target } from "../parts.ts";

const options = z.strictObject({
  to: z
    .enum(["before-damage", "named-point", "end-of-log"])
    .default("before-damage")
    .describe(
      "Where a log is stopped: just before the damage, at a point that somebody named, or at its end. A backup without a log comes back as it was taken.",
    )
    .meta({ examples: ["before-damage", "named-point"] }),
  by: z
    .enum(["time", "position"])
    .default("time")
    .describe("How the moment before the damage is told to the server: by time, or by its place in the log.")
    .meta({ examples: ["position"] }),
  point: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens are needed")
    .optional()
    .describe("The name of the named point. Default: none; needed with to: named-point.")
    .meta({ examples: ["before-migration"] }),
  start: startOption(),
});
type Options = z.infer<typeof options>;

function targetOf({ to, by, point }: Pick<Options, "to" | "by" | "point">): Target {
  if (to === "named-point") return { to, point: point ?? "" };
  return to === "end-of-log" ? { to } : { to, by };
}

export const restoreBeside = defineAction<Options>({
  name: "restore-beside",
  summary: "Restores the chosen recovery point beside the damaged database, forward through its log when it has one.",
  options,
  needs: ["side-restore"],
  needsWhen: ({ to }) => (to === "named-point" ? ["point-in-time", "log", "named-point"] : []),
  target: targetOf,
  lines: (scene, told) => started(scene.restore(targetOf(told)), told.start),
});
