/** The disaster of story 001: a clean-up script for one's own machine, run in the wrong tab. */
import { z } from "zod";
import { defineAction } from "../define.ts";

const options = z.strictObject({
  roles: z
    .array(z.string().regex(/^[a-z_][a-z0-9_]{0,31}$/, "a plain role name is needed"))
    .default([])
    .describe("Roles that go with it. Default: none.")
    .meta({ examples: [["shop_app"]] }),
});

export const dropDatabase = defineAction<z.infer<typeof options>>({
  name: "drop-database",
  summary: "Drops the application's database, and roles with it.",
  options,
  needs: ["databases"],
  lines: (scene, { roles }) => [scene.phrases.dropDatabase(roles)],
});
