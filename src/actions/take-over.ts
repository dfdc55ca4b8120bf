/** The whole database comes back: by name when it lies on the same server, by pointing the application when it is a server of its own. */
import { defineAction } from "../define.ts";

export const takeOver = defineAction({
  name: "take-over",
  summary: "Puts what was restored beside in the place of the damaged database.",
  needs: ["databases", "side-restore", "application"],
  takesOver: true,
  lines: (scene) => scene.phrases.takeOver(scene.side),
});
