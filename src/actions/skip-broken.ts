/** The wrong move of entry 3: corruption is laundered into a table that looks whole. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { tableName } from "../fields.ts";

const options = z.strictObject({ table: tableName().describe("The table that cannot be read.") });

export const skipBroken = defineAction<z.infer<typeof options>>({
  name: "skip-broken",
  summary: "Lets the server skip what it cannot read of a table. A mistake: what was there is gone.",
  options,
  needs: ["pages"],
  lines: (scene, { table }) => [scene.phrases.skipBroken(table)],
});
