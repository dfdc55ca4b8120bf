/** When the files themselves are damaged, they are the evidence: salvage happens on a copy (entry 3). */
import { defineAction } from "../define.ts";

export const copyFiles = defineAction({
  name: "copy-files",
  summary: "Shuts the server down and copies its files as they are, proven file by file.",
  needs: ["files"],
  ofOwn: "copies-of-files",
  lines: (scene) => scene.phrases.copyFiles(),
});
