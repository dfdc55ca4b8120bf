/** Proof that the database is gone, or the server that had it. */
import { defineProbe } from "../define.ts";
import { yesOrNo } from "./reading.ts";

export const databaseMissing = defineProbe({
  name: "database-missing",
  summary: "The application's database does not exist, on a server that answers.",
  question: (scene) => scene.phrases.databaseExists(),
  answer: ([first]) =>
    yesOrNo(first, (exists) =>
      exists ? { held: "no", because: "the database exists" } : { held: "yes", because: "the database does not exist" },
    ),
});
