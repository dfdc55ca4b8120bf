/** One credential, one site, one provider: everything that shares it goes together (entry 26). */
import { z } from "zod";
import { defineAction } from "../parts.ts";

export const loseMainStore = defineAction<Record<string, never>>({
  name: "lose-main-store",
  summary: "The main store answers nobody any more; only what lies off site is left.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["offsite"],
  store: () => ({ kind: "lose-main" }),
  lines: () => [],
});
