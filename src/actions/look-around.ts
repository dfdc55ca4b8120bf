/** Is this the right database, and what is missing? Asked before anything is restarted, restored or tidied (stories 001 and 003). */
import { defineAction } from "../define.ts";

export const lookAround = defineAction({
  name: "look-around",
  shows: "detected",
  summary: "Looks at what the server has: databases, sizes, roles. Changes nothing.",
  needs: ["databases"],
  lines: (scene) => [scene.phrases.lookAround()],
});
