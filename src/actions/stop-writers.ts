/** Contain: whatever is written from now on would have to be reconciled later. */
import { defineAction } from "../define.ts";

export const stopWriters = defineAction({
  name: "stop-writers",
  contains: true,
  summary: "Keeps the application out, and closes the sessions it has.",
  needs: ["writers"],
  lines: (scene) => [scene.phrases.stopWriters()],
});
