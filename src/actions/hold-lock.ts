/** A session that somebody forgot: a backup, a migration, a console on a laptop that was closed. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { durationText, tableName } from "../fields.ts";
import { parseDuration } from "../host/units.ts";

const options = z.strictObject({
  table: tableName().describe("The table that it holds."),
  for: durationText()
    .default("10m")
    .describe("How long, unless somebody ends it.")
    .meta({ examples: ["10m"] }),
});

export const holdLock = defineAction<z.infer<typeof options>>({
  name: "hold-lock",
  summary: "Lets a forgotten session hold a table, as happens in the middle of a recovery.",
  options,
  needs: ["sessions"],
  lines: (scene, { table, for: length }) => [
    scene.phrases.holdLock(table, Math.round((parseDuration(length) ?? 0) / 1000)),
  ],
});
