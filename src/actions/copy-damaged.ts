/** Preserve first: the damaged state is evidence, and the way back from a wrong recovery. */
import { defineAction } from "../define.ts";

export const copyDamaged = defineAction({
  name: "copy-damaged",
  summary: "Copies the damaged state, and proves the copy.",
  needs: ["evidence"],
  lines: (scene) => scene.phrases.copyDamaged(),
});
