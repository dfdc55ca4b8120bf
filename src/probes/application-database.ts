/** Which database does the application use? Asked before anything is called lost (story 003). */
import { z } from "zod";
import { defineProbe } from "../define.ts";
import { answered } from "./reading.ts";

const options = z.strictObject({
  is: z
    .enum(["own", "another"])
    .default("own")
    .describe("Its own, or another: the proof that it looks somewhere else.")
    .meta({ examples: ["another"] }),
});

export const applicationDatabase = defineProbe<z.infer<typeof options>>({
  name: "application-database",
  summary: "The application is pointed at its own database.",
  options,
  needs: ["application"],
  sees: () => ({ only: [] }),
  question: () => ({
    say: "Ask which database the application uses.",
    script: `found=$(sed -n 's/^database=//p' "$APP_CONFIG") && test -n "$found" &&
if [ "$found" = "$DATABASE_NAME" ]; then echo own; else echo another; fi`,
    uses: ["APP_CONFIG", "DATABASE_NAME"],
    destroys: false,
  }),
  answer: ([first], _scene, { is }) =>
    answered(first, ({ stdout }) => {
      const word = stdout.trim();
      if (word !== "own" && word !== "another") return { held: "unknown", because: "no database came back" };
      return {
        held: word === is ? "yes" : "no",
        because: word === "own" ? "the application uses its own database" : "the application uses another database",
      };
    }),
});
