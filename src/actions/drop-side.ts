/** Tidy up: a forgotten side copy is the next wrong database (story 003). */
import { defineAction } from "../define.ts";

export const dropSide = defineAction({
  name: "drop-side",
  summary: "Removes the side database.",
  lines: (scene) => scene.removeSide(),
});
