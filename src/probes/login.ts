/** Authentication failure looks like a dead cache: is the role there at all? (story 001) */
import { z } from "zod";
import { defineProbe } from "../parts.ts";
import { answered, fields } from "./reading.ts";

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
  gives: [],
  needs: ["sql"],
  question: (scene, { role }) => scene.phrases.canLogIn(role),
  answer: ([first], _scene, { role, works }) =>
    answered(first, (outcome) => {
      const word = fields(outcome)[0]?.[0];
      if (word !== "yes" && word !== "no") return { held: "unknown", because: "neither yes nor no came back" };
      const because = word === "yes" ? `${role} may log in` : `${role} cannot log in: no such role, database or right`;
      return { held: (word === "yes") === works ? "yes" : "no", because };
    }),
});
