/** A restore that waits for a forgotten session looks like one that is only slow (story 001). */
import { defineAction } from "../define.ts";

export const findBlocker = defineAction({
  name: "find-blocker",
  shows: "detected",
  summary: "Tells slow from stuck: names who waits for whom, and ends the session that is waited for.",
  needs: ["sessions"],
  lines: (scene) => [scene.phrases.findBlocker()],
});
