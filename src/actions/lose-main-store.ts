/** One credential, one site, one provider: everything that shares it goes together (entry 26). */
import { defineAction } from "../define.ts";

export const loseMainStore = defineAction({
  name: "lose-main-store",
  summary: "The main store answers nobody any more; only what lies off site is left.",
  needs: ["offsite"],
  store: () => ({ kind: "lose-main" }),
  lines: () => [],
});
