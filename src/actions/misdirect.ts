/** The disaster of story 003: nothing is lost, and the application looks somewhere else. */
import { z } from "zod";
import { defineAction } from "../define.ts";
import { sqlText } from "../fields.ts";
import type { Line } from "../parts.ts";

const options = z.strictObject({
  seed: sqlText("What the other database holds already: SQL that is run in it. Default: nothing.")
    .optional()
    .meta({ examples: ["INSERT INTO customers (email) VALUES ('demo@example.com')"] }),
  stray: sqlText("What the application writes there until somebody notices: SQL that is run in it. Default: nothing.")
    .optional()
    .meta({ examples: ["INSERT INTO customers (email) VALUES ('new@example.org')"] }),
});

const point: Line = {
  say: "Point the application at the other database.",
  script: 'sed -i "s/^database=.*/database=$SIBLING/" "$APP_CONFIG"',
  uses: ["APP_CONFIG", "SIBLING"],
  destroys: true,
};

export const misdirect = defineAction<z.infer<typeof options>>({
  name: "misdirect",
  summary: "Points the application at a fresh database of similar name; the real one is untouched.",
  options,
  needs: ["siblings", "application"],
  sparesTables: true,
  lines: ({ phrases }, { seed, stray }) => [
    phrases.makeSibling(),
    ...(seed === undefined ? [] : [phrases.runSqlInSibling("Fill the other database with its first rows.", seed)]),
    point,
    ...(stray === undefined ? [] : [phrases.runSqlInSibling("Let the application write there.", stray)]),
  ],
});
