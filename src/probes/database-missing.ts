/** Proof that the database is gone, or the server that had it. */
import { z } from "zod";
import { defineProbe } from "../parts.ts";
import { yesOrNo } from "./reading.ts";

export const databaseMissing = defineProbe<Record<string, never>>({
  name: "database-missing",
  summary: "The application's database does not exist, on a server that answers.",
  options: z.strictObject({}) as z.ZodType<Record<string, never>>,
  gives: [],
  needs: ["sql"],
  question: (scene) => scene.phrases.databaseExists(),
  answer: ([first]) =>
    yesOrNo(first, (exists) =>
      exists ? { held: "no", because: "the database exists" } : { held: "yes", because: "the database does not exist" },
    ),
});
