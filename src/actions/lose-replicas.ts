/** A replica in the same building is no second building (OVH Strasbourg, 2021). */
import { defineAction } from "../define.ts";

export const loseReplicas = defineAction({
  name: "lose-replicas",
  summary: "Every replica dies, and its disk with it.",
  store: () => ({ kind: "no-replicas" }),
  lines: () => [],
});
