/** Authentication failure looks like a dead cache: is the role there at all? (story 001) */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { yesOrNo } from "./reading.ts";

const options = z.strictObject({
  role: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,31}$/, "a plain role name is needed")
    .describe("The application's own role.")
    .meta({ examples: ["shop_app"] }),
  works: z
    .boolean()
    .default(true)
    .describe("Whether it must be able to log in; false is the proof that it cannot.")
    .meta({ examples: [false] }),
});

export const login = defineProbe<z.infer<typeof options>>({
  name: "login",
  summary: "The application's role may log in to its database.",
  options,
  needs: ["roles"],
  sees: () => ({ only: [] }),
  question: (scene, { role }) => scene.phrases.canLogIn(role),
  answer: ([first], _scene, { role, works }) =>
    yesOrNo(first, (may) => ({
      held: may === works ? "yes" : "no",
      because: may ? `${role} may log in` : `${role} cannot log in: no such role, database or right`,
    })),
});
