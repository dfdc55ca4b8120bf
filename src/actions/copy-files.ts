/** When the files themselves are damaged, they are the evidence: salvage happens on a copy (entry 3). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const copyFiles = defineAction<Record<string, never>>({
  name: "copy-files",
  summary: "Shuts the server down and copies its files as they are, proven file by file.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  ofOwn: "copies-of-files",
  lines: (scene) => scene.phrases.copyFiles(),
});
