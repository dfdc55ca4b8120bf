/** The recovery of story 003: the data was never gone. */
import { defineAction } from "../define.ts";

export const pointBack = defineAction({
  name: "point-back",
  summary: "Points the application at its own database again.",
  needs: ["application"],
  lines: () => [
    {
      say: "Point the application at its own database again.",
      script: `sed -i "s/^database=.*/database=$DATABASE_NAME/" \\
  "$APP_CONFIG" && cat "$APP_CONFIG"`,
      uses: ["APP_CONFIG", "DATABASE_NAME"],
      expect: "The host and the database you identified. Read both aloud.",
      ifNot: "Check where else the application sets its connection: environment, secrets, a proxy.",
      destroys: false,
    },
  ],
});
