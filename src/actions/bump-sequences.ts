/** A number that was handed out after the backup lives on in mails, caches and other systems: it is never used again (entry 17). */
import { defineAction } from "../define.ts";

export const bumpSequences = defineAction({
  name: "bump-sequences",
  summary: "Moves every sequence or counter past numbers that were used and lost.",
  needs: ["sequences"],
  lines: (scene) => [scene.phrases.bumpSequences()],
});
