/** The night that a replica is there for (story 000). */
import { defineAction } from "../define.ts";

export const loseServer = defineAction({
  name: "lose-server",
  summary: "The machine is gone: the server dies, and its disk with it.",
  needs: ["files"],
  lines: (scene) => [scene.phrases.loseServer()],
});
