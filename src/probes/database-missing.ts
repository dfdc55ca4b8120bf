/** Proof that the database is gone, or the server that had it. */
import { z } from "zod";
import { defineProbe } from "../parts.ts";
import { answered } from "./reading.ts";

export const databaseMissing = defineProbe<Record<string, never>>({
  name: "database-missing",
  summary: "The application's database does not exist, on a server that answers.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  question: (scene) => scene.phrases.databaseExists(),
  answer: ([first]) =>
    answered(first, ({ stdout }) => {
      const word = stdout.trim();
      if (word === "no") return { held: "yes", because: "the database does not exist" };
      if (word === "yes") return { held: "no", because: "the database exists" };
      return { held: "unknown", because: "neither yes nor no came back" };
    }),
});
