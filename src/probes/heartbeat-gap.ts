/**
 * How old the data is, read from rows in the data and never from a file's date: a dump's newest row dates from its
 * start, so file times flatter the RPO.
 */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { duration } from "../fields.ts";
import { countIn, formatDuration } from "../host/units.ts";
import { answered, fields, unreadable } from "./reading.ts";

const options = z.strictObject({
  of: z
    .enum(["production", "side"])
    .default("production")
    .describe("Whose heartbeats: the production database's, or the side database's that a table was copied from.")
    .meta({ examples: ["side"] }),
  max: duration()
    .describe("The newest heartbeat may be so much older than the damage.")
    .meta({ examples: ["1h"] }),
  min: duration()
    .optional()
    .describe("It must be so much older: the proof that the data is stale. Default: none.")
    .meta({ examples: ["60d"] }),
});

export const heartbeatGap = defineProbe<z.infer<typeof options>>({
  name: "heartbeat-gap",
  ageAtMost: ({ max }) => max,
  summary: "The newest heartbeat in the data is not much older than the damage. Measures the RPA.",
  options,
  sees: ({ of }) => (of === "side" ? { allBut: [] } : { only: [] }),
  question: (scene, { of }) => scene.phrases.newestHeartbeat(of),
  answer: ([first], scene, { of, max, min = 0 }) =>
    answered(first, (outcome) => {
      const [newest] = fields(outcome);
      if (newest === undefined) return { held: "unknown", because: `the ${of} database holds no heartbeat` };
      const newestMs = countIn(newest[0]);
      if (newestMs === null) return unreadable;
      const gapMs = Math.max(0, scene.damagedAtMs - newestMs);
      const because = `the newest heartbeat in the ${of} database is ${formatDuration(gapMs)} older than the damage`;
      if (gapMs < min)
        return { held: "no", because: `${because}; at least ${formatDuration(min)} expected`, measured: { gapMs } };
      return gapMs <= max
        ? { held: "yes", because, measured: { gapMs } }
        : { held: "no", because: `${because}; at most ${formatDuration(max)} allowed`, measured: { gapMs } };
    }),
});
