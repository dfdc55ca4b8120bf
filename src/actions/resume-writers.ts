/** Reopen: the last step before the clock of the headline stops. */
import { defineAction } from "../define.ts";

export const resumeWriters = defineAction({
  name: "resume-writers",
  summary: "Lets the application in again.",
  needs: ["writers"],
  lines: (scene) => [scene.phrases.resumeWriters()],
});
