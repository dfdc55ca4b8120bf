/** placeholder until the container sandbox stands */
import { defineSandbox } from "../parts.ts";
import { type SandboxOptions, sandboxOptions } from "./options.ts";
export const docker = defineSandbox<SandboxOptions>({
  name: "docker",
  summary: "A container.",
  options: sandboxOptions as never,
  gives: [],
  needs: [],
  available: async () => ({ usable: false, because: "not built yet", next: [] }),
  open: async () => {
    throw new Error("no");
  },
  sweep: async () => [],
});
